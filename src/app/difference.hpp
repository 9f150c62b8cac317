#pragma once
// What changed between two positions of the log: events, cases, cells of the annual tables. For
// whoever has to say why a figure is not what it was.

#include "app/office.hpp"

#include <string>

namespace mingce {

struct DifferenceQuery {
  std::uint64_t from = 0, to = 0; ///< what was known at `from` beside what was known at `to`
  std::string organ;              ///< only its events, cases and cells; empty: all
};

/// `{from, to, events, cases, cells}`:
/// events: how many of each type, and by seq those recorded out of their legal order
///   (`back_dated`), in a later year than their own (`late`), amendments, retractions, voidings;
/// cases: requests whose state, due date, outcome or column is another one;
/// cells: numbers of table 二 to 四 that are others, by organ and year.
/// `invalid` (`bad_parameter`) when `from` is after `to` or `to` after the end of the log;
/// `not_found` for an organ that is not registered at `to`.
Result<json::object> difference(const LogView& log, const Statutes& statutes,
                                const DifferenceQuery& query);

} // namespace mingce
