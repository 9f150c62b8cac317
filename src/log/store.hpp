#pragma once
// RocksDB behind the log: options, column families, directory, and the mark up to which a running
// writer has synced. Private to src/log.

#include "base/descriptor.hpp"
#include "log/bytes.hpp"
#include "log/log.hpp"
#include "log/tree.hpp"
#include "log/vault.hpp"

#include <rocksdb/db.h>

#include <string>

namespace mingce {

/// The one place where RocksDB's words become ours.
Failure storage_failure(const rocksdb::Status& status);
/// What was acknowledged or signed is gone: a cut tail of the write-ahead log looks like a torn
/// write, a lost table like a young log. No table is better than a wrong one.
Failure entries_missing(std::uint64_t wanted, std::uint64_t found);
/// The log is as long as it should be, but not the one that was signed.
Failure forked();

/// The note in `DIR.keys/anchor`; nothing where it is not there, or not for this user to read.
/// `corrupt`, code `bad_anchor`, when it is no checkpoint, or not signed by a key of the ring.
Result<std::optional<Note>> anchored_note(const LogPlace& place,
                                          const Result<std::shared_ptr<KeyRing>>& ring);
/// What that note says.
Result<std::optional<LogCheckpoint>> anchor_of(const LogPlace& place,
                                               const Result<std::shared_ptr<KeyRing>>& ring);

/// In the place of a body that is kept elsewhere, or that was erased before it was written: a
/// commitment without any row is damage.
inline constexpr std::string_view absent_body{"\0", 1};

// Keys of the families.
std::string stream_key(const StreamId& stream, std::uint32_t version);
std::string tile_row(unsigned level, std::uint64_t index);

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
  Descriptor file_; ///< locked as long as it is open
  std::uint64_t* size_ = nullptr;
};

struct LogView::Store {
  enum Family {
    entries,
    bodies,
    streams,
    idempotency,
    sealing_keys,
    tiles,
    checkpoints,
    meta,
    family_count
  };

  LogPlace place;
  std::filesystem::path scratch;     ///< of a reader; removed at the end
  std::optional<WriterMark> mark;    ///< of a writer
  std::vector<HashSuite> suites;     ///< of the trees over the leaves; the first is SHA-256
  std::unique_ptr<rocksdb::Env> env; ///< outlives the database
  std::unique_ptr<rocksdb::DB> db;
  std::array<rocksdb::ColumnFamilyHandle*, family_count> family{};

  std::optional<Vault> vault; ///< set once the database is open

  explicit Store(LogPlace at) : place(std::move(at)) {}
  ~Store();
  /// Makes the directory, and the keys beside it, where there is nothing yet.
  static Result<std::unique_ptr<Store>> open_to_write(const LogPlace& place,
                                                      const LogOptions& options);
  static Result<std::unique_ptr<Store>> open_to_read(const LogPlace& place);

  /// Size, latest instant and trees, as in the last batch.
  struct Head {
    std::uint64_t size = 0;
    Instant recorded_at{};
    std::uint64_t keys = 0;      ///< idempotency keys: how many rows there must be
    std::vector<Frontier> trees; ///< one a suite
  };
  Result<Head> head() const;
  void adopt(rocksdb::DB* opened, const std::vector<rocksdb::ColumnFamilyHandle*>& handles,
             Result<std::shared_ptr<KeyRing>> ring);
  Result<std::optional<KeptKey>> kept_key(const Digest& key) const;
  Result<std::optional<std::string>> get(Family from, std::string_view key) const;
  /// One synced write, outside the log's own batches.
  Result<void> put(Family into, std::string_view key, std::string_view value);
  Result<void> remove(Family from, std::string_view key);
  /// What still fits on the disk, beside what memory holds that is not in tables yet.
  Room room(const SpaceLimits& limits) const;
  /// Moves what is in memory to sorted files. Only a convenience: a failure loses nothing.
  void flush();
  /// What has been overwritten in the family `key` leaves the files, the write-ahead log included.
  Result<void> scrub_keys();
};

std::string encode_head(const LogView::Store::Head& head);

/// The leaves of a copy of a ledger, in order, up to the first that is missing or damaged. Opens it
/// for writing in RocksDB's most forgiving mode: never to be called on the ledger itself.
Result<void> scan_what_is_left(const std::filesystem::path& copied_ledger,
                               const std::function<void(std::string_view leaf)>& each);
/// The database of a copy of a ledger, recovered and open for writing as long as `use` runs. Tables
/// that are there stay what they are: nothing is compacted. Never to be called on the ledger
/// itself.
Result<void> use_copy(const std::filesystem::path& copied_ledger,
                      const std::function<Result<void>(rocksdb::DB& db)>& use);
/// `DIR/ledger`, and `DIR/format`: the file without which there is no register.
std::filesystem::path database_path(const std::filesystem::path& directory);
std::filesystem::path format_path(const std::filesystem::path& directory);
/// Nothing, or nothing but what a file system puts there itself.
bool is_empty_directory(const std::filesystem::path& directory);

} // namespace mingce
