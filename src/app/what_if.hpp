#pragma once
// What an append would do to the reports before it is made: nothing is written.

#include "app/office.hpp"
#include "report/format.hpp"

#include <string>
#include <vector>

namespace mingce {

/// A cell of an organ's own annual report that would change.
struct MovedCell {
  std::string organ;
  int year = 0;
  std::string cell;
  Unit unit{};
  Decimal before{}, after{};
};

/// A published report whose figures would no longer be what the facts say.
struct RestatedReport {
  std::string organ;
  int year = 0;
  Scope scope{};
};

struct WhatIf {
  std::uint64_t events = 0; ///< that would be recorded
  std::vector<MovedCell> cells;
  std::vector<RestatedReport> restates;
};

/// `supposed` are the entries that would come next, numbered so. Years are looked at until that of
/// `today`. Replays the log twice, beside the live register, so that no writer waits for it.
Result<WhatIf> what_if(const EntrySource& log, const Statutes& statutes,
                       std::vector<Entry> supposed, Day today);

json::object to_json(const WhatIf& answer);

} // namespace mingce
