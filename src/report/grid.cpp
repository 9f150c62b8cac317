#include "report/grid.hpp"

#include "report/quantity.hpp"
#include "report/tables.hpp"

#include <algorithm>
#include <cassert>
#include <numeric>
#include <utility>

namespace mingce {
namespace {

using Role = GridCell::Role;

constexpr std::size_t free_place = std::size_t(-1);

GridCell heading(std::string text, std::size_t columns = 1, std::size_t rows = 1) {
  return {Role::column_heading, std::move(text), columns, rows};
}
GridCell row_heading(std::string text, std::size_t columns = 1, std::size_t rows = 1) {
  return {Role::row_heading, std::move(text), columns, rows};
}
GridCell number(Decimal value, Unit unit, std::string name, std::size_t columns = 1) {
  return {Role::number, to_string(value, unit), columns, 1, value, unit, std::move(name)};
}
GridCell count(std::int64_t value, std::string name) {
  return number(Decimal::whole(value), Unit::count, std::move(name));
}

// ── table 二 ────────────────────────────────────────────────────────────────────────────────────

/// The blocks have different numbers of columns: each takes an equal share of so many.
std::size_t shared_columns(const ProactiveTable& table) {
  std::size_t columns = 1;
  for (auto& block : table.blocks) columns = std::lcm(columns, block.columns.size());
  return columns;
}

void add_block(const FigureBlock& block, const AnnualReport& report, std::size_t columns,
               Grid& grid) {
  auto share = columns / block.columns.size();
  grid.add_row();
  grid.add(heading(block.label, columns + 1));
  grid.add_row();
  grid.add(heading(report.edition->proactive.row_header));
  for (auto& column : block.columns) grid.add(heading(column.label, share));
  for (auto& row : block.rows) {
    grid.add_row();
    grid.add(row_heading(row.label));
    auto& cells = report.proactive.find(row.code)->second;
    for (std::size_t i = 0; i < block.columns.size(); ++i) {
      auto& column = block.columns[i].code;
      grid.add(number(cells.find(column)->second, row.cells[i].unit,
                      cell_name("proactive", row.code, column), share));
    }
  }
}

// ── headings that several columns share ─────────────────────────────────────────────────────────

/// The columns of one group, or one column without a group.
struct Headed {
  std::string label;
  std::size_t columns = 1;
  bool grouped = false;
};

std::vector<Headed> headed(const std::vector<Column>& columns) {
  std::vector<Headed> out;
  for (auto& column : columns) {
    bool grouped = !column.group.empty();
    if (grouped && !out.empty() && out.back().grouped && out.back().label == column.group)
      ++out.back().columns;
    else
      out.push_back({grouped ? column.group : column.label, 1, grouped});
  }
  return out;
}

// ── table 三 ────────────────────────────────────────────────────────────────────────────────────

std::size_t label_columns(const RequestTable& table) {
  int deepest = 0;
  for (auto& row : table.rows) deepest = std::max(deepest, row.depth);
  return std::size_t(deepest) + 1;
}

void add_request_headings(const RequestTable& table, std::size_t labels, Grid& grid) {
  grid.add_row();
  grid.add(heading(table.note, labels, 3));
  grid.add(heading(table.column_header, table.columns.size()));
  grid.add_row();
  for (auto& each : headed(table.columns))
    grid.add(heading(each.label, each.columns, each.grouped ? 1 : 2));
  grid.add_row();
  for (auto& column : table.columns)
    if (!column.group.empty()) grid.add(heading(column.label));
}

/// How many rows of numbers stand under the heading at `index`.
std::size_t rows_under(const std::vector<RequestRow>& rows, std::size_t index) {
  std::size_t count = 0;
  for (auto i = index + 1; i < rows.size() && rows[i].depth > rows[index].depth; ++i)
    count += rows[i].source.has_value();
  return count;
}

void add_request_row(const RequestRow& row, const AnnualReport& report, std::size_t labels,
                     Grid& grid) {
  grid.add(row_heading(row.label, labels - std::size_t(row.depth)));
  auto& numbers = report.requests.find(row.code)->second;
  auto& columns = report.edition->requests.columns;
  for (std::size_t i = 0; i < numbers.size(); ++i)
    grid.add(count(numbers[i], cell_name("requests", row.code, columns[i].code)));
}

/// A heading without numbers stands beside the rows below it, and begins in the first of them.
void add_request_rows(const AnnualReport& report, std::size_t labels, Grid& grid) {
  auto& rows = report.edition->requests.rows;
  std::vector<GridCell> begun;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    if (!rows[i].source) {
      if (auto under = rows_under(rows, i)) begun.push_back(row_heading(rows[i].label, 1, under));
      continue;
    }
    grid.add_row();
    for (auto& cell : begun) grid.add(std::move(cell));
    begun.clear();
    add_request_row(rows[i], report, labels, grid);
  }
}

/// Shares of the width: the narrow labels of groups, the wide ones of rows, the numbers, above
/// which four characters find room.
std::vector<int> request_widths(std::size_t labels, std::size_t numbers) {
  std::vector<int> widths(labels, 17);
  widths.front() = 11;
  widths.back() = 42;
  widths.insert(widths.end(), numbers, 14);
  return widths;
}

// ── table 四 ────────────────────────────────────────────────────────────────────────────────────

/// A block without a group needs one heading less; its columns take that row too.
void add_dispute_headings(const DisputeTable& table, Grid& grid) {
  auto width = table.columns.size();
  grid.add_row();
  for (auto& each : headed(table.blocks)) grid.add(heading(each.label, each.columns * width));
  grid.add_row();
  for (auto& block : table.blocks)
    if (block.group.empty())
      for (auto& column : table.columns) grid.add(heading(column.label, 1, 2));
    else
      grid.add(heading(block.label, width));
  grid.add_row();
  for (auto& block : table.blocks)
    if (!block.group.empty())
      for (auto& column : table.columns) grid.add(heading(column.label));
}

} // namespace

Grid::Grid(std::string caption, std::vector<int> widths, std::size_t heading_rows)
    : caption_(std::move(caption)), widths_(std::move(widths)), heading_rows_(heading_rows) {}

void Grid::add_row() {
  if (++rows_ > owners_.size()) owners_.emplace_back(columns(), free_place);
}

void Grid::add(GridCell cell) {
  cell.row = rows_ - 1;
  auto& places = owners_[cell.row];
  cell.column = std::size_t(std::ranges::find(places, free_place) - places.begin());
  assert(cell.column + cell.columns <= columns());
  while (owners_.size() < cell.row + cell.rows) owners_.emplace_back(columns(), free_place);
  for (std::size_t i = 0; i < cell.rows; ++i)
    std::fill_n(owners_[cell.row + i].begin() + std::ptrdiff_t(cell.column), cell.columns,
                cells_.size());
  cells_.push_back(std::move(cell));
}

const GridCell& Grid::at(std::size_t row, std::size_t column) const {
  return cells_[owners_[row][column]];
}

/// Upwards to the nearest block of headings, and to the left.
std::vector<const GridCell*> Grid::headings_of(const GridCell& number) const {
  std::vector<const GridCell*> above, beside;
  auto note = [](std::vector<const GridCell*>& headings, const GridCell& cell) {
    if (headings.empty() || headings.front() != &cell) headings.insert(headings.begin(), &cell);
  };
  for (auto row = number.row; row-- > 0;) {
    auto& cell = at(row, number.column);
    if (cell.role == Role::column_heading)
      note(above, cell);
    else if (!above.empty())
      break;
  }
  for (auto column = number.column; column-- > 0;) {
    auto& cell = at(number.row, column);
    if (cell.role == Role::row_heading) note(beside, cell);
  }
  above.insert(above.end(), beside.begin(), beside.end());
  return above;
}

Grid proactive_grid(const AnnualReport& report) {
  auto& table = report.edition->proactive;
  auto columns = shared_columns(table);
  std::vector<int> widths(columns, 6);
  widths.insert(widths.begin(), int(columns) * 3);
  Grid grid(table.heading, std::move(widths), 0);
  for (auto& block : table.blocks) add_block(block, report, columns, grid);
  return grid;
}

Grid requests_grid(const AnnualReport& report) {
  auto& table = report.edition->requests;
  auto labels = label_columns(table);
  Grid grid(table.heading, request_widths(labels, table.columns.size()), 3);
  add_request_headings(table, labels, grid);
  add_request_rows(report, labels, grid);
  return grid;
}

Grid disputes_grid(const AnnualReport& report) {
  auto& table = report.edition->disputes;
  Grid grid(table.heading, std::vector<int>(table.blocks.size() * table.columns.size(), 1), 3);
  add_dispute_headings(table, grid);
  grid.add_row();
  for (auto& block : table.blocks) {
    auto& numbers = report.disputes.find(block.code)->second;
    for (std::size_t i = 0; i < numbers.size(); ++i)
      grid.add(count(numbers[i], cell_name("disputes", block.code, table.columns[i].code)));
  }
  return grid;
}

} // namespace mingce
