#include "rules/irregular.hpp"

#include "rules/clock.hpp"
#include "rules/fees.hpp"

#include <algorithm>

namespace mingce {
namespace {

std::string days(int n) { return std::to_string(n); }

const Day reconsideration_first_since = date::year{2024} / date::January / 1; // 复议法2023, 23.1(4)

/// 条例14–16: refusals for which reconsideration comes before a suit.
bool is_refusal_under_14_to_16(Outcome outcome) {
  return outcome >= Outcome::refused_state_secret && outcome <= Outcome::refused_enforcement_file;
}

/// Looks at one step beside the case and the clock as they stood before it.
class Inspection {
public:
  Inspection(const Case& state, const Terms& terms) : state_(state), terms_(terms) {}

  std::vector<Irregularity> run() {
    for (auto& step : state_.steps) {
      step_ = &step;
      look();
      note();
      advance(clock_, step, terms_);
    }
    return std::move(found_);
  }

private:
  void report(const char* code, std::string article, std::string zh, std::string en) {
    found_.push_back(
        {code, std::move(article), step_->version, step_->on, {std::move(zh), std::move(en)}});
  }

  void look() {
    using enum StepKind;
    // Dated before the receipt, which only a log can have that nobody judged: no period runs.
    bool is_running = clock_.received_on.has_value();
    switch (step_->kind) {
    case received:
      return look_at_receipt();
    case correction_requested:
      if (is_running) look_at_correction();
      return;
    case consultation_opened:
      return look_at_consultation();
    case extended:
      if (is_running) look_at_extension();
      return;
    case delayed:
      return look_at_delay();
    case fee_notified:
      return look_at_fee();
    case answered:
    case redo_answered:
      return look_at_answer();
    case voided:
      return look_at_voiding();
    case erased:
      return look_at_erasure();
    default:
      return;
    }
  }

  /// What later steps are measured by.
  void note() {
    if (step_->kind == StepKind::consultation_opened &&
        step_->as<ConsultedParty>() == ConsultedParty::third_party)
      third_party_consulted_ = true;
    if (step_->kind == StepKind::correction_received) corrected_ = true;
    if (step_->kind == StepKind::reasons_received) reasons_good_ = step_->number == 1;
  }

  std::optional<Day> passed_due() const {
    auto due = due_on(clock_, terms_);
    return due && step_->on > *due ? due : std::nullopt;
  }

  /// 条例31(2): plain mail is confirmed on the day it comes in.
  void look_at_receipt() {
    if (step_->as<Channel>() == Channel::post_plain && step_->until && *step_->until < step_->on)
      report("plain_mail_not_confirmed_same_day", "条例31",
             "平常信函应于收到当日（" + to_string(*step_->until) + "）与申请人确认",
             "plain mail is confirmed with the applicant on the day it comes in, " +
                 to_string(*step_->until));
  }

  /// 条例30: within 7 working days of receipt, and once.
  void look_at_correction() {
    auto& limit = terms_.law.period("correction_notice", step_->on);
    auto from = clock_.redo_open ? *clock_.redo_on : *clock_.received_on;
    auto latest = limit.end(from, terms_.calendar);
    if (clock_.corrections == 0 && step_->on > latest)
      report("late_correction_notice", limit.article,
             "补正告知应在收到申请之日起 " + days(limit.length) + " 个工作日内（至 " +
                 to_string(latest) + "）作出",
             "the correction notice was due within " + days(limit.length) +
                 " working days of receipt, by " + to_string(latest));
    if (clock_.corrections > 0)
      report("second_correction", "条例30", "补正应当一次性告知，此为再次补正告知",
             "a correction is to be requested once; this is another request");
  }

  void look_at_consultation() {
    if (auto due = passed_due())
      report("late_consultation", "条例32、33.3",
             "征求意见晚于答复期限 " + to_string(*due) + "，不产生扣除效力",
             "opinions were asked for after the due date " + to_string(*due) +
                 ": it suspends nothing");
  }

  /// 条例33.2: before the due date, told to the applicant by then, and at most the cap in all.
  void look_at_extension() {
    auto due = due_on(clock_, terms_);
    if (due && step_->on > *due)
      report("late_extension", "条例33.2",
             "延期决定晚于答复期限 " + to_string(*due) + "，不产生延期效力",
             "extended after the due date " + to_string(*due) + ": it moves nothing");
    else if (due && step_->until && *step_->until > *due)
      report("extension_told_late", "条例33.2", "延期告知申请人晚于原答复期限 " + to_string(*due),
             "the applicant was told of the extension after the due date " + to_string(*due));
    auto cap = terms_.law.period("extension_cap", *clock_.received_on).length;
    if (clock_.segment.extended_by + int(step_->number) > cap)
      report("extension_beyond_cap", "条例33.2",
             "延期合计不得超过 " + days(cap) + " 个工作日，超出部分不产生延期效力",
             "extensions may not exceed " + days(cap) +
                 " working days in all: the excess moves nothing");
  }

  /// 条例35: only after reasons were asked for, and before the due date.
  void look_at_delay() {
    if (!clock_.reasons_requested)
      report("delay_without_reasons", "条例35", "延迟答复前未要求申请人说明理由",
             "delayed without having asked the applicant for reasons");
    if (auto due = passed_due())
      report("late_delay", "条例35", "延迟答复的决定晚于答复期限 " + to_string(*due),
             "delayed after the due date " + to_string(*due));
  }

  /// 国办函〔2020〕109号: within the period, 20 working days to pay, the amount of the tariff.
  void look_at_fee() {
    auto& fee = state_.fees[step_->number];
    auto& limit = terms_.law.period("fee_payment", step_->on);
    if (step_->on < terms_.law.fees_from())
      report("fee_before_rules", "国办函〔2020〕109号",
             "信息处理费自 " + to_string(terms_.law.fees_from()) + " 起收取",
             "there is such a fee since " + to_string(terms_.law.fees_from()) + " only");
    if (auto due = passed_due())
      report("late_fee_notice", limit.article, "收费通知晚于答复期限 " + to_string(*due),
             "the fee was notified after the due date " + to_string(*due));
    auto earliest = limit.end(served_on(step_->version).value_or(step_->on), terms_.calendar);
    if (fee.pay_by < earliest)
      report("short_payment_period", limit.article,
             "缴费期限短于 " + days(limit.length) + " 个工作日（至 " + to_string(earliest) + "）",
             "the payment period is shorter than " + days(limit.length) + " working days (to " +
                 to_string(earliest) + ")");
    auto computed = computed_fee(fee, terms_.law);
    if (fee.notified && *fee.notified != computed)
      report("fee_amount_differs", "国办函〔2020〕109号",
             "通知金额 " + to_string(*fee.notified) + " 元与按标准计算的 " + to_string(computed) +
                 " 元不符",
             "the notice asks for " + to_string(*fee.notified) + " yuan, the tariff gives " +
                 to_string(computed));
  }

  void look_at_answer() {
    if (clock_.correction_by)
      report("answered_awaiting_correction", "条例30", "等待补正期间作出答复",
             "answered while a correction was awaited");
    if (clock_.payment_by)
      report("answered_awaiting_fee", "国办函〔2020〕109号 6", "等待缴费期间作出答复",
             "answered while a fee was awaited");
    if (auto due = passed_due())
      report("late_answer", "条例33", "答复日期晚于答复期限 " + to_string(*due),
             "answered after the due date " + to_string(*due));
    look_at_outcome(step_->as<Outcome>());
  }

  void look_at_outcome(Outcome outcome) {
    if (outcome == Outcome::refused_third_party_rights && !third_party_consulted_)
      report("third_party_not_consulted", "条例32",
             "以保护第三方合法权益为由不予公开，但未征求第三方意见",
             "refused for a third party's rights without having consulted the third party");
    if (outcome == Outcome::not_processed_abusive && (!clock_.reasons_requested || reasons_good_))
      report("abusive_without_reasons", "条例35",
             "以申请明显超过合理范围为由不予处理，但未要求说明理由，或已认定理由合理",
             "not processed as abusive, though reasons were not asked for or were found good");
    if (outcome == Outcome::unavailable_unclear_after_correction && !corrected_)
      report("unclear_without_correction", "条例30",
             "以补正后申请内容仍不明确为由答复，但没有收到补正",
             "answered as unclear after correction, though no correction came in");
    bool first_answer = step_->kind == StepKind::answered;
    if (outcome == Outcome::not_processed_repeat && first_answer && !step_->names_earlier_request)
      report("repeat_without_earlier_request", "条例36(6)",
             "以重复申请为由不予处理，但未指明此前已答复的申请",
             "not processed as a repeat without naming the earlier answered request");
    if (is_refusal_under_14_to_16(outcome) && first_answer &&
        step_->on >= reconsideration_first_since && !step_->tells_reconsideration_first)
      report("reconsideration_first_not_told", "复议法23.2",
             "依条例第十四至十六条不予公开，但未告知应先申请行政复议",
             "refused under articles 14–16 without telling that reconsideration comes first");
  }

  void look_at_voiding() {
    if (!clock_.is_running()) return;
    if (auto due = passed_due())
      report("voided_after_due", "条例45", "在答复期限 " + to_string(*due) + " 届满后作废登记",
             "the registration was voided after the due date " + to_string(*due));
  }

  /// 个人信息保护法47: erased once the purpose has been achieved, so not while the case is open.
  void look_at_erasure() {
    if (!clock_.concluded_on && !clock_.sealed)
      report("erased_before_conclusion", "个人信息保护法47", "申请尚未办结即删除申请人信息",
             "the applicant's data were erased before the request was concluded");
  }

  /// The day a letter reached its addressee, where that was recorded at any time.
  std::optional<Day> served_on(std::uint32_t letter) const {
    for (auto& step : state_.steps)
      if (step.kind == StepKind::served && step.number == letter &&
          step.as<ServiceResult>() != ServiceResult::returned)
        return step.on;
    return std::nullopt;
  }

  const Case& state_;
  const Terms& terms_;
  Clock clock_;
  const Step* step_ = nullptr;
  bool third_party_consulted_ = false, corrected_ = false, reasons_good_ = false;
  std::vector<Irregularity> found_;
};

} // namespace

std::vector<Irregularity> irregularities(const Case& state, const Terms& terms) {
  return Inspection(state, terms).run();
}

std::vector<Irregularity> gaps(const Case& state, const Terms& terms) {
  std::vector<Irregularity> found;
  auto lacks = [&](const char* code, const char* article, std::uint32_t version, Day on,
                   const char* zh, const char* en) {
    found.push_back({code, article, version, on, {zh, en}});
  };
  if (state.kind_provisional && state.received_on)
    lacks("kind_provisional", "条例50", 0, *state.received_on, "申请人类别为暂定，尚未核定",
          "the kind of applicant is provisional");
  for (auto& step : state.steps) {
    using enum StepKind;
    bool paper = step.kind == correction_requested || step.kind == consultation_opened ||
                 step.kind == extended || step.kind == answered || step.kind == redo_answered;
    if (paper && !step.has_document_no)
      lacks("no_document_number", "条例45", step.version, step.on, "没有文号",
            "has no document number");
    bool answer = step.kind == answered;
    if (answer && !step.names_ground && step.as<Outcome>() == Outcome::partially_disclosed)
      lacks("no_ground", "条例37", step.version, step.on, "部分公开，但未记录不予公开部分的依据",
            "disclosed in part, without a ground for what was withheld");
    if (answer && !step.names_earlier_request &&
        step.as<Outcome>() == Outcome::not_processed_reconfirmation)
      lacks("no_earlier_request", "报告格式", step.version, step.on,
            "要求确认或重新出具已获取信息，但未指明此前的申请",
            "asks to confirm what was obtained before, without naming the earlier request");
    if (step.concludes() && step.number == 0 && (answer || step.kind == redo_answered)) {
      auto before = run_clock({state.steps.data(), std::size_t(&step - state.steps.data())}, terms);
      auto due = due_on(before, terms);
      if (due && step.on > *due)
        lacks("no_late_reason", "条例33", step.version, step.on, "逾期答复，但未记录原因",
              "answered late, without a reason");
    }
  }
  return found;
}

} // namespace mingce
