#pragma once
// Where a write-ahead log ends. Not where its file does: that is filled with zeros ahead of what is
// written (wal_files.hpp). Every batch is synced before the next one is begun, so a batch that is
// not whole is the last one, and nobody was told about it. If another follows, it had been whole.
//
// The bytes are RocksDB's: blocks of 32 KiB, in them records of a head (masked CRC-32C of type and
// payload, 4 bytes; length, 2; type, 1; least significant first) and a payload. A batch is one
// record, or a first, some middle ones and a last. Fewer than seven bytes at the end of a block
// are left zero. Private to src/log.

#include "base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>

namespace mingce {

/// By its name, as RocksDB gives it.
inline bool is_write_ahead_log(const std::filesystem::path& file) {
  return file.extension() == ".log";
}

enum class WalState {
  at_rest, ///< nobody writes it
  growing, ///< somebody may be writing it, or it is to be read as far as it goes
};

/// So many bytes of a file from an offset on, fewer only where it ends.
using ReadAt = std::function<Result<std::string>(std::uint64_t at, std::size_t size)>;

/// The length of all whole batches. `corrupt` where a log at rest has a batch that was whole once:
/// one follows it, or no part of it is missing. (What a disk has not written of a batch is still
/// zero, a sector or what is left to the end.) Checksums are compared in the last batch only:
/// those before it are the database's to look at. Failures to read are passed on.
Result<std::uint64_t> end_of_batches(const ReadAt& read, WalState state);

} // namespace mingce
