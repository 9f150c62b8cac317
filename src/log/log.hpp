#pragma once
// The append-only log on RocksDB. README.md in this folder gives the bytes and the promises.
//
// One process writes (Log); any number of processes read the same directory at the same time
// (LogView::open) and see everything that was acknowledged before they opened it.

#include "log/leaf.hpp"

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace mingce {

constexpr int log_format = 1; ///< of the data directory; a newer one is refused

/// What an idempotency key was first used for. Kept for ever.
struct KeptKey {
  Digest fingerprint{}; ///< of what was sent with it
  std::uint64_t first_seq = 0;
  std::uint32_t count = 0;
};

/// A key came back with another fingerprint.
Failure key_reused();

/// Reading. All members may be called from any thread; nothing here blocks a writer.
class LogView {
public:
  /// Opens a directory that another process may be writing. `unusable` when it is not there, not
  /// ours, or of a newer format.
  static Result<std::unique_ptr<LogView>> open(const std::filesystem::path& directory);

  LogView(const LogView&) = delete;
  LogView& operator=(const LogView&) = delete;
  virtual ~LogView();

  /// Number of entries that are on stable storage; the last one has this seq.
  std::uint64_t size() const { return size_.load(std::memory_order_acquire); }

  enum class Half { open, both };
  /// Entries from..to inclusive, in order, until `each` says false. Checksums are verified.
  Result<void> scan(std::uint64_t from, std::uint64_t to, Half half,
                    const std::function<bool(Entry&&)>& each) const;
  /// The entries of one stream with seq ≤ `up_to`, version 1 first; empty if there is none.
  Result<std::vector<Entry>> read_stream(const StreamId& stream, std::uint64_t up_to,
                                         Half half) const;
  Result<std::optional<KeptKey>> find_key(const Digest& key) const;

  struct Store; ///< private to src/log

protected:
  explicit LogView(std::unique_ptr<Store> store);
  std::unique_ptr<Store> store_;
  std::atomic<std::uint64_t> size_{0};
};

/// Entries that become durable together or not at all.
struct Append {
  std::vector<PreparedEntry> entries;
  /// Idempotency keys: `first_seq` counts from 0 within `entries` and is made absolute.
  std::vector<std::pair<Digest, KeptKey>> keys{};
};

struct Appended {
  std::uint64_t first_seq = 0;
  std::uint32_t count = 0;
  bool replayed = false; ///< nothing was written: the key had been used with the same content
};

struct LogOptions {
  /// The clock; `recorded_at` never decreases even if it does.
  std::function<Instant()> now;
  /// Called by the sequencer after a batch is durable and before anyone is told: read models are
  /// never behind an acknowledgement.
  std::function<void(std::vector<Entry>)> on_commit{};
  /// Called once when a write has failed: nothing more will be written, the process should end.
  std::function<void()> on_failure{};
  std::uint64_t min_free_bytes = 256ull << 20; ///< below this the log refuses to write
  std::size_t max_queued = 4'096;
};

/// Writing. One sequencer thread gives every entry its place; whatever waits while one batch is
/// being synced becomes the next batch.
class Log : public LogView {
public:
  /// Creates the directory if it is not there. `unusable` when another process is writing it.
  static Result<std::unique_ptr<Log>> open(const std::filesystem::path& directory,
                                           LogOptions options);
  ~Log() override;

  /// Blocks until the entries are on stable storage. Failures: `precondition` (a version is not
  /// the next of its stream; `version` is the present one), `reused_key`, `busy` (queue full,
  /// stopping, or an earlier write failed), `no_space`, `unknown` (the write itself failed).
  Result<Appended> append(Append append);

  /// Must be set before the first append.
  void on_commit(std::function<void(std::vector<Entry>)> callback);
  /// Must be set before the first append.
  void on_failure(std::function<void()> callback);
  /// False once a write has failed or stop() was called.
  bool is_writable() const;
  bool has_failed() const;
  /// Finishes what was accepted and refuses the rest. Idempotent.
  void stop();

private:
  struct Sequencer;
  Log(std::unique_ptr<Store> store, LogOptions options);
  std::unique_ptr<Sequencer> sequencer_;
};

} // namespace mingce
