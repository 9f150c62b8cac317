#pragma once
// RocksDB behind the log: options, column families, directory, and the mark up to which a running
// writer has synced. Private to src/log.

#include "log/log.hpp"

#include <rocksdb/db.h>

#include <string>

namespace mingce {

/// Big-endian, so that keys sort as numbers.
std::string be64(std::uint64_t value);
std::string be32(std::uint32_t value);
std::uint64_t read_be64(std::string_view bytes);
std::uint32_t read_be32(std::string_view bytes);

/// The one place where RocksDB's words become ours.
Failure storage_failure(const rocksdb::Status& status);

/// `DIR/writer`: locked while a process writes; its eight bytes are the number of entries that are
/// durable. A reader beside a running writer must not look past it: the tail of the write-ahead
/// log can be read before it is synced, and would be gone after a power cut. A log that has fewer
/// entries than the mark says has lost some. (The mark itself is not synced: after a power cut it
/// may say less than there is, never more.)
class WriterMark {
public:
  WriterMark() = default;
  WriterMark(WriterMark&& other) noexcept;
  WriterMark& operator=(WriterMark&&) = delete;
  ~WriterMark();

  static Result<WriterMark> lock(const std::filesystem::path& directory);
  struct Seen {
    std::uint64_t size = 0;
    bool is_writing = false;
  };
  /// What a reader sees of the mark; takes no lock, so that it never keeps a writer from starting.
  static Seen look(const std::filesystem::path& directory);
  std::uint64_t size() const;
  void set(std::uint64_t size);

private:
  int file_ = -1;
  std::uint64_t* size_ = nullptr;
};

struct LogView::Store {
  enum Family { entries, bodies, streams, keys, meta, family_count };

  std::filesystem::path scratch;  ///< of a reader; removed at the end
  std::optional<WriterMark> mark; ///< of a writer
  std::unique_ptr<rocksdb::DB> db;
  std::array<rocksdb::ColumnFamilyHandle*, family_count> family{};

  ~Store();
  static Result<std::unique_ptr<Store>> open_to_write(const std::filesystem::path& directory);
  static Result<std::unique_ptr<Store>> open_to_read(const std::filesystem::path& directory);

  /// Size and latest instant, as in the last batch.
  struct Head {
    std::uint64_t size = 0;
    Instant recorded_at{};
  };
  Result<Head> head() const;
  /// Moves what is in memory to sorted files. Only a convenience: a failure loses nothing.
  void flush();
};

std::string encode_head(const LogView::Store::Head& head);

} // namespace mingce
