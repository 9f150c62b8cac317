#include "intake/readers.hpp"
#include "intake/table_builder.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace mingce {
namespace {

/// The mark that occurs most in the first lines.
char separator_of(std::string_view text) {
  constexpr std::array<char, 3> marks{',', ';', '\t'};
  constexpr std::size_t looked_at = 4096;
  auto head = text.substr(0, looked_at);
  return *std::ranges::max_element(marks, {},
                                   [&](char mark) { return std::ranges::count(head, mark); });
}

} // namespace

Result<Page> read_csv(std::string_view utf8) {
  CellBudget budget;
  TableBuilder table(budget);
  char separator = separator_of(utf8);
  std::string field;
  bool quoted = false, in_row = false;
  auto end_field = [&] {
    if (!std::exchange(in_row, true)) table.add_row();
    table.add(std::exchange(field, {}));
  };
  for (std::size_t i = 0; i < utf8.size() && !budget.exceeded; ++i) {
    char c = utf8[i];
    if (quoted) {
      bool doubled = c == '"' && i + 1 < utf8.size() && utf8[i + 1] == '"';
      if (doubled) ++i;
      if (c == '"' && !doubled)
        quoted = false;
      else
        field += c;
    } else if (c == '"' && field.empty()) {
      quoted = true;
    } else if (c == separator) {
      end_field();
    } else if (c == '\n' || c == '\r') {
      if (in_row || !field.empty()) end_field();
      in_row = false;
    } else {
      field += c;
    }
  }
  if (in_row || !field.empty()) end_field();
  if (budget.exceeded) return too_large();
  Page page;
  page.blocks.emplace_back(table.finish());
  return page;
}

} // namespace mingce
