#include "rules/dispute.hpp"

namespace mingce {
namespace {

/// 驳回起诉、准许撤诉、终结诉讼 are 裁定.
bool is_ruling(Judgment judgment) {
  return judgment == Judgment::suit_dismissed || judgment == Judgment::withdrawn ||
         judgment == Judgment::terminated;
}

struct Evolution {
  Dispute& state;
  const Fact& fact;

  void turn(DisputeColumn column) { state.turns.push_back({fact.on, column, fact.seq}); }
  void decide(DisputeColumn column) {
    state.stage = Dispute::Stage::decided;
    state.suspended = false;
    turn(column);
  }
  void reopen(Dispute::Stage stage) {
    state.stage = stage;
    turn(DisputeColumn::pending);
  }
  void open(DisputeBlock block, std::optional<DisputeRole> role) {
    state.block = block;
    state.role = role.value_or(DisputeRole::respondent);
    state.opened_on = fact.on;
    reopen(Dispute::Stage::pending);
  }

  void operator()(const ReconsiderationAccepted& e) {
    open(DisputeBlock::reconsideration, e.role);
    state.copy_received_on = e.copy_received_on;
    state.simplified = e.procedure == ReconsiderationProcedure::simplified;
  }
  void operator()(const ReconsiderationDecided& e) { decide(column_of(e.decision)); }
  void operator()(const LitigationFiled& e) {
    open(e.after_reconsideration ? DisputeBlock::litigation_after_reconsideration
                                 : DisputeBlock::litigation_direct,
         e.role);
    state.copy_received_on = e.copy_received_on;
  }
  void judge(Judgment judgment) {
    state.by_ruling = is_ruling(judgment);
    state.judged = column_of(judgment);
    decide(*state.judged);
  }
  void operator()(const LitigationJudged& e) {
    judge(e.judgment);
    state.judged_on = fact.on;
  }
  void operator()(const LitigationAppealed&) {
    state.judged_on.reset();
    reopen(Dispute::Stage::appealed);
  }
  void operator()(const AppealDecided& e) {
    switch (e.result) {
    case AppealResult::sustained:
    case AppealResult::withdrawn:
      // "维持原判" keeps the judgment below about the act, whichever way that went.
      return decide(state.judged.value_or(DisputeColumn::other));
    case AppealResult::changed:
      return decide(e.effect ? column_of(*e.effect) : DisputeColumn::other);
    case AppealResult::remanded:
    case AppealResult::continue_trial:
      return reopen(Dispute::Stage::pending);
    }
  }
  void operator()(const RetrialOrdered&) {
    state.judged_on.reset();
    reopen(Dispute::Stage::retrial);
  }
  void operator()(const LitigationRetried& e) { judge(e.judgment); }
  void operator()(const ReplyFiled&) {
    if (!state.replied_on) state.replied_on = fact.on;
  }
  void operator()(const JudgmentServed&) {
    state.served_on = fact.on;
    state.served_version = fact.version;
  }
  void operator()(const DisputeSuspended&) { state.suspended = true; }
  void operator()(const DisputeResumed&) { state.suspended = false; }
  void operator()(const DisputeLinked& e) {
    state.requests.insert(state.requests.end(), e.requests.begin(), e.requests.end());
  }
  void operator()(const DisputeVoided&) { state.voided = true; }
  template <class Other>
  void operator()(const Other&) {}
};

} // namespace

DisputeColumn column_of(ReconsiderationDecision decision) {
  using enum ReconsiderationDecision;
  switch (decision) {
  case upheld:         // 复议法68
  case claim_rejected: // 复议法69: the act stands on the merits
    return DisputeColumn::upheld;
  case modified:
  case revoked:
  case partially_revoked:
  case declared_unlawful:
  case declared_void:
  case ordered_to_perform: // 复议法63–67: corrected in whole or in part
    return DisputeColumn::corrected;
  case application_rejected: // 复议法33: decided without a look at the act
  case terminated:           // 复议法41
  case mediated:             // 复议法73
    break;
  }
  return DisputeColumn::other;
}

DisputeColumn column_of(Judgment judgment) {
  using enum Judgment;
  switch (judgment) {
  case claims_rejected: // 行诉法69
    return DisputeColumn::upheld;
  case revoked:
  case partially_revoked:
  case declared_unlawful:
  case declared_void:
  case ordered_to_perform:
  case ordered_to_pay:
  case ordered_to_remedy:
  case modified: // 行诉法70, 72–77
    return DisputeColumn::corrected;
  case suit_dismissed:
  case withdrawn:
  case terminated:
    break;
  }
  return DisputeColumn::other;
}

std::optional<Dispute::Turn> Dispute::turn_at(Day day) const {
  std::optional<Turn> current;
  for (auto& turn : turns)
    if (turn.on <= day) current = turn;
  return current;
}

bool Dispute::is_pending(Day day) const {
  if (voided) return false;
  auto pending = [](const std::optional<Turn>& turn) {
    return turn && turn->column == DisputeColumn::pending;
  };
  return pending(turn_at(day)) || pending(turn_at(Day::max()));
}

void evolve(Dispute& state, const Fact& fact) {
  std::visit(Evolution{state, fact}, fact.event);
  state.amendments.insert(state.amendments.end(), fact.amendments.begin(), fact.amendments.end());
  state.latest = fact.order();
}

Dispute fold_dispute(std::span<const Fact> facts) {
  Dispute state;
  for (auto& fact : facts) evolve(state, fact);
  return state;
}

} // namespace mingce
