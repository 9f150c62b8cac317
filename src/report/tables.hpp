#pragma once
// The plain numbers of a report, however it came about: filled from the log, or read from a
// document of anyone. The checks and the flat exports work on these alone.

#include "base/decimal.hpp"
#include "report/annual.hpp"
#include "report/format.hpp"

#include <array>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mingce {

/// The edition each table follows; some published reports mix two. Null: there is no such table.
struct Layout {
  const Edition* proactive = nullptr;
  const Edition* requests = nullptr;
  const Edition* disputes = nullptr;

  std::array<const Edition*, 3> all() const { return {proactive, requests, disputes}; }
  /// Two tables that are there follow different editions.
  bool mixed() const;
};

/// One place for a number. The texts belong to the edition.
struct CellPlace {
  std::string_view table; ///< `proactive`, `requests`, `disputes`
  std::string_view row;
  std::string_view column;
  std::string_view row_label;
  std::string_view column_label;
  Unit unit = Unit::count;

  std::string name() const; ///< `requests/received/total`
};

std::string cell_name(std::string_view table, std::string_view row, std::string_view column);

/// Every place of the tables that are there, in the official order.
std::vector<CellPlace> places_of(const Layout& layout);

struct Tables {
  std::optional<int> year{};
  Layout layout{};
  std::map<std::string, Decimal, std::less<>> cells{}; ///< by name; one that is absent is blank
  std::string organ{};                                 ///< as printed; empty: not told
  /// What a foreign report prints beside a number, or where one should be, by cell: `3（含上年）`.
  std::map<std::string, std::string, std::less<>> remarks{};

  bool mixed_layout() const { return layout.mixed(); }
  std::optional<Decimal> at(std::string_view name) const;
};

Tables tables_of(const AnnualReport& report);

} // namespace mingce
