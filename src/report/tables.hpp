#pragma once
// The plain numbers of a report, however it came about: filled from the log, or read from a
// document of anyone. The checks and the flat exports work on these alone.

#include "base/decimal.hpp"
#include "report/annual.hpp"
#include "report/format.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mingce {

/// The edition each table follows; some published reports mix two.
struct Layout {
  const Edition* proactive = nullptr;
  const Edition* requests = nullptr;
  const Edition* disputes = nullptr;

  bool mixed() const { return proactive != requests || requests != disputes; }
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

/// Every place of the three tables, in the official order.
std::vector<CellPlace> places_of(const Layout& layout);

struct Tables {
  std::optional<int> year{};
  Layout layout{};
  std::map<std::string, Decimal, std::less<>> cells{}; ///< by name; one that is absent is blank

  bool mixed_layout() const { return layout.mixed(); }
  std::optional<Decimal> at(std::string_view name) const;
};

Tables tables_of(const AnnualReport& report);

} // namespace mingce
