#pragma once
// What the rows of a register consist of, for packed.hpp: one list a value, in the order in which
// it is written and read. A member that is missing here is missed by tests/projection/spine_test
// and by every report that tests/oracle makes twice.

#include "projection/packed.hpp"
#include "projection/register.hpp"

namespace mingce {

template <class Io, is_a<StreamId> T>
void members(Io& io, T& id) {
  io(id.bytes);
}
template <class Io, is_a<Step> T>
void members(Io& io, T& step) {
  io(step.on, step.version, step.number, step.until, step.kind, step.word, step.has_document_no,
     step.names_earlier_request, step.names_ground, step.tells_reconsideration_first);
}
template <class Io, is_a<Retention> T>
void members(Io& io, T& retention) {
  io(retention.kind, retention.years, retention.until);
}
template <class Io, is_a<Case::Consultation> T>
void members(Io& io, T& consultation) {
  io(consultation.id, consultation.with, consultation.open, consultation.ended_by_restart);
}
template <class Io, is_a<Case::Conclusion> T>
void members(Io& io, T& conclusion) {
  io(conclusion.on, conclusion.outcome, conclusion.seq);
}
template <class Io, is_a<Case::Payment> T>
void members(Io& io, T& payment) {
  io(payment.on, payment.amount);
}
template <class Io, is_a<Case::Fee> T>
void members(Io& io, T& fee) {
  io(fee.on, fee.version, fee.scheme, fee.quantity, fee.prior_items, fee.notified, fee.pay_by,
     fee.paid, fee.refunded, fee.waived, fee.payments);
}
template <class Io, is_a<Case::Redo> T>
void members(Io& io, T& redo) {
  io(redo.open, redo.due_on, redo.conclusion);
}
template <class Io, is_a<Case::Archiving> T>
void members(Io& io, T& archiving) {
  io(archiving.on, archiving.retention);
}
template <class Io, is_a<Case> T>
void members(Io& io, T& state) {
  io(state.kind, state.kind_provisional, state.matter, state.channel, state.submitted_on,
     state.received_on, state.submission_closed_on, state.voided, state.split, state.conclusion,
     state.redo, state.correction_by, state.payment_by, state.awaits_reasons, state.consultations,
     state.assigned_on, state.steps, state.fees, state.fee_paid, state.archived, state.holds,
     state.erased_on, state.received_seq, state.reclassified_seq, state.amendments, state.latest);
}
/// The id of a request stands in the index.
template <class Io, is_a<RegisteredRequest> T>
void members(Io& io, T& row) {
  io(row.register_no, row.organ, row.version, row.first_seq, row.last_seq, row.state);
}
template <class Io, is_a<RequestRef> T>
void members(Io& io, T& ref) {
  io(ref.value);
}
template <class Io, is_a<Dispute::Turn> T>
void members(Io& io, T& turn) {
  io(turn.on, turn.column, turn.seq);
}
template <class Io, is_a<Dispute> T>
void members(Io& io, T& state) {
  io(state.block, state.role, state.opened_on, state.copy_received_on, state.replied_on,
     state.served_on, state.simplified, state.served_version, state.voided, state.suspended,
     state.stage, state.judged_on, state.by_ruling, state.judged, state.turns, state.requests,
     state.amendments, state.latest);
}
template <class Io, is_a<RegisteredDispute> T>
void members(Io& io, T& row) {
  io(row.id, row.ref, row.organ, row.version, row.first_seq, row.last_seq, row.requests, row.state);
}
template <class Io, is_a<RegisteredFigure> T>
void members(Io& io, T& row) {
  io(row.id, row.ref, row.organ, row.version, row.first_seq, row.last_seq, row.stands, row.on,
     row.item, row.quantity, row.source_unit);
}
template <class Io, is_a<Register::Keeping> T>
void members(Io& io, T& keeping) {
  io(keeping.since, keeping.observed_since);
}

} // namespace mingce
