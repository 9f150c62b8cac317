#pragma once
// Where a case and a dispute count in a period (条例50.1.2–3): the heart of tables 三 and 四.
// A case stands with one organ at a time; a hand-over (机构改革、职权划转) ends one tenure and
// begins the next: the predecessor carries it out, the successor carries it in.

#include "rules/case.hpp"
#include "rules/counts.hpp"
#include "rules/dispute.hpp"
#include "rules/policy.hpp"

#include <optional>

namespace mingce {

/// The time during which one organ holds a case.
struct Tenure {
  Day from{};                        ///< receipt, or the day it was handed over to this organ
  bool by_receipt = true;            ///< false: taken over from a predecessor
  std::optional<Day> handed_over_on; ///< to the next organ; only while not concluded
};

/// Which lines of table 三 one case moves in one period. The identity
/// received + carried_in == concluded + carried_out holds for every case, period and tenure.
struct Standing {
  bool received = false;
  bool carried_in = false;
  bool concluded = false;
  bool carried_out = false;
  friend bool operator==(Standing, Standing) = default;
};

/// `concluded_on` is the first conclusion, if one happened within this tenure.
Standing standing(const Tenure& tenure, std::optional<Day> concluded_on, const Period& period);

/// The outcome table 三 counts, under the policy on redos. Needs a conclusion.
Outcome counted_outcome(const Case& state, const Policy& policy);

/// The turn that places a dispute in a column of table 四 in that period: the decision taken in
/// it, or the pending stand at its end; none where the dispute does not count.
std::optional<Dispute::Turn> standing(const Dispute& dispute, const Period& period,
                                      const Policy& policy);

} // namespace mingce
