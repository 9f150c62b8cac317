#include "rules/performance.hpp"

#include <algorithm>

namespace mingce {

std::optional<Handling> handling_of(const Case& state, const Terms& terms) {
  if (!state.conclusion) return std::nullopt;
  Clock clock;
  for (auto& step : state.steps) {
    if (!step.concludes()) {
      advance(clock, step, terms);
      continue;
    }
    Handling out;
    out.answered = step.kind == StepKind::answered;
    out.outcome = step.as<Outcome>();
    out.concluded_on = step.on;
    out.due_on = due_on(clock, terms);
    out.on_time = !out.due_on || step.on <= *out.due_on;
    out.extended = clock.segment.extended_by > 0 ||
                   std::ranges::any_of(clock.past, [](auto& past) { return past.extended_by > 0; });
    out.corrected = clock.corrections > 0;
    out.consulted = clock.consultations > 0;
    out.charged = clock.fees > 0;
    out.working_days = net_days(clock.segment, clock.segment.anchor, step.on, terms);
    out.calendar_days = int((step.on - clock.received_on.value_or(step.on)).count());
    if (out.answered && step.number > 0) out.late_reason = LateReason(step.number - 1);
    if (!out.on_time) out.days_late = terms.calendar.working_days_between(*out.due_on, step.on);
    return out;
  }
  return std::nullopt;
}

void Spread::finish() { std::ranges::sort(values); }

std::int64_t Spread::mean_hundredths() const {
  auto count = std::int64_t(values.size());
  return (sum * 200 + count) / (2 * count);
}

std::int64_t Spread::median_hundredths() const {
  auto upper = values.size() / 2;
  auto lower = values.size() % 2 ? upper : upper - 1;
  return std::int64_t(values[lower] + values[upper]) * 50;
}

void Performance::add(const Handling& handling, const Law& law) {
  ++concluded;
  ++outcomes[handling.outcome];
  extended += handling.extended;
  corrected += handling.corrected;
  consulted += handling.consulted;
  charged += handling.charged;
  if (!handling.answered) return;
  ++answered;
  disclosed += handling.outcome <= Outcome::partially_disclosed;
  (handling.on_time ? on_time : late) += 1;
  if (!handling.on_time) ++late_reasons[handling.late_reason];
  working_days.add(handling.working_days);
  calendar_days.add(handling.calendar_days);
  auto band = std::ranges::lower_bound(law.bands(), handling.working_days);
  ++bands[std::size_t(band - law.bands().begin())];
}

void Performance::finish() {
  working_days.finish();
  calendar_days.finish();
}

} // namespace mingce
