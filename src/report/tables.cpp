#include "report/tables.hpp"

namespace mingce {
namespace {

void add_proactive(const ProactiveTable& table, std::vector<CellPlace>& places) {
  for (auto& block : table.blocks)
    for (auto& row : block.rows)
      for (std::size_t i = 0; i < block.columns.size(); ++i)
        places.push_back({"proactive", row.code, block.columns[i].code, row.label,
                          block.columns[i].label, row.cells[i].unit});
}

void add_requests(const RequestTable& table, std::vector<CellPlace>& places) {
  for (auto& row : table.rows)
    if (row.source)
      for (auto& column : table.columns)
        places.push_back({"requests", row.code, column.code, row.label, column.label});
}

void add_disputes(const DisputeTable& table, std::vector<CellPlace>& places) {
  for (auto& block : table.blocks)
    for (auto& column : table.columns)
      places.push_back({"disputes", block.code, column.code, block.label, column.label});
}

/// Rows of whole numbers whose order is that of `columns`.
template <class Rows>
void add_counts(std::string_view table, const Rows& rows, const std::vector<Column>& columns,
                Tables& tables) {
  for (auto& [row, numbers] : rows)
    for (std::size_t i = 0; i < numbers.size(); ++i)
      tables.cells[cell_name(table, row, columns[i].code)] = Decimal::whole(numbers[i]);
}

} // namespace

std::string cell_name(std::string_view table, std::string_view row, std::string_view column) {
  std::string name(table);
  name.append("/").append(row).append("/").append(column);
  return name;
}

std::string CellPlace::name() const { return cell_name(table, row, column); }

bool Layout::mixed() const {
  const Edition* first = nullptr;
  for (auto* edition : all()) {
    if (!edition) continue;
    if (first && edition != first) return true;
    first = edition;
  }
  return false;
}

std::vector<CellPlace> places_of(const Layout& layout) {
  std::vector<CellPlace> places;
  if (layout.proactive) add_proactive(layout.proactive->proactive, places);
  if (layout.requests) add_requests(layout.requests->requests, places);
  if (layout.disputes) add_disputes(layout.disputes->disputes, places);
  return places;
}

std::optional<Decimal> Tables::at(std::string_view name) const {
  auto found = cells.find(name);
  return found == cells.end() ? std::nullopt : std::optional(found->second);
}

Tables tables_of(const AnnualReport& report) {
  auto& edition = *report.edition;
  Tables tables{.year = report.subject.year,
                .layout = {&edition, &edition, &edition},
                .organ = report.subject.organ_name};
  for (auto& [row, cells] : report.proactive)
    for (auto& [column, value] : cells) tables.cells[cell_name("proactive", row, column)] = value;
  add_counts("requests", report.requests, edition.requests.columns, tables);
  add_counts("disputes", report.disputes, edition.disputes.columns, tables);
  return tables;
}

} // namespace mingce
