#pragma once
// The append-only log on RocksDB. README.md in this folder gives the bytes and the promises.
//
// One process writes (Log); any number of processes read the same directory at the same time
// (LogView::open) and see everything that was acknowledged before they opened it.

#include "log/keys.hpp"
#include "log/leaf.hpp"
#include "log/source.hpp"
#include "log/space.hpp"
#include "log/tree.hpp"

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <vector>

namespace rocksdb {
class Env;
}

namespace mingce {

constexpr int log_format = 2; ///< of the data directory; any other is refused

/// What an idempotency key was first used for. Kept for ever.
struct KeptKey {
  Digest fingerprint{}; ///< of what was sent with it
  std::uint64_t first_seq = 0;
  std::uint32_t count = 0;
};

/// A key came back with another fingerprint.
Failure key_reused();
/// Nothing is written any more until the log is opened anew.
Failure write_failed();

/// Reading. All members may be called from any thread; nothing here blocks a writer.
class LogView : public EntrySource, public TreeSource {
public:
  /// Opens a directory that another process may be writing. `unusable` when it is not there, not
  /// ours, or of another format; `corrupt` when it lacks what its mark or its anchor vouch for.
  /// Without the keys everything but private halves can be read.
  static Result<std::unique_ptr<LogView>> open(const LogPlace& place);
  /// The same, but its anchor is not compared: for verification, which says what differs.
  static Result<std::unique_ptr<LogView>> open_unchecked(const LogPlace& place);
  /// The anchor as it was before this view was opened.
  const std::optional<LogCheckpoint>& anchor() const { return anchor_; }

  LogView(const LogView&) = delete;
  LogView& operator=(const LogView&) = delete;
  ~LogView() override;

  /// Number of entries that are on stable storage; the last one has this seq.
  std::uint64_t size() const override { return size_.load(std::memory_order_acquire); }

  Result<void> scan(std::uint64_t from, std::uint64_t to, Half half,
                    const std::function<bool(Entry&&)>& each) const override;
  Result<std::vector<Entry>> read_stream(const StreamId& stream, std::uint64_t up_to,
                                         Half half) const override;
  Result<std::optional<KeptKey>> find_key(const Digest& key) const;

  // ---- proofs
  /// The bytes of the leaves from..to inclusive, in order, as they are on disk.
  Result<void> scan_leaves(std::uint64_t from, std::uint64_t to,
                           const std::function<void(std::string_view leaf)>& each) const;
  Result<std::string> read_tile(unsigned level, std::uint64_t index,
                                std::uint64_t width) const override;
  /// The tree over the entries as they are now.
  Tree tree() const { return Tree(*this, size()); }
  /// The latest signed checkpoint, with the cosignatures it has got; nothing before the first.
  Result<std::optional<Note>> latest_checkpoint() const;
  Result<std::optional<Note>> checkpoint_at(std::uint64_t size) const;
  /// Each kept checkpoint, the smallest first, until `each` says false.
  Result<void> scan_checkpoints(const std::function<bool(std::uint64_t size, Note&&)>& each) const;
  /// `unusable` where there are none that this process can read.
  const Result<std::shared_ptr<KeyRing>>& keys() const;
  const LogPlace& place() const;
  /// Another process was writing when this view was opened: there may be more than it shows.
  bool is_beside_writer() const { return is_beside_writer_; }

  struct Store; ///< private to src/log
  const Store& store() const { return *store_; }

protected:
  explicit LogView(std::unique_ptr<Store> store);
  Result<void> attach_body(Entry& entry, std::string_view body) const;
  Result<void> check_anchor(const std::optional<LogCheckpoint>& anchor) const;
  std::unique_ptr<Store> store_;
  std::atomic<std::uint64_t> size_{0};
  bool is_beside_writer_ = false;
  std::optional<LogCheckpoint> anchor_;
};

/// Entries that become durable together or not at all.
struct Append {
  std::vector<PreparedEntry> entries;
  /// Idempotency keys: `first_seq` counts from 0 within `entries` and is made absolute.
  std::vector<std::pair<Digest, KeptKey>> keys{};
  /// Streams beside those of the entries whose keys are destroyed with them.
  std::vector<KeyRing::Erasure> erasures{};
  /// Handles of persons whose keys are destroyed.
  std::vector<std::string> erased_persons{};
  /// None of `keys` was known when the log had this size.
  std::optional<std::uint64_t> keys_unknown_at{};
  /// New business, which is refused before space runs out for what is under way.
  bool can_wait = false;
};

struct Appended {
  std::uint64_t first_seq = 0;
  std::uint32_t count = 0;
  bool replayed = false; ///< nothing was written: the key had been used with the same content
  std::vector<Entry> entries{}; ///< as they were written; only where somebody follows the log
};

struct LogOptions {
  /// The clock; `recorded_at` never decreases even if it does.
  std::function<Instant()> now;
  /// Called by the sequencer after a batch is durable and before anyone is told: read models are
  /// never behind an acknowledgement.
  std::function<void(std::span<const Entry>)> on_commit{};
  /// Called once when a write has failed: nothing more will be written, the process should end.
  std::function<void()> on_failure{};
  SpaceLimits space{};
  std::size_t max_queued = 4'096; ///< appends that may wait
  std::size_t max_queued_bytes = 64ull << 20;
  KeyProfile profile{}; ///< of the keys, where there are none yet
  /// What the database lies on; nullptr: the file system of the machine. For tests, which put one
  /// there that fails. Must outlive the log.
  rocksdb::Env* env = nullptr;
};

class Notary;
class Sequencer;

/// Writing. One sequencer thread gives every entry its place; whatever waits while one batch is
/// being synced becomes the next batch.
class Log : public LogView {
public:
  /// Creates the directory if it is not there. `unusable` when another process is writing it.
  /// A log that is shorter than its anchor, or another, is `corrupt`.
  static Result<std::unique_ptr<Log>> open(const LogPlace& place, LogOptions options);
  ~Log() override;

  /// Blocks until the entries are on stable storage. Failures: `precondition` (a version is not
  /// the next of its stream; `version` is the present one), `reused_key`, `busy` (queue full,
  /// stopping, or an earlier write failed), `no_space`, `unknown` (the write itself failed).
  /// Where keys are destroyed, they have left the files when this returns.
  Result<Appended> append(Append append);
  /// The same without blocking, for what erases nothing: `done` is called once, from this thread or
  /// from the sequencer's, which must not be kept.
  void submit(Append append, std::function<void(Result<Appended>)> done);

  /// The signed checkpoint of all that was acknowledged before the call. What is new since the
  /// last one is read again and hashed again, and must go on from it; a smaller or another tree is
  /// never signed (`corrupt`). It is kept, and anchored outside the database, before it is given.
  Result<Note> sign_checkpoint();
  /// Keeps the cosignatures of known witnesses on a checkpoint of this log; the checkpoint with all
  /// it has got. `invalid` when there is nothing to keep.
  Result<Note> keep_cosignatures(const Note& note);
  /// The streams whose keys go with that person's, whoever they concern by now.
  Result<std::vector<StreamId>> streams_of_person(const std::string& ref) const;
  /// A new master key; every key is wrapped under it, the bodies stay as they are.
  Result<void> rotate_master();

  /// Must be set before the first append.
  void on_commit(std::function<void(std::span<const Entry>)> callback);
  /// Must be set before the first append.
  void on_failure(std::function<void()> callback);
  /// False once a write has failed or stop() was called.
  bool is_writable() const;
  bool has_failed() const;
  /// Finishes what was accepted, refuses the rest and signs a last checkpoint. Idempotent.
  void stop();

private:
  Log(std::unique_ptr<Store> store, LogOptions options);
  Result<void> finish_erasures();
  std::unique_ptr<Sequencer> sequencer_;
  std::unique_ptr<Notary> notary_;
};

} // namespace mingce
