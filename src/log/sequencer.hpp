#pragma once
// The one thread that writes: it gives every entry its place. Whatever waits while one batch is
// being synced becomes the next batch; no timer. Private to src/log.

#include "log/log.hpp"
#include "log/store.hpp"

#include <boost/unordered/unordered_flat_map.hpp>
#include <rocksdb/write_batch.h>

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <span>
#include <thread>
#include <vector>

namespace mingce {

/// What was put lately, so that nobody reads back what was just written. The older half is
/// forgotten at a time. One thread.
template <class Key, class Value, class Hash = std::hash<Key>>
class Recent {
public:
  explicit Recent(std::uint64_t position) : since_(position), half_(position) {}

  void put(const Key& key, const Value& value, std::uint64_t position) {
    if (young_.size() >= generation) {
      old_ = std::move(young_);
      young_.clear();
      since_ = std::exchange(half_, position);
    }
    young_[key] = value;
  }
  const Value* find(const Key& key) const {
    for (auto* half : {&young_, &old_})
      if (auto found = half->find(key); found != half->end()) return &found->second;
    return nullptr;
  }
  /// Whatever was put at this position or later is found.
  std::uint64_t since() const { return since_; }

private:
  static constexpr std::size_t generation = 1 << 16;
  boost::unordered_flat_map<Key, Value, Hash> young_, old_;
  std::uint64_t since_, half_;
};

/// The first bytes of a digest are a hash.
struct DigestHash {
  std::size_t operator()(const Digest& digest) const noexcept;
};

class Sequencer {
public:
  using Store = LogView::Store;
  using Done = std::function<void(Result<Appended>)>;

  /// `store` and `size` must outlive it. `size` follows what is durable.
  Sequencer(Store& store, std::atomic<std::uint64_t>& size, LogOptions options);
  Sequencer(const Sequencer&) = delete;
  Sequencer& operator=(const Sequencer&) = delete;
  ~Sequencer() { stop(); }

  /// Goes on from the state of the last batch.
  void start(Store::Head head, GrowingTiles tiles);
  /// `done` is called once: at once where the append is refused, else by the sequencer's thread,
  /// which must not be kept.
  void submit(Append append, Vault::Sealed sealed, Done done);
  /// Finishes what was accepted and refuses the rest. Idempotent. False where nothing was running.
  bool stop();

  bool is_writable() const;
  bool has_failed() const { return failed_; }
  LogOptions& options() { return options_; }

private:
  struct Pending {
    Append append;
    Vault::Sealed sealed;
    Done done;
    std::size_t bytes = 0;
  };
  using Queue = std::deque<Pending>;
  /// One synced write: what it puts, and whom it answers.
  struct Batch {
    rocksdb::WriteBatch writes;
    std::vector<Entry> entries; ///< as they are read back; only where somebody follows
    std::vector<std::pair<Done, Appended>> accepted;
    std::vector<Vault::Sealed> sealed; ///< where keys were drawn
  };

  void run();
  Queue next_waiting();
  void commit(Queue waiting);
  void write(Batch& batch);
  void acknowledge(Batch& batch);
  Result<Appended> place(Batch& batch, Pending& pending);
  Result<void> check_versions(const Append& append);
  Result<void> destroy_keys(Batch& batch, const Append& append, std::uint64_t first_seq);
  void put(Batch& batch, PreparedEntry& entry, const std::string& body);
  void grow(Batch& batch, std::string_view leaf);
  Result<std::optional<KeptKey>> known_key(const Append& append, const Digest& key) const;
  std::uint32_t version_of(const StreamId& stream, std::uint32_t proposed) const;

  Store& store_;
  std::atomic<std::uint64_t>& size_;
  LogOptions options_;
  Store::Head head_{}; ///< of what is written or stands in the batch
  GrowingTiles tiles_{};
  std::uint64_t generation_ = 0; ///< of the keys, once what stands in the batch is written
  Recent<StreamId, std::uint32_t> versions_{0};
  Recent<Digest, KeptKey, DigestHash> keys_{0};

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  Queue queue_;
  std::size_t queued_bytes_ = 0;
  bool stopping_ = false;
  std::atomic<bool> failed_ = false;
  std::jthread thread_;
};

// ---- erasures that are not finished yet ---------------------------------------------------------

/// A row of `meta` for each: erasure_row ‖ be64(seq).
inline constexpr std::string_view erasure_row = "erase";
std::vector<KeyRing::Erasure> erasures_in(const Append& append);
std::vector<KeyRing::Erasure> decode_erasures(std::string_view row);

} // namespace mingce
