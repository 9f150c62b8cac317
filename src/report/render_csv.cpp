#include "report/csv.hpp"
#include "report/quantity.hpp"
#include "report/render.hpp"
#include "report/tables.hpp"

#include <initializer_list>

namespace mingce {
namespace {

std::string record(std::initializer_list<std::string_view> fields) {
  return csv_record({fields.begin(), fields.size()});
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
