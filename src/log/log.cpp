#include "log/log.hpp"

#include "log/bytes.hpp"
#include "log/files.hpp"
#include "log/notary.hpp"
#include "log/sequencer.hpp"

#include <future>
#include <map>

namespace mingce {
namespace {

using Store = LogView::Store;

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

// ---- writing ------------------------------------------------------------------------------------

Log::Log(std::unique_ptr<Store> store, LogOptions options) : LogView(std::move(store)) {
  sequencer_ = std::make_unique<Sequencer>(*store_, size_, std::move(options));
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
  log->sequencer_->start(std::move(*head), std::move(*tiles));
  return log;
}

Result<Note> Log::sign_checkpoint() {
  if (has_failed()) return write_failed();
  if (store_->room(sequencer_->options().space) == Room::none) {
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
  std::promise<Result<Appended>> promise;
  auto answer = promise.get_future();
  submit(std::move(append), [&](Result<Appended> appended) { promise.set_value(std::move(appended)); });
  auto appended = answer.get();
  if (!appended || !erases) return appended;
  if (finish_erasures()) return appended;
  return Failure{FailureKind::unknown,
                 "erasure_unfinished",
                 {"已记录删除，但密钥尚未从磁盘清除；服务重启时会继续",
                  "the erasure is recorded, but the keys have not left the disk yet: a restart of "
                  "the service goes on with it"}};
}

void Log::submit(Append append, std::function<void(Result<Appended>)> done) {
  auto sealed = store_->vault->seal(append.entries);
  if (!sealed) return done(sealed.error());
  sequencer_->submit(std::move(append), std::move(*sealed), std::move(done));
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

Result<std::vector<StreamId>> Log::streams_of_person(const std::string& ref) const {
  return store_->vault->streams_of_person(ref);
}

Result<void> Log::rotate_master() {
  if (!keys()) return keys().error();
  if (auto added = (*keys())->add_master(sequencer_->options().now()); !added) return added;
  auto rows = store_->vault->rewrapped();
  if (!rows) return rows.error();
  rocksdb::WriteBatch batch;
  for (auto& [row, value] : *rows) batch.Put(store_->family[Store::sealing_keys], row, value);
  rocksdb::WriteOptions synced;
  synced.sync = true;
  if (auto status = store_->db->Write(synced, &batch); !status.ok()) return storage_failure(status);
  return store_->scrub_keys();
}

void Log::on_commit(std::function<void(std::span<const Entry>)> callback) {
  sequencer_->options().on_commit = std::move(callback);
}

void Log::on_failure(std::function<void()> callback) {
  sequencer_->options().on_failure = std::move(callback);
}

bool Log::is_writable() const { return sequencer_->is_writable(); }
bool Log::has_failed() const { return sequencer_->has_failed(); }

void Log::stop() {
  if (!sequencer_->stop() || has_failed()) return;
  if (store_->room(sequencer_->options().space) == Room::none) return;
  // Whoever opens the log next can tell whether it is the one that was left. (A log that cannot be
  // signed now is not the one that was signed before: it will be refused then.)
  if (size() > 0) (void)notary_->sign();
  // Everything is on disk already; in sorted files it opens faster than from the write-ahead log.
  store_->flush();
}

} // namespace mingce
