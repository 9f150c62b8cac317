#include "rules/case.hpp"

#include <algorithm>

namespace mingce {
namespace {

/// 条例30, 国办函〔2020〕109号 6: the period is counted anew; what was open within it has ended.
void restart_period(Case& state) {
  for (auto& consultation : state.consultations)
    if (consultation.open) {
      consultation.open = false;
      consultation.ended_by_restart = true;
    }
}

void stop_waiting(Case& state) {
  state.correction_by.reset();
  state.payment_by.reset();
  state.awaits_reasons = false;
  for (auto& consultation : state.consultations) consultation.open = false;
}

/// The first conclusion is the one that counts; a later one can only be that of a redo.
void conclude(Case& state, const Fact& fact, Outcome outcome) {
  Case::Conclusion conclusion{fact.on, outcome, fact.seq};
  if (!state.conclusion) {
    state.conclusion = conclusion;
  } else {
    state.redo.conclusion = conclusion;
    state.redo.open = false;
  }
  stop_waiting(state);
}

/// 复议法23.2: since 2024 a refusal under 条例14–16 tells the applicant that reconsideration comes
/// before a suit. `remedy` is a code or the wording of the notice.
bool mentions_reconsideration(const std::optional<std::string>& remedy) {
  return remedy &&
         (remedy->find("复议") != remedy->npos || remedy->find("reconsideration") != remedy->npos);
}

struct Evolution {
  Case& state;
  const Fact& fact;

  Step& step(StepKind kind) {
    Step made;
    made.on = fact.on;
    made.version = fact.version;
    made.kind = kind;
    return state.steps.emplace_back(made);
  }
  template <class Enum>
  Step& step(StepKind kind, Enum word) {
    auto& made = step(kind);
    made.word = std::uint8_t(word);
    return made;
  }
  std::uint32_t index_of(const std::string& consultation) const {
    auto found = std::ranges::find(state.consultations, consultation, &Case::Consultation::id);
    return std::uint32_t(found - state.consultations.begin());
  }
  template <class Answer>
  void answer(StepKind kind, const Answer& e) {
    auto& made = step(kind, e.outcome);
    made.number = e.late_reason ? 1 + std::uint32_t(*e.late_reason) : 0;
    made.has_document_no = e.document_no.has_value();
    if constexpr (requires { e.earlier_request; }) {
      made.names_earlier_request = e.earlier_request.has_value();
      made.names_ground = e.grounds.has_value();
      made.tells_reconsideration_first = mentions_reconsideration(e.remedy);
    }
  }

  // ---- receipt (条例29, 31)
  void operator()(const RequestSubmitted& e) {
    state.submitted_on = fact.on;
    step(StepKind::submitted, e.channel);
    state.channel = e.channel;
    if (e.applicant) {
      state.kind = e.applicant->kind;
      state.kind_provisional = e.applicant->kind_provisional.value_or(false);
    }
  }
  void operator()(const SubmissionClosed&) {
    state.submission_closed_on = fact.on;
    step(StepKind::submission_closed);
  }
  void operator()(const RequestReceived& e) {
    state.received_on = fact.on;
    auto& made = step(StepKind::received, e.channel);
    made.number = std::uint32_t(e.matter.value_or(Matter::disclosure));
    made.until = e.submitted_on ? e.submitted_on : state.submitted_on;
    state.received_seq = fact.seq;
    state.channel = e.channel;
    state.kind = e.applicant.kind;
    state.kind_provisional = e.applicant.kind_provisional.value_or(false);
    state.matter = e.matter.value_or(Matter::disclosure);
  }
  void operator()(const RequestSplit&) {
    state.split = true;
    step(StepKind::split);
  }
  void operator()(const ApplicantReclassified& e) {
    state.kind = e.kind;
    state.kind_provisional = false;
    state.reclassified_seq = fact.seq;
  }

  void operator()(const RequestAssigned&) {
    if (!state.assigned_on) state.assigned_on = fact.on;
  }
  void operator()(const NoticeServed& e) {
    step(StepKind::served, e.result).number = e.target.version;
  }

  // ---- correction (条例30)
  void operator()(const CorrectionRequested& e) {
    state.correction_by = e.respond_by;
    auto& made = step(StepKind::correction_requested);
    made.until = e.respond_by;
    made.has_document_no = e.document_no.has_value();
  }
  void operator()(const CorrectionExtended& e) {
    state.correction_by = e.respond_by;
    step(StepKind::correction_extended).until = e.respond_by;
  }
  void operator()(const CorrectionReceived&) {
    step(StepKind::correction_received);
    state.correction_by.reset();
    restart_period(state);
  }
  void operator()(const CorrectionLapsed&) { close(Outcome::closed_correction_lapsed); }

  // ---- consultation (条例32, 34)
  void operator()(const ConsultationOpened& e) {
    auto& made = step(StepKind::consultation_opened, e.with);
    made.number = std::uint32_t(state.consultations.size());
    made.has_document_no = e.document_no.has_value();
    state.consultations.push_back({e.consultation, e.with});
  }
  void operator()(const ConsultationClosed& e) {
    step(StepKind::consultation_closed, e.result).number = index_of(e.consultation);
    for (auto& consultation : state.consultations)
      if (consultation.id == e.consultation)
        consultation.open = consultation.ended_by_restart = false;
  }

  // ---- reasons (条例35)
  void operator()(const ReasonsRequested& e) {
    state.awaits_reasons = true;
    step(StepKind::reasons_requested).until = e.respond_by;
  }
  void operator()(const ReasonsReceived& e) {
    state.awaits_reasons = false;
    step(StepKind::reasons_received).number = e.reasonable ? 1 : 0;
  }
  void operator()(const AnswerDelayed& e) { step(StepKind::delayed).until = e.until; }
  void operator()(const PeriodExtended& e) {
    auto& made = step(StepKind::extended);
    made.number = e.working_days.value;
    made.until = e.notified_on;
    made.has_document_no = e.document_no.has_value();
  }

  // ---- fee (国办函〔2020〕109号)
  void operator()(const FeeNotified& e) {
    state.payment_by = e.pay_by;
    auto& made = step(StepKind::fee_notified, e.scheme);
    made.number = std::uint32_t(state.fees.size());
    made.until = e.pay_by;
    Case::Fee fee;
    fee.on = fact.on;
    fee.version = fact.version;
    fee.scheme = e.scheme;
    fee.quantity = e.quantity.value;
    if (e.prior_items) fee.prior_items = e.prior_items->value;
    if (e.amount) fee.notified = e.amount->yuan;
    fee.pay_by = e.pay_by;
    state.fees.push_back(fee);
  }
  void operator()(const FeePaid& e) {
    step(StepKind::fee_paid);
    if (!state.fees.empty()) {
      auto& fee = state.fees.back();
      fee.paid += e.amount.yuan;
      fee.payments.push_back({fact.on, e.amount.yuan});
    }
    state.payment_by.reset();
    state.fee_paid = true;
    restart_period(state);
  }
  void operator()(const FeeWaived&) {
    step(StepKind::fee_waived);
    if (!state.fees.empty()) state.fees.back().waived = true;
    state.payment_by.reset();
  }
  void operator()(const FeeRefunded& e) {
    if (state.fees.empty()) return;
    auto& fee = state.fees.back();
    fee.refunded += e.amount.yuan;
    fee.payments.push_back({fact.on, {-e.amount.yuan.hundredths}});
  }
  void operator()(const FeeLapsed&) { close(Outcome::closed_fee_unpaid); }

  // ---- conclusion (条例36) and what follows
  void close(Outcome outcome) {
    step(StepKind::closed, outcome);
    conclude(state, fact, outcome);
  }
  void operator()(const RequestAnswered& e) {
    answer(StepKind::answered, e);
    conclude(state, fact, e.outcome);
  }
  void operator()(const RequestWithdrawn&) { close(Outcome::closed_withdrawn); }
  void operator()(const RequestMerged&) { close(Outcome::closed_merged); }
  void operator()(const RequestClosed& e) { close(e.outcome); }
  void operator()(const RequestVoided&) {
    step(StepKind::voided);
    state.voided = true;
  }
  void operator()(const RedoOrdered& e) {
    step(StepKind::redo_ordered, e.by).until = e.due_on;
    state.redo.open = true;
    state.redo.due_on = e.due_on;
  }
  void operator()(const RedoAnswered& e) {
    answer(StepKind::redo_answered, e);
    conclude(state, fact, e.outcome);
  }

  // ---- what is kept of the person (个人信息保护法47)
  void operator()(const RequestArchived& e) {
    if (e.retention) state.archived = {fact.on, read_retention(*e.retention)};
  }
  void operator()(const HoldPlaced&) { ++state.holds; }
  void operator()(const HoldLifted&) {
    if (state.holds > 0) --state.holds;
  }
  void operator()(const ApplicantErased&) {
    state.erased_on = fact.on;
    step(StepKind::erased);
  }

  /// Everything else happened, and moves nothing here.
  template <class Other>
  void operator()(const Other&) {}
};

} // namespace

CaseState Standstill::state() const {
  if (redo) return CaseState::redo;
  if (concluded) return CaseState::concluded;
  if (correction) return CaseState::awaiting_correction;
  if (fee) return CaseState::awaiting_fee;
  if (opinion) return CaseState::consulting;
  if (reasons) return CaseState::awaiting_reasons;
  return CaseState::processing;
}

CaseState Case::state() const {
  if (voided) return CaseState::voided;
  if (split) return CaseState::split;
  if (!received_on)
    return submission_closed_on ? CaseState::submission_closed : CaseState::submitted;
  bool opinion = std::ranges::any_of(consultations, &Consultation::open);
  return Standstill{
      redo.open, conclusion.has_value(), correction_by.has_value(), payment_by.has_value(),
      opinion,   awaits_reasons}
      .state();
}

void evolve(Case& state, const Fact& fact) {
  std::visit(Evolution{state, fact}, fact.event);
  state.amendments.insert(state.amendments.end(), fact.amendments.begin(), fact.amendments.end());
  state.latest = fact.order();
}

Case fold_case(std::span<const Fact> facts) {
  Case state;
  for (auto& fact : facts) evolve(state, fact);
  return state;
}

} // namespace mingce
