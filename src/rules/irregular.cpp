#include "rules/irregular.hpp"

#include "rules/case.hpp"
#include "rules/clock.hpp"

#include <algorithm>

namespace mingce {
namespace {

std::string days(int n) { return std::to_string(n); }

/// Looks at one fact beside the case and the clock as they stood before it.
struct Inspection {
  const Case& before;
  const Clock& clock;
  const Fact& fact;
  const Law& law;
  std::vector<Irregularity>& found;

  void report(const char* code, std::string article, std::string zh, std::string en) {
    found.push_back({code, std::move(article), fact.version, {std::move(zh), std::move(en)}});
  }

  /// 条例30: within 7 working days of receipt, and once.
  void operator()(const CorrectionRequested&) {
    auto& limit = law.period("correction_notice", fact.on);
    auto latest = law.calendar().add_working_days(*before.received_on, limit.working_days);
    if (before.corrections_requested == 0 && fact.on > latest)
      report("late_correction_notice", limit.article,
             "补正告知应在收到申请之日起 " + days(limit.working_days) + " 个工作日内（至 " +
                 to_string(latest) + "）作出",
             "the correction notice was due within " + days(limit.working_days) +
                 " working days of receipt, by " + to_string(latest));
    if (before.corrections_requested > 0)
      report("second_correction", "条例30", "补正应当一次性告知，此为再次补正告知",
             "a correction is to be requested once; this is another request");
  }

  /// 条例33.2: before the due date, and at most the cap in all.
  void operator()(const PeriodExtended& e) {
    auto due = due_on(clock, law);
    if (due && fact.on > *due)
      report("late_extension", "条例33.2",
             "延期决定晚于答复期限 " + to_string(*due) + "，不产生延期效力",
             "extended after the due date " + to_string(*due) + ": it moves nothing");
    auto cap = law.period("extension_cap", *before.received_on).working_days;
    if (clock.extended_by + int(e.working_days.value) > cap)
      report("extension_beyond_cap", "条例33.2",
             "延期合计不得超过 " + days(cap) + " 个工作日，超出部分不产生延期效力",
             "extensions may not exceed " + days(cap) +
                 " working days in all: the excess moves "
                 "nothing");
  }

  /// 国办函〔2020〕109号 6: 20 working days to pay.
  void operator()(const FeeNotified& e) {
    auto& limit = law.period("fee_payment", fact.on);
    auto earliest = law.calendar().add_working_days(fact.on, limit.working_days);
    if (e.pay_by < earliest)
      report("short_payment_period", limit.article,
             "缴费期限短于 " + days(limit.working_days) + " 个工作日（至 " + to_string(earliest) +
                 "）",
             "the payment period is shorter than " + days(limit.working_days) +
                 " working days (to " + to_string(earliest) + ")");
  }

  void operator()(const RequestAnswered& e) {
    answered_while_waiting();
    answered_late();
    if (e.outcome == Outcome::refused_third_party_rights && !third_party_consulted())
      report("third_party_not_consulted", "条例32",
             "以保护第三方合法权益为由不予公开，但未征求第三方意见",
             "refused for a third party's rights without having consulted the third party");
  }
  void operator()(const RedoAnswered&) {
    answered_while_waiting();
    answered_late();
  }

  void answered_while_waiting() {
    if (before.correction_by)
      report("answered_awaiting_correction", "条例30", "等待补正期间作出答复",
             "answered while a correction was awaited");
    if (before.payment_by)
      report("answered_awaiting_fee", "国办函〔2020〕109号 6", "等待缴费期间作出答复",
             "answered while a fee was awaited");
  }

  /// 条例33
  void answered_late() {
    auto due = due_on(clock, law);
    if (due && fact.on > *due)
      report("late_answer", "条例33", "答复日期晚于答复期限 " + to_string(*due),
             "answered after the due date " + to_string(*due));
  }

  bool third_party_consulted() const {
    return std::ranges::any_of(before.consultations, [](auto& consultation) {
      return consultation.with == ConsultedParty::third_party;
    });
  }

  template <class Other>
  void operator()(const Other&) {}
};

} // namespace

std::vector<Irregularity> irregularities(std::span<const Fact> facts, const Law& law) {
  std::vector<Irregularity> found;
  Case state;
  Clock clock;
  for (auto& fact : facts) {
    if (state.received_on) std::visit(Inspection{state, clock, fact, law, found}, fact.event);
    evolve(state, fact);
    advance(clock, fact, law);
  }
  return found;
}

} // namespace mingce
