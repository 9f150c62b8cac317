#pragma once
// One 行政复议 or 行政诉讼 about disclosure work, folded, and its column in table 四 (条例50.1.3).

#include "rules/history.hpp"

#include <optional>
#include <string>
#include <vector>

namespace mingce {

struct Dispute {
  /// From that day on the dispute stood so.
  struct Turn {
    Day on{};
    DisputeColumn column{};
    std::uint64_t seq = 0;
  };
  enum class Stage { none, pending, decided, appealed, retrial };

  DisputeBlock block{};
  DisputeRole role = DisputeRole::respondent;
  std::optional<Day> opened_on;
  std::optional<Day> copy_received_on; ///< 收到申请书（起诉状）副本: our time to reply runs from it
  std::optional<Day> replied_on, served_on; ///< 答复（答辩）; the judgment's service on us
  bool simplified = false;                  ///< 简易程序
  std::uint32_t served_version = 0;
  bool voided = false;
  bool suspended = false;
  Stage stage = Stage::none;
  std::optional<Day> judged_on;        ///< in first instance, while no appeal is known
  bool by_ruling = false;              ///< 裁定, not 判决: appealed within the shorter time
  std::optional<DisputeColumn> judged; ///< of the judgment below; stands again when an appeal fails
  std::vector<Turn> turns;             ///< in order; the first is the opening
  std::vector<RequestRef> requests;    ///< linked later by dispute.linked
  std::vector<std::uint64_t> amendments;
  std::pair<Day, std::uint32_t> latest{};

  /// The column the dispute stands in by the facts dated up to that day; none before its opening.
  std::optional<Turn> turn_at(Day day) const;
  /// Pending by all that is known, or at the end of that day.
  bool is_pending(Day day) const;
};

/// 结果维持、结果纠正、其他结果: the mapping table of both kinds of decision.
DisputeColumn column_of(ReconsiderationDecision decision);
DisputeColumn column_of(Judgment judgment);

void evolve(Dispute& state, const Fact& fact);
Dispute fold_dispute(std::span<const Fact> facts);

} // namespace mingce
