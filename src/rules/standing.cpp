#include "rules/standing.hpp"

namespace mingce {

Standing standing(const Tenure& tenure, std::optional<Day> concluded_on, const Period& period) {
  // A case leaves its organ by being concluded or handed over; until then it is carried on.
  auto left_on = concluded_on ? concluded_on : tenure.handed_over_on;
  bool begun_before = tenure.from < period.from;
  bool begun_within = period.contains(tenure.from);
  bool still_there_at_start = !left_on || *left_on >= period.from;
  bool still_there_at_end = !left_on || *left_on > period.to;

  Standing result;
  result.received = begun_within && tenure.by_receipt;
  result.carried_in =
      (begun_within && !tenure.by_receipt) || (begun_before && still_there_at_start);
  if (!result.received && !result.carried_in) return {};
  result.concluded = concluded_on && period.contains(*concluded_on);
  result.carried_out =
      still_there_at_end || (!concluded_on && period.contains(*tenure.handed_over_on));
  return result;
}

Outcome counted_outcome(const Case& state, const Policy& policy) {
  auto& first = *state.conclusion;
  auto& redo = state.redo.conclusion;
  if (policy.redo == RedoCounting::replace_within_year && redo &&
      year_of(redo->on) == year_of(first.on))
    return redo->outcome;
  return first.outcome;
}

std::optional<Dispute::Turn> standing(const Dispute& dispute, const Period& period,
                                      const Policy& policy) {
  bool as_party =
      dispute.role == DisputeRole::respondent || policy.authority_only == AuthorityOnly::counted;
  if (!dispute.opened_on || dispute.voided || !as_party) return {};
  auto turn = dispute.turn_at(period.to);
  if (turn && (turn->column == DisputeColumn::pending || turn->on >= period.from)) return turn;
  return {};
}

} // namespace mingce
