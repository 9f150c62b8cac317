#include "projection/year.hpp"

#include <algorithm>

namespace mingce {

std::string party_before(const Register& reg, const RegisteredDispute& row, Day day,
                         std::uint64_t position) {
  std::string organ = row.organ;
  Day from = *row.state.opened_on;
  std::uint64_t after_seq = 0;
  for (;;) {
    auto found = reg.organs().find(organ);
    if (found == reg.organs().end()) return organ;
    const Organ::HandOver* next = nullptr;
    for (auto& over : found->second.hand_overs)
      if (over.merger && over.seq <= position && over.on < day &&
          std::pair{over.on, over.seq} > std::pair{from, after_seq})
        if (!next || over.on < next->on) next = &over;
    if (!next) return organ;
    organ = next->to;
    from = next->on;
    after_seq = next->seq;
  }
}

std::optional<std::string> holder_on(const Register& reg, const RegisteredRequest& row, Day day) {
  std::optional<std::string> holder;
  for (auto& held : tenures(reg, row))
    if (held.tenure.from <= day) holder = held.organ;
  return holder;
}

std::string holder(const Register& reg, const RegisteredRequest& row) {
  auto held = tenures(reg, row);
  return held.empty() ? row.organ : held.back().organ;
}

std::optional<Day> concluded_within(const RegisteredRequest& row, const HeldTenure& held) {
  // Only the last holder can have concluded it: a hand-over takes open cases.
  if (!row.state.conclusion || held.tenure.handed_over_on) return std::nullopt;
  return row.state.conclusion->on;
}

void each_standing(const Register& reg, const RegisteredRequest& row, const Basis& basis,
                   const Period& period, const Policy& policy, const EachCase& each) {
  auto stay = stay_of(reg, row, basis, policy);
  if (!stay || stay->counted.from > period.to) return;
  for (auto& held : stay->held) {
    if (!basis.organs.contains(held.organ)) continue;
    // Only the last holder can have concluded it: a hand-over takes open cases.
    auto concluded_on = held.tenure.handed_over_on ? std::nullopt : stay->counted.concluded_on;
    auto place = standing(held.tenure, concluded_on, period);
    if (place != Standing{}) each({row, stay->counted, held, place});
  }
}

void each_standing(const Register& reg, const Basis& basis, const Period& period,
                   const Policy& policy, const EachCase& each) {
  auto look = [&](const RegisteredRequest& row) {
    each_standing(reg, row, basis, period, policy, each);
  };
  if (basis.closed || basis.position != Basis::present) // other dates count than the case's own
    std::ranges::for_each(reg.requests(), look);
  else
    reg.each_concerning(period, look);
}

void each_standing(
    const Register& reg, const OrganSet& organs, const Period& period,
    const std::function<void(const RegisteredRequest&, const HeldTenure&, const Standing&)>& each) {
  each_standing(reg, Basis{organs}, period, Policy{},
                [&](const CaseStanding& found) { each(found.request, found.held, found.place); });
}

void each_dispute(const Register& reg, const RegisteredDispute& row, const Basis& basis,
                  const Period& period, const Policy& policy, const EachDispute& each) {
  auto dispute = dispute_of(reg, row, basis);
  auto turn = dispute ? standing(*dispute, period, policy) : std::nullopt;
  if (!turn) return;
  bool pending = turn->column == DisputeColumn::pending;
  // A decision counts with the party on its day, a pending dispute with the party at the end.
  auto day = pending ? period.to + date::days{1} : turn->on;
  auto party = party_before(reg, row, day, basis.position);
  if (basis.organs.contains(party)) each({row, *dispute, *turn, party});
}

void each_dispute(const Register& reg, const Basis& basis, const Period& period,
                  const Policy& policy, const EachDispute& each) {
  for (auto& row : reg.disputes()) each_dispute(reg, row, basis, period, policy, each);
}

// ---- counting -----------------------------------------------------------------------------------

namespace {

void add(ByKind& sum, const ByKind& part) {
  for (std::size_t i = 0; i < sum.size(); ++i) sum[i] += part[i];
}

void add(RequestCounts& sum, const RequestCounts& part) {
  add(sum.received, part.received);
  add(sum.carried_in, part.carried_in);
  add(sum.carried_out, part.carried_out);
  for (std::size_t i = 0; i < sum.concluded.size(); ++i) add(sum.concluded[i], part.concluded[i]);
}

/// `at` names where a thing of that organ is counted.
template <class At>
void count_into(const Register& reg, const Basis& basis, const Period& period, const Policy& policy,
                const CountsByOrgan& requests, At at) {
  for (auto& [organ, counts] : requests) add(at(organ).requests, counts);
  each_dispute(reg, basis, period, policy, [&](const DisputeStanding& found) {
    ++at(found.party).disputes[std::size_t(found.dispute.block)][std::size_t(found.turn.column)];
  });
  for (auto& row : reg.figures()) {
    if (!basis.organs.contains(row.organ)) continue;
    for (auto& entry : entries_of(reg, row, basis)) {
      if (entry.on > period.to) continue;
      auto& sums = at(row.organ).figures[entry.item];
      (entry.on < period.from ? sums.before : sums.in_period) += entry.quantity;
    }
  }
}

} // namespace

void add(RequestCounts& counts, ApplicantKind kind, Outcome outcome, const Standing& place,
         int times) {
  auto column = std::size_t(kind);
  counts.received[column] += times * place.received;
  counts.carried_in[column] += times * place.carried_in;
  counts.carried_out[column] += times * place.carried_out;
  counts.concluded[std::size_t(outcome)][column] += times * place.concluded;
}

CountsByOrgan count_requests(const Register& reg, const Basis& basis, const Period& period,
                             const Policy& policy) {
  CountsByOrgan counts;
  each_standing(reg, basis, period, policy, [&](const CaseStanding& found) {
    add(counts[found.held.organ], found.counted.kind, found.counted.outcome, found.place);
  });
  return counts;
}

Counts count(const Register& reg, const Basis& basis, const Period& period, const Policy& policy,
             const CountsByOrgan& requests) {
  Counts counts;
  count_into(reg, basis, period, policy, requests, [&](auto&) -> Counts& { return counts; });
  return counts;
}

Counts count(const Register& reg, const Basis& basis, const Period& period, const Policy& policy) {
  return count(reg, basis, period, policy, count_requests(reg, basis, period, policy));
}

Counts count(const Register& reg, const OrganSet& organs, const Period& period,
             const Policy& policy) {
  return count(reg, Basis{organs}, period, policy);
}

std::map<std::string, Counts> count_by_organ(const Register& reg, const Basis& basis,
                                             const Period& period, const Policy& policy,
                                             const CountsByOrgan& requests) {
  std::map<std::string, Counts> counts;
  count_into(reg, basis, period, policy, requests,
             [&](auto& organ) -> Counts& { return counts[organ]; });
  return counts;
}

bool is_voided_in(const Register& reg, const RegisteredRequest& row, const OrganSet& organs,
                  const Period& period) {
  if (!row.state.voided || row.state.matter != Matter::disclosure) return false;
  bool then = std::ranges::any_of(row.state.steps, [&](auto& step) {
    return step.kind == StepKind::voided && period.contains(step.on);
  });
  return std::ranges::any_of(tenures(reg, row), [&](auto& held) {
    bool stood = standing(held.tenure, concluded_within(row, held), period) != Standing{};
    return organs.contains(held.organ) && (stood || then);
  });
}

} // namespace mingce
