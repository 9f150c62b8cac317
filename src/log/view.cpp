#include "log/log.hpp"

#include "log/files.hpp"
#include "log/store.hpp"

namespace mingce {

using Store = LogView::Store;

namespace {

Failure missing_entry(std::uint64_t seq) {
  auto place = std::to_string(seq);
  return {FailureKind::corrupt,
          "corrupt_log",
          {"日志已损坏：第 " + place + " 条缺失", "the log is damaged: entry " + place + " is missing"}};
}

} // namespace

// ---- reading ------------------------------------------------------------------------------------

LogView::LogView(std::unique_ptr<Store> store) : store_(std::move(store)) {}
LogView::~LogView() = default;

Result<std::unique_ptr<LogView>> LogView::open(const LogPlace& place) {
  auto view = open_unchecked(place);
  if (!view) return view;
  if (auto anchored = (*view)->check_anchor((*view)->anchor_); !anchored) return anchored.error();
  return view;
}

Result<std::unique_ptr<LogView>> LogView::open_unchecked(const LogPlace& place) {
  // Before the mark: what is signed is durable, so the mark cannot say less.
  auto anchor = anchor_of(place, KeyRing::load(place));
  if (!anchor) return anchor.error();
  // The mark is read before the database: what is durable now will be there once the files are
  // open.
  auto mark = WriterMark::look(place.directory);
  // A writer may move entries from file to file while we open them: look again.
  for (int attempt = 0;; ++attempt) {
    auto store = Store::open_to_read(place);
    if (!store) return store.error();
    auto head = (*store)->head();
    if (!head) return head.error();
    if (head->size < mark.size && attempt < 4) continue;
    if (head->size < mark.size) return entries_missing(mark.size, head->size);
    std::unique_ptr<LogView> view(new LogView(std::move(*store)));
    view->size_ = mark.is_writing ? mark.size : head->size;
    view->is_beside_writer_ = mark.is_writing;
    view->anchor_ = *anchor;
    return view;
  }
}

const Result<std::shared_ptr<KeyRing>>& LogView::keys() const { return store_->vault->ring(); }
const LogPlace& LogView::place() const { return store_->place; }

/// The anchor stands outside the database: an old copy of the directory, or one cut at its end,
/// is told by it. Who may not read it (or has lost it) reads without.
Result<void> LogView::check_anchor(const std::optional<LogCheckpoint>& anchor) const {
  if (!anchor) return {};
  if (anchor->size > size()) return entries_missing(anchor->size, size());
  auto root = tree().root(anchor->size);
  if (!root) return root.error();
  if (*root != anchor->root) return forked();
  return {};
}

Result<void> LogView::attach_body(Entry& entry, std::string_view body) const {
  if (!entry.commitment || body == absent_body) return {};
  auto secret = store_->vault->unseal(entry.stream, entry.version, body);
  if (!secret) return secret.error();
  entry.is_erased = !*secret;
  if (entry.is_erased) return {};
  auto payload = read_body(*entry.commitment, **secret);
  if (!payload) return payload.error();
  entry.body = std::move(*payload);
  return {};
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
      return leaves->status().ok() ? missing_entry(seq) : storage_failure(leaves->status());
    auto entry = read_leaf(seq, leaves->value().ToStringView());
    if (!entry) return entry.error();
    if (bodies) {
      while (bodies->Valid() && read_be64(bodies->key().ToStringView()) < seq) bodies->Next();
      if (!bodies->status().ok()) return storage_failure(bodies->status());
      bool is_there = bodies->Valid() && read_be64(bodies->key().ToStringView()) == seq;
      if (entry->commitment && !is_there) return missing_entry(seq);
      if (entry->commitment && bodies->Valid() && read_be64(bodies->key().ToStringView()) == seq) {
        auto attached = attach_body(*entry, bodies->value().ToStringView());
        if (!attached) return attached;
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
    if (half == Half::both && entry->commitment) {
      auto body = store_->get(Store::bodies, be64(seq));
      if (!body) return body.error();
      if (!*body) return missing_entry(seq);
      if (auto attached = attach_body(*entry, **body); !attached) return attached.error();
    }
    entries.push_back(std::move(*entry));
  }
  if (!versions->status().ok()) return storage_failure(versions->status());
  return entries;
}

Result<std::optional<KeptKey>> LogView::find_key(const Digest& key) const {
  return store_->kept_key(key);
}

// ---- proofs -------------------------------------------------------------------------------------

Result<void> LogView::scan_leaves(std::uint64_t from, std::uint64_t to,
                                  const std::function<void(std::string_view)>& each) const {
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  options.fill_cache = false;
  options.readahead_size = to - from > tile_width ? 2 << 20 : 0;
  std::unique_ptr<rocksdb::Iterator> leaves(
      store_->db->NewIterator(options, store_->family[Store::entries]));
  leaves->Seek(be64(from));
  for (auto seq = from; seq <= to; ++seq, leaves->Next()) {
    if (!leaves->Valid() || read_be64(leaves->key().ToStringView()) != seq)
      return leaves->status().ok() ? missing_entry(seq) : storage_failure(leaves->status());
    each(leaves->value().ToStringView());
  }
  return {};
}

Result<std::string> LogView::read_tile(unsigned level, std::uint64_t index,
                                       std::uint64_t width) const {
  if (level > 0) {
    auto row = store_->get(Store::tiles, tile_row(level, index));
    if (!row) return row.error();
    if (!*row || (*row)->size() < width * digest_bytes)
      return storage_failure(rocksdb::Status::Corruption());
    return (*row)->substr(0, width * digest_bytes);
  }
  std::string hashes;
  auto first = index * tile_width + 1;
  auto scanned =
      scan_leaves(first, first + width - 1, [&](auto leaf) { hashes += as_text(hash_leaf(leaf)); });
  if (!scanned) return scanned.error();
  return hashes;
}

Result<void>
LogView::scan_checkpoints(const std::function<bool(std::uint64_t, Note&&)>& each) const {
  std::unique_ptr<rocksdb::Iterator> rows(
      store_->db->NewIterator({}, store_->family[Store::checkpoints]));
  for (rows->SeekToFirst(); rows->Valid(); rows->Next()) {
    auto note = Note::parse(rows->value().ToStringView());
    if (!note || rows->key().size() != 8) return storage_failure(rocksdb::Status::Corruption());
    if (!each(read_be64(rows->key().ToStringView()), std::move(*note))) return {};
  }
  if (!rows->status().ok()) return storage_failure(rows->status());
  return {};
}

Result<std::optional<Note>> LogView::latest_checkpoint() const {
  std::unique_ptr<rocksdb::Iterator> rows(
      store_->db->NewIterator({}, store_->family[Store::checkpoints]));
  rows->SeekToLast();
  if (!rows->status().ok()) return storage_failure(rows->status());
  if (!rows->Valid()) return std::optional<Note>{};
  auto note = Note::parse(rows->value().ToStringView());
  if (!note) return storage_failure(rocksdb::Status::Corruption());
  return note;
}

Result<std::optional<Note>> LogView::checkpoint_at(std::uint64_t size) const {
  auto row = store_->get(Store::checkpoints, be64(size));
  if (!row) return row.error();
  if (!*row) return std::optional<Note>{};
  auto note = Note::parse(**row);
  if (!note) return storage_failure(rocksdb::Status::Corruption());
  return note;
}

} // namespace mingce
