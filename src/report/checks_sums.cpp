#include "report/checks_parts.hpp"

#include <algorithm>
#include <utility>

namespace mingce {
namespace {

std::string request_cell(std::string_view row, std::string_view column) {
  return cell_name("requests", row, column);
}

std::vector<std::string> cells_in_column(const std::vector<std::string>& rows,
                                         const std::string& column) {
  std::vector<std::string> cells;
  cells.reserve(rows.size());
  for (auto& row : rows) cells.push_back(request_cell(row, column));
  return cells;
}

/// The cells of a row but its 总计.
std::vector<std::string> terms_of_row(std::string_view table, const std::string& row,
                                      const std::vector<Column>& columns) {
  std::vector<std::string> cells;
  for (auto& column : columns)
    if (column.code != total_column) cells.push_back(cell_name(table, row, column.code));
  return cells;
}

std::vector<Identity> intake_identities(const RequestTable& table) {
  auto cell = [&](RowSource source, const Column& column) {
    return request_cell(rows_of_source(table, source).front(), column.code);
  };
  std::vector<Identity> out;
  for (auto& column : table.columns) {
    auto results_total = cell(RowSource::outcome_total, column);
    out.push_back({{column.label, column.code},
                   {cell(RowSource::received, column), cell(RowSource::carried_in, column)},
                   {results_total, cell(RowSource::carried_out, column)},
                   results_total});
  }
  return out;
}

std::vector<Identity> result_identities(const RequestTable& table) {
  auto results = rows_of_source(table, RowSource::outcome);
  auto results_total = rows_of_source(table, RowSource::outcome_total).front();
  std::vector<Identity> out;
  for (auto& column : table.columns) {
    auto total = request_cell(results_total, column.code);
    out.push_back(
        {{column.label, column.code}, cells_in_column(results, column.code), {total}, total});
  }
  return out;
}

std::vector<Identity> row_identities(const RequestTable& table) {
  std::vector<Identity> out;
  for (auto& row : table.rows) {
    if (!row.source) continue;
    auto total = request_cell(row.code, total_column);
    out.push_back(
        {{row.label, row.code}, terms_of_row("requests", row.code, table.columns), {total}, total});
  }
  return out;
}

std::vector<Identity> dispute_identities(const DisputeTable& table) {
  std::vector<Identity> out;
  for (auto& block : table.blocks) {
    auto total = cell_name("disputes", block.code, total_column);
    out.push_back({{block.label, block.code},
                   terms_of_row("disputes", block.code, table.columns),
                   {total},
                   total});
  }
  return out;
}

std::vector<Rule> rules_of_requests(const RequestTable& table) {
  return {{"C01",
           {"各列第一项加第二项之和等于第三项总计加第四项之和",
            "in every column, received plus carried in equals results plus carried out"},
           {"第一项加第二项之和不等于第三项总计加第四项之和",
            "received plus carried in differs from results plus carried out"},
           intake_identities(table)},
          {"C02",
           {"各列办理结果总计等于各项办理结果之和",
            "in every column, the results total equals the sum of the results"},
           {"各项办理结果之和不等于办理结果总计",
            "the sum of the results differs from the results total"},
           result_identities(table)},
          {"C03",
           {"各行总计等于各类申请人之和",
            "in every row, the total equals the sum of the applicant kinds"},
           {"各类申请人之和不等于总计", "the sum of the applicant kinds differs from the total"},
           row_identities(table)}};
}

Rule rule_of_disputes(const DisputeTable& table) {
  return {"C05",
          {"行政复议、行政诉讼各块总计等于各结果之和",
           "in every dispute block, the total equals the sum of the results"},
          {"行政复议、行政诉讼各结果之和不等于总计",
           "in a dispute block, the sum of the results differs from the total"},
          dispute_identities(table)};
}

/// A blank that is itself a sum may stand for any number, not for 0.
bool is_silent(const Identity& identity, const CellReader& at) {
  auto unknown = [&](const std::string& cell) {
    return (cell == identity.total || in_total_column(cell)) && !at(cell);
  };
  return std::ranges::any_of(identity.left, unknown) ||
         std::ranges::any_of(identity.right, unknown);
}

Decimal sum(const std::vector<std::string>& cells, const CellReader& at) {
  Decimal total;
  for (auto& cell : cells) total += at(cell).value_or(Decimal{});
  return total;
}

} // namespace

bool in_total_column(std::string_view cell) {
  return cell.substr(cell.rfind('/') + 1) == total_column;
}

std::vector<std::string> rows_of_source(const RequestTable& table, RowSource source) {
  std::vector<std::string> codes;
  for (auto& row : table.rows)
    if (row.source == source) codes.push_back(row.code);
  return codes;
}

Check not_applicable(std::string id, Text message) {
  return {std::move(id), CheckStatus::not_applicable, std::move(message)};
}

Check no_such_table(std::string id) {
  return not_applicable(std::move(id), {"报告中没有所涉的表", "the report lacks the table"});
}

void append_finding(Check& check, const Text& place, Decimal left, Decimal right,
                    std::string cell) {
  auto numbers = " " + to_string(left) + " ≠ " + to_string(right);
  bool first = check.cells.empty();
  check.message.zh += (first ? "：" : "；") + place.zh + numbers;
  check.message.en += (first ? ": " : "; ") + place.en + numbers;
  check.cells.push_back(std::move(cell));
}

Check judge(const Rule& rule, const CellReader& at) {
  Check broken{rule.id, rule.when_broken, rule.broken};
  std::size_t skipped = 0;
  for (auto& identity : rule.identities) {
    if (is_silent(identity, at)) {
      ++skipped;
      continue;
    }
    auto left = sum(identity.left, at), right = sum(identity.right, at);
    if (left != right) append_finding(broken, identity.place, left, right, identity.total);
  }
  if (!broken.cells.empty()) return broken;
  if (skipped == rule.identities.size())
    return not_applicable(rule.id,
                          {"总计均为空白，无从校验", "all totals are blank, nothing to compare"});
  Check passed{rule.id, CheckStatus::pass, rule.holds};
  if (skipped > 0) {
    auto count = std::to_string(skipped);
    passed.message.zh += "（另有 " + count + " 处总计空白，未校验）";
    passed.message.en += " (" + count + " skipped: total blank)";
  }
  return passed;
}

std::vector<Check> check_sums(const Tables& tables) {
  auto at = [&](const std::string& cell) { return tables.at(cell); };
  std::vector<Check> checks;
  if (auto* edition = tables.layout.requests)
    for (auto& rule : rules_of_requests(edition->requests)) checks.push_back(judge(rule, at));
  else
    for (auto* id : {"C01", "C02", "C03"}) checks.push_back(no_such_table(id));
  auto* edition = tables.layout.disputes;
  checks.push_back(edition ? judge(rule_of_disputes(edition->disputes), at) : no_such_table("C05"));
  return checks;
}

} // namespace mingce
