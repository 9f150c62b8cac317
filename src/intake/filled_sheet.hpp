#pragma once
// Reads a 填报表 back (report/figure_sheet.hpp), as a unit has filled it in.

#include "base/result.hpp"
#include "intake/page.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace mingce {

struct FilledRow {
  std::string number;               ///< 序号, as printed: by it a fault is told
  std::string item, quantity, note; ///< as written; blank where nothing is
};

struct FilledSheet {
  std::string organ_code, year, unit;
  std::vector<FilledRow> rows;
};

/// Failures: `unreadable` for what is no workbook; `invalid` (code `not_a_sheet`) for one that does
/// not name its organ, year and unit, or has not the columns of a sheet.
Result<FilledSheet> read_filled_sheet(std::string_view xlsx);
Result<FilledSheet> read_filled_sheet(const RawTable& table);

} // namespace mingce
