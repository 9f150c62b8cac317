#pragma once
// Lays cells with spans into rows, as HTML does it: a cell takes the first free place of its row.

#include "base/result.hpp"
#include "intake/page.hpp"

#include <map>
#include <string>

namespace mingce {

/// Counts the cells of all tables of a file; one too many and the file is refused.
struct CellBudget {
  std::size_t left = limits::cells;
  bool exceeded = false;

  bool take(std::size_t cells);
};

class TableBuilder {
public:
  explicit TableBuilder(CellBudget& budget) : budget_(&budget) {}

  void add_row();
  /// `columns` and `rows` are at least 1; absurd ones are cut.
  void add(std::string text, std::size_t columns = 1, std::size_t rows = 1);
  /// The next places of this row belong to the cell above.
  void add_continued(std::size_t columns);
  /// With what reaches into the last row from above.
  RawTable finish();

private:
  struct Reach {
    std::string text;
    std::size_t rows = 0; ///< below this one
  };

  void end_row();
  void fill_reaching();

  CellBudget* budget_;
  RawTable table_;
  std::map<std::size_t, Reach> reaching_; ///< by column: cells of rows above
};

/// `too_large`, for whatever limit.
Failure too_large();

} // namespace mingce
