#include "app/difference.hpp"

#include "app/clock_views.hpp"
#include "app/reporting.hpp"
#include "projection/replay.hpp"
#include "report/quantity.hpp"
#include "report/tables.hpp"

#include <algorithm>
#include <set>

namespace mingce {
namespace {

/// The events of the stretch, looked at one by one before each is applied.
class EventSummary {
public:
  void look(const Register& reg, const Entry& entry, const EnvelopeHead& envelope) {
    ++total_;
    auto& type = envelope.type->info().type;
    ++by_type_[type];
    organs_.insert(envelope.organ);
    first_year_ = std::min(first_year_, year_of(envelope.on));
    last_year_ = std::max(last_year_, year_of(civil_day(entry.recorded_at)));
    if (year_of(envelope.on) < year_of(civil_day(entry.recorded_at))) note("late", entry.seq);
    if (is_amendment(*envelope.type)) note("amended", entry.seq);
    if (is_retraction(*envelope.type)) note("retracted", entry.seq);
    if (type == std::string_view(RequestVoided::info.type) ||
        type == std::string_view(DisputeVoided::info.type))
      note("voided", entry.seq);
    auto* row = reg.find_request(entry.stream);
    bool of_a_case = row && !is_amendment(*envelope.type) && !is_retraction(*envelope.type);
    if (of_a_case && envelope.on < row->state.latest.first) note("back_dated", entry.seq);
  }

  json::object to_json() const {
    json::object types, out{{"total", std::int64_t(total_)}};
    for (auto& [type, count] : by_type_) types[type] = count;
    out["by_type"] = std::move(types);
    for (auto* kind : {"back_dated", "late", "amended", "retracted", "voided"}) {
      auto found = noted_.find(kind);
      out[kind] = found == noted_.end() ? json::array{} : found->second;
    }
    return out;
  }
  const std::set<std::string>& organs() const { return organs_; }
  int first_year() const { return first_year_; }
  int last_year() const { return last_year_; }

private:
  void note(const char* kind, std::uint64_t seq) { noted_[kind].push_back(std::int64_t(seq)); }

  std::uint64_t total_ = 0;
  std::map<std::string, int> by_type_;
  std::map<std::string, json::array> noted_;
  std::set<std::string> organs_;
  int first_year_ = 9999, last_year_ = 0;
};

/// What is compared of a case, as it is shown.
json::object shown(const RegisteredRequest& row, Day day, const Terms& terms, const Law& law) {
  auto clock = read_clock(row.state, day, terms, law.lamps());
  auto& conclusion = row.state.conclusion;
  json::object out{{"state", to_word(row.state.state())}, {"kind", to_word(row.state.kind)}};
  out["received_on"] = or_null(row.state.received_on);
  out["due_on"] = or_null(clock.due_on);
  out["outcome"] = or_null(conclusion ? std::optional{conclusion->outcome} : std::nullopt);
  out["concluded_on"] = or_null(conclusion ? std::optional{conclusion->on} : std::nullopt);
  return out;
}

struct ChangedCases {
  json::array lines;
  int oldest_year = 9999; ///< of a receipt: cells from then on may have moved
};

ChangedCases changed_cases(const Register& before, const Register& after, const Law& law,
                           const std::string& organ) {
  Calendars calendars_before(before, law), calendars_after(after, law);
  ChangedCases out;
  auto note_receipt = [&](const RegisteredRequest* row) {
    if (row && row->state.received_on)
      out.oldest_year = std::min(out.oldest_year, year_of(*row->state.received_on));
  };
  for (auto& row : after.requests()) {
    if (!organ.empty() && row.organ != organ) continue;
    auto* was = before.find_request(row.id);
    auto now = shown(row, Day::max(), calendars_after.terms(row.organ), law);
    auto then =
        was ? shown(*was, Day::max(), calendars_before.terms(was->organ), law) : json::object{};
    json::object line{{"request", row.register_no}, {"id", row.id.hex()}, {"organ", row.organ}};
    bool changed = false;
    for (auto& member : now) {
      auto* old = then.if_contains(member.key());
      auto before_value = old ? *old : json::value(nullptr);
      if (before_value == member.value()) continue;
      changed = true;
      line[member.key()] = json::object{{"from", before_value}, {"to", member.value()}};
    }
    if (!changed) continue;
    note_receipt(was);
    note_receipt(&row);
    out.lines.push_back(std::move(line));
  }
  return out;
}

/// The numbers of one organ's year, as the edition in force prints them.
std::map<std::string, std::string> cells_of_year(const Register& reg, const Statutes& statutes,
                                                 const std::string& organ, int year) {
  std::map<std::string, std::string> cells;
  auto* edition = statutes.editions.in_force(year);
  ReportQuery query{.organ = organ, .year = year};
  query.edition = edition ? edition->code : statutes.editions.all().front().code;
  auto report = make_report(reg, statutes, query);
  if (!report) return cells; // the organ was not registered yet: no numbers
  auto tables = tables_of(report->annual);
  for (auto& place : places_of(tables.layout))
    if (auto value = tables.at(place.name())) cells[place.name()] = to_string(*value, place.unit);
  return cells;
}

json::array changed_cells(const Register& before, const Register& after, const Statutes& statutes,
                          const std::set<std::string>& organs, int first_year, int last_year) {
  json::array out;
  for (auto& organ : organs) {
    if (!after.organs().contains(organ)) continue;
    for (int year = first_year; year <= last_year; ++year) {
      auto was = cells_of_year(before, statutes, organ, year);
      for (auto& [name, value] : cells_of_year(after, statutes, organ, year)) {
        auto found = was.find(name);
        auto old = found == was.end() ? std::string("0") : found->second;
        if (old != value)
          out.push_back(json::object{
              {"organ", organ}, {"year", year}, {"cell", name}, {"from", old}, {"to", value}});
      }
    }
  }
  return out;
}

/// Hand-overs move cells of the organ that takes over as well.
std::set<std::string> with_takers(const Register& reg, std::set<std::string> organs) {
  std::vector<std::string> waiting(organs.begin(), organs.end());
  for (std::size_t i = 0; i < waiting.size(); ++i) {
    auto found = reg.organs().find(waiting[i]);
    if (found == reg.organs().end()) continue;
    for (auto& over : found->second.hand_overs)
      if (organs.insert(over.to).second) waiting.push_back(over.to);
  }
  return organs;
}

} // namespace

Result<json::object> difference(const LogView& log, const Statutes& statutes,
                                const DifferenceQuery& query) {
  if (query.from > query.to || query.to > log.size())
    return invalid("/from",
                   {"from 不得大于 to，to 不得大于日志长度",
                    "`from` must not be after `to`, nor `to` after the end of the log"},
                   "bad_parameter");
  auto before = load_register(log, query.from);
  if (!before) return before.error();
  auto after = load_register(log, query.from);
  if (!after) return after.error();
  EventSummary events;
  Result<void> applied;
  auto scanned = log.scan(query.from + 1, query.to, LogView::Half::open, [&](Entry&& entry) {
    auto envelope = read_envelope_head(entry.event);
    applied = envelope ? Result<void>{} : Result<void>{envelope.error()};
    if (!applied) return false;
    if (query.organ.empty() || envelope->organ == query.organ)
      events.look(*after, entry, *envelope);
    applied = after->apply(entry, *envelope);
    return applied.has_value();
  });
  if (!scanned) return scanned.error();
  if (!applied) return applied.error();
  if (!query.organ.empty())
    if (auto known = organs_in(*after, query.organ, Scope::organ); !known) return known.error();

  auto cases = changed_cases(*before, *after, statutes.law, query.organ);
  auto organs = query.organ.empty() ? with_takers(*after, events.organs())
                                    : std::set<std::string>{query.organ};
  auto cells = changed_cells(*before, *after, statutes, organs,
                             std::min(cases.oldest_year, events.first_year()), events.last_year());
  return json::object{{"from", std::int64_t(query.from)},
                      {"to", std::int64_t(query.to)},
                      {"events", events.to_json()},
                      {"cases", std::move(cases.lines)},
                      {"cells", std::move(cells)}};
}

} // namespace mingce
