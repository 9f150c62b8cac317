#pragma once
// What is possible. A fact is judged against the history it joins, in the order of (`on`,
// `version`): refused only when it contradicts that history; what merely should not have happened
// is recorded, and listed by irregular.hpp.

#include "rules/case.hpp"
#include "rules/dispute.hpp"

#include <optional>

namespace mingce {

/// Why this fact cannot follow on this state; nothing if it can. Failure kind `impossible`, the
/// code names the rule.
std::optional<Failure> refusal(const Case& state, const Fact& fact);
std::optional<Failure> refusal(const Dispute& state, const Fact& fact);

/// What the members of one event must satisfy among themselves (422), beyond their types.
std::optional<Failure> inconsistency(const Event& event);

/// A request cannot go into itself, repeat itself, or be the double of itself (422, `same_request`).
/// `own`: its id; `at`: where the data of the event stand.
std::optional<Failure> refusal_of_itself(const Event& event, const std::string& own,
                                         const std::string& at);

/// Folds the facts and checks each on its way: the case, or the first contradiction.
Result<Case> judge_case(std::span<const Fact> facts);
Result<Dispute> judge_dispute(std::span<const Fact> facts);

/// Void: of facts, only those that `may_follow_sealing` may still be recorded on it, whatever their
/// date. What is split or closed as a submission still takes what came before that.
bool is_sealed(const Case& state);
/// A note, or what concerns the keeping of the file.
bool may_follow_sealing(const Event& event);

} // namespace mingce
