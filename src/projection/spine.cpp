#include "projection/spine.hpp"

#include "projection/packed_register.hpp"
#include "projection/replay.hpp"
#include "projection/spine_rows.hpp"

#include <algorithm>

namespace mingce {

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

// ---- reading ------------------------------------------------------------------------------------

std::optional<Spine> Spine::open(const LogView& log) {
  auto blocks = DerivedBlocks::open(log);
  if (!blocks) return {};
  return Spine(std::move(*blocks));
}

Result<void> Spine::unpack_rest(Register& reg, const LogView& log, std::string_view bytes) {
  Rest rest;
  if (!unpack(bytes, rest)) return bad_derived();
  reg.size_ = rest.size;
  reg.recorded_at_ = rest.recorded_at;
  auto records_of = [&](const StreamId& stream) -> Result<std::vector<Record>> {
    auto entries = log.read_stream(stream, rest.size, LogView::Half::open);
    if (!entries) return entries.error();
    return to_records(*entries);
  };
  for (auto& [code, id, version, first_seq] : rest.organs) {
    reg.places_[id] = {StreamKind::organ, reg.organ_codes_.size()};
    reg.organ_codes_.push_back(code);
    reg.organ_rows_[code] = {id, version, first_seq};
    auto records = records_of(id);
    auto facts = records ? resolve(*records) : Result<std::vector<Fact>>(records.error());
    if (!facts) return facts.error();
    reg.organs_[code] = fold_organ(*facts);
  }
  for (auto& stream : rest.calendars) {
    auto records = records_of(stream.id);
    if (!records) return records.error();
    reg.places_[stream.id] = {StreamKind::calendar, reg.calendars_.size()};
    reg.calendars_.push_back({stream.id, stream.owner, stream.first_seq, std::move(*records)});
  }
  reg.published_at_ = {rest.published_at.begin(), rest.published_at.end()};
  for (auto& stream : rest.reports) {
    auto records = records_of(stream.id);
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
                               SpineRows& rows) const {
  reg.requests_.reserve(rows.wanted());
  reg.spans_.reserve(rows.wanted());
  reg.last_seqs_.reserve(rows.wanted());
  reg.places_.reserve(rows.wanted());
  rows.each_wanted([&](RegisteredRequest&& row, const CaseSpan& span) {
    reg.places_[row.id] = {StreamKind::request, reg.requests_.size()};
    reg.requests_.push_back(std::move(row));
    reg.spans_.push_back(span);
    reg.last_seqs_.push_back(reg.requests_.back().last_seq);
  });
  bool is_whole = reg.requests_.size() == rows.size();
  if (!is_whole) reg.fetch_row_ = [&rows](const StreamId& id) { return rows.fetch(id); };
  Result<void> applied;
  bool needs_all = false;
  auto scanned = log.scan(position() + 1, up_to, LogView::Half::open, [&](Entry&& entry) {
    auto envelope = read_envelope_head(entry.event);
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
  SpineRows rows(blocks_);
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
Result<Spine::Changes> Spine::changes(const Register& reg, SpineRows* rows, std::uint64_t since) {
  SpineRows::Touched touched;
  auto next = rows ? rows->size() : 0;
  for (auto& row : reg.requests_)
    if (row.first_seq > since)
      touched[next++] = &row;
    else if (row.last_seq > since)
      touched[*rows->number_of(row.id)] = &row;
  Changes changes{{"disputes", packed(reg.disputes_)},
                  {"figures", packed(reg.figures_)},
                  {"rest", packed_rest(reg)}};
  auto of_requests = SpineRows::changes(rows, touched);
  if (!of_requests) return of_requests;
  std::ranges::move(*of_requests, std::back_inserter(changes));
  return changes;
}

Result<Spine> Spine::advanced(const LogView& log, const std::optional<Spine>& old,
                              std::uint64_t to) {
  std::optional<SpineRows> rows;
  if (old && !rows.emplace(old->blocks_).read([](const CaseSpan&) { return false; })) return bad_derived();
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

Result<void> Spine::keep_up(const LogView& log, std::uint64_t tail,
                            const std::function<bool()>& go_on) {
  if (log.size() < tail) return {};
  auto spine = open(log);
  if (spine && log.size() - spine->position() < tail) return {};
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

} // namespace mingce
