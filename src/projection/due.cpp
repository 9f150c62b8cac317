#include "projection/due.hpp"

#include <algorithm>

namespace mingce {
namespace {

bool is_redo_open(const Case& state, Day day) {
  bool open = false;
  for (auto& step : state.steps) {
    if (step.on > day) break;
    open = step.kind == StepKind::redo_ordered || (open && !step.concludes());
  }
  return open;
}

/// The organ an open redo went over to, though no table counts it: with what was open that day.
std::string taken_over(const Register& reg, const RegisteredRequest& row, std::string organ,
                       Day day) {
  std::pair<Day, std::uint64_t> after{row.state.conclusion->on, 0};
  for (;;) {
    auto found = reg.organs().find(organ);
    const Organ::HandOver* next = nullptr;
    if (found != reg.organs().end())
      for (auto& over : found->second.hand_overs) {
        std::pair at{over.on, over.seq};
        if (over.on > day || at <= after || (next && at > std::pair{next->on, next->seq})) continue;
        if (takes(over, row) && is_redo_open(row.state, over.on)) next = &over;
      }
    if (!next) return organ;
    organ = next->to;
    after = {next->on, next->seq};
  }
}

/// The organ that has to act at the end of that day; none before receipt.
std::optional<std::string> charged_on(const Register& reg, const RegisteredRequest& row, Day day) {
  auto holder = holder_on(reg, row, day);
  auto& conclusion = row.state.conclusion;
  return holder && conclusion && conclusion->on <= day ? taken_over(reg, row, *holder, day)
                                                       : holder;
}

CaseState state_of(const Case& state, const Clock& clock, Day day) {
  if (state.voided) return CaseState::voided;
  if (state.split) return CaseState::split;
  if (!clock.received_on)
    return state.submission_closed_on && *state.submission_closed_on <= day
               ? CaseState::submission_closed
               : CaseState::submitted;
  bool opinion = std::ranges::any_of(clock.segment.excluded,
                                     [](auto& span) { return span.cap_from && !span.through; });
  return Standstill{clock.redo_open,
                    clock.concluded_on.has_value(),
                    clock.correction_by.has_value(),
                    clock.payment_by.has_value(),
                    opinion,
                    clock.reasons_by.has_value()}
      .state();
}

bool is_listed(const RegisteredRequest& row, Day day) {
  auto& state = row.state;
  if (!state.received_on || state.voided || state.split || *state.received_on > day) return false;
  return !state.conclusion || state.conclusion->on > day || state.redo.open ||
         state.redo.conclusion;
}

/// By due date, what has none last; then by receipt. The keys are sorted, not the rows: they are
/// short, and lie side by side.
std::vector<DueRow> in_order(std::vector<DueRow> rows) {
  std::vector<std::tuple<Day, Day, std::uint64_t, std::size_t>> keys;
  keys.reserve(rows.size());
  for (std::size_t i = 0; i < rows.size(); ++i)
    keys.emplace_back(rows[i].clock.due_on.value_or(Day::max()),
                      *rows[i].request->state.received_on, rows[i].request->first_seq, i);
  std::ranges::sort(keys);
  std::vector<DueRow> sorted;
  sorted.reserve(rows.size());
  for (auto& key : keys) sorted.push_back(std::move(rows[std::get<3>(key)]));
  return sorted;
}

/// The thresholds of every organ, looked up once.
std::map<std::string, Lamps> all_lamps(const Register& reg, const Law& law) {
  std::map<std::string, Lamps> lamps;
  for (auto& [code, organ] : reg.organs()) lamps[code] = lamps_for(reg.organs(), code, law);
  return lamps;
}

/// A submission that at the end of that day had neither become a receipt nor been closed.
bool is_unconfirmed(const Case& state, Day day) {
  auto by_then = [&](const std::optional<Day>& on) { return on && *on <= day; };
  return by_then(state.submitted_on) && !by_then(state.received_on) &&
         !by_then(state.submission_closed_on) && !state.voided;
}

std::vector<DueRow> unconfirmed(const Register& reg, const Law& law, const OrganSet& organs,
                                Day day, const Keep& keep) {
  Calendars calendars(reg, law);
  std::vector<DueRow> rows;
  reg.each_concerning({day, day}, [&](const RegisteredRequest& row) {
    auto& state = row.state;
    if (!is_unconfirmed(state, day) || !organs.contains(row.organ) || (keep && !keep(row))) return;
    auto& calendar = calendars.of(row.organ);
    if (calendar.working_days_between(*state.submitted_on, day) <= law.unconfirmed_after()) return;
    DueRow out{&row, row.organ, state.assigned_on && *state.assigned_on <= day, {}};
    out.clock.state = CaseState::submitted;
    out.clock.lamp = Lamp::red;
    rows.push_back(std::move(out));
  });
  return rows;
}

/// What runs for the organs beside their requests: in disputes, and for the annual report.
void add_deadlines_of_organs(const Register& reg, const OrganSet& organs, Day day,
                             const Calendars& calendars, std::map<std::string, Lamps>& lamps,
                             std::vector<DeadlineRow>& rows) {
  for (auto& row : reg.disputes()) {
    auto timers = timers_of(row.state, day, calendars.terms(row.organ), lamps[row.organ]);
    if (timers.empty()) continue;
    auto party = party_before(reg, row, day + date::days{1});
    if (!organs.contains(party)) continue;
    for (auto& timer : timers) rows.push_back({nullptr, &row, party, timer});
  }
  for (auto& code : organs) {
    auto& organ = reg.organs().find(code)->second;
    if (organ.ended_on && *organ.ended_on <= day) continue;
    rows.push_back({nullptr, nullptr, code,
                    report_timer(organ, settings_of(reg.organs(), code, reg.size()), day,
                                 calendars.terms(code), lamps[code])});
  }
}

} // namespace

Lamps lamps_for(const Organs& organs, const std::string& code, const Law& law,
                std::uint64_t position) {
  auto settings = settings_of(organs, code, position);
  return {settings.lamp_yellow.value_or(law.lamps().yellow),
          settings.lamp_orange.value_or(law.lamps().orange)};
}

ClockReading read_clock(const Case& state, Day day, const Terms& terms, const Lamps& lamps) {
  return read_clock(state, run_clock(state.steps, terms, Reading::ordinary, day), day, terms,
                    lamps);
}

ClockReading read_clock(const Case& state, const Clock& clock, Day day, const Terms& terms,
                        const Lamps& lamps) {
  ClockReading out;
  out.state = state_of(state, clock, day);
  if (!clock.received_on || state.voided || state.split) return out;
  auto prospect = prospect_of(clock, day, terms, lamps);
  out.due_on = prospect.due_on;
  auto strict = run_clock(state.steps, terms, Reading::strict, day);
  out.due_on_strict = strict_due_on(out.due_on, strict, terms);
  if (auto due = out.due_on ? out.due_on : out.due_on_strict)
    out.provisional = is_provisional(out.due_on ? clock : strict, *due, terms);
  if (!clock.is_running()) return out;
  out.remaining = prospect.remaining;
  out.lamp = prospect.lamp;
  return out;
}

DueOn::DueOn(const Register& reg, const Law& law, Day day)
    : register_(reg), day_(day), calendars_(reg, law), lamps_(all_lamps(reg, law)) {}

std::optional<DueRow> DueOn::operator()(const RegisteredRequest& row,
                                        const OrganSet& organs) const {
  if (!is_listed(row, day_)) return {};
  auto holder = charged_on(register_, row, day_);
  if (!holder || !organs.contains(*holder)) return {};
  auto lamps = lamps_.find(row.organ);
  auto clock = read_clock(row.state, day_, calendars_.terms(row.organ),
                          lamps == lamps_.end() ? Lamps{} : lamps->second);
  if (!clock.lamp) return {};
  bool assigned = row.state.assigned_on && *row.state.assigned_on <= day_;
  return DueRow{&row, *holder, assigned, std::move(clock)};
}

std::vector<DueRow> due_rows(const Register& reg, const Law& law, const OrganSet& organs, Day day,
                             const Keep& keep) {
  DueOn due_on(reg, law, day);
  std::vector<DueRow> rows;
  reg.each_concerning({day, day}, [&](const RegisteredRequest& row) {
    if (keep && !keep(row)) return;
    if (auto due = due_on(row, organs)) rows.push_back(std::move(*due));
  });
  return in_order(std::move(rows));
}

std::vector<DueRow> due_rows(const Register& reg, const Law& law, const OrganSet& organs, Day day,
                             DueList list, const Keep& keep) {
  if (list == DueList::unconfirmed) return unconfirmed(reg, law, organs, day, keep);
  auto rows = due_rows(reg, law, organs, day, keep);
  constexpr std::size_t oldest_shown = 10;
  switch (list) {
  case DueList::overdue:
    std::erase_if(rows, [](auto& row) { return row.clock.lamp != Lamp::red; });
    break;
  case DueList::unassigned:
    std::erase_if(rows, [&](auto& row) { return row.assigned; });
    break;
  case DueList::oldest:
    std::ranges::sort(rows, {}, [](auto& row) {
      return std::pair{*row.request->state.received_on, row.request->first_seq};
    });
    if (rows.size() > oldest_shown) rows.resize(oldest_shown);
    break;
  case DueList::open:
  case DueList::unconfirmed:
  case DueList::deadlines:
    break;
  }
  return rows;
}

std::vector<DeadlineRow> deadlines(const Register& reg, const Law& law, const OrganSet& organs,
                                   Day day, const Keep& keep) {
  Calendars calendars(reg, law);
  auto lamps = all_lamps(reg, law);
  std::vector<DeadlineRow> rows;
  for (auto& row : reg.requests()) {
    bool submission = is_unconfirmed(row.state, day);
    if (!(submission || is_listed(row, day)) || (keep && !keep(row))) continue;
    auto holder = submission ? std::optional{row.organ} : charged_on(reg, row, day);
    if (!holder || !organs.contains(*holder)) continue;
    auto timers = timers_of(row.state.steps, day, calendars.terms(row.organ), lamps[row.organ]);
    for (auto& timer : timers)
      if (timer.kind != TimerKind::answer) rows.push_back({&row, nullptr, *holder, timer});
  }
  if (!keep) add_deadlines_of_organs(reg, organs, day, calendars, lamps, rows);
  std::ranges::stable_sort(rows, {},
                           [](auto& row) { return row.timer.due_on.value_or(Day::max()); });
  return rows;
}

} // namespace mingce
