#include "projection/year.hpp"

#include <algorithm>

namespace mingce {
namespace {

std::size_t kind_index(const RegisteredRequest& row) { return std::size_t(row.state.kind); }

bool was_concluded_by(const Case& state, Day day) {
  return state.conclusion && state.conclusion->on <= day;
}

/// The first hand-over that takes this case away from its holder at or after that point.
const Organ::HandOver* next_hand_over(const Organ& organ, const RegisteredRequest& row, Day from,
                                      std::uint64_t after_seq) {
  const Organ::HandOver* next = nullptr;
  for (auto& over : organ.hand_overs) {
    if (std::pair{over.on, over.seq} <= std::pair{from, after_seq}) continue;
    if (was_concluded_by(row.state, over.on)) continue;
    if (!takes(over, row)) continue;
    if (!next || std::pair{over.on, over.seq} < std::pair{next->on, next->seq}) next = &over;
  }
  return next;
}

} // namespace

bool takes(const Organ::HandOver& over, const RegisteredRequest& row) {
  return over.requests.empty() ||
         std::ranges::find(over.requests, row.id.hex()) != over.requests.end();
}

std::vector<HeldTenure> tenures(const Register& reg, const RegisteredRequest& row) {
  if (!row.state.received_on) return {};
  std::vector<HeldTenure> held{{row.organ, {*row.state.received_on, true, {}}, 0}};
  for (;;) {
    auto& current = held.back();
    auto organ = reg.organs().find(current.organ);
    if (organ == reg.organs().end() || organ->second.hand_overs.empty()) return held;
    auto* over = next_hand_over(organ->second, row, current.tenure.from, current.hand_over_seq);
    if (!over) return held;
    current.tenure.handed_over_on = over->on;
    held.push_back({over->to, {over->on, false, {}}, over->seq});
  }
}

std::string party_before(const Register& reg, const RegisteredDispute& row, Day day) {
  std::string organ = row.organ;
  Day from = *row.state.opened_on;
  std::uint64_t after_seq = 0;
  for (;;) {
    auto found = reg.organs().find(organ);
    if (found == reg.organs().end()) return organ;
    const Organ::HandOver* next = nullptr;
    for (auto& over : found->second.hand_overs)
      if (over.merger && over.on < day && std::pair{over.on, over.seq} > std::pair{from, after_seq})
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

void each_standing(
    const Register& reg, const OrganSet& organs, const Period& period,
    const std::function<void(const RegisteredRequest&, const HeldTenure&, const Standing&)>& each) {
  for (auto& row : reg.requests()) {
    if (!row.state.counts() || *row.state.received_on > period.to) continue;
    for (auto& held : tenures(reg, row)) {
      if (!organs.contains(held.organ)) continue;
      auto place = standing(held.tenure, concluded_within(row, held), period);
      if (place != Standing{}) each(row, held, place);
    }
  }
}

namespace {

/// Disputes that count in the period, with their turn and the party that counts them.
template <class Each>
void each_counted(const Register& reg, const OrganSet& organs, const Period& period,
                  const Policy& policy, Each each) {
  for (auto& row : reg.disputes()) {
    auto turn = standing(row.state, period, policy);
    if (!turn) continue;
    bool pending = turn->column == DisputeColumn::pending;
    // A decision counts with the party on its day, a pending dispute with the party at the end.
    auto party = party_before(reg, row, pending ? period.to + date::days{1} : turn->on);
    if (organs.contains(party)) each(row, *turn, party);
  }
}

} // namespace

void each_standing(
    const Register& reg, const OrganSet& organs, const Period& period, const Policy& policy,
    const std::function<void(const RegisteredDispute&, const Dispute::Turn&)>& each) {
  each_counted(reg, organs, period, policy, [&](auto& row, auto& turn, auto&) { each(row, turn); });
}

namespace {

/// One walk over the register; `at` names where a thing of that organ is counted.
template <class At>
void count_into(const Register& reg, const OrganSet& organs, const Period& period,
                const Policy& policy, At at) {
  each_standing(reg, organs, period, [&](auto& row, auto& held, auto& place) {
    auto& requests = at(held.organ).requests;
    auto kind = kind_index(row);
    requests.received[kind] += place.received;
    requests.carried_in[kind] += place.carried_in;
    requests.carried_out[kind] += place.carried_out;
    if (place.concluded)
      ++requests.concluded[std::size_t(counted_outcome(row.state, policy))][kind];
  });
  each_counted(reg, organs, period, policy, [&](auto& row, auto& turn, auto& party) {
    ++at(party).disputes[std::size_t(row.state.block)][std::size_t(turn.column)];
  });
  for (auto& row : reg.figures()) {
    if (!row.stands || !organs.contains(row.organ) || row.on > period.to) continue;
    auto& sums = at(row.organ).figures[row.item];
    (row.on < period.from ? sums.before : sums.in_period) += row.quantity;
  }
}

} // namespace

Counts count(const Register& reg, const OrganSet& organs, const Period& period,
             const Policy& policy) {
  Counts counts;
  count_into(reg, organs, period, policy, [&](auto&) -> Counts& { return counts; });
  return counts;
}

std::map<std::string, Counts> count_by_organ(const Register& reg, const OrganSet& organs,
                                             const Period& period, const Policy& policy) {
  std::map<std::string, Counts> counts;
  count_into(reg, organs, period, policy, [&](auto& organ) -> Counts& { return counts[organ]; });
  return counts;
}

std::vector<std::string> voided_in(const Register& reg, const OrganSet& organs,
                                   const Period& period) {
  std::vector<std::string> numbers;
  for (auto& row : reg.requests()) {
    if (!row.state.voided || row.state.matter != Matter::disclosure) continue;
    for (auto& held : tenures(reg, row))
      if (organs.contains(held.organ) &&
          standing(held.tenure, concluded_within(row, held), period) != Standing{}) {
        numbers.push_back(row.register_no);
        break;
      }
  }
  return numbers;
}

} // namespace mingce
