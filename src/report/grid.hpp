#pragma once
// Tables 二, 三 and 四 as the official form prints them: headings, merged cells, numbers. What draws
// a table on paper, in a page or in a workbook needs nothing else.

#include "base/decimal.hpp"
#include "report/annual.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace mingce {

struct GridCell {
  enum class Role { column_heading, row_heading, number };

  Role role{};
  std::string text; ///< as printed
  std::size_t columns = 1, rows = 1;
  // of a number
  Decimal value{};
  Unit unit{};
  std::string name{}; ///< `requests/received/total`
  // given by the grid
  std::size_t row = 0, column = 0;
};

class Grid {
public:
  /// `widths` are shares of the table's width, one for each column.
  Grid(std::string caption, std::vector<int> widths, std::size_t heading_rows);

  void add_row();
  /// Puts a cell into the first free place of the last row. A span reaches to the right and down;
  /// the rows it reaches into are added afterwards.
  void add(GridCell cell);

  const std::string& caption() const { return caption_; }
  const std::vector<int>& widths() const { return widths_; }
  std::size_t heading_rows() const { return heading_rows_; } ///< to be repeated on every page
  std::size_t rows() const { return rows_; }
  std::size_t columns() const { return widths_.size(); }
  const std::vector<GridCell>& cells() const { return cells_; } ///< by row, then by column
  /// The cell that covers that place; every place is covered once the grid is filled.
  const GridCell& at(std::size_t row, std::size_t column) const;
  /// The headings a number stands under and beside, those of the columns first.
  std::vector<const GridCell*> headings_of(const GridCell& number) const;

private:
  std::string caption_;
  std::vector<int> widths_;
  std::size_t heading_rows_;
  std::size_t rows_ = 0;
  std::vector<GridCell> cells_;
  std::vector<std::vector<std::size_t>> owners_; ///< index into cells_, by row and column
};

Grid proactive_grid(const AnnualReport& report);
Grid requests_grid(const AnnualReport& report);
Grid disputes_grid(const AnnualReport& report);

} // namespace mingce
