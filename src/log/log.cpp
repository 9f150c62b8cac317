#include "log/log.hpp"

#include "log/bytes.hpp"
#include "log/files.hpp"
#include "log/notary.hpp"
#include "log/store.hpp"

#include <rocksdb/write_batch.h>

#include <condition_variable>
#include <deque>
#include <future>
#include <limits>
#include <map>
#include <mutex>
#include <thread>
#include <unordered_map>

namespace mingce {
namespace {

using Store = LogView::Store;

std::string encode_key(const KeptKey& kept) {
  return std::string(as_text(kept.fingerprint)) + be64(kept.first_seq) + be32(kept.count);
}

// A row of `meta` for every erasure that is not finished: erasure_row ‖ be64(seq).
const std::string erasure_row = "erase";

std::string encode_erasures(const std::vector<KeyRing::Erasure>& erasures) {
  std::string out;
  for (auto& each : erasures) out += std::string(as_text(each.stream.bytes)) + be32(each.up_to);
  return out;
}

std::vector<KeyRing::Erasure> decode_erasures(std::string_view bytes) {
  std::vector<KeyRing::Erasure> out;
  constexpr std::size_t width = sizeof(StreamId::bytes) + 4;
  for (; bytes.size() >= width; bytes.remove_prefix(width)) {
    auto& each = out.emplace_back();
    std::copy_n(bytes.begin(), sizeof(StreamId::bytes), each.stream.bytes.begin());
    each.up_to = read_be32(bytes.substr(sizeof(StreamId::bytes)));
  }
  return out;
}

std::vector<KeyRing::Erasure> erasures_in(const Append& append) {
  auto out = append.erasures;
  for (auto& entry : append.entries)
    if (entry.erases) out.push_back({entry.stream, entry.version});
  return out;
}

/// What is erased in the same append is not even sealed.
void drop_erased_secrets(Append& append) {
  std::map<StreamId, std::uint32_t> up_to;
  for (auto& each : erasures_in(append))
    up_to[each.stream] = std::max(up_to[each.stream], each.up_to);
  if (up_to.empty()) return;
  for (auto& entry : append.entries)
    if (auto found = up_to.find(entry.stream);
        found != up_to.end() && entry.version < found->second && !entry.erases)
      entry.secret.clear();
}

} // namespace

Failure key_reused() {
  return {FailureKind::reused_key,
          "idempotency_key_reused",
          {"该 Idempotency-Key 已用于其他内容",
           "this Idempotency-Key has been used with other content"}};
}

// ---- the sequencer ------------------------------------------------------------------------------

struct Log::Sequencer {
  struct Pending {
    Append append;
    Vault::Sealed sealed;
    std::promise<Result<Appended>> promise;
  };

  /// One synced write: what it puts, whom it answers, and the state it leads to.
  struct Batch {
    rocksdb::WriteBatch writes{0, 0, /* protection_bytes_per_key */ 8, 0};
    Store::Head head;
    GrowingTiles tiles;
    std::unordered_map<StreamId, std::uint32_t> versions;
    std::map<Digest, KeptKey> keys;
    std::vector<Entry> entries;
    std::vector<std::pair<Pending*, Appended>> accepted;
  };

  Store& store;
  std::atomic<std::uint64_t>& size;
  LogOptions options;
  Store::Head head{};
  GrowingTiles tiles{};
  std::uint64_t generation = 0; ///< of the keys, once what stands in the batch is written

  std::mutex mutex{};
  std::condition_variable wake{};
  std::deque<std::unique_ptr<Pending>> queue{};
  bool stopping = false;
  std::atomic<bool> failed = false;
  std::jthread thread{};

  static Failure refused(const char* code, const char* zh, const char* en) {
    return {FailureKind::busy, code, {zh, en}};
  }

  Result<Appended> submit(Append append, Vault::Sealed sealed) {
    auto pending = std::make_unique<Pending>(Pending{std::move(append), std::move(sealed), {}});
    auto result = pending->promise.get_future();
    {
      std::lock_guard lock(mutex);
      if (stopping) return refused("stopping", "服务正在停止", "the service is stopping");
      if (failed)
        return refused("write_failed", "此前写入失败，服务须重启",
                       "an earlier write failed: the service must be restarted");
      if (queue.size() >= options.max_queued)
        return refused("queue_full", "写入队列已满，请稍后重试",
                       "the write queue is full: retry later");
      queue.push_back(std::move(pending));
    }
    wake.notify_one();
    return result.get();
  }

  void run() {
    for (;;) {
      std::deque<std::unique_ptr<Pending>> waiting;
      {
        std::unique_lock lock(mutex);
        wake.wait(lock, [&] { return stopping || !queue.empty(); });
        if (queue.empty()) return;
        waiting.swap(queue);
      }
      commit(waiting);
    }
  }

  void commit(std::deque<std::unique_ptr<Pending>>& waiting) {
    Batch batch;
    batch.head = head;
    batch.tiles = tiles;
    auto room = store.room(options.space);
    for (auto& pending : waiting) {
      if (failed) {
        pending->promise.set_value(
            refused("write_failed", "此前写入失败，服务须重启", "an earlier write failed"));
        continue;
      }
      if (room == Room::none || (room == Room::scarce && pending->append.can_wait)) {
        pending->promise.set_value(refused_for(room));
        continue;
      }
      auto appended = place(batch, *pending);
      // A replay of what stands in this very batch is an acknowledgement like any other.
      if (appended && (!appended->replayed || appended->first_seq > head.size))
        batch.accepted.emplace_back(pending.get(), *appended);
      else
        pending->promise.set_value(std::move(appended));
    }
    if (batch.accepted.empty()) return;
    write(batch);
  }

  void write(Batch& batch) {
    batch.writes.Put(store.family[Store::meta], "head", encode_head(batch.head));
    rocksdb::WriteOptions synced;
    synced.sync = true;
    auto status = store.db->Write(synced, &batch.writes);
    if (!status.ok()) {
      // The bytes may or may not be there after a restart: nobody is told yes, nobody no.
      failed = true;
      for (auto& [pending, appended] : batch.accepted)
        pending->promise.set_value(
            Failure{FailureKind::unknown,
                    "outcome_unknown",
                    {"写入结果未知，请以相同的 Idempotency-Key 重试",
                     "the outcome is unknown: retry with the same Idempotency-Key"}});
      if (options.on_failure) options.on_failure();
      return;
    }
    if (store.vault->generation() != generation) store.vault->forget();
    head = std::move(batch.head);
    tiles = std::move(batch.tiles);
    store.mark->set(head.size);
    size.store(head.size, std::memory_order_release);
    if (options.on_commit) options.on_commit(std::move(batch.entries));
    for (auto& [pending, appended] : batch.accepted) pending->promise.set_value(appended);
  }

  /// Gives every entry of one append its place in the batch, or leaves the batch as it was.
  Result<Appended> place(Batch& batch, Pending& pending) {
    auto& append = pending.append;
    for (auto& [key, use] : append.keys) {
      auto known = known_key(batch, key);
      if (!known) return known.error();
      if (*known) return reuse(**known, use);
    }
    std::unordered_map<StreamId, std::uint32_t> versions;
    for (auto& entry : append.entries) {
      auto found = versions.find(entry.stream);
      auto current = found != versions.end() ? found->second : version_of(batch, entry.stream);
      if (entry.version != current + 1) return version_conflict(current);
      versions[entry.stream] = entry.version;
    }
    Appended appended{batch.head.size + 1, std::uint32_t(append.entries.size())};
    // A key that goes in this very batch, or has gone, must not have sealed anything new.
    if (pending.sealed.generation != generation) return keys_have_gone();
    if (auto destroyed = destroy_keys(batch, append, appended.first_seq); !destroyed)
      return destroyed.error();
    for (auto& [key, use] : append.keys) {
      use.first_seq += appended.first_seq;
      batch.keys[key] = use;
      ++batch.head.keys;
      batch.writes.Put(store.family[Store::idempotency], rocksdb::Slice(as_text(key)),
                       encode_key(use));
    }
    for (auto& [stream, version] : versions) batch.versions[stream] = version;
    for (auto& [row, value] : pending.sealed.drawn)
      batch.writes.Put(store.family[Store::sealing_keys], row, value);
    for (std::size_t i = 0; i < append.entries.size(); ++i)
      put(batch, append.entries[i], pending.sealed.bodies[i]);
    return appended;
  }

  /// With the entries that order it goes a row that says what is to be finished: old values stay in
  /// the files until they are compacted, also if the process ends before.
  Result<void> destroy_keys(Batch& batch, const Append& append, std::uint64_t first_seq) {
    auto erasures = erasures_in(append);
    if (erasures.empty()) return {};
    Vault::Rows rows;
    std::vector<std::string> persons;
    for (auto& erasure : erasures) {
      auto destroyed = store.vault->destruction_of(erasure.stream);
      if (!destroyed) return destroyed.error();
      rows.insert(rows.end(), destroyed->begin(), destroyed->end());
    }
    for (auto& ref : append.erased_persons) {
      auto keys = store.vault->keys_of_person(ref);
      if (!keys) return keys.error();
      persons.insert(persons.end(), keys->begin(), keys->end());
    }
    for (auto& [row, value] : rows) batch.writes.Put(store.family[Store::sealing_keys], row, value);
    for (auto& row : persons) batch.writes.Delete(store.family[Store::sealing_keys], row);
    batch.writes.Put(store.family[Store::meta], erasure_row + be64(first_seq),
                     encode_erasures(erasures));
    ++generation;
    return {};
  }

  void put(Batch& batch, const PreparedEntry& entry, const std::string& body) {
    auto seq = ++batch.head.size;
    auto at = entry.recorded_at.value_or(options.now());
    batch.head.recorded_at = std::max(at, batch.head.recorded_at);
    auto leaf = entry.leaf(batch.head.recorded_at);
    batch.writes.Put(store.family[Store::entries], be64(seq), leaf);
    if (entry.has_body)
      batch.writes.Put(store.family[Store::bodies], be64(seq),
                       body.empty() ? absent_body : std::string_view(body));
    grow(batch, leaf);
    batch.writes.Put(store.family[Store::streams], stream_key(entry.stream, entry.version),
                     be64(seq));
    if (!options.on_commit) return;
    auto read_back = read_leaf(seq, leaf);
    if (!entry.secret.empty()) read_back->body = *read_body(*read_back->commitment, entry.secret);
    batch.entries.push_back(std::move(*read_back));
  }

  void grow(Batch& batch, std::string_view leaf) {
    for (auto& tree : batch.head.trees) tree.append(hash_leaf(leaf, tree.suite()));
    batch.tiles.append(hash_leaf(leaf), [&](unsigned level, std::uint64_t index, auto hashes) {
      batch.writes.Put(store.family[Store::tiles], tile_row(level, index), hashes);
    });
  }

  Result<std::optional<KeptKey>> known_key(const Batch& batch, const Digest& key) const {
    if (auto found = batch.keys.find(key); found != batch.keys.end())
      return std::optional{found->second};
    return store.kept_key(key);
  }

  static Result<Appended> reuse(const KeptKey& known, const KeptKey& use) {
    if (known.fingerprint != use.fingerprint) return key_reused();
    return Appended{known.first_seq, known.count, true};
  }

  /// The latest version of a stream, this batch included; 0 if there is none.
  std::uint32_t version_of(const Batch& batch, const StreamId& stream) const {
    if (auto found = batch.versions.find(stream); found != batch.versions.end())
      return found->second;
    rocksdb::ReadOptions options_of_read;
    options_of_read.prefix_same_as_start = true;
    std::unique_ptr<rocksdb::Iterator> last(
        store.db->NewIterator(options_of_read, store.family[Store::streams]));
    last->SeekForPrev(stream_key(stream, std::numeric_limits<std::uint32_t>::max()));
    if (!last->Valid() || !last->key().starts_with(rocksdb::Slice(as_text(stream.bytes)))) return 0;
    return read_be32(last->key().ToStringView().substr(sizeof stream.bytes));
  }

  /// To be decided anew, like a version that has changed.
  static Failure keys_have_gone() {
    return {FailureKind::precondition,
            "keys_have_gone",
            {"密钥刚被销毁，须重新提交", "keys have just been destroyed: to be submitted again"}};
  }

  static Failure version_conflict(std::uint32_t current) {
    Failure failure{FailureKind::precondition,
                    "version_conflict",
                    {"版本已变为 " + std::to_string(current),
                     "the version is " + std::to_string(current) + " now"}};
    failure.version = current;
    return failure;
  }
};

// ---- writing ------------------------------------------------------------------------------------

Log::Log(std::unique_ptr<Store> store, LogOptions options) : LogView(std::move(store)) {
  sequencer_.reset(new Sequencer{*store_, size_, std::move(options)});
  notary_ = std::make_unique<Notary>(*this, *store_);
}

Log::~Log() { stop(); }

Result<std::unique_ptr<Log>> Log::open(const LogPlace& place, LogOptions options) {
  auto store = Store::open_to_write(place, options);
  if (!store) return store.error();
  auto head = (*store)->head();
  if (!head) return head.error();
  if (auto marked = (*store)->mark->size(); head->size < marked)
    return entries_missing(marked, head->size);
  std::unique_ptr<Log> log(new Log(std::move(*store), std::move(options)));
  log->size_ = head->size;
  auto anchor = anchor_of(place, log->keys());
  if (!anchor) return anchor.error();
  if (auto anchored = log->check_anchor(*anchor); !anchored) return anchored.error();
  auto tiles = GrowingTiles::resume(head->size, [&](unsigned level) {
    auto hashes = head->size >> (tile_height * level);
    return log->read_tile(level, hashes / tile_width, hashes % tile_width);
  });
  if (!tiles) return tiles.error();
  auto root = log->tree().root();
  if (!root) return root.error();
  if (*root != head->trees.front().root()) return forked();
  if (auto finished = log->finish_erasures(); !finished) return finished.error();
  auto& sequencer = *log->sequencer_;
  sequencer.head = *head;
  sequencer.tiles = std::move(*tiles);
  sequencer.store.mark->set(head->size);
  sequencer.thread = std::jthread([&sequencer] { sequencer.run(); });
  return log;
}

Result<Note> Log::sign_checkpoint() {
  if (has_failed())
    return Sequencer::refused("write_failed", "此前写入失败，服务须重启",
                              "an earlier write failed: the service must be restarted");
  if (store_->room(sequencer_->options.space) == Room::none) {
    auto latest = latest_checkpoint();
    if (!latest) return latest.error();
    auto checkpoint = *latest ? LogCheckpoint::parse((*latest)->text) : std::nullopt;
    if (checkpoint && checkpoint->size == size()) return **latest;
    return refused_for(Room::none);
  }
  return notary_->sign();
}

Result<Note> Log::keep_cosignatures(const Note& note) { return notary_->keep_cosignatures(note); }

Result<Appended> Log::append(Append append) {
  bool erases = !erasures_in(append).empty();
  drop_erased_secrets(append);
  auto sealed = store_->vault->seal(append.entries);
  if (!sealed) return sealed.error();
  auto appended = sequencer_->submit(std::move(append), std::move(*sealed));
  if (!appended || !erases) return appended;
  if (finish_erasures()) return appended;
  return Failure{FailureKind::unknown,
                 "erasure_unfinished",
                 {"已记录删除，但密钥尚未从磁盘清除；服务重启时会继续",
                  "the erasure is recorded, but the keys have not left the disk yet: a restart of "
                  "the service goes on with it"}};
}

/// What a batch has destroyed is told to the key ring, which outlives any copy of the directory,
/// and leaves the files.
Result<void> Log::finish_erasures() {
  std::unique_ptr<rocksdb::Iterator> rows(store_->db->NewIterator({}, store_->family[Store::meta]));
  std::vector<std::string> done;
  std::vector<KeyRing::Erasure> erasures;
  for (rows->Seek(erasure_row); rows->Valid() && rows->key().starts_with(erasure_row);
       rows->Next()) {
    done.push_back(rows->key().ToString());
    auto some = decode_erasures(rows->value().ToStringView());
    erasures.insert(erasures.end(), some.begin(), some.end());
  }
  if (!rows->status().ok()) return storage_failure(rows->status());
  if (done.empty()) return {};
  rows.reset();
  if (!keys()) return keys().error();
  if (auto noted = (*keys())->note_erased(erasures); !noted) return noted;
  if (auto scrubbed = store_->scrub_keys(); !scrubbed) return scrubbed;
  for (auto& row : done)
    if (auto removed = store_->remove(Store::meta, row); !removed) return removed;
  return {};
}

Result<void> Log::rotate_master() {
  if (!keys()) return keys().error();
  if (auto added = (*keys())->add_master(sequencer_->options.now()); !added) return added;
  auto rows = store_->vault->rewrapped();
  if (!rows) return rows.error();
  rocksdb::WriteBatch batch;
  for (auto& [row, value] : *rows) batch.Put(store_->family[Store::sealing_keys], row, value);
  rocksdb::WriteOptions synced;
  synced.sync = true;
  if (auto status = store_->db->Write(synced, &batch); !status.ok()) return storage_failure(status);
  return store_->scrub_keys();
}

void Log::on_commit(std::function<void(std::vector<Entry>)> callback) {
  sequencer_->options.on_commit = std::move(callback);
}

bool Log::is_writable() const {
  std::lock_guard lock(sequencer_->mutex);
  return !sequencer_->failed && !sequencer_->stopping;
}

void Log::on_failure(std::function<void()> callback) {
  sequencer_->options.on_failure = std::move(callback);
}

bool Log::has_failed() const { return sequencer_->failed; }

void Log::stop() {
  {
    std::lock_guard lock(sequencer_->mutex);
    sequencer_->stopping = true;
  }
  sequencer_->wake.notify_all();
  if (!sequencer_->thread.joinable()) return;
  sequencer_->thread.join();
  if (sequencer_->failed || store_->room(sequencer_->options.space) == Room::none) return;
  // Whoever opens the log next can tell whether it is the one that was left. (A log that cannot be
  // signed now is not the one that was signed before: it will be refused then.)
  if (size() > 0) (void)notary_->sign();
  // Everything is on disk already; in sorted files it opens faster than from the write-ahead log.
  store_->flush();
}

} // namespace mingce
