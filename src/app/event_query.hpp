#pragma once
// Which entries of the log a reader asks for: whose, of which type, by whom, from when to when.
// What has a place is found there; only the rest is looked through.

#include "projection/register.hpp"

#include <cstdint>
#include <functional>
#include <limits>
#include <optional>
#include <string>

namespace mingce {

/// All that is given must hold.
struct EventQuery {
  std::string organ{}; ///< in whose register; `CN`: the national calendar
  std::string type{}, actor{};
  std::optional<StreamId> request{};
  std::uint64_t from = 1, to = std::numeric_limits<std::uint64_t>::max(); ///< positions, inclusive

  /// Narrows the positions to what was recorded between two instants, inclusive.
  Result<void> narrow(const LogView& log, const std::optional<Instant>& recorded_from,
                      const std::optional<Instant>& recorded_to);
  bool matches(const Entry& entry) const;
};

/// `not_found` for an organ or a request that the register does not know.
Result<void> check_known(const EventQuery& query, const Register& reg);

/// Calls `each` for the entries asked for, in the order of the log, until it says false.
Result<void> each_event(const LogView& log, const EventQuery& query, LogView::Half half,
                        const std::function<bool(Entry&&)>& each);

} // namespace mingce
