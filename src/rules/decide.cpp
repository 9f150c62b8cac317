#include "rules/decide.hpp"

#include "rules/erasure.hpp"
#include "rules/law.hpp"

#include <algorithm>
#include <concepts>
#include <set>

namespace mingce {
namespace {

using Refusal = std::optional<Failure>;

Failure impossible(const char* code, const char* zh, const char* en, const char* article = "") {
  Failure failure{FailureKind::impossible, code, {zh, en}};
  failure.article = article;
  return failure;
}

template <class T, class... Ts>
concept one_of = (std::same_as<T, Ts> || ...);

/// Concerns the keeping of the file, not the procedure (个人信息保护法47).
template <class T>
concept about_keeping = one_of<T, ApplicantErased, HoldPlaced, HoldLifted>;

/// What may be recorded on a submission that has not become a receipt.
template <class T>
concept before_receipt =
    about_keeping<T> || one_of<T, RequestSubmitted, SubmissionClosed, NoteAdded, RequestAssigned,
                               ApprovalRecorded, IdentityChecked, ReceiptIssued>;

/// What may be recorded on a case that is void, split, or closed as a submission.
template <class T>
concept after_sealing = about_keeping<T> || one_of<T, NoteAdded>;

/// Moves the clock or concludes: impossible once the case is concluded, a redo apart.
template <class T>
concept part_of_procedure =
    one_of<T, CorrectionRequested, CorrectionReceived, CorrectionExtended, CorrectionLapsed,
           ConsultationOpened, ConsultationClosed, PeriodExtended, ReasonsRequested,
           ReasonsReceived, AnswerDelayed, FeeNotified, FeePaid, FeeWaived, FeeLapsed,
           RequestAnswered, RequestWithdrawn, RequestMerged, RequestClosed, RequestSplit>;

/// Ends the first procedure only: a redo is ended by its own answer.
template <class T>
concept only_before_conclusion = one_of<T, RequestAnswered, RequestMerged, RequestSplit>;

struct CaseRules {
  const Case& state;
  const Fact& fact;

  // ---- preconditions of single events; everything else is possible

  Refusal rule(const RequestReceived& e) const {
    if (state.received_on)
      return impossible("second_receipt", "该申请已登记收到，不能再次登记",
                        "the request has been received already", "条例31");
    if (e.submitted_on && *e.submitted_on > fact.on)
      return impossible("received_before_submitted", "收到申请之日早于提交之日",
                        "received before it was submitted", "条例31");
    return {};
  }
  Refusal rule(const RequestSubmitted&) const {
    if (state.submitted_on || state.received_on)
      return impossible("second_submission", "该申请已收件或已登记收到",
                        "the request has been submitted or received already", "条例31");
    return {};
  }
  Refusal rule(const SubmissionClosed&) const {
    if (state.received_on)
      return impossible("already_received", "已登记收到的申请不能按未形成申请终结",
                        "a received request cannot be closed as a mere submission", "条例31");
    return {};
  }
  Refusal rule(const CorrectionReceived&) const { return correction_awaited(); }
  Refusal rule(const CorrectionExtended&) const { return correction_awaited(); }
  Refusal rule(const CorrectionLapsed&) const {
    if (auto refused = correction_awaited()) return refused;
    return lapse_after(*state.correction_by, "条例30");
  }
  Refusal rule(const ConsultationOpened& e) const {
    if (find(e.consultation))
      return impossible("consultation_exists", "该征求意见编号已使用",
                        "a consultation with that id exists already", "条例32");
    return {};
  }
  Refusal rule(const ConsultationClosed& e) const {
    auto* consultation = find(e.consultation);
    if (!consultation || !(consultation->open || consultation->ended_by_restart))
      return impossible("consultation_not_open", "没有该编号的进行中的征求意见",
                        "no consultation with that id is open", "条例32");
    return {};
  }
  Refusal rule(const ReasonsReceived&) const {
    if (!state.awaits_reasons)
      return impossible("reasons_not_requested", "未要求申请人说明理由",
                        "reasons have not been requested", "条例35");
    return {};
  }
  Refusal rule(const FeePaid&) const { return fee_awaited(); }
  Refusal rule(const FeeWaived&) const { return fee_awaited(); }
  Refusal rule(const FeeLapsed&) const {
    if (auto refused = fee_awaited()) return refused;
    return lapse_after(*state.payment_by, "国办函〔2020〕109号 6");
  }
  Refusal rule(const FeeRefunded&) const {
    if (!state.fee_paid)
      return impossible("fee_not_paid", "未缴费，不能退费", "no fee has been paid",
                        "国办函〔2020〕109号");
    return {};
  }
  Refusal rule(const AnswerSupplemented&) const { return concluded(); }
  Refusal rule(const RedoOrdered&) const {
    if (auto refused = concluded()) return refused;
    if (state.redo.open)
      return impossible("redo_open", "重新处理正在进行", "a redo is open already");
    return {};
  }
  Refusal rule(const RedoAnswered&) const {
    if (!state.redo.open)
      return impossible("redo_not_ordered", "未启动重新处理", "no redo has been ordered");
    return {};
  }
  Refusal rule(const HoldLifted&) const {
    if (state.holds > 0) return {};
    return impossible("no_hold", "没有暂停删除的决定可以解除", "no hold on erasure is open",
                      "个人信息保护法47");
  }
  Refusal rule(const ApplicantErased&) const { return refusal_while_needed(state, fact.on); }
  template <class Other>
  Refusal rule(const Other&) const {
    return {};
  }

  // ---- what several rules ask

  Refusal correction_awaited() const {
    if (state.correction_by) return {};
    return impossible("correction_not_requested", "未在等待申请人补正", "no correction is awaited",
                      "条例30");
  }
  Refusal fee_awaited() const {
    if (state.payment_by) return {};
    return impossible("fee_not_notified", "未在等待申请人缴费", "no fee is awaited",
                      "国办函〔2020〕109号");
  }
  Refusal concluded() const {
    if (state.conclusion) return {};
    return impossible("not_concluded", "该申请尚未办结", "the request has not been concluded");
  }
  Refusal lapse_after(Day deadline, const char* article) const {
    if (fact.on > deadline) return {};
    return impossible("lapse_too_early", "期限届满次日起方可认定逾期",
                      "it lapses not before the day after the deadline", article);
  }
  const Case::Consultation* find(const std::string& id) const {
    auto found = std::ranges::find(state.consultations, id, &Case::Consultation::id);
    return found == state.consultations.end() ? nullptr : &*found;
  }

  // ---- what holds for whole families of events

  template <class E>
  Refusal operator()(const E& event) const {
    if constexpr (!after_sealing<E>)
      if (auto refused = not_sealed()) return refused;
    if constexpr (!std::same_as<E, RequestReceived>)
      if (auto refused = not_before_receipt<E>()) return refused;
    if constexpr (part_of_procedure<E>)
      if (auto refused = not_after_conclusion<E>()) return refused;
    return rule(event);
  }
  Refusal not_sealed() const {
    if (state.voided)
      return impossible("case_voided", "登记已作废，只能添加备注、更正或撤销记录、暂停或执行删除",
                        "the registration is void: only notes, amendments, retractions, holds and "
                        "the erasure");
    if (state.split)
      return impossible("case_split", "该申请已拆分，应在拆分后的各件上记录",
                        "the request has been split: record it on its children");
    if (state.submission_closed_on)
      return impossible("submission_closed", "该收件已终结", "the submission has been closed");
    return {};
  }
  template <class E>
  Refusal not_before_receipt() const {
    bool submission = state.submitted_on.has_value() || std::same_as<E, RequestSubmitted>;
    if (state.received_on || (submission && before_receipt<E>)) return {};
    return impossible("before_receipt", "日期早于收到申请之日",
                      "dated before the request was received", "条例31");
  }
  template <class E>
  Refusal not_after_conclusion() const {
    if (!state.conclusion) return {};
    if (state.redo.open && !only_before_conclusion<E>) return {};
    return impossible("after_conclusion", "该申请已办结，此事项不能排在办结之后",
                      "the request has been concluded: this cannot stand after the conclusion");
  }
};

struct DisputeRules {
  using Stage = Dispute::Stage;
  const Dispute& state;

  bool is_litigation() const { return state.block != DisputeBlock::reconsideration; }

  Refusal opening() const {
    if (state.stage == Stage::none) return {};
    return impossible("second_opening", "该争议已登记", "the dispute has been opened already");
  }
  Refusal at(bool possible) const {
    if (possible) return {};
    return impossible("wrong_stage", "与该争议目前所处的阶段不符",
                      "contradicts the stage the dispute has reached");
  }
  Refusal litigation_at(Stage stage) const { return at(is_litigation() && state.stage == stage); }

  Refusal rule(const ReconsiderationDecided&) const {
    return at(!is_litigation() && state.stage == Stage::pending);
  }
  Refusal rule(const LitigationJudged&) const { return litigation_at(Stage::pending); }
  Refusal rule(const LitigationTransferred&) const { return litigation_at(Stage::pending); }
  Refusal rule(const LitigationAppealed&) const { return litigation_at(Stage::decided); }
  Refusal rule(const AppealDecided&) const { return litigation_at(Stage::appealed); }
  Refusal rule(const RetrialOrdered&) const { return litigation_at(Stage::decided); }
  Refusal rule(const LitigationRetried&) const { return litigation_at(Stage::retrial); }
  Refusal rule(const JudgmentServed&) const { return at(is_litigation()); }
  Refusal rule(const DisputeSuspended&) const {
    return at(!state.suspended && state.stage != Stage::decided);
  }
  Refusal rule(const DisputeResumed&) const { return at(state.suspended); }
  template <class Other>
  Refusal rule(const Other&) const {
    return {};
  }

  template <class E>
  Refusal operator()(const E& event) const {
    if (state.voided)
      return impossible("dispute_voided", "该争议登记已作废", "the dispute has been voided");
    if constexpr (one_of<E, ReconsiderationAccepted, LitigationFiled>) return opening();
    if (state.stage == Stage::none)
      return impossible("before_opening", "日期早于受理（立案）之日",
                        "dated before the dispute was accepted or filed");
    return rule(event);
  }
};

template <class State, class Judged = Result<State>>
Judged judge(std::span<const Fact> facts) {
  State state;
  for (auto& fact : facts) {
    if (auto refused = refusal(state, fact)) return *refused;
    evolve(state, fact);
  }
  return state;
}

Refusal no_closing_outcome(Outcome outcome) {
  if (!is_closing(outcome)) return {};
  return invalid(
      "/data/outcome",
      {"答复结果不得为 closed.*（应使用相应的办结事项）", "an answer takes no closed.* outcome"},
      "closing_outcome");
}

Refusal bad_settings(const PolicySet& e) {
  if (!e.report_by && !e.lamp_yellow && !e.lamp_orange && !e.late_fact)
    return invalid("/data", {"须给出至少一项设置", "give at least one setting"}, "empty_policy");
  if (e.report_by && !YearlyDate::parse(*e.report_by))
    return invalid("/data/report_by",
                   {"应为每年都有的日期 MM-DD", "must be a date MM-DD of every year"});
  if (e.lamp_yellow && e.lamp_orange && e.lamp_yellow->value < e.lamp_orange->value)
    return invalid("/data/lamp_yellow", {"不得小于 lamp_orange", "must not be below lamp_orange"});
  return {};
}

Refusal bad_year(const Count& year) {
  if (year.value >= 1900 && year.value <= 2999) return {};
  return invalid("/data/year", {"应为 1900–2999 年", "must be a year from 1900 to 2999"});
}

Refusal bad_notice(const CalendarLoaded& e) {
  if (!can_be_noticed(int(e.year.value)))
    return invalid("/data/year", {"应为 1991–2100 年", "must be a year from 1991 to 2100"});
  std::set<Day> listed;
  auto check = [&](const auto& days, const char* name) -> Refusal {
    for (std::size_t i = 0; days && i < days->size(); ++i)
      if (auto at = pointer_to(pointer_to("/data", std::string_view(name)), i);
          !can_list(int(e.year.value), (*days)[i].on))
        return invalid(at, {"应为该年度或其相邻月份的日期",
                            "must be a day of the year or of a month next to it"});
      else if (!listed.insert((*days)[i].on).second)
        return invalid(at, {"同一天只能列出一次", "a day is listed once"}, "day_listed_twice");
    return {};
  };
  if (auto refused = check(e.rest, "rest")) return refused;
  if (auto refused = check(e.work, "work")) return refused;
  if (listed.empty()) return invalid("/data", {"没有列出任何日期", "lists no day"}, "empty_notice");
  return {};
}

} // namespace

std::optional<Failure> refusal(const Case& state, const Fact& fact) {
  return std::visit(CaseRules{state, fact}, fact.event);
}

std::optional<Failure> refusal(const Dispute& state, const Fact& fact) {
  return std::visit(DisputeRules{state}, fact.event);
}

std::optional<Failure> inconsistency(const Event& event) {
  if (auto* e = std::get_if<RequestAnswered>(&event)) return no_closing_outcome(e->outcome);
  if (auto* e = std::get_if<RedoAnswered>(&event)) return no_closing_outcome(e->outcome);
  if (auto* e = std::get_if<RequestClosed>(&event))
    if (e->outcome != Outcome::closed_not_information &&
        e->outcome != Outcome::closed_applicant_gone && e->outcome != Outcome::closed_other)
      return invalid("/data/outcome",
                     {"应为 closed.not_information、closed.applicant_gone 或 closed.other",
                      "must be closed.not_information, closed.applicant_gone or closed.other"},
                     "closing_outcome");
  if (auto* e = std::get_if<PolicySet>(&event)) return bad_settings(*e);
  if (auto* e = std::get_if<CalendarLoaded>(&event)) return bad_notice(*e);
  if (auto* e = std::get_if<ReportSubmitted>(&event)) return bad_year(e->year);
  if (auto* e = std::get_if<ReportReturned>(&event)) return bad_year(e->year);
  if (auto* e = std::get_if<ReportPublished>(&event)) return bad_year(e->year);
  if (auto* e = std::get_if<ReportCollected>(&event)) return bad_year(e->year);
  if (auto* e = std::get_if<FiguresRequested>(&event)) return bad_year(e->year);
  if (auto* e = std::get_if<CheckDisposed>(&event)) return bad_year(e->year);
  if (auto* e = std::get_if<AppealDecided>(&event))
    if ((e->result == AppealResult::changed) != e->effect.has_value())
      return invalid("/data/effect",
                     {"改判（changed）时必填，其他结果不得填写",
                      "mandatory for `changed`, not allowed otherwise"},
                     "appeal_effect");
  if (auto* e = std::get_if<EventAmended>(&event))
    if (!e->on && !e->data)
      return invalid("/data", {"更正须给出 on 或 data", "an amendment gives `on` or `data`"},
                     "empty_amendment");
  return {};
}

std::optional<Failure> refusal_of_itself(const Event& event, const std::string& own,
                                         const std::string& at) {
  auto refuse = [&](const char* member) {
    return invalid(at + pointer_to("", std::string_view(member)),
                   {"应为另一件申请", "must be another request"}, "same_request");
  };
  auto* merged = std::get_if<RequestMerged>(&event);
  if (merged && merged->into.value == own) return refuse("into");
  auto* voided = std::get_if<RequestVoided>(&event);
  if (voided && voided->duplicate_of && voided->duplicate_of->value == own)
    return refuse("duplicate_of");
  auto* answered = std::get_if<RequestAnswered>(&event);
  if (answered && answered->earlier_request && answered->earlier_request->value == own)
    return refuse("earlier_request");
  return {};
}

Result<Case> judge_case(std::span<const Fact> facts) { return judge<Case>(facts); }
Result<Dispute> judge_dispute(std::span<const Fact> facts) { return judge<Dispute>(facts); }

bool is_sealed(const Case& state) { return state.voided; }

bool may_follow_sealing(const Event& event) {
  return std::visit([]<class E>(const E&) { return after_sealing<E>; }, event);
}

} // namespace mingce
