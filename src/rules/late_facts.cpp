#include "rules/late_facts.hpp"

#include <algorithm>

namespace mingce {
namespace {

/// The day on which a registration was voided or split; none for what never was a request.
std::optional<Day> struck_on(const Case& state) {
  auto strikes = [](const Step& step) {
    return step.kind == StepKind::voided || step.kind == StepKind::split;
  };
  auto found = std::ranges::find_if(state.steps, strikes);
  return found == state.steps.end() ? std::nullopt : std::optional{found->on};
}

} // namespace

std::optional<CountedCase> counted(const Case& state, const Policy& policy) {
  if (!state.counts()) return {};
  CountedCase out{state.kind, *state.received_on, {}, {}};
  if (state.conclusion) {
    out.concluded_on = state.conclusion->on;
    out.outcome = counted_outcome(state, policy);
  }
  return out;
}

std::optional<CountedCase> counted_after(const ClosedCase& closed, const Case& now, Day open_from,
                                         const Policy& policy) {
  if (closed.left == Left::settled) return {};
  auto out = counted(now, policy);
  if (closed.left == Left::unseen) {
    if (!out) return {};
    out->from = counted_on(out->from, open_from);
  } else {
    if (!out) {
      out = CountedCase{};
      out->concluded_on = struck_on(now).value_or(open_from);
      out->outcome = Outcome::closed_other;
    }
    out->kind = closed.kind.value_or(now.kind);
    out->from = open_from - date::days{1};
  }
  if (out->concluded_on) out->concluded_on = counted_on(*out->concluded_on, open_from);
  return out;
}

Dispute counted_after(Left closed, const Dispute& now, Day open_from) {
  Dispute out = now;
  Day last_closed = open_from - date::days{1};
  auto at_closing = now.turn_at(last_closed);
  if (closed == Left::unseen) {
    for (auto& turn : out.turns) turn.on = counted_on(turn.on, open_from);
    return out;
  }
  std::erase_if(out.turns, [&](auto& turn) { return turn.on < open_from; });
  bool pending = at_closing && at_closing->column == DisputeColumn::pending;
  if (closed == Left::settled) {
    // A decision was published. Only if it did not stand does the dispute come back.
    if (pending)
      out.turns.insert(out.turns.begin(), {open_from, DisputeColumn::pending, at_closing->seq});
    return out;
  }
  std::vector<Dispute::Turn> taken_up{{last_closed, DisputeColumn::pending, 0}};
  if (now.voided)
    taken_up.push_back({open_from, DisputeColumn::other, 0});
  else if (at_closing && !pending)
    taken_up.push_back({open_from, at_closing->column, at_closing->seq});
  if (now.voided) out.turns.clear();
  out.turns.insert(out.turns.begin(), taken_up.begin(), taken_up.end());
  out.voided = false;
  out.opened_on = std::min(out.opened_on.value_or(last_closed), last_closed);
  return out;
}

Left left_by(const Dispute& counted, Day open_from, Left before) {
  if (!counted.opened_on || counted.voided) return before;
  auto turn = counted.turn_at(open_from - date::days{1});
  if (!turn) return before;
  return turn->column == DisputeColumn::pending ? Left::open : Left::settled;
}

} // namespace mingce
