#include "intake/filled_sheet.hpp"

#include "intake/readers.hpp"
#include "report/figure_sheet.hpp"

#include <algorithm>

namespace mingce {
namespace {

namespace words = figure_sheet_words;

Failure no_sheet() {
  return invalid("",
                 {"不是填报表，或缺少机关代码、年度、填报单位或表头",
                  "no figure sheet, or it lacks its organ, year, unit or heading"},
                 "not_a_sheet");
}

std::string text_at(const RawRow& row, std::size_t column) {
  if (column >= row.size()) return {};
  std::string_view text = row[column].text;
  auto first = text.find_first_not_of(" \t\r\n");
  if (first == text.npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

/// What stands beside that word, wherever it stands above the heading.
std::string beside(const RawTable& table, std::string_view word) {
  for (auto& row : table.rows)
    for (std::size_t i = 0; i < row.size(); ++i)
      if (text_at(row, i) == word) return text_at(row, i + 1);
  return {};
}

bool is_heading(const RawRow& row) {
  for (std::size_t i = 0; i < words::columns.size(); ++i)
    if (text_at(row, i) != words::columns[i]) return false;
  return true;
}

} // namespace

Result<FilledSheet> read_filled_sheet(const RawTable& table) {
  auto heading = std::ranges::find_if(table.rows, is_heading);
  FilledSheet sheet{
      beside(table, words::organ), beside(table, words::year), beside(table, words::unit), {}};
  if (heading == table.rows.end() || sheet.organ_code.empty() || sheet.year.empty() ||
      sheet.unit.empty())
    return no_sheet();
  for (auto row = std::next(heading); row != table.rows.end(); ++row) {
    FilledRow filled{text_at(*row, 0), text_at(*row, 1), text_at(*row, 4), text_at(*row, 5)};
    if (!filled.item.empty() || !filled.quantity.empty()) sheet.rows.push_back(std::move(filled));
  }
  return sheet;
}

Result<FilledSheet> read_filled_sheet(std::string_view xlsx) {
  auto package = Archive::open(xlsx);
  if (!package) return package.error();
  auto page = read_xlsx(*package);
  if (!page) return page.error();
  for (auto& block : page->blocks)
    if (auto* table = std::get_if<RawTable>(&block))
      if (auto sheet = read_filled_sheet(*table)) return sheet;
  return no_sheet();
}

} // namespace mingce
