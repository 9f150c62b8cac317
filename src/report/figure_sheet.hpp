#pragma once
// 填报表: the workbook in which a unit supplies the figures it was asked for. Equal sheets give
// equal bytes. intake/filled_sheet.hpp reads it back.

#include "base/day.hpp"
#include "base/decimal.hpp"
#include "report/format.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mingce {

struct FigureSheetRow {
  std::string item;
  std::string label;              ///< as table 二 prints it; of a free item its name
  bool money = false;             ///< yuan, at most two decimals; else a whole number
  std::optional<Decimal> known{}; ///< what the unit has supplied already
};

struct FigureSheet {
  std::string organ_code, organ_name;
  int year = 0;
  std::string unit;
  std::optional<Day> respond_by;
  std::vector<FigureSheetRow> rows;
};

/// What the sheet calls its own parts: by these words it is read back.
namespace figure_sheet_words {
inline constexpr std::string_view organ = "机关代码", year = "年度", unit = "填报单位";
inline constexpr std::array<std::string_view, 6> columns{"序号",     "项目代码", "项目",
                                                         "计量单位", "数量",     "说明"};
} // namespace figure_sheet_words

/// What an item is in table 二 of that edition.
FigureSheetRow figure_sheet_row(const Edition& edition, const std::string& item);

/// XLSX.
std::string render_figure_sheet(const FigureSheet& sheet);

} // namespace mingce
