#pragma once
// 办理质效: what one concluded case adds to the figures of a period. Figures of a region come from
// its cases, never from figures of its organs, so that a median stays a median.

#include "rules/case.hpp"
#include "rules/clock.hpp"

#include <map>
#include <vector>

namespace mingce {

/// How one case was handled, up to its first conclusion.
struct Handling {
  bool answered = false; ///< false: concluded without an answer (withdrawn, lapsed …)
  Outcome outcome{};
  Day concluded_on{};
  std::optional<Day> due_on; ///< before the conclusion; none while something was awaited
  bool on_time = true;       ///< 按时答复: not after the due date
  bool extended = false, corrected = false, consulted = false, charged = false;
  int working_days = 0;  ///< from the last anchor, without excluded days
  int calendar_days = 0; ///< from receipt
  std::optional<LateReason> late_reason;
  int days_late = 0; ///< working days
};

/// None while the case has not been concluded.
std::optional<Handling> handling_of(const Case& state, const Terms& terms);

/// Exact: half steps are kept as halves, a mean as a sum and a count.
struct Spread {
  std::vector<int> values; ///< sorted by `finish`
  std::int64_t sum = 0;

  void add(int value) {
    values.push_back(value);
    sum += value;
  }
  void finish();
  bool empty() const { return values.empty(); }
  int lowest() const { return values.front(); }
  int highest() const { return values.back(); }
  /// In hundredths, rounded half up.
  std::int64_t mean_hundredths() const;
  std::int64_t median_hundredths() const;
};

/// The figures of a period, of one organ or of many.
struct Performance {
  int received = 0, carried_in = 0, concluded = 0, carried_out = 0;
  int answered = 0, on_time = 0, late = 0, disclosed = 0;
  int extended = 0, corrected = 0, consulted = 0, charged = 0; ///< of those concluded
  Spread working_days, calendar_days;                          ///< of those answered
  std::vector<int> bands; ///< of those answered, by working days; one more than Law::bands()
  std::map<Outcome, int> outcomes;
  std::map<Channel, int> channels; ///< of those received
  std::map<std::optional<LateReason>, int> late_reasons;

  explicit Performance(const Law& law) : bands(law.bands().size() + 1) {}
  void add(const Handling& handling, const Law& law);
  void finish();
};

} // namespace mingce
