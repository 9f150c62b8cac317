#include "log/log.hpp"

#include "log/store.hpp"

#include <rocksdb/write_batch.h>

#include <sys/statvfs.h>

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

std::string stream_key(const StreamId& stream, std::uint32_t version) {
  return std::string(as_text(stream.bytes)) + be32(version);
}

std::string encode_key(const KeptKey& kept) {
  return std::string(as_text(kept.fingerprint)) + be64(kept.first_seq) + be32(kept.count);
}

Result<KeptKey> decode_key(std::string_view bytes) {
  KeptKey kept;
  if (bytes.size() != kept.fingerprint.size() + 12)
    return storage_failure(rocksdb::Status::Corruption());
  std::copy_n(bytes.begin(), kept.fingerprint.size(), kept.fingerprint.begin());
  bytes.remove_prefix(kept.fingerprint.size());
  kept.first_seq = read_be64(bytes);
  kept.count = read_be32(bytes.substr(8));
  return kept;
}

Result<std::optional<KeptKey>> stored_key(const Store& store, const Digest& key) {
  std::string value;
  auto status = store.db->Get({}, store.family[Store::keys], rocksdb::Slice(as_text(key)), &value);
  if (status.IsNotFound()) return std::optional<KeptKey>{};
  if (!status.ok()) return storage_failure(status);
  auto kept = decode_key(value);
  if (!kept) return kept.error();
  return std::optional{*kept};
}

Result<void> attach_body(const Store& store, Entry& entry) {
  if (!entry.commitment) return {};
  std::string bytes;
  auto status = store.db->Get({}, store.family[Store::bodies], be64(entry.seq), &bytes);
  if (status.IsNotFound()) return {}; // erased, or never ours
  if (!status.ok()) return storage_failure(status);
  auto body = read_body(*entry.commitment, bytes);
  if (!body) return body.error();
  entry.body = std::move(*body);
  return {};
}

/// What was acknowledged is gone: a cut tail of the write-ahead log looks like a torn write, a lost
/// table like a young log. No table is better than a wrong one.
Failure entries_missing(std::uint64_t marked, std::uint64_t found) {
  auto wanted = std::to_string(marked), there = std::to_string(found);
  return {FailureKind::corrupt,
          "entries_missing",
          {"日志缺失：应有 " + wanted + " 条，仅存 " + there + " 条",
           "entries are missing from the log: " + there + " of " + wanted + " are there"}};
}

} // namespace

Failure key_reused() {
  return {FailureKind::reused_key,
          "idempotency_key_reused",
          {"该 Idempotency-Key 已用于其他内容",
           "this Idempotency-Key has been used with other content"}};
}

// ---- reading ------------------------------------------------------------------------------------

LogView::LogView(std::unique_ptr<Store> store) : store_(std::move(store)) {}
LogView::~LogView() = default;

Result<std::unique_ptr<LogView>> LogView::open(const std::filesystem::path& directory) {
  // The mark is read first: what is durable now will be there once the files are open.
  auto mark = WriterMark::look(directory);
  // A writer may move entries from file to file while we open them: look again.
  for (int attempt = 0;; ++attempt) {
    auto store = Store::open_to_read(directory);
    if (!store) return store.error();
    auto head = (*store)->head();
    if (!head) return head.error();
    if (head->size < mark.size && attempt < 4) continue;
    if (head->size < mark.size) return entries_missing(mark.size, head->size);
    std::unique_ptr<LogView> view(new LogView(std::move(*store)));
    view->size_ = mark.is_writing ? mark.size : head->size;
    return view;
  }
}

Result<void> LogView::scan(std::uint64_t from, std::uint64_t to, Half half,
                           const std::function<bool(Entry&&)>& each) const {
  from = std::max<std::uint64_t>(from, 1);
  to = std::min(to, size());
  if (from > to) return {};
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  options.fill_cache = false;
  options.readahead_size = 2 << 20;
  std::unique_ptr<rocksdb::Iterator> leaves(
      store_->db->NewIterator(options, store_->family[Store::entries]));
  std::unique_ptr<rocksdb::Iterator> bodies;
  if (half == Half::both) {
    bodies.reset(store_->db->NewIterator(options, store_->family[Store::bodies]));
    bodies->Seek(be64(from));
  }
  leaves->Seek(be64(from));
  for (auto seq = from; seq <= to; ++seq, leaves->Next()) {
    // Dense by construction: a hole is damage, never an absence.
    if (!leaves->Valid() || read_be64(leaves->key().ToStringView()) != seq)
      return storage_failure(leaves->status().ok() ? rocksdb::Status::Corruption()
                                                   : leaves->status());
    auto entry = read_leaf(seq, leaves->value().ToStringView());
    if (!entry) return entry.error();
    if (bodies) {
      while (bodies->Valid() && read_be64(bodies->key().ToStringView()) < seq) bodies->Next();
      if (!bodies->status().ok()) return storage_failure(bodies->status());
      if (entry->commitment && bodies->Valid() && read_be64(bodies->key().ToStringView()) == seq) {
        auto body = read_body(*entry->commitment, bodies->value().ToStringView());
        if (!body) return body.error();
        entry->body = std::move(*body);
      }
    }
    if (!each(std::move(*entry))) return {};
  }
  return {};
}

Result<std::vector<Entry>> LogView::read_stream(const StreamId& stream, std::uint64_t up_to,
                                                Half half) const {
  rocksdb::ReadOptions options;
  options.prefix_same_as_start = true;
  options.verify_checksums = true;
  std::unique_ptr<rocksdb::Iterator> versions(
      store_->db->NewIterator(options, store_->family[Store::streams]));
  std::vector<Entry> entries;
  up_to = std::min(up_to, size());
  for (versions->Seek(stream_key(stream, 1)); versions->Valid(); versions->Next()) {
    auto seq = read_be64(versions->value().ToStringView());
    if (seq > up_to) break;
    std::string leaf;
    auto status = store_->db->Get(options, store_->family[Store::entries], be64(seq), &leaf);
    if (!status.ok()) return storage_failure(status);
    auto entry = read_leaf(seq, leaf);
    if (!entry) return entry.error();
    if (half == Half::both)
      if (auto attached = attach_body(*store_, *entry); !attached) return attached.error();
    entries.push_back(std::move(*entry));
  }
  if (!versions->status().ok()) return storage_failure(versions->status());
  return entries;
}

Result<std::optional<KeptKey>> LogView::find_key(const Digest& key) const {
  return stored_key(*store_, key);
}

// ---- the sequencer ------------------------------------------------------------------------------

struct Log::Sequencer {
  struct Pending {
    Append append;
    std::promise<Result<Appended>> promise;
  };

  /// One synced write: what it puts, whom it answers, and the state it leads to.
  struct Batch {
    rocksdb::WriteBatch writes{0, 0, /* protection_bytes_per_key */ 8, 0};
    Store::Head head;
    std::unordered_map<StreamId, std::uint32_t> versions;
    std::map<Digest, KeptKey> keys;
    std::vector<Entry> entries;
    std::vector<std::pair<Pending*, Appended>> accepted;
  };

  Store& store;
  std::atomic<std::uint64_t>& size;
  LogOptions options;
  Store::Head head{};

  std::mutex mutex{};
  std::condition_variable wake{};
  std::deque<std::unique_ptr<Pending>> queue{};
  bool stopping = false;
  std::atomic<bool> failed = false;
  std::jthread thread{};

  static Failure refused(const char* code, const char* zh, const char* en) {
    return {FailureKind::busy, code, {zh, en}};
  }

  Result<Appended> submit(Append append) {
    auto pending = std::make_unique<Pending>(Pending{std::move(append), {}});
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
    bool room = has_room();
    for (auto& pending : waiting) {
      if (failed || !room) {
        pending->promise.set_value(
            failed ? refused("write_failed", "此前写入失败，服务须重启", "an earlier write failed")
                   : no_space());
        continue;
      }
      auto appended = place(batch, pending->append);
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
    head = batch.head;
    store.mark->set(head.size);
    size.store(head.size, std::memory_order_release);
    if (options.on_commit) options.on_commit(std::move(batch.entries));
    for (auto& [pending, appended] : batch.accepted) pending->promise.set_value(appended);
  }

  /// Gives every entry of one append its place in the batch, or leaves the batch as it was.
  Result<Appended> place(Batch& batch, Append& append) {
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
    for (auto& [key, use] : append.keys) {
      use.first_seq += appended.first_seq;
      batch.keys[key] = use;
      batch.writes.Put(store.family[Store::keys], rocksdb::Slice(as_text(key)), encode_key(use));
    }
    for (auto& [stream, version] : versions) batch.versions[stream] = version;
    for (auto& entry : append.entries) put(batch, entry);
    return appended;
  }

  void put(Batch& batch, const PreparedEntry& entry) {
    auto seq = ++batch.head.size;
    auto at = entry.recorded_at.value_or(options.now());
    batch.head.recorded_at = std::max(at, batch.head.recorded_at);
    auto leaf = entry.leaf(batch.head.recorded_at);
    batch.writes.Put(store.family[Store::entries], be64(seq), leaf);
    if (!entry.body.empty()) batch.writes.Put(store.family[Store::bodies], be64(seq), entry.body);
    batch.writes.Put(store.family[Store::streams], stream_key(entry.stream, entry.version),
                     be64(seq));
    if (!options.on_commit) return;
    auto read_back = read_leaf(seq, leaf);
    if (!entry.body.empty()) read_back->body = *read_body(*read_back->commitment, entry.body);
    batch.entries.push_back(std::move(*read_back));
  }

  Result<std::optional<KeptKey>> known_key(const Batch& batch, const Digest& key) const {
    if (auto found = batch.keys.find(key); found != batch.keys.end())
      return std::optional{found->second};
    return stored_key(store, key);
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

  static Failure version_conflict(std::uint32_t current) {
    Failure failure{FailureKind::precondition,
                    "version_conflict",
                    {"版本已变为 " + std::to_string(current),
                     "the version is " + std::to_string(current) + " now"}};
    failure.version = current;
    return failure;
  }

  bool has_room() const {
    struct statvfs disk {};
    if (::statvfs(store.db->GetName().c_str(), &disk) != 0) return true;
    return std::uint64_t(disk.f_bavail) * disk.f_frsize >= options.min_free_bytes;
  }
  static Failure no_space() {
    return {FailureKind::no_space,
            "no_space",
            {"磁盘空间不足，暂停写入", "too little disk space: writing is paused"}};
  }
};

// ---- writing ------------------------------------------------------------------------------------

Log::Log(std::unique_ptr<Store> store, LogOptions options) : LogView(std::move(store)) {
  sequencer_.reset(new Sequencer{*store_, size_, std::move(options)});
}

Log::~Log() { stop(); }

Result<std::unique_ptr<Log>> Log::open(const std::filesystem::path& directory, LogOptions options) {
  auto store = Store::open_to_write(directory);
  if (!store) return store.error();
  auto head = (*store)->head();
  if (!head) return head.error();
  if (auto marked = (*store)->mark->size(); head->size < marked)
    return entries_missing(marked, head->size);
  std::unique_ptr<Log> log(new Log(std::move(*store), std::move(options)));
  auto& sequencer = *log->sequencer_;
  sequencer.head = *head;
  sequencer.store.mark->set(head->size);
  log->size_ = head->size;
  sequencer.thread = std::jthread([&sequencer] { sequencer.run(); });
  return log;
}

Result<Appended> Log::append(Append append) { return sequencer_->submit(std::move(append)); }

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
  // Everything is on disk already; in sorted files it opens faster than from the write-ahead log.
  if (!sequencer_->failed) store_->flush();
}

} // namespace mingce
