#include "report/render_paper.hpp"

#include "report/text_grid.hpp"
#include "report/unnamed_file.hpp"
#include "report/xml.hpp"

#include <xlsxwriter.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <numeric>
#include <stdexcept>

namespace mingce {
namespace {

constexpr std::size_t longest_title = 8'000;   ///< bytes; a cell takes 32,767 characters
constexpr std::size_t longest_text = 1'100;    ///< bytes: what a row of that height takes
constexpr double highest_row = 409;            ///< in points
constexpr std::size_t exact_digits = 15;       ///< of a number in a workbook
constexpr double sheet_width = 110, text_width = 70; ///< in characters; a page is no narrower
constexpr double line_height = 15;                   ///< in points
constexpr double title_size = 18, section_size = 14, body_size = 12;

lxw_row_t row_at(std::size_t index) { return lxw_row_t(index); }
lxw_col_t column_at(std::size_t index) { return lxw_col_t(index); }

/// How many lines the texts of each row need; a cell over several rows needs none. `unit` is the
/// width of one share in characters.
std::vector<std::size_t> lines_of_rows(const Grid& grid, double unit) {
  std::vector<std::size_t> lines(grid.rows(), 1);
  for (auto& cell : grid.cells()) {
    if (cell.rows > 1) continue;
    auto first = grid.widths().begin() + std::ptrdiff_t(cell.column);
    auto room = unit * std::accumulate(first, first + std::ptrdiff_t(cell.columns), 0) - 1;
    auto needed = std::ceil(double(display_width(cell.text)) / room);
    lines[cell.row] = std::max(lines[cell.row], std::size_t(needed));
  }
  return lines;
}

/// The height in points of a text of that size, wrapped into `width` characters of the workbook
/// (7 pixels each). Neither Excel nor LibreOffice makes room by itself.
double height_of(const std::string& text, double size, double width) {
  constexpr double pixels_of_a_character = 7, pixels_of_a_point = 4.0 / 3, spare = 0.9;
  auto columns = spare * width * pixels_of_a_character / (size * pixels_of_a_point / 2);
  auto lines = wrapped(text, std::size_t(columns)).size();
  return std::min(highest_row, double(lines) * size * 1.45 + 3);
}

/// As much of a text as one cell takes, to the end of a sentence, else of a clause.
std::string_view piece_of(std::string_view text) {
  auto piece = leading(text, longest_text);
  if (piece.size() == text.size()) return piece;
  for (std::string_view mark : {"。", "；", "，"})
    if (auto last = piece.rfind(mark); last != piece.npos)
      return piece.substr(0, last + mark.size());
  return piece;
}

class Workbook {
public:
  explicit Workbook(const Paper& paper);
  std::string finish();

private:
  using Looks = lxw_format*;

  Looks bordered(const char* font, int align);
  Looks plain(const char* font, double size, int align);
  Looks looks_of(const GridCell& cell);
  Looks number_looks(std::size_t decimals);
  lxw_worksheet* sheet(const std::string& name);
  void add_section(const Section& section);
  void add_table(const std::string& name, const Grid& grid);
  void put(lxw_worksheet* to, const GridCell& cell, std::size_t first_row);
  void put_number(lxw_worksheet* to, lxw_row_t row, lxw_col_t column, const GridCell& cell,
                  Looks looks);
  void add_charts(const std::vector<const Chart*>& charts);
  lxw_row_t put_numbers(lxw_worksheet* to, lxw_row_t row, const Chart& chart);
  void draw(lxw_worksheet* to, lxw_row_t first, lxw_row_t at, const Chart& chart);
  void add_prose(const Paper& paper);
  void put_text(lxw_worksheet* to, lxw_row_t& row, const std::string& text, Looks looks,
                double size);

  UnnamedFile file_;
  lxw_workbook* book_;
  std::string title_;
  Looks heading_, label_, title_looks_, section_looks_, body_looks_;
  std::map<std::size_t, Looks> numbers_; ///< by decimals
};

/// Digits behind the point, as printed.
std::size_t decimals_of(const std::string& text) {
  auto point = text.find('.');
  return point == text.npos ? 0 : text.size() - point - 1;
}

Workbook::Workbook(const Paper& paper)
    : book_(workbook_new(file_.path().c_str())), title_(leading(paper.title, longest_title)),
      heading_(bordered("黑体", LXW_ALIGN_CENTER)), label_(bordered("宋体", LXW_ALIGN_LEFT)),
      title_looks_(plain("方正小标宋简体", title_size, LXW_ALIGN_CENTER)),
      section_looks_(plain("黑体", section_size, LXW_ALIGN_LEFT)),
      body_looks_(plain("仿宋_GB2312", body_size, LXW_ALIGN_LEFT)) {
  lxw_doc_properties properties{};
  properties.title = title_.data();
  auto basis = paper.basis;
  properties.comments = basis.data();
  // Without a date the library would take the clock's.
  auto made = paper.as_of.recorded_at.value_or(Instant{});
  properties.created = std::max<std::time_t>(
      1, date::floor<std::chrono::seconds>(made).time_since_epoch().count());
  workbook_set_properties(book_, &properties);
  std::vector<const Chart*> charts;
  for (auto& section : paper.sections) {
    add_section(section);
    for (auto& block : section.blocks)
      if (auto* chart = std::get_if<Chart>(&block)) charts.push_back(chart);
  }
  if (!charts.empty()) add_charts(charts);
  add_prose(paper);
}

std::string Workbook::finish() {
  if (auto error = workbook_close(book_); error != LXW_NO_ERROR)
    throw std::runtime_error(lxw_strerror(error));
  return file_.content();
}

Workbook::Looks Workbook::plain(const char* font, double size, int align) {
  auto* looks = workbook_add_format(book_);
  format_set_font_name(looks, font);
  format_set_font_size(looks, size);
  format_set_align(looks, std::uint8_t(align));
  format_set_align(looks, LXW_ALIGN_VERTICAL_CENTER);
  format_set_text_wrap(looks);
  return looks;
}

Workbook::Looks Workbook::bordered(const char* font, int align) {
  auto* looks = plain(font, 10, align);
  format_set_border(looks, LXW_BORDER_THIN);
  return looks;
}

Workbook::Looks Workbook::looks_of(const GridCell& cell) {
  if (cell.role == GridCell::Role::column_heading) return heading_;
  if (cell.role == GridCell::Role::row_heading) return label_;
  return number_looks(decimals_of(cell.text));
}

/// A number shows exactly the decimals it has.
Workbook::Looks Workbook::number_looks(std::size_t decimals) {
  auto& looks = numbers_[decimals];
  if (!looks) {
    looks = bordered("宋体", LXW_ALIGN_CENTER);
    auto format = decimals ? "0." + std::string(decimals, '0') : "0";
    format_set_num_format(looks, format.c_str());
  }
  return looks;
}

lxw_worksheet* Workbook::sheet(const std::string& name) {
  auto* sheet = workbook_add_worksheet(book_, name.c_str());
  if (!sheet) throw std::runtime_error("a sheet cannot be made");
  worksheet_set_paper(sheet, 9); // A4
  worksheet_fit_to_pages(sheet, 1, 0);
  worksheet_set_footer(sheet, "&C— &P —");
  return sheet;
}

// ── tables ──────────────────────────────────────────────────────────────────────────────────────

void Workbook::add_section(const Section& section) {
  for (auto& block : section.blocks)
    if (auto* grid = std::get_if<Grid>(&block)) add_table(section.heading, *grid);
}

void Workbook::add_table(const std::string& name, const Grid& grid) {
  constexpr std::size_t first_row = 2; // below the titles
  auto* to = sheet(name);
  worksheet_set_landscape(to);
  worksheet_fit_to_pages(to, 1, 1);
  auto last = column_at(grid.columns() - 1);
  worksheet_merge_range(to, 0, 0, 0, last, title_.c_str(), title_looks_);
  worksheet_merge_range(to, 1, 0, 1, last, name.c_str(), section_looks_);
  worksheet_set_row(to, 0, height_of(title_, title_size, sheet_width), nullptr);
  worksheet_set_row(to, 1, height_of(name, section_size, sheet_width), nullptr);
  int whole = std::accumulate(grid.widths().begin(), grid.widths().end(), 0);
  for (std::size_t i = 0; i < grid.columns(); ++i)
    worksheet_set_column(to, column_at(i), column_at(i), sheet_width * grid.widths()[i] / whole,
                         nullptr);
  for (auto& cell : grid.cells()) put(to, cell, first_row);
  auto lines = lines_of_rows(grid, sheet_width / whole);
  for (std::size_t row = 0; row < lines.size(); ++row)
    worksheet_set_row(to, row_at(first_row + row), line_height * double(lines[row]), nullptr);
  if (auto headings = grid.heading_rows()) {
    worksheet_repeat_rows(to, row_at(first_row), row_at(first_row + headings - 1));
    worksheet_freeze_panes(to, row_at(first_row + headings), 0);
  }
}

void Workbook::put(lxw_worksheet* to, const GridCell& cell, std::size_t first_row) {
  auto row = row_at(cell.row + first_row);
  auto column = column_at(cell.column);
  auto* looks = looks_of(cell);
  if (cell.rows * cell.columns > 1)
    worksheet_merge_range(to, row, column, row_at(row + cell.rows - 1),
                          column_at(column + cell.columns - 1), "", looks);
  if (cell.role == GridCell::Role::number)
    put_number(to, row, column, cell, looks);
  else
    worksheet_write_string(to, row, column, cell.text.c_str(), looks);
}

/// As text only where a number of a workbook could not hold it exactly.
void Workbook::put_number(lxw_worksheet* to, lxw_row_t row, lxw_col_t column, const GridCell& cell,
                          Looks looks) {
  auto digits = std::ranges::count_if(cell.text, [](char c) { return c >= '0' && c <= '9'; });
  double value = 0;
  std::from_chars(cell.text.data(), cell.text.data() + cell.text.size(), value);
  if (std::size_t(digits) <= exact_digits)
    worksheet_write_number(to, row, column, value, looks);
  else
    worksheet_write_string(to, row, column, cell.text.c_str(), looks);
}

// ── charts ──────────────────────────────────────────────────────────────────────────────────────

constexpr const char* chart_sheet = "图表";

/// Each chart beside the numbers it shows.
void Workbook::add_charts(const std::vector<const Chart*>& charts) {
  constexpr lxw_row_t rows_of_a_chart = 17;
  auto* to = sheet(chart_sheet);
  worksheet_set_column(to, 0, 0, 16, nullptr);
  lxw_row_t row = 0;
  for (auto* chart : charts) {
    auto first = row + 1;
    row = put_numbers(to, first, *chart);
    draw(to, first, first - 1, *chart);
    row = std::max(row, first - 1 + rows_of_a_chart);
  }
}

/// The title, the names of the series, a row for each label; gives the row below.
lxw_row_t Workbook::put_numbers(lxw_worksheet* to, lxw_row_t row, const Chart& chart) {
  worksheet_write_string(to, row - 1, 0, chart.title.c_str(), nullptr);
  worksheet_write_string(to, row, 0, "", heading_);
  for (std::size_t i = 0; i < chart.series.size(); ++i)
    worksheet_write_string(to, row, column_at(i + 1), chart.series[i].name.c_str(), heading_);
  for (std::size_t label = 0; label < chart.labels.size(); ++label) {
    ++row;
    worksheet_write_string(to, row, 0, chart.labels[label].c_str(), label_);
    for (std::size_t i = 0; i < chart.series.size(); ++i)
      worksheet_write_number(to, row, column_at(i + 1), double(chart.series[i].values[label]),
                             number_looks(0));
  }
  return row + 2;
}

void Workbook::draw(lxw_worksheet* to, lxw_row_t first, lxw_row_t at, const Chart& chart) {
  bool lying = chart.kind == Chart::Kind::bars;
  auto* drawing = workbook_add_chart(book_, lying ? LXW_CHART_BAR : LXW_CHART_COLUMN);
  auto last = row_at(first + chart.labels.size());
  for (std::size_t i = 0; i < chart.series.size(); ++i) {
    auto column = column_at(i + 1);
    auto* series = chart_add_series(drawing, nullptr, nullptr);
    chart_series_set_name_range(series, chart_sheet, first, column);
    chart_series_set_categories(series, chart_sheet, first + 1, 0, last, 0);
    chart_series_set_values(series, chart_sheet, first + 1, column, last, column);
    chart_series_set_labels(series);
    lxw_chart_fill fill{};
    fill.color = lxw_color_t(std::stoul(series_colour(i), nullptr, 16));
    chart_series_set_fill(series, &fill);
  }
  chart_title_set_name(drawing, chart.title.c_str());
  if (lying) chart_axis_set_reverse(drawing->y_axis); // of a lying chart the one with the labels
  if (chart.series.size() == 1)
    chart_legend_set_position(drawing, LXW_CHART_LEGEND_NONE);
  else
    chart_legend_set_position(drawing, LXW_CHART_LEGEND_BOTTOM);
  lxw_chart_options options{};
  auto description = alternative_text(chart);
  options.description = description.data();
  options.x_scale = 1.2;
  worksheet_insert_chart_opt(to, at, 4, drawing, &options);
}

// ── prose ───────────────────────────────────────────────────────────────────────────────────────

void Workbook::add_prose(const Paper& paper) {
  auto* to = sheet("文字");
  worksheet_set_column(to, 0, 0, text_width, nullptr);
  lxw_row_t row = 0;
  put_text(to, row, paper.title, title_looks_, title_size);
  put_text(to, row, paper.opening, body_looks_, body_size);
  for (auto& section : paper.sections) {
    put_text(to, row, section.heading, section_looks_, section_size);
    for (auto& block : section.blocks)
      if (auto* passage = std::get_if<Passage>(&block)) {
        bool topic = passage->role == Passage::Role::topic;
        put_text(to, row, passage->text, topic ? section_looks_ : body_looks_,
                 topic ? section_size : body_size);
      }
  }
}

/// A long text goes on in the cell below.
void Workbook::put_text(lxw_worksheet* to, lxw_row_t& row, const std::string& text, Looks looks,
                        double size) {
  std::string_view rest = text;
  do {
    std::string piece(piece_of(rest));
    worksheet_set_row(to, row, height_of(piece, size, text_width), nullptr);
    worksheet_write_string(to, row++, 0, piece.c_str(), looks);
    rest.remove_prefix(piece.size());
  } while (!rest.empty());
}

} // namespace

std::string render_xlsx(const Paper& paper) { return Workbook(paper).finish(); }

} // namespace mingce
