#include "report/list.hpp"

#include "report/csv.hpp"
#include "report/text_grid.hpp"

#include <algorithm>

namespace mingce {
namespace {

std::string text_of(const json::object& row, const char* member) {
  auto* value = row.if_contains(member);
  if (!value || value->is_null()) return {};
  if (value->is_string()) return std::string(value->get_string());
  return json::serialize(*value);
}

} // namespace

std::string cell_text(const json::object& row, const ListColumn& column) {
  auto* value = row.if_contains(column.member);
  if (value && value->is_bool()) return value->get_bool() ? "是" : "否";
  auto text = text_of(row, column.member);
  return column.name_of && !text.empty() ? column.name_of(text) : text;
}

ListWriter::ListWriter(std::span<const ListColumn> columns, ListFormat format)
    : columns_(columns), format_(format) {
  if (format == ListFormat::csv) {
    std::vector<std::string_view> names;
    for (auto& column : columns) names.push_back(column.member);
    out_ = csv_record(names);
  }
  if (format == ListFormat::text)
    for (auto& column : columns)
      if (column.title) {
        cells_.push_back(column.title);
        numeric_.push_back(false);
      }
}

void ListWriter::add(const json::object& row) {
  switch (format_) {
  case ListFormat::json:
    out_ += empty_ ? '[' : ',';
    out_ += json::serialize(row);
    break;
  case ListFormat::csv: {
    std::vector<std::string> texts;
    for (auto& column : columns_) texts.push_back(text_of(row, column.member));
    out_ += csv_record(std::vector<std::string_view>(texts.begin(), texts.end()));
    break;
  }
  case ListFormat::text:
    add_text(row);
    break;
  }
  empty_ = false;
}

void ListWriter::add_text(const json::object& row) {
  std::size_t index = 0;
  for (auto& column : columns_) {
    if (!column.title) continue;
    auto* value = row.if_contains(column.member);
    if (value && value->is_number()) numeric_[index] = true;
    cells_.push_back(cell_text(row, column));
    ++index;
  }
}

/// Columns two spaces apart, numbers to the right, a rule below the headings.
std::string ListWriter::draw() const {
  auto columns = numeric_.size();
  std::vector<std::size_t> widths(columns);
  for (std::size_t i = 0; i < cells_.size(); ++i)
    widths[i % columns] = std::max(widths[i % columns], display_width(cells_[i]));
  std::string out;
  for (std::size_t i = 0; i < cells_.size(); ++i) {
    auto column = i % columns;
    bool last = column + 1 == columns;
    if (numeric_[column])
      out += std::string(widths[column] - display_width(cells_[i]), ' ') + cells_[i];
    else
      out += last ? cells_[i] : padded(cells_[i], widths[column]);
    out += last ? "\n" : "  ";
    if (i + 1 != columns) continue;
    for (std::size_t under = 0; under < columns; ++under) {
      for (std::size_t dash = 0; dash < widths[under]; ++dash) out += "─";
      out += under + 1 == columns ? "\n" : "  ";
    }
  }
  return out;
}

std::string ListWriter::finish() {
  if (format_ == ListFormat::json) out_ += empty_ ? "[]\n" : "]\n";
  if (format_ == ListFormat::text) out_ = empty_ ? "（无）\n" : draw();
  return std::move(out_);
}

std::string render_list(const json::array& rows, std::span<const ListColumn> columns,
                        ListFormat format) {
  ListWriter writer(columns, format);
  for (auto& row : rows) writer.add(row.get_object());
  return writer.finish();
}

} // namespace mingce
