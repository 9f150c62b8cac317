#include "log/verify.hpp"

#include "log/bytes.hpp"
#include "log/notary.hpp"
#include "log/sequencer.hpp"
#include "log/store.hpp"
#include "log/verify_parts.hpp"

#include <algorithm>
#include <bit>

namespace mingce {
namespace {

using Store = LogView::Store;

/// What the index `stream` says of an entry.
struct Placed {
  StreamId stream;
  std::uint32_t version = 0; ///< 0: nothing
  friend bool operator==(const Placed&, const Placed&) = default;
};

/// Where the trees must have signed roots: size → what was signed.
using Signed = std::multimap<std::uint64_t, LogCheckpoint>;

bool have_signed(const std::vector<VerifierKey>& keys, const Note& note) {
  return std::ranges::any_of(keys, [&](auto& key) { return note.is_signed_by(key); });
}

/// Whose signatures the checkpoints of a log carry.
struct Signatories {
  std::vector<VerifierKey> own, national, witnesses;

  explicit Signatories(const Result<std::shared_ptr<KeyRing>>& ring) {
    if (!ring) return;
    own = (*ring)->verifiers();
    national = (*ring)->national_verifiers();
    witnesses = (*ring)->witnesses();
  }

  /// The log has signed, in each of its profiles; whatever else stands there in the name of a known
  /// key holds as well.
  bool stand_by(const Note& note) const {
    auto lies = [&](auto& key) { return note.names(key) && !note.is_signed_by(key); };
    return have_signed(own, note) && (national.empty() || have_signed(national, note)) &&
           std::ranges::none_of(own, lies) && std::ranges::none_of(national, lies) &&
           std::ranges::none_of(witnesses, lies);
  }
};

class LogCheck {
public:
  LogCheck(const LogView& log, Outside outside, Verified& out)
      : log_(log), outside_(std::move(outside)), signatories_(log.keys()), out_(out),
        faults_(out.faults) {
    for (auto suite : log.store().suites) trees_.emplace_back(suite);
  }

  Result<void> run(const OnTheWay& on_the_way) {
    out_.has_keys = log_.keys().has_value();
    // First of all: RocksDB trusts a table that has its checksum.
    if (auto intact = check_files(); !intact || !out_.faults.empty()) return intact;
    if (auto read = read_checkpoints(); !read) return read;
    take_kept_checkpoints();
    if (out_.has_keys)
      if (auto read = log_.store().vault->check_rows(); !read) faults_.add(read.error());
    if (auto read = read_unfinished_erasures(); !read) return read;
    if (auto read = read_streams(); !read) return read;
    if (auto read = read_entries(on_the_way); !read) return read;
    tell_gaps();
    if (auto read = compare_head(); !read) return read;
    return compare_keys();
  }

private:
  Result<void> read_checkpoints() {
    bool is_anchored = !log_.anchor() || log_.anchor()->size == 0;
    std::optional<Note> last;
    auto scanned = log_.scan_checkpoints([&](std::uint64_t size, Note&& note) {
      is_anchored |= log_.anchor() && log_.anchor()->to_string() == note.text;
      // Signed since this view was opened.
      if (size > log_.size() && log_.is_beside_writer()) return true;
      ++out_.checkpoints;
      auto checkpoint = LogCheckpoint::parse(note.text);
      auto named = std::to_string(size);
      if (!checkpoint || checkpoint->size != size) {
        faults_.add("bad_checkpoint", "检查点 " + named + " 无法读取",
                    "checkpoint " + named + " cannot be read");
        return true;
      }
      if (out_.has_keys && !signatories_.stand_by(note)) bad_signature(size);
      signed_.emplace(size, std::move(*checkpoint));
      last = std::move(note);
      return true;
    });
    if (!scanned) return scanned;
    if (last && !outside_.keys.empty() && !have_signed(outside_.keys, *last))
      bad_signature(signed_.rbegin()->first);
    if (!is_anchored) {
      auto size = std::to_string(log_.anchor()->size);
      signed_.emplace(log_.anchor()->size, *log_.anchor());
      faults_.add("checkpoint_missing", "缺少锚所指的检查点 " + size,
                  "checkpoint " + size + ", which the anchor names, is not there");
    }
    return {};
  }

  void bad_signature(std::uint64_t size) {
    auto named = std::to_string(size);
    faults_.add("bad_signature", "检查点 " + named + " 的签名不成立",
                "the signature of checkpoint " + named + " does not hold");
  }

  /// Those that somebody has kept elsewhere: the log must have had them.
  void take_kept_checkpoints() {
    for (auto& note : outside_.checkpoints) {
      auto checkpoint = LogCheckpoint::parse(note.text);
      if (!checkpoint) {
        faults_.add("bad_checkpoint", "所给检查点无法读取", "the checkpoint given cannot be read");
        continue;
      }
      if (!have_signed(outside_.keys, note) && !have_signed(signatories_.own, note))
        bad_signature(checkpoint->size);
      signed_.emplace(checkpoint->size, std::move(*checkpoint));
    }
  }

  /// One pass over leaves and bodies; the tree grows anew from the bytes.
  Result<void> read_entries(const OnTheWay& on_the_way) {
    check_root(0);
    std::uint64_t seq = 0;
    rocksdb::ReadOptions options;
    options.verify_checksums = true;
    options.fill_cache = false;
    options.readahead_size = 2 << 20;
    bodies_.reset(log_.store().db->NewIterator(options, log_.store().family[Store::bodies]));
    bodies_->SeekToFirst();
    auto scanned = log_.scan_leaves(1, log_.size(), [&](std::string_view leaf) {
      take_leaf(++seq, leaf);
      if (on_the_way.progress && seq % tile_width == 0) on_the_way.progress(seq);
      if (on_the_way.each) hand_on(seq, leaf, on_the_way.each);
    });
    if (!scanned) return scanned;
    if (bodies_->Valid() && !log_.is_beside_writer())
      faults_.add("stray_body", "有不属于任何条目的私密部分",
                  "there is a private half without an entry");
    if (!bodies_->status().ok()) return storage_failure(bodies_->status());
    for (auto& [size, checkpoint] : signed_) beyond_log(size, faults_);
    return {};
  }

  void hand_on(std::uint64_t seq, std::string_view leaf, const std::function<void(Entry&&)>& each) {
    if (auto entry = read_leaf(seq, leaf))
      each(std::move(*entry));
    else
      faults_.add(entry.error());
  }

  void take_leaf(std::uint64_t seq, std::string_view leaf) {
    for (auto& tree : std::span(trees_).subspan(1)) tree.append(hash_leaf(leaf, tree.suite()));
    tiles_.append(trees_.front(), hash_leaf(leaf), [&](unsigned level, auto index, auto hashes) {
      if (hashes.size() < tile_width * digest_bytes) {
        partial_[{level, index}] = hashes;
        return;
      }
      partial_.erase({level, index});
      compare_tile(level, index, hashes);
    });
    check_root(seq);
    auto entry = read_frame(seq, leaf);
    if (!entry) return faults_.add(entry.error());
    if (entry->recorded_at < latest_)
      faults_.at(seq, "time_runs_back", "记录时刻早于前一条",
                 "recorded before the entry before it");
    latest_ = std::max(latest_, entry->recorded_at);
    if (placed_[seq - 1] != Placed{entry->stream, entry->version}) {
      is_index_sound_ = false;
      faults_.at(seq, "bad_index", "与卷索引不符", "the index of streams does not fit it");
    }
    take_body(*entry);
  }

  void take_body(const LeafFrame& entry) {
    auto seq = entry.seq;
    while (bodies_->Valid() && read_be64(bodies_->key().ToStringView()) < seq) {
      faults_.add("stray_body", "有不属于任何条目的私密部分",
                  "there is a private half without an entry");
      bodies_->Next();
    }
    if (!bodies_->Valid() || read_be64(bodies_->key().ToStringView()) != seq) {
      if (entry.commitment)
        faults_.at(seq, "missing_body", "私密部分缺失", "its private half is missing");
      return;
    }
    if (bodies_->value().ToStringView() == absent_body) {
      if (out_.has_keys && entry.commitment && !entry.commitment->is_elsewhere && !is_erased(entry))
        faults_.at(seq, "missing_body", "私密部分缺失", "its private half is missing");
      bodies_->Next();
      return;
    }
    if (!entry.commitment) {
      faults_.at(seq, "stray_body", "没有承诺值却有私密部分",
                 "a private half without a commitment");
    } else if (out_.has_keys) {
      auto secret =
          log_.store().vault->unseal(entry.stream, entry.version, bodies_->value().ToStringView());
      if (!secret)
        faults_.at(seq, "corrupt_body", "私密部分无法解封", "the private half cannot be unsealed");
      else if (!*secret && !is_erased(entry))
        faults_.at(seq, "lost_key", "密钥已不在，却没有删除的记录",
                   "its key is gone, though no erasure is known");
      else if (!*secret)
        ++out_.erased;
      else if (opens(*entry.commitment, **secret))
        ++out_.bodies;
      else
        faults_.at(seq, "corrupt_body", "私密部分与承诺值不符",
                   "the private half is not the one that the entry commits to");
    }
    bodies_->Next();
  }

  /// By the tombstones beside the keys, or by an erasure that is not finished yet: whoever can
  /// write the database alone cannot make a person disappear and call it an erasure.
  bool is_erased(const LeafFrame& entry) const {
    auto pending = unfinished_.find(entry.stream);
    return (*log_.keys())->erased_up_to(entry.stream) >= entry.version ||
           (pending != unfinished_.end() && pending->second >= entry.version);
  }

  Result<void> read_unfinished_erasures() {
    std::unique_ptr<rocksdb::Iterator> rows(
        log_.store().db->NewIterator({}, log_.store().family[Store::meta]));
    for (rows->Seek(erasure_row); rows->Valid() && rows->key().starts_with(erasure_row);
         rows->Next())
      for (auto& each : decode_erasures(rows->value().ToStringView()))
        unfinished_[each.stream] = std::max(unfinished_[each.stream], each.up_to);
    if (!rows->status().ok()) return storage_failure(rows->status());
    return {};
  }

  /// A hash that differs tells among which entries something was changed.
  void compare_tile(unsigned level, std::uint64_t index, std::string_view hashes) {
    auto row = log_.store().get(Store::tiles, tile_row(level, index));
    auto kept = row && *row ? std::string_view(**row) : std::string_view();
    if (kept.size() > tile_width * digest_bytes) kept = {};
    if (kept.starts_with(hashes)) return;
    auto name = tile_path(level, index, hashes.size() / digest_bytes);
    auto below_one = std::uint64_t{1} << tile_height * level;
    for (std::uint64_t i = 0; i < hashes.size() / digest_bytes; ++i) {
      auto hash = hashes.substr(i * digest_bytes, digest_bytes);
      if (kept.size() >= (i + 1) * digest_bytes && kept.substr(i * digest_bytes).starts_with(hash))
        continue;
      auto before = (index * tile_width + i) * below_one;
      auto from = std::to_string(before + 1), to = std::to_string(before + below_one);
      faults_.add("bad_tile", "哈希块 " + name + " 与第 " + from + " 至 " + to + " 条不符",
                  name + " does not fit the entries " + from + " to " + to);
    }
  }

  void check_root(std::uint64_t size) {
    for (auto found = signed_.find(size); found != signed_.end(); found = signed_.find(size)) {
      auto& checkpoint = found->second;
      if (checkpoint.root != trees_.front().root() || checkpoint.extensions != roots_beside(trees_))
        forked_at(size, faults_);
      signed_.erase(found);
    }
  }

  /// The index must name each entry once, with dense versions in each stream. It is in the order
  /// of streams and versions.
  Result<void> read_streams() {
    placed_.resize(log_.size());
    rocksdb::ReadOptions options;
    options.verify_checksums = true;
    options.total_order_seek = true;
    options.fill_cache = false;
    options.readahead_size = 2 << 20;
    std::unique_ptr<rocksdb::Iterator> rows(
        log_.store().db->NewIterator(options, log_.store().family[Store::streams]));
    Placed before;
    std::uint64_t seq_before = 0;
    for (rows->SeekToFirst(); rows->Valid(); rows->Next()) {
      auto row = read_stream_row(*rows);
      auto seq = row ? read_be64(rows->value().ToStringView()) : 0;
      if (seq > log_.size()) continue; // what a running writer has added meanwhile
      if (seq == 0 || placed_[seq - 1].version != 0) {
        is_index_sound_ = false;
        faults_.add("bad_index", "卷索引有误", "a row of the index of streams is wrong");
        continue;
      }
      bool goes_on = row->stream == before.stream;
      if (row->version != (goes_on ? before.version + 1 : 1) || (goes_on && seq < seq_before))
        gaps_.push_back(seq);
      placed_[seq - 1] = before = *row;
      seq_before = seq;
    }
    if (!rows->status().ok()) return storage_failure(rows->status());
    return {};
  }

  static std::optional<Placed> read_stream_row(const rocksdb::Iterator& rows) {
    auto key = rows.key().ToStringView();
    Placed placed;
    constexpr auto id_bytes = sizeof placed.stream.bytes;
    if (key.size() != id_bytes + 4 || rows.value().size() != 8) return std::nullopt;
    std::copy_n(key.begin(), id_bytes, placed.stream.bytes.begin());
    placed.version = read_be32(key.substr(id_bytes));
    return placed;
  }

  /// Only an index that fits the entries tells something of them.
  void tell_gaps() {
    if (!is_index_sound_) return;
    for (auto seq : gaps_)
      faults_.at(seq, "version_gap", "卷内版本不连续", "the versions of its stream have a gap");
  }

  Result<void> compare_head() {
    out_.entries = log_.size();
    out_.root = trees_.front().root();
    for (auto& [at, hashes] : partial_) compare_tile(at.first, at.second, hashes);
    auto head = log_.store().head();
    if (!head) return head.error();
    if (head->size != log_.size()) return {}; // a writer has gone on
    compare_peaks(head->trees.front());
    for (std::size_t i = 1; i < trees_.size(); ++i)
      if (!std::ranges::equal(head->trees[i].peaks(), trees_[i].peaks()))
        faults_.add("forked_log", "条目与日志头所存的国密根不符",
                    "the entries do not have the head's root of the national suite");
    if (head->recorded_at != latest_ && log_.size() > 0)
      faults_.add("bad_head", "日志头的时刻与条目不符",
                  "the head has another time than the entries");
    return {};
  }

  /// Below a whole tile no hash is kept, but the peaks tell in which stretch something differs.
  void compare_peaks(const Frontier& kept) {
    std::uint64_t before = 0;
    for (std::size_t i = 0; i < kept.peaks().size(); ++i) {
      auto width = std::bit_floor(log_.size() - before);
      if (kept.peaks()[i] != trees_.front().peaks()[i]) {
        auto from = std::to_string(before + 1), to = std::to_string(before + width);
        faults_.add("entries_changed", "第 " + from + " 至 " + to + " 条中有改动",
                    "something was changed among the entries " + from + " to " + to);
      }
      before += width;
    }
  }

  Result<void> compare_keys() {
    rocksdb::ReadOptions options;
    options.verify_checksums = true;
    options.fill_cache = false;
    options.total_order_seek = true;
    auto head = log_.store().head();
    if (!head) return head.error();
    std::unique_ptr<rocksdb::Iterator> rows(
        log_.store().db->NewIterator(options, log_.store().family[Store::idempotency]));
    std::uint64_t count_of_rows = 0;
    for (rows->SeekToFirst(); rows->Valid(); rows->Next(), ++count_of_rows) {
      auto value = rows->value().ToStringView();
      bool fits = value.size() == sizeof(Digest) + 12;
      auto first = fits ? read_be64(value.substr(sizeof(Digest))) : 0;
      auto count = fits ? read_be32(value.substr(sizeof(Digest) + 8)) : 0;
      if (!fits || first == 0 || (count > 0 && first + count - 1 > head->size))
        faults_.add("bad_key_row", "幂等键索引有误", "a row of the idempotency keys is wrong");
    }
    if (!rows->status().ok()) return storage_failure(rows->status());
    if (count_of_rows != head->keys)
      faults_.add("bad_key_row", "幂等键索引缺行或多行",
                  "idempotency keys are missing, or too many");
    return {};
  }

  /// Every byte of every table, against the checksums in RocksDB's manifest.
  Result<void> check_files() {
    if (auto status = log_.store().db->VerifyFileChecksums({}); !status.ok())
      faults_.add("damaged_file", "数据文件未通过校验", "a table file does not have its checksum");
    return {};
  }

  const LogView& log_;
  const Outside outside_;
  const Signatories signatories_;
  Verified& out_;
  Faults faults_;
  Signed signed_;
  std::vector<Frontier> trees_; ///< one a suite, as in the head
  GrowingTiles tiles_;
  std::map<std::pair<unsigned, std::uint64_t>, std::string> partial_; ///< tiles still growing
  std::vector<Placed> placed_;                                        ///< by seq, from 1
  std::vector<std::uint64_t> gaps_; ///< entries that do not follow on in their streams
  bool is_index_sound_ = true;
  std::map<StreamId, std::uint32_t> unfinished_; ///< erasures: up to which version
  std::unique_ptr<rocksdb::Iterator> bodies_;
  Instant latest_{};
};

} // namespace

Result<Verified> verify_log(const LogView& log, const OnTheWay& on_the_way, Outside outside) {
  Verified out;
  LogCheck check(log, std::move(outside), out);
  if (auto done = check.run(on_the_way); !done) {
    if (done.error().kind != FailureKind::corrupt) return done.error();
    Faults(out.faults).add(done.error());
  }
  return out;
}

} // namespace mingce
