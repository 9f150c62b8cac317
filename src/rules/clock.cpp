#include "rules/clock.hpp"

#include <algorithm>

namespace mingce {
namespace {

Day last_excluded(const Clock::Exclusion& exclusion, const Law& law) {
  if (!exclusion.cap_from) return exclusion.through.value_or(exclusion.after);
  auto cap = law.calendar().add_working_days(
      *exclusion.cap_from, law.period("consultation", exclusion.after).working_days);
  return exclusion.through ? std::min(*exclusion.through, cap) : cap;
}

/// 条例33.3: time needed for opinions is not counted; parallel consultations as their union.
std::vector<std::pair<Day, Day>> excluded_spans(const Clock& clock, const Law& law) {
  std::vector<std::pair<Day, Day>> spans;
  for (auto& [id, consultation] : clock.consultations)
    spans.emplace_back(consultation.after, last_excluded(consultation, law));
  for (auto& fee : clock.waived_fees) spans.emplace_back(fee.after, last_excluded(fee, law));
  std::ranges::sort(spans);
  std::vector<std::pair<Day, Day>> merged;
  for (auto& span : spans)
    if (!merged.empty() && span.first <= merged.back().second)
      merged.back().second = std::max(merged.back().second, span.second);
    else if (span.first < span.second)
      merged.push_back(span);
  return merged;
}

/// 条例30: the period is counted anew from the day the correction (or the fee) came in; a restart
/// ends open consultations and the extension.
void restart(Clock& clock, Day on) {
  clock.anchor = on;
  clock.extended_by = 0;
  clock.delayed_until.reset();
  clock.consultations.clear();
  clock.letters.clear();
  clock.waived_fees.clear();
}

struct Advance {
  Clock& clock;
  const Fact& fact;
  const Law& law;

  /// 条例33.2; requests received before 2019-05-15 keep the 15 days of the 2007 rules.
  void operator()(const RequestReceived&) {
    clock.received_on = fact.on;
    clock.base = law.period("answer", fact.on).working_days;
    restart(clock, fact.on);
  }

  void operator()(const CorrectionRequested&) { clock.awaits_correction = true; }
  void operator()(const CorrectionReceived&) {
    clock.awaits_correction = false;
    restart(clock, fact.on);
  }

  /// 条例32、34: excluded from the day after the letter left, at most through its 15th working day.
  void operator()(const ConsultationOpened& e) {
    clock.consultations[e.consultation] = {fact.on, std::nullopt, fact.on};
    clock.letters[fact.version] = e.consultation;
  }
  void operator()(const ConsultationClosed& e) {
    if (auto found = clock.consultations.find(e.consultation); found != clock.consultations.end())
      found->second.through = fact.on;
  }
  /// The 15 working days of a consultation run from its service, where that is recorded.
  void operator()(const NoticeServed& e) {
    auto letter = clock.letters.find(e.target.version);
    if (letter != clock.letters.end() && e.result != ServiceResult::returned)
      clock.consultations[letter->second].cap_from = fact.on;
  }

  /// 条例33.2: an extension granted after the due date, and what exceeds the cap, moves nothing.
  void operator()(const PeriodExtended& e) {
    auto due = due_on(clock, law);
    if (!clock.received_on || (due && fact.on > *due)) return;
    auto cap = law.period("extension_cap", *clock.received_on).working_days;
    clock.extended_by = std::min(cap, clock.extended_by + int(e.working_days.value));
  }

  void operator()(const AnswerDelayed& e) { clock.delayed_until = e.until; }

  void operator()(const FeeNotified&) { clock.fee_notified_on = fact.on; }
  void operator()(const FeePaid&) {
    clock.fee_notified_on.reset();
    restart(clock, fact.on);
  }
  /// A waived fee excludes the days after the notice through the day of the waiver.
  void operator()(const FeeWaived&) {
    if (clock.fee_notified_on)
      clock.waived_fees.push_back({*clock.fee_notified_on, fact.on, std::nullopt});
    clock.fee_notified_on.reset();
  }

  /// A redo has its own clock: the day ordered, else the legal period from the order.
  void operator()(const RedoOrdered& e) {
    clock.awaits_correction = false;
    clock.fee_notified_on.reset();
    restart(clock, fact.on);
    clock.delayed_until = e.due_on;
  }

  template <class Other>
  void operator()(const Other&) {}
};

} // namespace

void advance(Clock& clock, const Fact& fact, const Law& law) {
  std::visit(Advance{clock, fact, law}, fact.event);
}

std::optional<Day> due_on(const Clock& clock, const Law& law) {
  if (!clock.received_on || clock.awaits_correction || clock.fee_notified_on) return std::nullopt;
  if (clock.delayed_until) return clock.delayed_until;
  auto& calendar = law.calendar();
  int left = clock.base + clock.extended_by;
  Day at = clock.anchor;
  for (auto& [after, through] : excluded_spans(clock, law)) {
    if (through <= at) continue;
    int counted = calendar.working_days_between(at, after);
    if (counted >= left) break;
    left -= counted;
    at = std::max(at, through);
  }
  return calendar.add_working_days(at, left);
}

} // namespace mingce
