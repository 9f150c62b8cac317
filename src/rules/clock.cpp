#include "rules/clock.hpp"

#include <algorithm>

namespace mingce {
namespace {

using Exclusion = Clock::Exclusion;

bool suspends(ConsultedParty party, Reading reading) {
  return reading == Reading::ordinary || party != ConsultedParty::other_organ;
}

/// 条例30: the period is counted anew; a restart ends open consultations, the extension and a date
/// told under 条例35. A date ordered for a redo is not the organ's to move.
void restart(Clock& clock, const Step& step) {
  Clock::Segment next;
  next.anchor = step.on;
  next.version = step.version;
  next.base = clock.segment.base;
  clock.segment.stop = clock.stop();
  if (clock.segment.fixed && clock.segment.fixed->ordered) next.fixed = clock.segment.fixed;
  if (clock.segment.version != 0) clock.past.push_back(std::move(clock.segment));
  clock.segment = std::move(next);
}

/// A second request while the first is awaited stops nothing anew.
void stop(std::optional<Clock::Stop>& stopped, const Step& step) {
  if (!stopped) stopped = {step.on, step.version, step.kind};
}

void stop_waiting(Clock& clock) {
  clock.correction_by.reset();
  clock.payment_by.reset();
  clock.reasons_by.reset();
}

// ---- one function a step ------------------------------------------------------------------------

/// 条例33.2; requests received before 2019-05-15 keep the 15 days of the 2007 rules.
void receive(Clock& clock, const Step& step, const Terms& terms) {
  clock.received_on = step.on;
  clock.matter = Matter(step.number);
  clock.segment.base = terms.law.period("answer", step.on).length;
  restart(clock, step);
}

void request_correction(Clock& clock, const Step& step, Reading reading) {
  ++clock.corrections;
  clock.correction_by = step.until;
  clock.correction_version = step.version;
  // While the first is awaited, another request for it changes nothing.
  clock.correction_ignored =
      reading == Reading::strict && clock.corrections > 1 && !clock.correction_stop;
  if (!clock.correction_ignored) stop(clock.correction_stop, step);
}

void receive_correction(Clock& clock, const Step& step) {
  clock.correction_by.reset();
  if (clock.correction_ignored) return;
  restart(clock, step);
  clock.correction_stop.reset();
}

/// 条例32、34: excluded from the day after the letter left, at most through its 15th working day.
void open_consultation(Clock& clock, const Step& step, Reading reading) {
  ++clock.consultations;
  if (suspends(step.as<ConsultedParty>(), reading))
    clock.segment.excluded.push_back({step.on, {}, step.on, step.number, step.version, 0});
}

void close_consultation(Clock& clock, const Step& step) {
  for (auto& exclusion : clock.segment.excluded)
    if (exclusion.cap_from && exclusion.consultation == step.number) {
      exclusion.through = step.on;
      exclusion.closed = step.version;
    }
}

/// The 15 working days of a consultation run from its service, where that is recorded.
void serve(Clock& clock, const Step& step) {
  if (step.as<ServiceResult>() == ServiceResult::returned) return;
  for (auto& exclusion : clock.segment.excluded)
    if (exclusion.cap_from && exclusion.opened == step.number) exclusion.cap_from = step.on;
}

/// 条例33.2: an extension granted after the due date, and what exceeds the cap, moves nothing.
void extend(Clock& clock, const Step& step, const Terms& terms) {
  auto due = due_on(clock, terms);
  if (!clock.received_on || (due && step.on > *due)) return;
  auto cap = terms.law.period("extension_cap", *clock.received_on).length;
  clock.segment.extended_by = std::min(cap, clock.segment.extended_by + int(step.number));
}

void notify_fee(Clock& clock, const Step& step) {
  ++clock.fees;
  clock.payment_by = step.until;
  clock.payment_version = step.version;
  stop(clock.fee_stop, step);
}

void pay_fee(Clock& clock, const Step& step) {
  clock.payment_by.reset();
  restart(clock, step);
  clock.fee_stop.reset();
}

/// A waived fee excludes the days after the notice through the day of the waiver.
void waive_fee(Clock& clock, const Step& step) {
  clock.payment_by.reset();
  auto& stopped = clock.fee_stop;
  if (!stopped) return;
  clock.segment.excluded.push_back({stopped->on, step.on, {}, 0, stopped->version, step.version});
  stopped.reset();
}

/// 复议法实施条例49: a redo is due as ordered, else within the legal period, else — where the law
/// sets none — within 60 days.
void order_redo(Clock& clock, const Step& step, const Terms& terms) {
  stop_waiting(clock);
  clock.redo_open = true;
  clock.redo_on = step.on;
  clock.corrections = 0;
  restart(clock, step);
  clock.segment.fixed.reset();
  clock.correction_stop.reset();
  clock.fee_stop.reset();
  if (step.until)
    clock.segment.fixed = {*step.until, step.version, true};
  else if (clock.matter != Matter::disclosure)
    clock.segment.fixed = {
        terms.law.period("redo_without_period", step.on).end(step.on, terms.calendar), step.version,
        true, true};
}

void conclude(Clock& clock, const Step& step) {
  if (!clock.concluded_on) clock.concluded_on = step.on;
  clock.redo_open = false;
  clock.segment.ended_on = step.on;
  stop_waiting(clock);
}

} // namespace

std::optional<Clock::Stop> Clock::stop() const {
  if (!correction_stop || !fee_stop) return correction_stop ? correction_stop : fee_stop;
  return std::pair{correction_stop->on, correction_stop->version} <
                 std::pair{fee_stop->on, fee_stop->version}
             ? correction_stop
             : fee_stop;
}

void advance(Clock& clock, const Step& step, const Terms& terms, Reading reading) {
  using enum StepKind;
  switch (step.kind) {
  case received:
    return receive(clock, step, terms);
  case correction_requested:
    return request_correction(clock, step, reading);
  case correction_extended:
    clock.correction_by = step.until;
    return;
  case correction_received:
    return receive_correction(clock, step);
  case consultation_opened:
    return open_consultation(clock, step, reading);
  case consultation_closed:
    return close_consultation(clock, step);
  case served:
    return serve(clock, step);
  case extended:
    return extend(clock, step, terms);
  case reasons_requested:
    clock.reasons_by = step.until;
    clock.reasons_version = step.version;
    clock.reasons_requested = true;
    return;
  case reasons_received:
    clock.reasons_by.reset();
    return;
  case delayed:
    if (!(clock.segment.fixed && clock.segment.fixed->ordered))
      clock.segment.fixed = {*step.until, step.version, false};
    return;
  case fee_notified:
    return notify_fee(clock, step);
  case fee_paid:
    return pay_fee(clock, step);
  case fee_waived:
    return waive_fee(clock, step);
  case answered:
  case closed:
  case redo_answered:
    return conclude(clock, step);
  case redo_ordered:
    return order_redo(clock, step, terms);
  case submission_closed:
  case split:
  case voided:
    clock.sealed = true;
    return;
  case submitted:
  case erased:
    return;
  }
}

Clock run_clock(std::span<const Step> steps, const Terms& terms, Reading reading, Day through) {
  Clock clock;
  for (auto& step : steps) {
    if (step.on > through) break;
    advance(clock, step, terms, reading);
  }
  return clock;
}

Day last_excluded(const Exclusion& exclusion, const Terms& terms) {
  if (!exclusion.cap_from) return exclusion.through.value_or(exclusion.after);
  auto cap =
      terms.law.period("consultation", exclusion.after).end(*exclusion.cap_from, terms.calendar);
  return exclusion.through ? std::min(*exclusion.through, cap) : cap;
}

/// 条例33.3: time needed for opinions is not counted; parallel consultations as their union.
std::vector<std::pair<Day, Day>> excluded_spans(const Clock::Segment& segment, const Terms& terms) {
  std::vector<std::pair<Day, Day>> spans;
  for (auto& exclusion : segment.excluded)
    spans.emplace_back(exclusion.after, last_excluded(exclusion, terms));
  std::ranges::sort(spans);
  std::vector<std::pair<Day, Day>> merged;
  for (auto& span : spans)
    if (!merged.empty() && span.first <= merged.back().second)
      merged.back().second = std::max(merged.back().second, span.second);
    else if (span.first < span.second)
      merged.push_back(span);
  return merged;
}

std::optional<Day> due_on(const Clock& clock, const Terms& terms) {
  if (!clock.received_on) return std::nullopt;
  if (clock.segment.fixed && clock.segment.fixed->ordered) return clock.segment.fixed->on;
  if (clock.is_stopped()) return std::nullopt;
  if (clock.segment.fixed) return clock.segment.fixed->on;
  auto& segment = clock.segment;
  int left = segment.days();
  Day at = segment.anchor;
  for (auto& [after, through] : excluded_spans(segment, terms)) {
    if (through <= at) continue;
    int counted = terms.calendar.working_days_between(at, after);
    if (counted >= left) break;
    left -= counted;
    at = std::max(at, through);
  }
  return terms.calendar.add_working_days(at, left);
}

bool is_provisional(const Clock& clock, Day due, const Terms& terms) {
  if (!clock.segment.fixed) return terms.calendar.is_provisional(clock.segment.anchor, due);
  return clock.segment.fixed->reckoned && terms.calendar.is_provisional(due - date::days{1}, due);
}

int net_days(const Clock::Segment& segment, Day after, Day to, const Terms& terms) {
  int days = terms.calendar.working_days_between(after, to);
  for (auto& [first, last] : excluded_spans(segment, terms))
    days -= terms.calendar.working_days_between(std::max(after, first), std::min(to, last));
  return days;
}

int counted_days(const Clock& clock, Day after, Day to, const Terms& terms) {
  return clock.segment.fixed ? terms.calendar.working_days_between(after, to)
                             : net_days(clock.segment, after, to, terms);
}

std::optional<Day> strict_due_on(std::optional<Day> ordinary, const Clock& strict,
                                 const Terms& terms) {
  auto earlier = due_on(strict, terms);
  return ordinary && earlier ? std::min(*ordinary, *earlier) : earlier;
}

Lamp lamp_of(int remaining, const Lamps& lamps) {
  return remaining < 0               ? Lamp::red
         : remaining <= lamps.orange ? Lamp::orange
         : remaining <= lamps.yellow ? Lamp::yellow
                                     : Lamp::green;
}

Prospect prospect_of(const Clock& clock, Day day, const Terms& terms, const Lamps& lamps) {
  Prospect out{due_on(clock, terms), {}, Lamp::grey};
  if (!out.due_on) return out;
  auto due = *out.due_on;
  if (day > due) {
    out.remaining = -counted_days(clock, due, day, terms);
    out.lamp = Lamp::red;
    return out;
  }
  out.remaining = counted_days(clock, day, due, terms);
  bool is_excluded = !clock.segment.fixed &&
                     std::ranges::any_of(excluded_spans(clock.segment, terms), [&](auto& span) {
                       return span.first <= day && day < span.second && span.first < due;
                     });
  if (!is_excluded) out.lamp = lamp_of(*out.remaining, lamps);
  return out;
}

} // namespace mingce
