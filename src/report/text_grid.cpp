#include "report/text_grid.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cassert>
#include <limits>
#include <numeric>
#include <utility>

namespace mingce {
namespace {

constexpr std::size_t nobody = std::numeric_limits<std::size_t>::max();
/// A border and one space on either side of the text.
constexpr std::size_t between_texts = 3;

struct Character {
  std::string_view bytes;
  std::size_t width = 0;
};

/// Bytes that are no UTF-8 are taken one by one.
std::vector<Character> characters_of(std::string_view utf8) {
  std::vector<Character> out;
  while (!utf8.empty()) {
    utf8proc_int32_t code = 0;
    auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(utf8.data()),
                                 utf8proc_ssize_t(utf8.size()), &code);
    auto bytes = utf8.substr(0, size > 0 ? std::size_t(size) : 1);
    out.push_back({bytes, size > 0 ? std::size_t(utf8proc_charwidth(code)) : 1});
    utf8.remove_prefix(bytes.size());
  }
  return out;
}

/// What Chinese typesetting never puts at the head of a line.
bool closes(std::string_view character) {
  static constexpr std::array<std::string_view, 8> marks{"，", "、", "。", "；",
                                                         "：", "）", "”",  "〕"};
  return std::ranges::find(marks, character) != marks.end();
}

/// One past the last character of the line that starts at `first`.
std::size_t end_of_line(const std::vector<Character>& characters, std::size_t first,
                        std::size_t width) {
  auto end = first;
  for (std::size_t used = 0; end < characters.size(); ++end) {
    used += characters[end].width;
    if (used > width && end > first) break;
  }
  bool breaks_badly = end < characters.size() && closes(characters[end].bytes);
  return breaks_badly && end > first + 1 ? end - 1 : end;
}

std::size_t width_of(const std::vector<std::string>& lines) {
  std::size_t width = 0;
  for (auto& line : lines) width = std::max(width, display_width(line));
  return width;
}

std::size_t sum(const std::vector<std::size_t>& sizes, std::size_t first, std::size_t count) {
  auto begin = sizes.begin() + std::ptrdiff_t(first);
  return std::accumulate(begin, begin + std::ptrdiff_t(count), std::size_t{0});
}

/// Lets the narrowest of the sizes grow until together they make `needed`.
void widen(std::vector<std::size_t>& sizes, std::size_t first, std::size_t count,
           std::size_t needed) {
  auto begin = sizes.begin() + std::ptrdiff_t(first);
  for (auto have = sum(sizes, first, count); have < needed; ++have)
    ++*std::min_element(begin, begin + std::ptrdiff_t(count));
}

std::size_t indent_of(Align align, std::size_t room) {
  switch (align) {
  case Align::left:
    return 0;
  case Align::centre:
    return room / 2;
  case Align::right:
    return room;
  }
  return 0;
}

} // namespace

std::size_t display_width(std::string_view utf8) {
  std::size_t width = 0;
  for (auto& character : characters_of(utf8)) width += character.width;
  return width;
}

std::string padded(std::string text, std::size_t width) {
  auto have = display_width(text);
  if (have < width) text.append(width - have, ' ');
  return text;
}

std::vector<std::string> wrapped(std::string_view utf8, std::size_t width) {
  auto characters = characters_of(utf8);
  std::vector<std::string> lines;
  for (std::size_t first = 0; first < characters.size() || lines.empty();) {
    auto end = end_of_line(characters, first, width);
    auto& line = lines.emplace_back();
    for (; first < end; ++first) line += characters[first].bytes;
  }
  return lines;
}

/// Places of one display column each; the second half of a wide character is an empty string.
class TextGrid::Canvas {
public:
  Canvas(std::size_t width, std::size_t height)
      : lines_(height, std::vector<std::string>(width, " ")) {}

  void put(std::size_t x, std::size_t y, std::string_view utf8) {
    for (auto& character : characters_of(utf8)) {
      if (character.width == 0 && x > 0) {
        lines_[y][x - 1].append(character.bytes);
        continue;
      }
      lines_[y][x] = character.bytes;
      for (std::size_t i = 1; i < character.width; ++i) lines_[y][x + i].clear();
      x += character.width;
    }
  }

  std::string text() const {
    std::string out;
    for (auto& line : lines_) {
      for (auto& place : line) out += place;
      out += '\n';
    }
    return out;
  }

private:
  std::vector<std::vector<std::string>> lines_;
};

void TextGrid::add_row() {
  ++rows_;
  if (owners_.size() < rows_) owners_.emplace_back(columns_, nobody);
}

void TextGrid::add(std::vector<std::string> lines, Align align, Span span) {
  auto row = rows_ - 1;
  auto free = std::ranges::find(owners_[row], nobody);
  auto column = std::size_t(free - owners_[row].begin());
  assert(column + span.columns <= columns_);
  while (owners_.size() < row + span.rows) owners_.emplace_back(columns_, nobody);
  for (std::size_t r = row; r < row + span.rows; ++r)
    for (std::size_t c = column; c < column + span.columns; ++c) owners_[r][c] = cells_.size();
  cells_.push_back({std::move(lines), align, row, column, span});
}

TextGrid::Sizes TextGrid::column_widths() const {
  Sizes widths(columns_, 1);
  // Narrow spans first, so that a wide heading only grows what its columns leave too small.
  for (std::size_t span = 1; span <= columns_; ++span)
    for (auto& cell : cells_)
      if (auto width = width_of(cell.lines), inner = (span - 1) * between_texts;
          cell.span.columns == span && width > inner)
        widen(widths, cell.column, span, width - inner);
  return widths;
}

TextGrid::Sizes TextGrid::row_heights() const {
  Sizes heights(rows_, 1);
  for (std::size_t span = 1; span <= rows_; ++span)
    for (auto& cell : cells_)
      if (cell.span.rows == span) widen(heights, cell.row, span, cell.lines.size());
  return heights;
}

/// Where the border left of each column stands, and the one that closes the table.
TextGrid::Sizes TextGrid::left_edges() const {
  Sizes edges{0};
  for (auto width : column_widths()) edges.push_back(edges.back() + width + between_texts);
  return edges;
}

/// The first text line of each row, and what would be that of one more.
TextGrid::Sizes TextGrid::row_tops() const {
  Sizes tops{1};
  for (auto height : row_heights()) tops.push_back(tops.back() + height + 1);
  return tops;
}

std::size_t TextGrid::owner(std::size_t row, std::size_t column) const {
  return row < rows_ && column < columns_ ? owners_[row][column] : nobody;
}

// Unsigned arithmetic makes the row above the first (and the column left of the first) `nobody`.
bool TextGrid::line_above(std::size_t row, std::size_t column) const {
  return column < columns_ && owner(row - 1, column) != owner(row, column);
}

bool TextGrid::line_left_of(std::size_t row, std::size_t column) const {
  return row < rows_ && owner(row, column - 1) != owner(row, column);
}

/// Which of the four lines meet at the upper left corner of a place: up, down, left, right.
std::size_t TextGrid::corner(std::size_t row, std::size_t column) const {
  return (line_left_of(row - 1, column) ? 8u : 0u) + (line_left_of(row, column) ? 4u : 0u) +
         (line_above(row, column - 1) ? 2u : 0u) + (line_above(row, column) ? 1u : 0u);
}

void TextGrid::draw_rule(std::size_t row, const Sizes& lefts, const Sizes& tops,
                         Canvas& canvas) const {
  static constexpr std::array<std::string_view, 16> corners{" ", "─", "─", "─", "│", "┌", "┐", "┬",
                                                            "│", "└", "┘", "┴", "│", "├", "┤", "┼"};
  auto y = tops[row] - 1;
  for (std::size_t column = 0; column <= columns_; ++column) {
    canvas.put(lefts[column], y, corners[corner(row, column)]);
    if (!line_above(row, column)) continue;
    for (auto x = lefts[column] + 1; x < lefts[column + 1]; ++x) canvas.put(x, y, "─");
  }
}

void TextGrid::draw_sides(std::size_t row, const Sizes& lefts, const Sizes& tops,
                          Canvas& canvas) const {
  for (std::size_t column = 0; column <= columns_; ++column)
    if (line_left_of(row, column))
      for (auto y = tops[row]; y < tops[row + 1] - 1; ++y) canvas.put(lefts[column], y, "│");
}

void TextGrid::draw_text(const Cell& cell, const Sizes& lefts, const Sizes& tops,
                         Canvas& canvas) const {
  auto width = lefts[cell.column + cell.span.columns] - lefts[cell.column] - between_texts;
  auto height = tops[cell.row + cell.span.rows] - tops[cell.row] - 1;
  auto y = tops[cell.row] + (height - cell.lines.size()) / 2;
  for (auto& line : cell.lines)
    canvas.put(lefts[cell.column] + 2 + indent_of(cell.align, width - display_width(line)), y++,
               line);
}

std::string TextGrid::draw() const {
  auto lefts = left_edges(), tops = row_tops();
  Canvas canvas(lefts.back() + 1, tops.back());
  for (std::size_t row = 0; row <= rows_; ++row) draw_rule(row, lefts, tops, canvas);
  for (std::size_t row = 0; row < rows_; ++row) draw_sides(row, lefts, tops, canvas);
  for (auto& cell : cells_) draw_text(cell, lefts, tops, canvas);
  return canvas.text();
}

} // namespace mingce
