#include "projection/register.hpp"

#include "projection/kept_tallies.hpp"
#include "rules/erasure.hpp"

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace mingce {
namespace {

Failure damaged(std::uint64_t at) {
  auto seq = std::to_string(at);
  return {FailureKind::corrupt,
          "corrupt_entry",
          {"日志第 " + seq + " 条与其前文不符",
           "entry " + seq + " of the log contradicts what precedes it"}};
}

Failure damaged(const Entry& entry) { return damaged(entry.seq); }

/// The year and number of `YYYY-NNNNN`, or nothing.
std::optional<std::pair<int, std::uint32_t>> parse_assigned(std::string_view text) {
  if (text.size() < 10 || text.size() > 14 || text[4] != '-') return std::nullopt;
  int year = 0;
  std::uint32_t number = 0;
  auto end = text.data() + text.size();
  auto first = std::from_chars(text.data(), text.data() + 4, year);
  auto second = std::from_chars(text.data() + 5, end, number);
  if (first.ptr != text.data() + 4 || second.ptr != end || second.ec != std::errc{})
    return std::nullopt;
  return std::pair{year, number};
}

Result<Fact> to_fact(const Entry& entry, const EnvelopeHead& envelope) {
  auto event = decode(*envelope.type, data_of(entry.event), {.private_may_be_missing = true});
  if (!event) return damaged(entry);
  return Fact{entry.seq, entry.version, envelope.on, std::move(*event)};
}

/// The public half of an entry whose envelope has been read.
Record open_record(const Entry& entry, const EnvelopeHead& envelope) {
  return {entry.seq, entry.version, envelope.on, envelope.type, data_of(entry.event)};
}

/// Of the latest erasure in a stream, 0 if there is none.
std::uint32_t version_of_erasure(const std::vector<Entry>& entries) {
  std::uint32_t version = 0;
  for (auto& entry : entries)
    if (text_member(entry.event, "type") == ApplicantErased::info.type) version = entry.version;
  return version;
}

} // namespace

std::string assigned_number(int year, std::uint32_t number) {
  char text[24];
  std::snprintf(text, sizeof text, "%04d-%05u", year, number);
  return text;
}

Result<Record> to_record(const Entry& entry, LogView::Half half) {
  auto event = entry.event;
  if (entry.body && half == LogView::Half::both) merge_private(event, *entry.body);
  auto envelope = read_envelope(std::move(event));
  if (!envelope) return envelope.error();
  return Record{entry.seq,
                entry.version,
                envelope->on,
                envelope->type,
                std::move(envelope->data),
                entry.commitment.has_value()};
}

Result<std::vector<Record>> to_records(const std::vector<Entry>& entries) {
  std::vector<Record> records;
  records.reserve(entries.size());
  // What an erasure covers is not read, whether its bytes are gone yet or not.
  auto erased = version_of_erasure(entries);
  for (auto& entry : entries) {
    auto half = entry.version < erased ? LogView::Half::open : LogView::Half::both;
    auto record = to_record(entry, half);
    if (!record) return record.error();
    records.push_back(std::move(*record));
  }
  return records;
}

Register::Register(StreamReader read_stream, std::optional<SearchTexts> texts)
    : read_stream_(std::move(read_stream)), texts_(std::move(texts)),
      tallies_(std::make_shared<KeptTallies>()) {}

Result<void> Register::apply(const Entry& entry) {
  auto envelope = read_envelope_head(entry.event);
  if (!envelope) return envelope.error();
  return apply(entry, *envelope);
}

Result<void> Register::apply(const Entry& entry, const EnvelopeHead& envelope) {
  auto place = places_.find(entry.stream);
  if (place == places_.end() && fetch_row_) {
    if (auto fetched = fetch(entry.stream); !fetched) return fetched;
    place = places_.find(entry.stream);
  }
  auto result = place == places_.end() ? open_stream(entry, envelope)
                                       : continue_stream(entry, envelope, place->second);
  if (!result) return result;
  auto kind = place == places_.end() ? envelope.type->info().stream : place->second.kind;
  if (kind == StreamKind::organ || kind == StreamKind::calendar) surroundings_seq_ = entry.seq;
  size_ = entry.seq;
  recorded_at_ = entry.recorded_at;
  return {};
}

Result<void> Register::fetch(const StreamId& stream) {
  auto row = fetch_row_(stream);
  if (!row) return row.error();
  if (!*row) return {};
  places_[stream] = {StreamKind::request, requests_.size()};
  spans_.push_back(CaseSpan::of((*row)->state));
  last_seqs_.push_back((*row)->last_seq);
  requests_.push_back(std::move(**row));
  return {};
}

void Register::put_in_order() {
  if (std::ranges::is_sorted(requests_, {}, &RegisteredRequest::first_seq)) return;
  std::ranges::sort(requests_, {}, &RegisteredRequest::first_seq);
  for (std::size_t i = 0; i < requests_.size(); ++i) {
    places_[requests_[i].id].index = i;
    spans_[i] = CaseSpan::of(requests_[i].state);
    last_seqs_[i] = requests_[i].last_seq;
  }
}

Result<void> Register::open_stream(const Entry& entry, const EnvelopeHead& envelope) {
  if (entry.version != 1) return damaged(entry);
  auto fact = to_fact(entry, envelope);
  if (!fact) return fact.error();
  auto kind = envelope.type->info().stream;
  switch (kind) {
  case StreamKind::request: {
    RegisteredRequest row{
        entry.stream, envelope.number, envelope.organ, 1, entry.seq, entry.seq, {}};
    evolve(row.state, *fact);
    if (texts_)
      if (auto noted = texts_->note(requests_.size(), envelope, entry); !noted) return noted;
    places_[entry.stream] = {kind, requests_.size()};
    spans_.push_back(CaseSpan::of(row.state));
    last_seqs_.push_back(row.last_seq);
    requests_.push_back(std::move(row));
    break;
  }
  case StreamKind::dispute: {
    RegisteredDispute row{entry.stream, envelope.number, envelope.organ,    1,
                          entry.seq,    entry.seq,       envelope.requests, {}};
    evolve(row.state, *fact);
    places_[entry.stream] = {kind, disputes_.size()};
    disputes_.push_back(std::move(row));
    break;
  }
  case StreamKind::figure: {
    auto* figure = std::get_if<FigureRecorded>(&fact->event);
    if (!figure) return damaged(entry);
    places_[entry.stream] = {kind, figures_.size()};
    figures_.push_back({entry.stream, envelope.number, envelope.organ, 1, entry.seq, entry.seq,
                        true, envelope.on, figure->item, figure->quantity.value,
                        figure->source_unit.value_or("")});
    break;
  }
  case StreamKind::organ:
    places_[entry.stream] = {kind, organ_codes_.size()};
    organ_codes_.push_back(envelope.organ);
    organ_rows_[envelope.organ] = {entry.stream, 1, entry.seq};
    organs_[envelope.organ] = fold_organ({&*fact, 1});
    break;
  case StreamKind::calendar: {
    places_[entry.stream] = {kind, calendars_.size()};
    calendars_.push_back({entry.stream, envelope.organ, entry.seq, {open_record(entry, envelope)}});
    break;
  }
  case StreamKind::report: {
    places_[entry.stream] = {kind, reports_.size()};
    std::vector<Record> records{open_record(entry, envelope)};
    if (auto taken = take_report(entry.stream, envelope.organ, entry.seq, std::move(records));
        !taken)
      return taken;
    break;
  }
  case StreamKind::any:
    return damaged(entry);
  }
  if (kind == StreamKind::request || kind == StreamKind::dispute || kind == StreamKind::figure)
    note_keeping(envelope);
  note_number(kind, envelope.organ, envelope.number);
  return {};
}

void Register::note_keeping(const EnvelopeHead& envelope) {
  auto [found, fresh] = keeping_.try_emplace(envelope.organ, Keeping{envelope.on, {}});
  auto& keeping = found->second;
  keeping.since = std::min(keeping.since, envelope.on);
  if (envelope.source == Source::observed)
    keeping.observed_since = std::min(keeping.observed_since.value_or(envelope.on), envelope.on);
}

const Register::Keeping* Register::keeping(const std::string& organ) const {
  auto found = keeping_.find(organ);
  return found == keeping_.end() ? nullptr : &found->second;
}

Result<void> Register::continue_stream(const Entry& entry, const EnvelopeHead& envelope,
                                       Place place) {
  switch (place.kind) {
  case StreamKind::request: {
    auto& row = requests_[place.index];
    if (texts_)
      if (auto noted = texts_->note(place.index, envelope, entry); !noted) return noted;
    if (is_published_since(row.last_seq))
      earlier_cases_[row.id].push_back({row.last_seq, entry.seq - 1, row.state});
    auto folded = continue_fold(row, entry, envelope);
    spans_[place.index] = CaseSpan::of(row.state);
    last_seqs_[place.index] = row.last_seq;
    return folded;
  }
  case StreamKind::calendar: {
    auto& records = calendars_[place.index].records;
    if (entry.version != records.size() + 1) return damaged(entry);
    records.push_back(open_record(entry, envelope));
    return {};
  }
  case StreamKind::report: {
    auto& row = reports_[place.index];
    if (entry.version != row.records.size() + 1) return damaged(entry);
    row.records.push_back(open_record(entry, envelope));
    return refold_report(row);
  }
  case StreamKind::dispute: {
    auto& row = disputes_[place.index];
    if (is_published_since(row.last_seq))
      earlier_disputes_[row.id].push_back({row.last_seq, entry.seq - 1, row.state});
    return continue_fold(row, entry, envelope);
  }
  case StreamKind::figure: {
    auto& row = figures_[place.index];
    if (is_published_since(row.last_seq))
      earlier_figures_[row.id].push_back({row.last_seq, entry.seq - 1, row});
    return refold_figure(row, entry);
  }
  case StreamKind::organ:
  case StreamKind::any:
    break;
  }
  return refold_organ(organ_codes_[place.index], entry);
}

Result<std::vector<Fact>> Register::facts_of(const StreamId& stream, std::uint64_t up_to) const {
  auto entries = read_stream_(stream, up_to);
  if (!entries) return entries.error();
  // A stream that has lost an entry would fold into another history.
  if (entries->empty() || entries->back().seq != up_to ||
      entries->back().version != entries->size())
    return Failure{FailureKind::corrupt,
                   "corrupt_stream",
                   {"日志的卷索引与日志不符", "a stream of the log has lost an entry"}};
  auto records = to_records(*entries);
  if (!records) return records.error();
  return resolve(*records);
}

/// In order: one step. Out of order, or a change of what was recorded: the stream again.
template <class Row>
Result<void> Register::continue_fold(Row& row, const Entry& entry, const EnvelopeHead& envelope) {
  if (entry.version != row.version + 1) return damaged(entry);
  row.version = entry.version;
  row.last_seq = entry.seq;
  bool in_order = std::pair{envelope.on, entry.version} > row.state.latest;
  if (in_order && !is_amendment(*envelope.type) && !is_retraction(*envelope.type)) {
    auto fact = to_fact(entry, envelope);
    if (!fact) return fact.error();
    evolve(row.state, *fact);
    return {};
  }
  auto facts = facts_of(entry.stream, entry.seq);
  if (!facts) return facts.error();
  row.state = {};
  for (auto& fact : *facts) evolve(row.state, fact);
  return {};
}

namespace {

/// The figure that these facts leave; false where they are none of a figure.
bool take_facts(RegisteredFigure& row, const std::vector<Fact>& facts) {
  row.stands = !facts.empty();
  if (!row.stands) return true;
  auto* figure = std::get_if<FigureRecorded>(&facts.front().event);
  if (!figure) return false;
  row.on = facts.front().on;
  row.item = figure->item;
  row.quantity = figure->quantity.value;
  row.source_unit = figure->source_unit.value_or("");
  return true;
}

} // namespace

Result<void> Register::refold_figure(RegisteredFigure& row, const Entry& entry) {
  row.version = entry.version;
  row.last_seq = entry.seq;
  auto facts = facts_of(entry.stream, entry.seq);
  if (!facts) return facts.error();
  if (!take_facts(row, *facts)) return damaged(entry);
  return {};
}

/// A report by the records that there are of it.
Result<void> Register::take_report(const StreamId& id, const std::string& organ,
                                   std::uint64_t first_seq, std::vector<Record> records) {
  RegisteredReport row{id, organ, 0, Scope::organ, first_seq, std::move(records), {}};
  auto& data = row.records.front().data;
  auto* year = data.if_contains("year");
  auto* scope = data.if_contains("scope");
  if (!year || !year->is_int64()) return damaged(first_seq);
  row.year = int(year->get_int64());
  if (scope && scope->is_string())
    row.scope = from_word<Scope>(std::string_view(scope->get_string())).value_or(Scope::organ);
  first_report_year_ = std::min(first_report_year_, row.year);
  reports_.push_back(std::move(row));
  return refold_report(reports_.back());
}

// ---- published reports --------------------------------------------------------------------------

Result<void> Register::refold_report(RegisteredReport& row) {
  auto facts = resolve(row.records);
  if (!facts) return facts.error();
  row.file = fold_report(*facts);
  for (auto& version : row.file.versions)
    if (version.status == ReportStatus::published && !published_at_.contains(version.position)) {
      if (version.position + 1 < row.records.back().seq)
        if (auto kept = keep_rows_at(version.position); !kept) return kept;
      published_at_.insert(version.position);
    }
  return {};
}

/// What changed between the position of a report and the entry that says so was not known to matter
/// when it came: those few rows are read again.
Result<void> Register::keep_rows_at(std::uint64_t position) {
  auto keep = [&](auto& rows, auto& earlier, auto fold) -> Result<void> {
    for (auto& row : rows) {
      if (row.last_seq <= position || row.first_seq > position || state_at(row, position)) continue;
      auto entries = read_stream_(row.id, position);
      if (!entries) return entries.error();
      auto records = to_records(*entries);
      if (!records) return records.error();
      auto facts = resolve(*records);
      if (!facts) return facts.error();
      earlier[row.id].push_back({entries->back().seq, position, fold(row, *facts)});
    }
    return {};
  };
  if (auto kept =
          keep(requests_, earlier_cases_, [](auto&, auto& facts) { return fold_case(facts); });
      !kept)
    return kept;
  if (auto kept = keep(disputes_, earlier_disputes_,
                       [](auto&, auto& facts) { return fold_dispute(facts); });
      !kept)
    return kept;
  return keep(figures_, earlier_figures_, [](auto& row, auto& facts) {
    auto then = row;
    take_facts(then, facts);
    return then;
  });
}

namespace {

template <class Row, class State, class Earlier>
const State* row_at(const Row& row, const State& now, const Earlier& earlier,
                    std::uint64_t position) {
  if (row.first_seq > position) return nullptr;
  if (row.last_seq <= position) return &now;
  auto found = earlier.find(row.id);
  if (found != earlier.end())
    for (auto& then : found->second)
      if (then.from <= position && position <= then.to) return &then.state;
  return nullptr;
}

} // namespace

const Case* Register::state_at(const RegisteredRequest& row, std::uint64_t position) const {
  return row_at(row, row.state, earlier_cases_, position);
}
const Dispute* Register::state_at(const RegisteredDispute& row, std::uint64_t position) const {
  return row_at(row, row.state, earlier_disputes_, position);
}
const RegisteredFigure* Register::state_at(const RegisteredFigure& row,
                                           std::uint64_t position) const {
  return row_at(row, row, earlier_figures_, position);
}

Result<void> Register::refold_organ(const std::string& code, const Entry& entry) {
  organ_rows_[code].version = entry.version;
  auto facts = facts_of(entry.stream, entry.seq);
  if (!facts) return facts.error();
  organs_[code] = fold_organ(*facts);
  return {};
}

void Register::note_number(StreamKind kind, const std::string& organ, std::string_view number) {
  auto assigned = parse_assigned(number);
  if (!assigned) return;
  auto& last = last_numbers_[{kind, organ, assigned->first}];
  last = std::max(last, assigned->second);
}

const SearchText* Register::text_of(const RegisteredRequest& row) const {
  return texts_ ? &texts_->of(number_of(row)) : nullptr;
}

std::vector<const RegisteredRequest*> Register::requests_of(const std::string& ref) const {
  std::vector<const RegisteredRequest*> rows;
  for (auto place : texts_->requests_of(ref)) rows.push_back(&requests_[place]);
  return rows;
}

CaseSpan CaseSpan::of(const Case& state) {
  bool is_open = !state.conclusion || state.redo.open;
  return {std::min(state.submitted_on.value_or(Day::max()), state.received_on.value_or(Day::max())),
          is_open ? Day::max() : state.latest.first};
}

void Register::each_concerning(const Period& period, const EachRequest& each) const {
  for (std::size_t i = 0; i < spans_.size(); ++i)
    if (spans_[i].concerns(period)) each(requests_[i]);
}

void Register::each_changed_since(std::uint64_t position, const EachRequest& each) const {
  for (std::size_t i = 0; i < last_seqs_.size(); ++i)
    if (last_seqs_[i] > position) each(requests_[i]);
}

const RegisteredOrgan* Register::organ_row(const std::string& code) const {
  auto found = organ_rows_.find(code);
  return found == organ_rows_.end() ? nullptr : &found->second;
}

const RegisteredRequest* Register::find_request(const StreamId& id) const {
  auto found = places_.find(id);
  if (found == places_.end() || found->second.kind != StreamKind::request) return nullptr;
  return &requests_[found->second.index];
}

const RegisteredDispute* Register::find_dispute(const StreamId& id) const {
  auto found = places_.find(id);
  if (found == places_.end() || found->second.kind != StreamKind::dispute) return nullptr;
  return &disputes_[found->second.index];
}

const RegisteredFigure* Register::find_figure(const StreamId& id) const {
  auto found = places_.find(id);
  if (found == places_.end() || found->second.kind != StreamKind::figure) return nullptr;
  return &figures_[found->second.index];
}

const RegisteredCalendar* Register::find_calendar(const StreamId& id) const {
  auto found = places_.find(id);
  if (found == places_.end() || found->second.kind != StreamKind::calendar) return nullptr;
  return &calendars_[found->second.index];
}

const RegisteredReport* Register::find_report(const StreamId& id) const {
  auto found = places_.find(id);
  if (found == places_.end() || found->second.kind != StreamKind::report) return nullptr;
  return &reports_[found->second.index];
}

const RegisteredReport* Register::find_report(const std::string& organ, int year,
                                              Scope scope) const {
  return find_report(StreamId::of(to_word(StreamKind::report), organ, report_number(year, scope)));
}

std::uint32_t Register::last_number(StreamKind kind, const std::string& organ, int year) const {
  auto found = last_numbers_.find({kind, organ, year});
  return found == last_numbers_.end() ? 0 : found->second;
}

} // namespace mingce
