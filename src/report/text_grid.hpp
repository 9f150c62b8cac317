#pragma once
// A table with merged cells, drawn with box characters for a terminal with a fixed-width font.
// Widths are display columns: a Chinese character takes two.

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace mingce {

std::size_t display_width(std::string_view utf8);

/// `text` with spaces appended up to `width` display columns.
std::string padded(std::string text, std::size_t width);

/// Cut into lines of at most `width` display columns (a single wider character gets its own line),
/// none of which begins with a closing mark such as ，
std::vector<std::string> wrapped(std::string_view utf8, std::size_t width);

enum class Align { left, centre, right };

class TextGrid {
public:
  explicit TextGrid(std::size_t columns) : columns_(columns) {}

  struct Span {
    std::size_t columns = 1;
    std::size_t rows = 1;
  };

  void add_row();

  /// Puts text into the first free place of the last row. A span reaches to the right and down;
  /// the rows it reaches into are added afterwards, and every place of the grid must get a text.
  void add(std::vector<std::string> lines, Align align, Span span = {1, 1});

  std::string draw() const;

private:
  struct Cell {
    std::vector<std::string> lines;
    Align align{};
    std::size_t row = 0;
    std::size_t column = 0;
    Span span;
  };
  using Sizes = std::vector<std::size_t>;
  class Canvas;

  Sizes column_widths() const;
  Sizes row_heights() const;
  Sizes left_edges() const;
  Sizes row_tops() const;
  std::size_t owner(std::size_t row, std::size_t column) const;
  bool line_above(std::size_t row, std::size_t column) const;
  bool line_left_of(std::size_t row, std::size_t column) const;
  std::size_t corner(std::size_t row, std::size_t column) const;
  void draw_rule(std::size_t row, const Sizes& lefts, const Sizes& tops, Canvas& canvas) const;
  void draw_sides(std::size_t row, const Sizes& lefts, const Sizes& tops, Canvas& canvas) const;
  void draw_text(const Cell& cell, const Sizes& lefts, const Sizes& tops, Canvas& canvas) const;

  std::size_t columns_;
  std::size_t rows_ = 0;
  std::vector<Cell> cells_;
  std::vector<Sizes> owners_; ///< index into cells_, by row and column
};

} // namespace mingce
