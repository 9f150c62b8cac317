#include "projection/spine.hpp"

#include "projection/packed.hpp"

#include <algorithm>
#include <atomic>
#include <cstring>
#include <thread>

namespace mingce {

// ---- what the values consist of -----------------------------------------------------------------

template <class Io, is_a<StreamId> T>
void members(Io& io, T& id) {
  io(id.bytes);
}
template <class Io, is_a<Step> T>
void members(Io& io, T& step) {
  io(step.on, step.version, step.number, step.until, step.kind, step.word, step.has_document_no,
     step.names_earlier_request, step.names_ground, step.tells_reconsideration_first);
}
template <class Io, is_a<Retention> T>
void members(Io& io, T& retention) {
  io(retention.kind, retention.years, retention.until);
}
template <class Io, is_a<Case::Consultation> T>
void members(Io& io, T& consultation) {
  io(consultation.id, consultation.with, consultation.open, consultation.ended_by_restart);
}
template <class Io, is_a<Case::Conclusion> T>
void members(Io& io, T& conclusion) {
  io(conclusion.on, conclusion.outcome, conclusion.seq);
}
template <class Io, is_a<Case::Payment> T>
void members(Io& io, T& payment) {
  io(payment.on, payment.amount);
}
template <class Io, is_a<Case::Fee> T>
void members(Io& io, T& fee) {
  io(fee.on, fee.version, fee.scheme, fee.quantity, fee.prior_items, fee.notified, fee.pay_by,
     fee.paid, fee.refunded, fee.waived, fee.payments);
}
template <class Io, is_a<Case::Redo> T>
void members(Io& io, T& redo) {
  io(redo.open, redo.due_on, redo.conclusion);
}
template <class Io, is_a<Case::Archiving> T>
void members(Io& io, T& archiving) {
  io(archiving.on, archiving.retention);
}
template <class Io, is_a<Case> T>
void members(Io& io, T& state) {
  io(state.kind, state.kind_provisional, state.matter, state.channel, state.submitted_on,
     state.received_on, state.submission_closed_on, state.voided, state.split, state.conclusion,
     state.redo, state.correction_by, state.payment_by, state.awaits_reasons, state.consultations,
     state.assigned_on, state.steps, state.fees, state.fee_paid, state.archived, state.holds,
     state.erased_on, state.received_seq, state.reclassified_seq, state.amendments, state.latest);
}
/// The id of a request stands in the index.
template <class Io, is_a<RegisteredRequest> T>
void members(Io& io, T& row) {
  io(row.register_no, row.organ, row.version, row.first_seq, row.last_seq, row.state);
}
template <class Io, is_a<RequestRef> T>
void members(Io& io, T& ref) {
  io(ref.value);
}
template <class Io, is_a<Dispute::Turn> T>
void members(Io& io, T& turn) {
  io(turn.on, turn.column, turn.seq);
}
template <class Io, is_a<Dispute> T>
void members(Io& io, T& state) {
  io(state.block, state.role, state.opened_on, state.copy_received_on, state.replied_on,
     state.served_on, state.simplified, state.served_version, state.voided, state.suspended,
     state.stage, state.judged_on, state.by_ruling, state.judged, state.turns, state.requests,
     state.amendments, state.latest);
}
template <class Io, is_a<RegisteredDispute> T>
void members(Io& io, T& row) {
  io(row.id, row.ref, row.organ, row.version, row.first_seq, row.last_seq, row.requests, row.state);
}
template <class Io, is_a<RegisteredFigure> T>
void members(Io& io, T& row) {
  io(row.id, row.ref, row.organ, row.version, row.first_seq, row.last_seq, row.stands, row.on,
     row.item, row.quantity, row.source_unit);
}
template <class Io, is_a<Register::Keeping> T>
void members(Io& io, T& keeping) {
  io(keeping.since, keeping.observed_since);
}

/// Everything else that a register holds, in lists; what is few and small is read from its stream
/// again, and here only named.
struct Spine::Rest {
  struct Organ {
    std::string code;
    StreamId id;
    std::uint32_t version = 0;
    std::uint64_t first_seq = 0;
  };
  struct Stream {
    StreamId id;
    std::string owner; ///< the region of a calendar, the organ of a report
    std::uint64_t first_seq = 0;
  };
  template <class State>
  struct Earlier {
    StreamId id;
    std::uint64_t from = 0, to = 0;
    State state;
  };
  struct LastNumber {
    StreamKind kind{};
    std::string organ;
    int year = 0;
    std::uint32_t number = 0;
  };

  std::uint64_t size = 0;
  std::optional<Instant> recorded_at;
  std::vector<Organ> organs;
  std::vector<Stream> calendars, reports;
  std::vector<std::pair<std::string, Register::Keeping>> keeping;
  std::vector<std::uint64_t> published_at;
  std::vector<Earlier<Case>> cases;
  std::vector<Earlier<Dispute>> disputes;
  std::vector<Earlier<RegisteredFigure>> figures;
  std::vector<LastNumber> last_numbers;

  template <class Io, is_a<Organ> T>
  friend void members(Io& io, T& organ) {
    io(organ.code, organ.id, organ.version, organ.first_seq);
  }
  template <class Io, is_a<Stream> T>
  friend void members(Io& io, T& stream) {
    io(stream.id, stream.owner, stream.first_seq);
  }
  template <class Io, class T>
  requires is_a<T, Earlier<Case>> || is_a<T, Earlier<Dispute>> || is_a<T, Earlier<RegisteredFigure>>
  friend void members(Io& io, T& earlier) {
    io(earlier.id, earlier.from, earlier.to, earlier.state);
  }
  template <class Io, is_a<LastNumber> T>
  friend void members(Io& io, T& last) {
    io(last.kind, last.organ, last.year, last.number);
  }
  template <class Io, is_a<Rest> T>
  friend void members(Io& io, T& rest) {
    io(rest.size, rest.recorded_at, rest.organs, rest.calendars, rest.reports, rest.keeping,
       rest.published_at, rest.cases, rest.disputes, rest.figures, rest.last_numbers);
  }
};

namespace {

constexpr std::size_t rows_a_block = 8'192;

std::string index_block(std::size_t n) { return "index-" + std::to_string(n); }
std::string rows_block(std::size_t n) { return "rows-" + std::to_string(n); }

template <class T>
std::string packed(const T& value) {
  Packer out;
  out(value);
  return out.take();
}

template <class T>
bool unpack(std::string_view bytes, T& value) {
  Unpacker in(bytes);
  in(value);
  return in.is_at_end();
}

/// As it lies in an index block.
struct IndexRow {
  std::array<std::uint8_t, 16> id{};
  std::int32_t from = 0, through = 0; ///< days since 1970
  std::uint32_t bytes = 0;            ///< of the row

  static IndexRow of(const RegisteredRequest& row, std::size_t bytes) {
    auto span = CaseSpan::of(row.state);
    return {row.id.bytes, std::int32_t(span.from.time_since_epoch().count()),
            std::int32_t(span.through.time_since_epoch().count()), std::uint32_t(bytes)};
  }
  CaseSpan span() const { return {Day(date::days(from)), Day(date::days(through))}; }
};
static_assert(sizeof(IndexRow) == 28);

std::optional<std::vector<IndexRow>> read_index(const std::string& bytes) {
  if (bytes.empty() || bytes.size() % sizeof(IndexRow) != 0) return {};
  std::vector<IndexRow> rows(bytes.size() / sizeof(IndexRow));
  std::memcpy(rows.data(), bytes.data(), bytes.size());
  return rows;
}

void append_to(std::string& index, const IndexRow& row) {
  index.append(reinterpret_cast<const char*>(&row), sizeof row);
}

/// Calls `work(0)` … `work(count - 1)`, each once, on all processors; whether all said yes.
bool in_parallel(std::size_t count, const std::function<bool(std::size_t)>& work) {
  std::atomic<std::size_t> next{0};
  std::atomic<bool> ok{true};
  auto run = [&] {
    for (auto i = next++; ok && i < count; i = next++)
      if (!work(i)) ok = false;
  };
  auto threads = std::min<std::size_t>(count, std::max(1U, std::thread::hardware_concurrency()));
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < threads; ++i) others.emplace_back(run);
  run();
  others.clear(); // joined
  return ok;
}

/// One block of requests, as far as it is wanted.
struct RowBlock {
  std::vector<IndexRow> index;
  std::string rows;
  std::vector<RegisteredRequest> wanted;
  std::vector<CaseSpan> spans;

  bool read_rows(const DerivedBlocks& blocks, std::size_t n) {
    if (!rows.empty()) return true;
    auto bytes = blocks.read(rows_block(n));
    if (!bytes) return false;
    rows = std::move(*bytes);
    return true;
  }
  bool unpack_row(std::size_t i, std::size_t offset, RegisteredRequest& row) const {
    if (offset + index[i].bytes > rows.size()) return false;
    if (!unpack(std::string_view(rows).substr(offset, index[i].bytes), row)) return false;
    row.id.bytes = index[i].id;
    return true;
  }
};

/// A block as it will be stored: the rows of the former one, some of them anew, and new ones.
class BlockWriter {
public:
  std::string index, rows;

  void go_on_from(const RowBlock& old) { old_ = &old; }
  /// Ascending.
  void put(std::size_t i, const RegisteredRequest& row) {
    keep_up_to(i);
    auto one = packed(row);
    append_to(index, IndexRow::of(row, one.size()));
    rows += one;
    if (old_ && next_ < old_->index.size()) offset_ += old_->index[next_].bytes;
    ++next_;
  }
  void finish() {
    if (old_) keep_up_to(old_->index.size());
  }

private:
  void keep_up_to(std::size_t end) {
    for (; old_ && next_ < std::min(end, old_->index.size()); ++next_) {
      auto& stored = old_->index[next_];
      append_to(index, stored);
      rows.append(old_->rows, offset_, stored.bytes);
      offset_ += stored.bytes;
    }
  }

  const RowBlock* old_ = nullptr;
  std::size_t next_ = 0, offset_ = 0;
};

} // namespace

// ---- the requests -------------------------------------------------------------------------------

/// The blocks of requests, read as they are needed; each request has a number, in the order of the
/// log from 0.
class Spine::Rows {
public:
  explicit Rows(const Spine& spine) : spine_(spine), blocks_(spine.block_count()) {}

  std::size_t size() const { return size_; }
  const std::vector<RowBlock>& blocks() const { return blocks_; }

  /// The index of all, and the rows that `wants` is true for.
  bool read(const std::function<bool(const CaseSpan&)>& wants) {
    bool ok = in_parallel(blocks_.size(), [&](std::size_t n) { return read_block(n, wants); });
    for (auto& block : blocks_) size_ += block.index.size();
    return ok;
  }

  /// What was wanted, to the register.
  void give_to(Register& reg) {
    std::size_t count = 0;
    for (auto& block : blocks_) count += block.wanted.size();
    reg.requests_.reserve(count);
    reg.spans_.reserve(count);
    reg.places_.reserve(count);
    for (auto& block : blocks_) {
      for (std::size_t i = 0; i < block.wanted.size(); ++i) {
        reg.places_[block.wanted[i].id] = {StreamKind::request, reg.requests_.size()};
        reg.requests_.push_back(std::move(block.wanted[i]));
        reg.spans_.push_back(block.spans[i]);
      }
      block.wanted = {};
    }
  }

  std::optional<std::size_t> number_of(const StreamId& id) {
    if (numbers_.empty()) sort_numbers();
    auto found = std::ranges::lower_bound(numbers_, id, {}, [](auto& each) { return each.first; });
    if (found == numbers_.end() || found->first != id) return {};
    return found->second;
  }

  /// One row that was not wanted at first; nothing where there is no such request.
  Result<std::optional<RegisteredRequest>> fetch(const StreamId& id) {
    auto number = number_of(id);
    if (!number) return std::optional<RegisteredRequest>{};
    auto n = *number / rows_a_block, i = *number % rows_a_block;
    auto& block = blocks_[n];
    if (!block.read_rows(spine_.blocks_, n)) return bad_derived();
    auto& offsets = offsets_[n];
    if (offsets.empty())
      for (std::size_t at = 0; auto& row : block.index) {
        offsets.push_back(at);
        at += row.bytes;
      }
    RegisteredRequest row;
    if (!block.unpack_row(i, offsets[i], row)) return bad_derived();
    return std::optional(std::move(row));
  }

  /// The block as it is stored.
  const RowBlock* stored(std::size_t n) {
    return blocks_[n].read_rows(spine_.blocks_, n) ? &blocks_[n] : nullptr;
  }

private:
  bool read_block(std::size_t n, const std::function<bool(const CaseSpan&)>& wants) {
    auto bytes = spine_.blocks_.read(index_block(n));
    auto index = bytes ? read_index(*bytes) : std::nullopt;
    if (!index) return false;
    auto& block = blocks_[n];
    block.index = std::move(*index);
    std::size_t offset = 0;
    for (std::size_t i = 0; i < block.index.size(); offset += block.index[i++].bytes) {
      auto span = block.index[i].span();
      if (!wants(span)) continue;
      if (!block.read_rows(spine_.blocks_, n)) return false;
      if (!block.unpack_row(i, offset, block.wanted.emplace_back())) return false;
      block.spans.push_back(span);
    }
    block.rows = {};
    return true;
  }
  void sort_numbers() {
    numbers_.reserve(size_);
    std::uint32_t number = 0;
    for (auto& block : blocks_)
      for (auto& row : block.index) numbers_.emplace_back(StreamId{row.id}, number++);
    std::ranges::sort(numbers_);
  }

  const Spine& spine_;
  std::vector<RowBlock> blocks_;
  std::size_t size_ = 0;
  std::vector<std::pair<StreamId, std::uint32_t>> numbers_; ///< sorted, once it is needed
  std::map<std::size_t, std::vector<std::size_t>> offsets_;
};

// ---- reading ------------------------------------------------------------------------------------

std::optional<Spine> Spine::open(const LogView& log) {
  auto blocks = DerivedBlocks::open(log);
  if (!blocks) return {};
  return Spine(std::move(*blocks));
}

std::size_t Spine::block_count() const {
  std::size_t count = 0;
  while (blocks_.blocks().contains(index_block(count))) ++count;
  return count;
}

Result<void> Spine::unpack_rest(Register& reg, const LogView& log, std::string_view bytes) {
  Rest rest;
  if (!unpack(bytes, rest)) return bad_derived();
  reg.size_ = rest.size;
  reg.recorded_at_ = rest.recorded_at;
  for (auto& [code, id, version, first_seq] : rest.organs) {
    reg.places_[id] = {StreamKind::organ, reg.organ_codes_.size()};
    reg.organ_codes_.push_back(code);
    reg.organ_rows_[code] = {id, version, first_seq};
    auto entries = log.read_stream(id, rest.size, LogView::Half::open);
    auto records = entries ? to_records(*entries) : Result<std::vector<Record>>(entries.error());
    auto facts = records ? resolve(*records) : Result<std::vector<Fact>>(records.error());
    if (!facts) return facts.error();
    reg.organs_[code] = fold_organ(*facts);
  }
  auto records_of = [&](const Rest::Stream& stream) -> Result<std::vector<Record>> {
    auto entries = log.read_stream(stream.id, rest.size, LogView::Half::open);
    if (!entries) return entries.error();
    return to_records(*entries);
  };
  for (auto& stream : rest.calendars) {
    auto records = records_of(stream);
    if (!records) return records.error();
    reg.places_[stream.id] = {StreamKind::calendar, reg.calendars_.size()};
    reg.calendars_.push_back({stream.id, stream.owner, stream.first_seq, std::move(*records)});
  }
  reg.published_at_ = {rest.published_at.begin(), rest.published_at.end()};
  for (auto& stream : rest.reports) {
    auto records = records_of(stream);
    if (!records) return records.error();
    reg.places_[stream.id] = {StreamKind::report, reg.reports_.size()};
    if (auto taken =
            reg.take_report(stream.id, stream.owner, stream.first_seq, std::move(*records));
        !taken)
      return taken;
  }
  for (auto& [organ, keeping] : rest.keeping) reg.keeping_[organ] = keeping;
  auto take = [](auto& from, auto& to) {
    for (auto& [id, first, last, state] : from) to[id].push_back({first, last, std::move(state)});
  };
  take(rest.cases, reg.earlier_cases_);
  take(rest.disputes, reg.earlier_disputes_);
  take(rest.figures, reg.earlier_figures_);
  for (auto& [kind, organ, year, number] : rest.last_numbers)
    reg.last_numbers_[{kind, organ, year}] = number;
  return {};
}

/// All but the requests.
Result<Register> Spine::restored(const LogView& log) const {
  Register reg(public_halves_of(log));
  auto rest = blocks_.read("rest"), disputes = blocks_.read("disputes"),
       figures = blocks_.read("figures");
  if (!rest || !disputes || !figures || !unpack(*disputes, reg.disputes_) ||
      !unpack(*figures, reg.figures_))
    return bad_derived();
  for (std::size_t i = 0; i < reg.disputes_.size(); ++i)
    reg.places_[reg.disputes_[i].id] = {StreamKind::dispute, i};
  for (std::size_t i = 0; i < reg.figures_.size(); ++i)
    reg.places_[reg.figures_[i].id] = {StreamKind::figure, i};
  if (auto taken = unpack_rest(reg, log, *rest); !taken) return taken.error();
  return reg;
}

/// Reads on from the spine. A register that lacks requests gets those that are spoken of.
Result<Register> Spine::loaded(const LogView& log, std::uint64_t up_to, Register reg,
                               Rows& rows) const {
  rows.give_to(reg);
  bool is_whole = reg.requests_.size() == rows.size();
  if (!is_whole) reg.fetch_row_ = [&rows](const StreamId& id) { return rows.fetch(id); };
  Result<void> applied;
  bool needs_all = false;
  auto scanned = log.scan(position() + 1, up_to, LogView::Half::open, [&](Entry&& entry) {
    auto envelope = read_envelope(std::move(entry.event));
    // A publication looks at every request there is.
    needs_all = !is_whole && envelope && envelope->type->info().stream == StreamKind::report;
    if (needs_all) return false;
    applied = envelope ? reg.apply(entry, *envelope) : envelope.error();
    return applied.has_value();
  });
  if (!scanned) return scanned.error();
  if (!applied) return applied.error();
  if (needs_all) return load(log, up_to);
  reg.fetch_row_ = {};
  if (!is_whole) reg.put_in_order();
  return reg;
}

Result<Register> Spine::load(const LogView& log, std::uint64_t up_to,
                             const std::optional<Period>& concerning) const {
  auto reg = restored(log);
  if (!reg) return reg;
  // Published figures, and what they are compared with, may be about any request.
  bool all = !concerning || !reg->reports().empty();
  Rows rows(*this);
  if (!rows.read([&](const CaseSpan& span) { return all || span.concerns(*concerning); }))
    return bad_derived();
  return loaded(log, up_to, std::move(*reg), rows);
}

// ---- writing ------------------------------------------------------------------------------------

std::string Spine::packed_rest(const Register& reg) {
  Rest rest;
  rest.size = reg.size_;
  rest.recorded_at = reg.recorded_at_;
  for (auto& code : reg.organ_codes_) {
    auto& row = reg.organ_rows_.at(code);
    rest.organs.push_back({code, row.id, row.version, row.first_seq});
  }
  for (auto& row : reg.calendars_) rest.calendars.push_back({row.id, row.region, row.first_seq});
  for (auto& row : reg.reports_) rest.reports.push_back({row.id, row.organ, row.first_seq});
  rest.keeping.assign(reg.keeping_.begin(), reg.keeping_.end());
  rest.published_at.assign(reg.published_at_.begin(), reg.published_at_.end());
  auto give = [](auto& from, auto& to) {
    for (auto& [id, list] : from)
      for (auto& each : list) to.push_back({id, each.from, each.to, each.state});
    std::ranges::sort(to, {}, [](auto& each) { return std::pair(each.id, each.from); });
  };
  give(reg.earlier_cases_, rest.cases);
  give(reg.earlier_disputes_, rest.disputes);
  give(reg.earlier_figures_, rest.figures);
  for (auto& [key, number] : reg.last_numbers_)
    rest.last_numbers.push_back({std::get<0>(key), std::get<1>(key), std::get<2>(key), number});
  return packed(rest);
}

/// What has to be written anew after the entries since that position. Requests of which nothing
/// was said stay as the bytes they were.
Result<Spine::Changes> Spine::changes(const Register& reg, Rows* rows, std::uint64_t since) {
  std::map<std::size_t, const RegisteredRequest*> touched; // by number
  auto next = rows ? rows->size() : 0;
  for (auto& row : reg.requests_)
    if (row.first_seq > since)
      touched[next++] = &row;
    else if (row.last_seq > since)
      touched[*rows->number_of(row.id)] = &row;
  Changes changes{{"disputes", packed(reg.disputes_)},
                  {"figures", packed(reg.figures_)},
                  {"rest", packed_rest(reg)}};
  for (auto row = touched.begin(); row != touched.end();) {
    auto n = row->first / rows_a_block;
    BlockWriter block;
    if (rows && n < rows->blocks().size()) {
      auto* old = rows->stored(n);
      if (!old) return bad_derived();
      block.go_on_from(*old);
    }
    for (; row != touched.end() && row->first / rows_a_block == n; ++row)
      block.put(row->first % rows_a_block, *row->second);
    block.finish();
    changes.push_back({index_block(n), std::move(block.index)});
    changes.push_back({rows_block(n), std::move(block.rows)});
  }
  return changes;
}

Result<Spine> Spine::advanced(const LogView& log, const std::optional<Spine>& old,
                              std::uint64_t to) {
  std::optional<Rows> rows;
  if (old && !rows.emplace(*old).read([](const CaseSpan&) { return false; })) return bad_derived();
  auto restored = old ? old->restored(log) : Register(public_halves_of(log));
  if (!restored) return restored.error();
  auto reg = old ? old->loaded(log, to, std::move(*restored), *rows) : replay(log, to);
  if (!reg) return reg.error();
  auto changed = changes(*reg, rows ? &*rows : nullptr, old ? old->position() : 0);
  if (!changed) return changed.error();
  auto blocks =
      DerivedBlocks::replace(log, old ? std::optional(old->blocks_) : std::nullopt, to, *changed);
  if (!blocks) return blocks.error();
  return Spine(std::move(*blocks));
}

Result<void> Spine::advance(const LogView& log, const std::function<bool()>& go_on) {
  constexpr std::uint64_t piece = 200'000; // bounds the memory and the time that it takes
  auto spine = open(log);
  auto at = [&] { return spine ? spine->position() : 0; };
  while (at() < log.size() && (!go_on || go_on())) {
    auto next = advanced(log, spine, std::min(log.size(), at() + piece));
    if (next)
      spine.emplace(std::move(*next));
    else if (spine && next.error().code == bad_derived().code)
      spine.reset(); // and from the beginning
    else
      return next.error();
  }
  return {};
}

Result<void> Spine::keep_up(const LogView& log, const std::function<bool()>& go_on) {
  if (log.size() < spine_tail) return {};
  auto spine = open(log);
  if (spine && log.size() - spine->position() < spine_tail) return {};
  return advance(log, go_on);
}

Result<void> Spine::check_seals() const {
  for (auto& [name, block] : blocks_.blocks())
    if (auto bytes = blocks_.read(name); !bytes) return bytes.error();
  return {};
}

Result<bool> Spine::agrees(const LogView& log, const Register& folded) const {
  auto own = load(log, folded.size());
  if (!own) return own.error();
  auto theirs = changes(*own, nullptr, 0), expected = changes(folded, nullptr, 0);
  if (!theirs || !expected || theirs->size() != expected->size()) return false;
  return std::ranges::equal(
      *theirs, *expected, [](auto& a, auto& b) { return a.name == b.name && a.bytes == b.bytes; });
}

Result<Register> load_register(const LogView& log, std::uint64_t up_to, LogView::Half half,
                               const std::function<void(std::uint64_t)>& progress,
                               const std::optional<Period>& concerning) {
  auto spine = half == LogView::Half::open ? Spine::open(log) : std::nullopt;
  if (spine && spine->position() <= up_to) {
    auto loaded = spine->load(log, up_to, concerning);
    if (loaded || loaded.error().code != bad_derived().code) return loaded;
  }
  return replay(log, up_to, progress, half);
}

} // namespace mingce
