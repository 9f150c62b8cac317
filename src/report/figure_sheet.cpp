#include "report/figure_sheet.hpp"

#include "report/unnamed_file.hpp"

#include <xlsxwriter.h>

#include <stdexcept>

namespace mingce {
namespace {

constexpr lxw_row_t header_row = 3;
constexpr lxw_col_t quantity_column = 4, note_column = 5;
constexpr std::array<double, figure_sheet_words::columns.size()> widths{6, 34, 44, 10, 16, 30};

class Workbook {
public:
  Workbook() : book_(workbook_new(file_.path().c_str())) {
    lxw_doc_properties properties{};
    properties.created = 1; // without a date the library would take the clock's
    workbook_set_properties(book_, &properties);
    sheet_ = workbook_add_worksheet(book_, "填报表");
    title_ = looks(14, LXW_ALIGN_CENTER, false);
    plain_ = looks(11, LXW_ALIGN_LEFT, true);
    heading_ = looks(11, LXW_ALIGN_CENTER, true);
    for (std::size_t i = 0; i < widths.size(); ++i)
      worksheet_set_column(sheet_, lxw_col_t(i), lxw_col_t(i), widths[i], nullptr);
  }

  void put_head(const FigureSheet& sheet) {
    auto title = sheet.organ_name + std::to_string(sheet.year) + "年政府信息公开年度报告填报表";
    worksheet_merge_range(sheet_, 0, 0, 0, note_column, title.c_str(), title_);
    using namespace figure_sheet_words;
    put_pair(1, 1, organ, sheet.organ_code);
    put_pair(1, 3, year, std::to_string(sheet.year));
    put_pair(2, 1, unit, sheet.unit);
    put_pair(2, 3, "期限", sheet.respond_by ? to_string(*sheet.respond_by) : "");
    for (std::size_t i = 0; i < columns.size(); ++i)
      put(header_row, lxw_col_t(i), std::string(columns[i]), heading_);
  }

  void put_row(std::size_t index, const FigureSheetRow& row) {
    auto at = header_row + 1 + lxw_row_t(index);
    put(at, 0, std::to_string(index + 1), plain_);
    put(at, 1, row.item, plain_);
    put(at, 2, row.label, plain_);
    put(at, 3, row.money ? "元" : "个", plain_);
    if (row.known)
      worksheet_write_number(sheet_, at, quantity_column, double(row.known->hundredths) / 100,
                             plain_);
    else
      worksheet_write_blank(sheet_, at, quantity_column, plain_);
    worksheet_write_blank(sheet_, at, note_column, plain_);
    accept_numbers(at, row.money);
  }

  std::string finish() {
    worksheet_freeze_panes(sheet_, header_row + 1, 0);
    if (auto error = workbook_close(book_); error != LXW_NO_ERROR)
      throw std::runtime_error(lxw_strerror(error));
    return file_.content();
  }

private:
  lxw_format* looks(double size, int align, bool bordered) {
    auto* made = workbook_add_format(book_);
    format_set_font_name(made, "宋体");
    format_set_font_size(made, size);
    format_set_align(made, std::uint8_t(align));
    format_set_text_wrap(made);
    if (bordered) format_set_border(made, LXW_BORDER_THIN);
    return made;
  }
  void put(lxw_row_t row, lxw_col_t column, const std::string& text, lxw_format* looks) {
    worksheet_write_string(sheet_, row, column, text.c_str(), looks);
  }
  void put_pair(lxw_row_t row, lxw_col_t column, std::string_view name, const std::string& text) {
    put(row, column, std::string(name), heading_);
    put(row, lxw_col_t(column + 1), text, plain_);
  }
  /// The program of the sheet refuses what is no number while it is typed.
  void accept_numbers(lxw_row_t row, bool money) {
    lxw_data_validation rule{};
    rule.validate = money ? LXW_VALIDATION_TYPE_DECIMAL : LXW_VALIDATION_TYPE_INTEGER;
    rule.criteria = LXW_VALIDATION_CRITERIA_BETWEEN;
    rule.minimum_number = -1e13;
    rule.maximum_number = 1e13;
    worksheet_data_validation_cell(sheet_, row, quantity_column, &rule);
  }

  UnnamedFile file_;
  lxw_workbook* book_;
  lxw_worksheet* sheet_ = nullptr;
  lxw_format *title_ = nullptr, *plain_ = nullptr, *heading_ = nullptr;
};

} // namespace

FigureSheetRow figure_sheet_row(const Edition& edition, const std::string& item) {
  FigureSheetRow out{item, item};
  bool named = false;
  for (auto& block : edition.proactive.blocks)
    for (auto& row : block.rows)
      for (std::size_t i = 0; i < row.cells.size(); ++i) {
        auto& cell = row.cells[i];
        for (auto& term : cell.terms) {
          if (term.item != item) continue;
          out.money = cell.unit != Unit::count;
          // A cell that sums several items names none of them.
          if (!named && cell.terms.size() == 1) {
            out.label = row.label + "：" + block.columns[i].label;
            named = true;
          }
        }
      }
  return out;
}

std::string render_figure_sheet(const FigureSheet& sheet) {
  Workbook book;
  book.put_head(sheet);
  for (std::size_t i = 0; i < sheet.rows.size(); ++i) book.put_row(i, sheet.rows[i]);
  return book.finish();
}

} // namespace mingce
