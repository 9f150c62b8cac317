#include "projection/basis.hpp"

#include <algorithm>

namespace mingce {
namespace {

// ---- tenures ------------------------------------------------------------------------------------

/// A case on its way through the organs: what a hand-over needs to know of it.
struct Course {
  const RegisteredRequest& row;
  Day received_on{};
  std::optional<Day> concluded_on;
  std::uint64_t position = Basis::present; ///< hand-overs recorded later are not known
};

/// The first hand-over that takes this case away from its holder at or after that point.
const Organ::HandOver* next_hand_over(const Organ& organ, const Course& course, Day from,
                                      std::uint64_t after_seq) {
  const Organ::HandOver* next = nullptr;
  for (auto& over : organ.hand_overs) {
    if (over.seq > course.position) continue;
    if (std::pair{over.on, over.seq} <= std::pair{from, after_seq}) continue;
    if (course.concluded_on && *course.concluded_on <= over.on) continue;
    if (!takes(over, course.row)) continue;
    if (!next || std::pair{over.on, over.seq} < std::pair{next->on, next->seq}) next = &over;
  }
  return next;
}

std::vector<HeldTenure> tenures(const Register& reg, const Course& course) {
  std::vector<HeldTenure> held{{course.row.organ, {course.received_on, true, {}}, 0}};
  for (;;) {
    auto& current = held.back();
    auto organ = reg.organs().find(current.organ);
    if (organ == reg.organs().end() || organ->second.hand_overs.empty()) return held;
    auto* over = next_hand_over(organ->second, course, current.tenure.from, current.hand_over_seq);
    if (!over) return held;
    current.tenure.handed_over_on = over->on;
    held.push_back({over->to, {over->on, false, {}}, over->seq});
  }
}

std::vector<HeldTenure> tenures(const Register& reg, const RegisteredRequest& row,
                                const Case& state, std::uint64_t position) {
  auto concluded_on = state.conclusion ? std::optional{state.conclusion->on} : std::nullopt;
  return tenures(reg, Course{row, *state.received_on, concluded_on, position});
}

// ---- closed years -------------------------------------------------------------------------------

struct LeftCase {
  ClosedCase closed;
  std::string holder; ///< at the end of the year, where it was left open
};

std::optional<Stay> stay_of(const Register& reg, const RegisteredRequest& row, const Case& state,
                            const Basis& basis, const Policy& policy);

/// How a closed year left the case, as its report had it.
LeftCase left_by(const Register& reg, const RegisteredRequest& row, const ClosedYear& year,
                 const Policy& policy) {
  auto* state = reg.state_at(row, year.position);
  auto stay = state ? stay_of(reg, row, *state, {year.organs, year.position, year.before}, policy)
                    : std::nullopt;
  if (!stay) return year.before ? left_by(reg, row, *year.before, policy) : LeftCase{};
  const HeldTenure* last = nullptr;
  for (auto& held : stay->held)
    if (held.tenure.from < year.open_from()) last = &held;
  if (!last) return {};
  auto& concluded_on = stay->counted.concluded_on;
  if (concluded_on && *concluded_on < year.open_from()) return {{Left::settled, {}}, {}};
  LeftCase left{{Left::open, {}}, last->organ};
  if (year.organs.contains(last->organ)) left.closed.kind = stay->counted.kind;
  return left;
}

/// Everything that is known now, moved behind the closed years.
std::vector<HeldTenure> held_after(std::vector<HeldTenure> held, const LeftCase& left,
                                   const CountedCase& counted, Day open_from) {
  if (left.closed.left == Left::open) {
    auto at = std::ranges::find(held.rbegin(), held.rend(), left.holder, &HeldTenure::organ);
    if (at == held.rend())
      held = {{left.holder, {}, 0}};
    else
      held.erase(held.begin(), at.base() - 1);
  }
  for (auto& each : held) {
    each.tenure.from = counted_on(each.tenure.from, open_from);
    if (each.tenure.handed_over_on)
      each.tenure.handed_over_on = counted_on(*each.tenure.handed_over_on, open_from);
  }
  if (left.closed.left == Left::open) held.front().tenure.from = counted.from;
  return held;
}

/// Nothing about the case was learned after the first of the closed years, and it came in there
/// and stays there, or came in later altogether: then its own dates say the same.
bool is_as_published(const Register& reg, const RegisteredRequest& row, const Case& state,
                     const ClosedYear& closed) {
  auto organ = reg.organs().find(row.organ);
  if (organ != reg.organs().end() && !organ->second.hand_overs.empty()) return false;
  auto first = &closed;
  while (first->before) first = first->before.get();
  if (row.last_seq <= first->position) return true;
  return row.first_seq > closed.position && state.received_on &&
         *state.received_on >= closed.open_from();
}

std::optional<Stay> stay_of(const Register& reg, const RegisteredRequest& row, const Case& state,
                            const Basis& basis, const Policy& policy) {
  if (!basis.closed || is_as_published(reg, row, state, *basis.closed)) {
    auto own = counted(state, policy);
    if (!own) return {};
    return Stay{*own, tenures(reg, row, state, basis.position)};
  }
  auto open_from = basis.closed->open_from();
  auto left = left_by(reg, row, *basis.closed, policy);
  auto after = counted_after(left.closed, state, open_from, policy);
  if (!after) return {};
  auto held = state.received_on ? tenures(reg, row, state, basis.position)
                                : std::vector<HeldTenure>{{row.organ, {}, 0}};
  return Stay{*after, held_after(std::move(held), left, *after, open_from)};
}

std::shared_ptr<const Dispute> borrowed(const Dispute& dispute) {
  return {std::shared_ptr<void>{}, &dispute};
}

std::shared_ptr<const Dispute> dispute_of(const Register& reg, const RegisteredDispute& row,
                                          const Dispute& state,
                                          const std::shared_ptr<const ClosedYear>& closed);

Left left_by(const Register& reg, const RegisteredDispute& row, const ClosedYear& year) {
  auto before = year.before ? left_by(reg, row, *year.before) : Left::unseen;
  auto* state = reg.state_at(row, year.position);
  if (!state) return before;
  return left_by(*dispute_of(reg, row, *state, year.before), year.open_from(), before);
}

std::shared_ptr<const Dispute> dispute_of(const Register& reg, const RegisteredDispute& row,
                                          const Dispute& state,
                                          const std::shared_ptr<const ClosedYear>& closed) {
  if (!closed) return borrowed(state);
  auto first = closed.get();
  while (first->before) first = first->before.get();
  if (row.last_seq <= first->position) return borrowed(state);
  return std::make_shared<const Dispute>(
      counted_after(left_by(reg, row, *closed), state, closed->open_from()));
}

bool is_same(const RegisteredFigure& one, const RegisteredFigure& other) {
  return one.stands == other.stands && one.on == other.on && one.item == other.item &&
         one.quantity == other.quantity;
}

void add_entry(std::vector<FigureEntry>& entries, const RegisteredFigure& row, Day open_from,
               int sign) {
  if (row.stands)
    entries.push_back(
        {counted_on(row.on, open_from), row.item, Decimal{sign * row.quantity.hundredths}});
}

std::vector<FigureEntry> entries_of(const Register& reg, const RegisteredFigure& row,
                                    std::uint64_t position, const ClosedYear* closed) {
  std::vector<FigureEntry> entries;
  auto* now = reg.state_at(row, position);
  if (!now) return entries;
  if (!closed) {
    add_entry(entries, *now, Day::min(), 1);
    return entries;
  }
  entries = entries_of(reg, row, closed->position, closed->before.get());
  auto* then = reg.state_at(row, closed->position);
  if (then && is_same(*then, *now)) return entries;
  if (then) add_entry(entries, *then, closed->open_from(), -1);
  add_entry(entries, *now, closed->open_from(), 1);
  return entries;
}

/// The latest year before `year` that had been published when the log had that length.
std::shared_ptr<const ClosedYear> closed_before(const Register& reg, const std::string& organ,
                                                Scope scope, int year, std::uint64_t seq) {
  while (--year >= reg.first_report_year()) {
    auto* report = reg.find_report(organ, year, scope);
    const ReportVersion* latest = nullptr;
    if (report)
      for (auto& version : report->file.versions)
        if (version.status == ReportStatus::published && version.seq <= seq) latest = &version;
    if (!latest) continue;
    auto closed = std::make_shared<ClosedYear>();
    closed->year = year;
    closed->position = latest->position;
    closed->organs = organs_at(reg, organ, scope, latest->position);
    if (latest->late_fact == LateFact::next_open_year)
      closed->before = closed_before(reg, organ, scope, year, latest->seq);
    return closed;
  }
  return nullptr;
}

const ReportVersion* published_around(const Register& reg, const std::string& organ, Scope scope,
                                      const Period& period, const RegisteredReport*& report) {
  if (year_of(period.from) != year_of(period.to)) return nullptr;
  report = reg.find_report(organ, year_of(period.from), scope);
  return report ? report->file.latest(ReportStatus::published) : nullptr;
}

} // namespace

// ---- bases --------------------------------------------------------------------------------------

OrganSet organs_at(const Register& reg, const std::string& organ, Scope scope,
                   std::uint64_t position) {
  if (scope == Scope::organ) return {organ};
  OrganSet out;
  for (auto& [code, each] : reg.organs()) {
    auto lineage = lineage_of(reg.organs(), code, position);
    if (std::ranges::find(lineage, organ) != lineage.end()) out.insert(code);
  }
  return out;
}

Basis present_basis(const Register& reg, const std::string& organ, Scope scope) {
  return {organs_at(reg, organ, scope, Basis::present)};
}

Basis published_basis(const Register& reg, const RegisteredReport& report,
                      const ReportVersion& published) {
  Basis basis{organs_at(reg, report.organ, report.scope, published.position), published.position};
  if (published.late_fact == LateFact::next_open_year)
    basis.closed = closed_before(reg, report.organ, report.scope, report.year, published.seq);
  return basis;
}

Basis open_basis(const Register& reg, const std::string& organ, Scope scope, const Period& period) {
  auto basis = present_basis(reg, organ, scope);
  if (settings_of(reg.organs(), organ, reg.size()).late_fact == LateFact::next_open_year)
    basis.closed = closed_before(reg, organ, scope, year_of(period.from), reg.size());
  return basis;
}

Basis basis_of(const Register& reg, const std::string& organ, Scope scope, const Period& period) {
  if (settings_of(reg.organs(), organ, reg.size()).late_fact == LateFact::next_open_year) {
    const RegisteredReport* report = nullptr;
    if (auto* published = published_around(reg, organ, scope, period, report))
      return published_basis(reg, *report, *published);
  }
  return open_basis(reg, organ, scope, period);
}

// ---- what a basis takes -------------------------------------------------------------------------

bool takes(const Organ::HandOver& over, const RegisteredRequest& row) {
  return over.requests.empty() ||
         std::ranges::find(over.requests, row.id.hex()) != over.requests.end();
}

std::vector<HeldTenure> tenures(const Register& reg, const RegisteredRequest& row) {
  if (!row.state.received_on) return {};
  return tenures(reg, row, row.state, Basis::present);
}

std::optional<Stay> stay_of(const Register& reg, const RegisteredRequest& row, const Basis& basis,
                            const Policy& policy) {
  auto* state = reg.state_at(row, basis.position);
  if (!state) return {};
  return stay_of(reg, row, *state, basis, policy);
}

std::shared_ptr<const Dispute> dispute_of(const Register& reg, const RegisteredDispute& row,
                                          const Basis& basis) {
  auto* state = reg.state_at(row, basis.position);
  if (!state) return nullptr;
  return dispute_of(reg, row, *state, basis.closed);
}

std::vector<FigureEntry> entries_of(const Register& reg, const RegisteredFigure& row,
                                    const Basis& basis) {
  return entries_of(reg, row, basis.position, basis.closed.get());
}

} // namespace mingce
