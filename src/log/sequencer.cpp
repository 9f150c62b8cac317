#include "log/sequencer.hpp"

#include "base/joined.hpp"
#include "log/bytes.hpp"

#include <cstring>
#include <limits>

namespace mingce {
namespace {

// A batch is closed at either: what waits longer gains nothing from a larger one.
constexpr std::size_t most_entries_in_batch = 4'096, most_bytes_in_batch = 4 << 20;

Failure busy(const char* code, const char* zh, const char* en) {
  return {FailureKind::busy, code, {zh, en}};
}
Failure stopping() { return busy("stopping", "服务正在停止", "the service is stopping"); }
Failure queue_full() {
  return busy("queue_full", "写入队列已满，请稍后重试", "the write queue is full: retry later");
}
Failure outcome_unknown() {
  return {FailureKind::unknown,
          "outcome_unknown",
          {"写入结果未知，请以相同的 Idempotency-Key 重试",
           "the outcome is unknown: retry with the same Idempotency-Key"}};
}
/// To be decided anew, like a version that has changed.
Failure keys_have_gone() {
  return {FailureKind::precondition,
          "keys_have_gone",
          {"密钥刚被销毁，须重新提交", "keys have just been destroyed: to be submitted again"}};
}
Failure version_conflict(std::uint32_t current) {
  auto version = std::to_string(current);
  Failure failure{FailureKind::precondition,
                  "version_conflict",
                  {"版本已变为 " + version, "the version is " + version + " now"}};
  failure.version = current;
  return failure;
}

std::string encode_key(const KeptKey& kept) {
  return joined({as_text(kept.fingerprint), be64(kept.first_seq), be32(kept.count)});
}

std::string encode_erasures(const std::vector<KeyRing::Erasure>& erasures) {
  std::string out;
  for (auto& each : erasures) out += std::string(as_text(each.stream.bytes)) + be32(each.up_to);
  return out;
}

Result<Appended> reuse(const KeptKey& known, const KeptKey& use) {
  if (known.fingerprint != use.fingerprint) return key_reused();
  return Appended{known.first_seq, known.count, true, {}};
}

std::size_t bytes_of(const Append& append) {
  std::size_t bytes = 0;
  for (auto& entry : append.entries)
    bytes += entry.leaf_head.size() + entry.leaf_tail.size() + entry.secret.size();
  return bytes;
}

/// The entry as a reader will find it.
Entry read_back(PreparedEntry& entry, std::uint64_t seq, Instant at, std::string_view leaf) {
  if (!entry.parsed) {
    auto read = *read_leaf(seq, leaf);
    if (!entry.secret.empty()) read.body = *read_body(*read.commitment, entry.secret);
    return read;
  }
  entry.parsed->seq = seq;
  entry.parsed->recorded_at = at;
  if (entry.secret.empty()) entry.parsed->body.reset(); // erased before it was written
  return std::move(*entry.parsed);
}

} // namespace

Failure key_reused() {
  return {FailureKind::reused_key,
          "idempotency_key_reused",
          {"该 Idempotency-Key 已用于其他内容",
           "this Idempotency-Key has been used with other content"}};
}

Failure write_failed() {
  return busy("write_failed", "此前写入失败，服务须重启",
              "an earlier write failed: the service must be restarted");
}

std::size_t DigestHash::operator()(const Digest& digest) const noexcept {
  std::size_t out;
  std::memcpy(&out, digest.data(), sizeof out);
  return out;
}

std::vector<KeyRing::Erasure> erasures_in(const Append& append) {
  auto out = append.erasures;
  for (auto& entry : append.entries)
    if (entry.erases) out.push_back({entry.stream, entry.version});
  return out;
}

std::vector<KeyRing::Erasure> decode_erasures(std::string_view row) {
  std::vector<KeyRing::Erasure> out;
  constexpr std::size_t width = sizeof(StreamId::bytes) + 4;
  for (; row.size() >= width; row.remove_prefix(width)) {
    auto& each = out.emplace_back();
    std::copy_n(row.begin(), sizeof(StreamId::bytes), each.stream.bytes.begin());
    each.up_to = read_be32(row.substr(sizeof(StreamId::bytes)));
  }
  return out;
}

// ---- the queue ----------------------------------------------------------------------------------

Sequencer::Sequencer(Store& store, std::atomic<std::uint64_t>& size, LogOptions options)
    : store_(store), size_(size), options_(std::move(options)) {}

void Sequencer::start(Store::Head head, GrowingTiles tiles) {
  head_ = std::move(head);
  tiles_ = std::move(tiles);
  generation_ = store_.vault->generation();
  versions_ = Recent<StreamId, std::uint32_t>(head_.size);
  keys_ = Recent<Digest, KeptKey, DigestHash>(head_.size);
  store_.mark->set(head_.size);
  thread_ = std::jthread([this] { run(); });
}

void Sequencer::submit(Append append, Vault::Sealed sealed, Done done) {
  auto bytes = bytes_of(append);
  auto refusal = [&]() -> std::optional<Failure> {
    std::lock_guard lock(mutex_);
    if (stopping_) return stopping();
    if (failed_) return write_failed();
    bool is_full = queue_.size() >= options_.max_queued ||
                   (!queue_.empty() && queued_bytes_ + bytes > options_.max_queued_bytes);
    if (is_full) return queue_full();
    queued_bytes_ += bytes;
    queue_.push_back({std::move(append), std::move(sealed), std::move(done), bytes});
    return {};
  }();
  if (refusal)
    done(std::move(*refusal));
  else
    wake_.notify_one();
}

bool Sequencer::stop() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (!thread_.joinable()) return false;
  thread_.join();
  return true;
}

bool Sequencer::is_writable() const {
  std::lock_guard lock(mutex_);
  return !failed_ && !stopping_;
}

/// What one batch takes of the queue; nothing once it is to stop and all is done.
Sequencer::Queue Sequencer::next_waiting() {
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [&] { return stopping_ || !queue_.empty(); });
  Queue taken;
  std::size_t entries = 0, bytes = 0;
  while (!queue_.empty() && entries < most_entries_in_batch && bytes < most_bytes_in_batch) {
    entries += queue_.front().append.entries.size();
    bytes += queue_.front().bytes;
    taken.push_back(std::move(queue_.front()));
    queue_.pop_front();
  }
  queued_bytes_ -= bytes;
  return taken;
}

void Sequencer::run() {
  for (;;) {
    auto waiting = next_waiting();
    if (waiting.empty()) return;
    commit(std::move(waiting));
  }
}

// ---- one batch ----------------------------------------------------------------------------------

void Sequencer::commit(Queue waiting) {
  Batch batch{rocksdb::WriteBatch(0, 0, /* protection_bytes_per_key */ 8, 0), {}, {}, {}};
  auto room = store_.room(options_.space);
  for (auto& pending : waiting) {
    bool is_refused = room == Room::none || (room == Room::scarce && pending.append.can_wait);
    if (failed_ || is_refused) {
      pending.done(failed_ ? write_failed() : refused_for(room));
      continue;
    }
    auto appended = place(batch, pending);
    // A replay of what stands in this very batch is an acknowledgement like any other.
    if (appended && (!appended->replayed || appended->first_seq > size_))
      batch.accepted.emplace_back(std::move(pending.done), std::move(*appended));
    else
      pending.done(std::move(appended));
  }
  if (!batch.accepted.empty()) write(batch);
}

void Sequencer::write(Batch& batch) {
  batch.writes.Put(store_.family[Store::meta], "head", encode_head(head_));
  rocksdb::WriteOptions synced;
  synced.sync = true;
  if (auto status = store_.db->Write(synced, &batch.writes); status.ok()) return acknowledge(batch);
  // The bytes may or may not be there after a restart: nobody is told yes, nobody no.
  failed_ = true;
  for (auto& [done, appended] : batch.accepted) done(outcome_unknown());
  if (options_.on_failure) options_.on_failure();
}

void Sequencer::acknowledge(Batch& batch) {
  if (store_.vault->generation() != generation_) store_.vault->forget();
  for (auto& sealed : batch.sealed) store_.vault->remember(sealed);
  auto first = size_ + 1;
  store_.mark->set(head_.size);
  size_.store(head_.size, std::memory_order_release);
  if (options_.on_commit) options_.on_commit(batch.entries);
  for (auto& [done, appended] : batch.accepted) {
    if (!appended.replayed && !batch.entries.empty()) {
      auto begin = batch.entries.begin() + std::ptrdiff_t(appended.first_seq - first);
      std::move(begin, begin + appended.count, std::back_inserter(appended.entries));
    }
    done(std::move(appended));
  }
}

/// Gives every entry of one append its place in the batch, or leaves everything as it was.
Result<Appended> Sequencer::place(Batch& batch, Pending& pending) {
  auto& append = pending.append;
  for (auto& [key, use] : append.keys) {
    auto known = known_key(append, key);
    if (!known) return known.error();
    if (*known) return reuse(**known, use);
  }
  if (auto checked = check_versions(append); !checked) return checked.error();
  Appended appended{head_.size + 1, std::uint32_t(append.entries.size()), false, {}};
  // A key that goes in this very batch, or has gone, must not have sealed anything new.
  if (pending.sealed.generation != generation_) return keys_have_gone();
  if (auto destroyed = destroy_keys(batch, append, appended.first_seq); !destroyed)
    return destroyed.error();
  for (auto& [key, use] : append.keys) {
    use.first_seq += appended.first_seq;
    batch.writes.Put(store_.family[Store::idempotency], as_text(key), encode_key(use));
    ++head_.keys;
    keys_.put(key, use, appended.first_seq);
  }
  for (auto& [row, value] : pending.sealed.drawn)
    batch.writes.Put(store_.family[Store::sealing_keys], row, value);
  for (std::size_t i = 0; i < append.entries.size(); ++i)
    put(batch, append.entries[i], pending.sealed.bodies[i]);
  if (!pending.sealed.opening.empty()) batch.sealed.push_back(std::move(pending.sealed));
  return appended;
}

Result<void> Sequencer::check_versions(const Append& append) {
  MapOfStreams<std::uint32_t> here;
  for (auto& entry : append.entries) {
    auto found = here.find(entry.stream);
    auto current = found != here.end() ? found->second : version_of(entry.stream, entry.version);
    if (entry.version != current + 1) return version_conflict(current);
    if (append.entries.size() > 1) here[entry.stream] = entry.version;
  }
  return {};
}

/// With the entries that order it goes a row that says what is to be finished: old values stay in
/// the files until they are compacted, also if the process ends before.
Result<void> Sequencer::destroy_keys(Batch& batch, const Append& append, std::uint64_t first_seq) {
  auto erasures = erasures_in(append);
  if (erasures.empty()) return {};
  Vault::Rows rows;
  std::vector<std::string> persons;
  for (auto& erasure : erasures) {
    auto destroyed = store_.vault->destruction_of(erasure.stream);
    if (!destroyed) return destroyed.error();
    rows.insert(rows.end(), destroyed->begin(), destroyed->end());
  }
  for (auto& ref : append.erased_persons) {
    auto keys = store_.vault->keys_of_person(ref);
    if (!keys) return keys.error();
    persons.insert(persons.end(), keys->begin(), keys->end());
  }
  for (auto& [row, value] : rows) batch.writes.Put(store_.family[Store::sealing_keys], row, value);
  for (auto& row : persons) batch.writes.Delete(store_.family[Store::sealing_keys], row);
  batch.writes.Put(store_.family[Store::meta], std::string(erasure_row) + be64(first_seq),
                   encode_erasures(erasures));
  ++generation_;
  return {};
}

void Sequencer::put(Batch& batch, PreparedEntry& entry, const std::string& body) {
  auto seq = ++head_.size;
  head_.recorded_at = std::max(entry.recorded_at.value_or(options_.now()), head_.recorded_at);
  auto leaf = entry.leaf(head_.recorded_at);
  auto row = be64(seq);
  batch.writes.Put(store_.family[Store::entries], row, leaf);
  if (entry.commitment)
    batch.writes.Put(store_.family[Store::bodies], row,
                     body.empty() ? absent_body : std::string_view(body));
  batch.writes.Put(store_.family[Store::streams], stream_key(entry.stream, entry.version), row);
  grow(batch, leaf);
  versions_.put(entry.stream, entry.version, seq);
  if (options_.on_commit) batch.entries.push_back(read_back(entry, seq, head_.recorded_at, leaf));
}

void Sequencer::grow(Batch& batch, std::string_view leaf) {
  auto hash = hash_leaf(leaf);
  for (auto& tree : std::span(head_.trees).subspan(1)) tree.append(hash_leaf(leaf, tree.suite()));
  tiles_.append(head_.trees.front(), hash, [&](unsigned level, std::uint64_t index, auto hashes) {
    batch.writes.Put(store_.family[Store::tiles], tile_row(level, index), hashes);
  });
}

// ---- what is known ------------------------------------------------------------------------------

/// Who looked for the key before it was put in lately need not look again.
Result<std::optional<KeptKey>> Sequencer::known_key(const Append& append, const Digest& key) const {
  if (auto* found = keys_.find(key)) return std::optional{*found};
  if (append.keys_unknown_at && *append.keys_unknown_at >= keys_.since())
    return std::optional<KeptKey>{};
  return store_.kept_key(key);
}

/// The latest version of a stream, this batch included; 0 if there is none.
std::uint32_t Sequencer::version_of(const StreamId& stream, std::uint32_t proposed) const {
  if (auto* found = versions_.find(stream)) return *found;
  if (proposed == 1) { // nearly always new: the filters of its family say so at once
    auto first = store_.get(Store::streams, stream_key(stream, 1));
    if (first && !*first) return 0;
  }
  rocksdb::ReadOptions options;
  options.prefix_same_as_start = true;
  std::unique_ptr<rocksdb::Iterator> last(
      store_.db->NewIterator(options, store_.family[Store::streams]));
  last->SeekForPrev(stream_key(stream, std::numeric_limits<std::uint32_t>::max()));
  if (!last->Valid() || !last->key().starts_with(rocksdb::Slice(as_text(stream.bytes)))) return 0;
  return read_be32(last->key().ToStringView().substr(sizeof stream.bytes));
}

} // namespace mingce
