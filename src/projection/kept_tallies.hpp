#pragma once
// The tallies of the last few reports (period_tally.hpp), beside the register that they are of.

#include "projection/period_cases.hpp"

#include <list>
#include <mutex>

namespace mingce {

/// Thread-safe.
class KeptTallies {
public:
  /// Brought up to the register as it stands.
  PeriodTally ask(const Register& reg, const PeriodQuestion& question);

private:
  static constexpr std::size_t most = 4; ///< some 16 bytes a request each
  std::mutex mutex_;
  std::list<PeriodCases> kept_; ///< what was asked last stands first
};

} // namespace mingce
