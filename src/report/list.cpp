#include "report/list.hpp"

#include "report/csv.hpp"
#include "report/text_grid.hpp"

#include <vector>

namespace mingce {
namespace {

constexpr std::size_t widest_text = 60; ///< display columns; longer fields are wrapped

std::string text_of(const json::value& row, const char* member) {
  auto* value = row.get_object().if_contains(member);
  if (!value || value->is_null()) return {};
  if (value->is_string()) return std::string(value->get_string());
  return json::serialize(*value);
}

} // namespace

std::string render_list_csv(const json::array& rows, std::span<const ListColumn> columns) {
  std::vector<std::string_view> fields;
  for (auto& column : columns) fields.push_back(column.member);
  auto csv = csv_record(fields);
  for (auto& row : rows) {
    std::vector<std::string> texts;
    for (auto& column : columns) texts.push_back(text_of(row, column.member));
    fields.assign(texts.begin(), texts.end());
    csv += csv_record(fields);
  }
  return csv;
}

std::string render_list_text(const json::array& rows, std::span<const ListColumn> columns,
                             const std::string& empty) {
  if (rows.empty()) return empty + "\n";
  std::vector<ListColumn> shown;
  for (auto& column : columns)
    if (column.title) shown.push_back(column);
  TextGrid grid(shown.size());
  grid.add_row();
  for (auto& column : shown) grid.add({column.title}, Align::centre);
  for (auto& row : rows) {
    grid.add_row();
    for (auto& column : shown) {
      auto text = text_of(row, column.member);
      auto* value = row.get_object().if_contains(column.member);
      bool number = value && value->is_number();
      grid.add(text.empty() ? std::vector<std::string>{""} : wrapped(text, widest_text),
               number ? Align::right : Align::left);
    }
  }
  return grid.draw();
}

} // namespace mingce
