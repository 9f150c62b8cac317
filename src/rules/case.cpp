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

struct Evolution {
  Case& state;
  const Fact& fact;

  // ---- receipt (条例29, 31)
  void operator()(const RequestSubmitted& e) {
    state.submitted_on = fact.on;
    state.channel = e.channel;
    if (e.applicant) state.kind = e.applicant->kind;
  }
  void operator()(const SubmissionClosed&) { state.submission_closed = true; }
  void operator()(const RequestReceived& e) {
    state.received_on = fact.on;
    state.received_seq = fact.seq;
    state.channel = e.channel;
    state.kind = e.applicant.kind;
    state.matter = e.matter.value_or(Matter::disclosure);
  }
  void operator()(const RequestSplit&) { state.split = true; }
  void operator()(const ApplicantReclassified& e) {
    state.kind = e.kind;
    state.reclassified_seq = fact.seq;
  }

  // ---- correction (条例30)
  void operator()(const CorrectionRequested& e) {
    state.correction_by = e.respond_by;
    ++state.corrections_requested;
  }
  void operator()(const CorrectionExtended& e) { state.correction_by = e.respond_by; }
  void operator()(const CorrectionReceived&) {
    state.correction_by.reset();
    restart_period(state);
  }
  void operator()(const CorrectionLapsed&) {
    conclude(state, fact, Outcome::closed_correction_lapsed);
  }

  // ---- consultation (条例32, 34)
  void operator()(const ConsultationOpened& e) {
    state.consultations.push_back({e.consultation, e.with});
  }
  void operator()(const ConsultationClosed& e) {
    for (auto& consultation : state.consultations)
      if (consultation.id == e.consultation)
        consultation.open = consultation.ended_by_restart = false;
  }

  // ---- reasons (条例35)
  void operator()(const ReasonsRequested&) {
    state.awaits_reasons = state.reasons_requested = true;
  }
  void operator()(const ReasonsReceived&) { state.awaits_reasons = false; }

  // ---- fee (国办函〔2020〕109号)
  void operator()(const FeeNotified& e) { state.payment_by = e.pay_by; }
  void operator()(const FeePaid&) {
    state.payment_by.reset();
    state.fee_paid = true;
    restart_period(state);
  }
  void operator()(const FeeWaived&) { state.payment_by.reset(); }
  void operator()(const FeeLapsed&) { conclude(state, fact, Outcome::closed_fee_unpaid); }

  // ---- conclusion (条例36) and what follows
  void operator()(const RequestAnswered& e) { conclude(state, fact, e.outcome); }
  void operator()(const RequestWithdrawn&) { conclude(state, fact, Outcome::closed_withdrawn); }
  void operator()(const RequestMerged&) { conclude(state, fact, Outcome::closed_merged); }
  void operator()(const RequestClosed& e) { conclude(state, fact, e.outcome); }
  void operator()(const RequestVoided&) { state.voided = true; }
  void operator()(const RedoOrdered& e) {
    state.redo.open = true;
    state.redo.due_on = e.due_on;
  }
  void operator()(const RedoAnswered& e) { conclude(state, fact, e.outcome); }

  /// Everything else happened, and moves nothing here.
  template <class Other>
  void operator()(const Other&) {}
};

} // namespace

CaseState Case::state() const {
  if (voided) return CaseState::voided;
  if (split) return CaseState::split;
  if (!received_on) return submission_closed ? CaseState::submission_closed : CaseState::submitted;
  if (redo.open) return CaseState::redo;
  if (conclusion) return CaseState::concluded;
  if (correction_by) return CaseState::awaiting_correction;
  if (payment_by) return CaseState::awaiting_fee;
  if (std::ranges::any_of(consultations, &Consultation::open)) return CaseState::consulting;
  if (awaits_reasons) return CaseState::awaiting_reasons;
  return CaseState::processing;
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
