#include "report/checks.hpp"

#include <algorithm>
#include <utility>

namespace mingce {
namespace {

/// 本年增/减: the one column where a negative number is in order.
constexpr std::string_view signed_column = "change";

/// An equation between cells. If it is broken, `total` is the cell named.
struct Identity {
  Text place;
  std::vector<std::string> left;
  std::vector<std::string> right;
  std::string total;
};

/// What one check asserts: the sentence for "holds" and the one for "broken".
struct Rule {
  std::string id;
  Text holds;
  Text broken;
  std::vector<Identity> identities;
};

std::string request_cell(std::string_view row, std::string_view column) {
  return cell_name("requests", row, column);
}

std::vector<std::string> rows_of_source(const RequestTable& table, RowSource source) {
  std::vector<std::string> codes;
  for (auto& row : table.rows)
    if (row.source == source) codes.push_back(row.code);
  return codes;
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

// ── the identities ──────────────────────────────────────────────────────────────────────────────

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

std::vector<Rule> rules_of(const Layout& layout) {
  auto& requests = layout.requests->requests;
  return {{"C01",
           {"各列第一项加第二项之和等于第三项总计加第四项之和",
            "in every column, received plus carried in equals results plus carried out"},
           {"第一项加第二项之和不等于第三项总计加第四项之和",
            "received plus carried in differs from results plus carried out"},
           intake_identities(requests)},
          {"C02",
           {"各列办理结果总计等于各项办理结果之和",
            "in every column, the results total equals the sum of the results"},
           {"各项办理结果之和不等于办理结果总计",
            "the sum of the results differs from the results total"},
           result_identities(requests)},
          {"C03",
           {"各行总计等于各类申请人之和",
            "in every row, the total equals the sum of the applicant kinds"},
           {"各类申请人之和不等于总计", "the sum of the applicant kinds differs from the total"},
           row_identities(requests)},
          {"C05",
           {"行政复议、行政诉讼各块总计等于各结果之和",
            "in every dispute block, the total equals the sum of the results"},
           {"行政复议、行政诉讼各结果之和不等于总计",
            "in a dispute block, the sum of the results differs from the total"},
           dispute_identities(layout.disputes->disputes)}};
}

// ── judging them ────────────────────────────────────────────────────────────────────────────────

bool in_total_column(std::string_view cell) {
  return cell.substr(cell.rfind('/') + 1) == total_column;
}

/// A blank that is itself a sum may stand for any number, not for 0.
bool says_nothing(const Identity& identity, const Tables& tables) {
  auto unknown = [&](const std::string& cell) {
    return (cell == identity.total || in_total_column(cell)) && !tables.at(cell);
  };
  return std::ranges::any_of(identity.left, unknown) ||
         std::ranges::any_of(identity.right, unknown);
}

Decimal sum(const std::vector<std::string>& cells, const Tables& tables) {
  Decimal total;
  for (auto& cell : cells) total += tables.at(cell).value_or(Decimal{});
  return total;
}

void append(Text& text, const Text& more) {
  text.zh += more.zh;
  text.en += more.en;
}

/// `；未经复议直接起诉 3 ≠ 0`, after the sentence that says what is broken.
void append_finding(Check& check, const Identity& identity, Decimal left, Decimal right) {
  auto numbers = " " + to_string(left) + " ≠ " + to_string(right);
  bool first = check.cells.empty();
  append(check.message, {(first ? "：" : "；") + identity.place.zh + numbers,
                         (first ? ": " : "; ") + identity.place.en + numbers});
  check.cells.push_back(identity.total);
}

Check judge(const Rule& rule, const Tables& tables) {
  Check broken{rule.id, CheckStatus::fail, rule.broken};
  std::size_t skipped = 0;
  for (auto& identity : rule.identities) {
    if (says_nothing(identity, tables)) {
      ++skipped;
      continue;
    }
    auto left = sum(identity.left, tables), right = sum(identity.right, tables);
    if (left != right) append_finding(broken, identity, left, right);
  }
  if (!broken.cells.empty()) return broken;
  if (skipped == rule.identities.size())
    return {rule.id,
            CheckStatus::not_applicable,
            {"总计均为空白，无从校验", "all totals are blank, nothing to compare"}};
  Check passed{rule.id, CheckStatus::pass, rule.holds};
  if (auto count = std::to_string(skipped); skipped > 0)
    append(passed.message,
           {"（另有 " + count + " 处总计空白，未校验）", " (" + count + " skipped: total blank)"});
  return passed;
}

/// C08. What is missing or negative in our own report is our fault; in another's, a warning.
Check judge_completeness(const Tables& tables, Origin origin) {
  std::size_t blank = 0, negative = 0;
  std::vector<std::string> cells;
  for (auto& place : places_of(tables.layout)) {
    auto name = place.name();
    auto value = tables.at(name);
    bool is_negative = value && *value < Decimal{} && place.column != signed_column;
    blank += !value;
    negative += is_negative;
    if (!value || is_negative) cells.push_back(std::move(name));
  }
  if (cells.empty())
    return {"C08", CheckStatus::pass, {"没有空白，没有负数", "nothing blank, nothing negative"}};
  auto blanks = std::to_string(blank), negatives = std::to_string(negative);
  return {"C08",
          origin == Origin::own ? CheckStatus::fail : CheckStatus::warn,
          {"空白 " + blanks + " 处，负数 " + negatives + " 处",
           "blank: " + blanks + ", negative: " + negatives},
          std::move(cells)};
}

Check warn_of_mixed_layout(const Layout& layout) {
  return {"C17",
          CheckStatus::warn,
          {"各表采用的格式不一：表二 " + layout.proactive->code + "，表三 " +
               layout.requests->code + "，表四 " + layout.disputes->code,
           "mixed layout: table 2 follows " + layout.proactive->code + ", table 3 " +
               layout.requests->code + ", table 4 " + layout.disputes->code}};
}

/// C17. At most a warning: some organs kept the older tables for years.
Check judge_edition(const Tables& tables, const Editions& editions) {
  if (tables.mixed_layout()) return warn_of_mixed_layout(tables.layout);
  auto* prescribed = tables.year ? editions.in_force(*tables.year) : nullptr;
  if (!prescribed)
    return {"C17",
            CheckStatus::not_applicable,
            {"该期间没有规定的格式", "no edition was prescribed for this period"}};
  auto& used = tables.layout.requests->code;
  if (used != prescribed->code)
    return {"C17",
            CheckStatus::warn,
            {"采用 " + used + "，该年度规定的格式为 " + prescribed->code,
             "follows " + used + "; " + prescribed->code + " was prescribed for that year"}};
  return {"C17",
          CheckStatus::pass,
          {"采用该年度规定的格式 " + used, "follows " + used + ", prescribed for that year"}};
}

} // namespace

std::vector<Check> run_checks(const Tables& tables, const Editions& editions, Origin origin) {
  std::vector<Check> checks;
  for (auto& rule : rules_of(tables.layout)) checks.push_back(judge(rule, tables));
  checks.push_back(judge_completeness(tables, origin));
  checks.push_back(judge_edition(tables, editions));
  return checks;
}

} // namespace mingce
