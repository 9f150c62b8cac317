#include "intake/table_builder.hpp"

#include <algorithm>
#include <utility>

namespace mingce {

bool CellBudget::take(std::size_t cells) {
  if (cells > left) exceeded = true;
  if (!exceeded) left -= cells;
  return !exceeded;
}

void TableBuilder::add_row() {
  end_row();
  if (budget_->take(1)) table_.rows.emplace_back();
}

/// Cells of rows above that lie further right than this row goes.
void TableBuilder::end_row() {
  if (table_.rows.empty()) return;
  auto& row = table_.rows.back();
  for (auto reach = reaching_.lower_bound(row.size());
       reach != reaching_.end() && budget_->take(reach->first - row.size());
       reach = reaching_.lower_bound(row.size())) {
    row.resize(reach->first);
    fill_reaching();
    if (budget_->exceeded) return;
  }
}

/// Puts the cells of rows above into the next places, as long as they lie there.
void TableBuilder::fill_reaching() {
  auto& row = table_.rows.back();
  for (auto reach = reaching_.find(row.size()); reach != reaching_.end();
       reach = reaching_.find(row.size())) {
    if (!budget_->take(1)) return;
    row.push_back({reach->second.text, true});
    if (--reach->second.rows == 0) reaching_.erase(reach);
  }
}

void TableBuilder::add(std::string text, std::size_t columns, std::size_t rows) {
  if (table_.rows.empty()) add_row();
  if (budget_->exceeded) return;
  fill_reaching();
  auto& row = table_.rows.back();
  columns = std::clamp<std::size_t>(columns, 1, limits::columns);
  rows = std::clamp<std::size_t>(rows, 1, limits::cells);
  for (std::size_t i = 0; i < columns && row.size() < limits::columns; ++i) {
    if (!budget_->take(1)) return;
    if (rows > 1) reaching_[row.size()] = {text, rows - 1};
    row.push_back({text, i > 0});
  }
}

void TableBuilder::add_continued(std::size_t columns) {
  if (table_.rows.empty()) add_row();
  if (budget_->exceeded) return;
  auto& row = table_.rows.back();
  auto* above = table_.rows.size() > 1 ? &table_.rows[table_.rows.size() - 2] : nullptr;
  columns = std::clamp<std::size_t>(columns, 1, limits::columns);
  for (std::size_t i = 0; i < columns && row.size() < limits::columns; ++i) {
    if (!budget_->take(1)) return;
    bool known = above && row.size() < above->size();
    row.push_back({known ? (*above)[row.size()].text : std::string(), true});
  }
}

RawTable TableBuilder::finish() {
  end_row();
  return std::move(table_);
}

Failure too_large() {
  return {
      FailureKind::unusable,
      "too_large",
      {"文件过大或嵌套过深，不像年度报告", "too large or too deeply nested for an annual report"}};
}

} // namespace mingce
