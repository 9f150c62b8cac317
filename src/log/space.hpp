#pragma once
// How much room the disk of a log has, and what may still be written. RocksDB as Debian builds it
// aborts on a full disk: so the log stops in time, and goes on when there is room again.

#include "base/result.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>

namespace mingce {

/// Free bytes. A limit that is not given is the smaller of a fixed size and a share of the disk, so
/// that a small disk can be used as well.
struct SpaceLimits {
  std::optional<std::uint64_t> for_new{}; ///< below it what can wait is refused; 5 GiB or 5 %
  std::optional<std::uint64_t> for_any{}; ///< below it nothing is written; 1 GiB or 2.5 %
};

enum class Room { ample, scarce, none };

/// `owed`: bytes that the log will still write of what it has taken. A disk that does not tell its
/// free space has room.
Room room_at(const std::filesystem::path& directory, const SpaceLimits& limits, std::uint64_t owed);

/// Kind `no_space`; codes `little_space` and `no_space`.
Failure refused_for(Room room);

/// Whether a database can be recovered there, or so many copies of it: write-ahead logs are written
/// once more, as tables.
bool has_room_to_recover(const std::filesystem::path& ledger, unsigned copies = 0);

} // namespace mingce
