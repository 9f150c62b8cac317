#include "report/render.hpp"

#include "report/quantity.hpp"
#include "report/tables.hpp"

#include <initializer_list>
#include <string_view>

namespace mingce {
namespace {

std::string quoted(std::string_view field) {
  if (field.find_first_of("\",\r\n") == field.npos) return std::string(field);
  std::string out = "\"";
  for (char c : field) out.append(c == '"' ? 2 : 1, c);
  return out + '"';
}

std::string record(std::initializer_list<std::string_view> fields) {
  std::string line;
  for (auto field : fields) line += quoted(field) + ",";
  line.pop_back();
  return line + "\r\n";
}

} // namespace

std::string render_csv(const AnnualReport& report) {
  auto tables = tables_of(report);
  auto csv = record({"table", "row", "column", "row_label", "column_label", "value"});
  for (auto& place : places_of(tables.layout)) {
    auto value = tables.at(place.name());
    csv += record({place.table, place.row, place.column, place.row_label, place.column_label,
                   value ? to_string(*value, place.unit) : ""});
  }
  return csv;
}

} // namespace mingce
