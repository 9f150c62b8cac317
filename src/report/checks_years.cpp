#include "report/checks_parts.hpp"

#include <array>
#include <utility>

namespace mingce {
namespace {

/// Marks the cells of the report of the year before in an equation over both.
constexpr std::string_view before = "last_year:";

std::string last_years(const std::string& cell) { return std::string(before) + cell; }

/// Reads this report, and the one before by marked names.
CellReader reader_of_both(const Tables& tables, const Tables& last_year) {
  return [&](const std::string& cell) {
    return cell.starts_with(before) ? last_year.at(cell.substr(before.size())) : tables.at(cell);
  };
}

// ── C04 ─────────────────────────────────────────────────────────────────────────────────────────

Rule carry_over_rule(const RequestTable& table, const RequestTable& table_before) {
  auto in = rows_of_source(table, RowSource::carried_in).front();
  auto out = rows_of_source(table_before, RowSource::carried_out).front();
  Rule rule{"C04",
            {"各列上年结转等于上一年度报告的结转下年度继续办理",
             "in every column, carried in equals what the report of the year before carried out"},
            {"上年结转不等于上一年度报告的结转下年度继续办理",
             "carried in differs from what the report of the year before carried out"},
            {}};
  for (auto& column : table.columns) {
    auto cell = cell_name("requests", in, column.code);
    rule.identities.push_back({{column.label, column.code},
                               {cell},
                               {last_years(cell_name("requests", out, column.code))},
                               cell});
  }
  return rule;
}

Check check_carry_over(const Tables& tables, const Tables& last_year) {
  if (!tables.layout.requests || !last_year.layout.requests) return no_such_table("C04");
  return judge(
      carry_over_rule(tables.layout.requests->requests, last_year.layout.requests->requests),
      reader_of_both(tables, last_year));
}

// ── C06 ─────────────────────────────────────────────────────────────────────────────────────────

struct Pending {
  std::string total_cell;
  Text place;
  std::optional<Decimal> total;
  Decimal pending_before{};

  bool holds() const { return !total || pending_before <= *total; }
};

std::vector<Pending> pending_of(const Tables& tables, const Tables& last_year) {
  std::vector<Pending> out;
  for (auto& block : tables.layout.disputes->disputes.blocks) {
    auto total = cell_name("disputes", block.code, total_column);
    auto pending = cell_name("disputes", block.code, to_word(DisputeColumn::pending));
    out.push_back({total,
                   {block.label, block.code},
                   tables.at(total),
                   last_year.at(pending).value_or(Decimal{})});
  }
  return out;
}

/// Both litigation blocks together: strangers put a suit into one this year, the other the next.
bool suits_hold_together(const std::vector<Pending>& blocks) {
  Decimal pending, total;
  for (auto& block : blocks) {
    if (block.total_cell.find("litigation") == block.total_cell.npos) continue;
    if (!block.total) return true;
    pending += block.pending_before;
    total += *block.total;
  }
  return pending <= total;
}

Check check_pending(const Tables& tables, const Tables& last_year, Origin origin) {
  if (!tables.layout.disputes || !last_year.layout.disputes) return no_such_table("C06");
  auto blocks = pending_of(tables, last_year);
  Check broken{"C06",
               CheckStatus::warn,
               {"上一年度尚未审结的多于本年度总计", "more were pending the year before than are "
                                                    "counted in total this year"}};
  bool moved = origin == Origin::foreign && suits_hold_together(blocks);
  for (auto& block : blocks) {
    if (block.holds()) continue;
    bool is_suit = block.total_cell.find("litigation") != block.total_cell.npos;
    if (!is_suit || !moved) broken.status = CheckStatus::fail;
    auto numbers = " " + to_string(block.pending_before) + " > " + to_string(*block.total);
    bool first = broken.cells.empty();
    broken.message.zh += (first ? "：" : "；") + block.place.zh + numbers;
    broken.message.en += (first ? ": " : "; ") + block.place.en + numbers;
    broken.cells.push_back(block.total_cell);
  }
  if (broken.cells.empty())
    return {"C06",
            CheckStatus::pass,
            {"上一年度尚未审结的均在本年度总计之内",
             "what was pending the year before is within this year's totals"}};
  if (broken.status == CheckStatus::warn) {
    broken.message.zh += "（行政诉讼两块合计相符，可能调整了栏目）";
    broken.message.en += " (both kinds of suit together agree: one may have changed its block)";
  }
  return broken;
}

// ── C07 ─────────────────────────────────────────────────────────────────────────────────────────

/// The columns of an edition that counts documents in force.
constexpr std::string_view issued = "issued", repealed = "repealed", in_force = "in_force";

/// in_force + repealed = in_force of the year before + issued, so that no term is negative.
std::vector<Identity> document_identities(const Tables& tables, const Tables& last_year) {
  std::vector<Identity> out;
  for (auto& block : tables.layout.proactive->proactive.blocks)
    for (auto& row : block.rows) {
      auto cell = [&](std::string_view column) { return cell_name("proactive", row.code, column); };
      auto now = cell(in_force);
      // A number that is not there is no 0: this equation is at most a warning as it is.
      bool told = tables.at(now) && tables.at(cell(issued)) && tables.at(cell(repealed)) &&
                  last_year.at(now);
      if (told)
        out.push_back(
            {{row.label, row.code}, {now, cell(repealed)}, {last_years(now), cell(issued)}, now});
    }
  return out;
}

Check check_documents(const Tables& tables, const Tables& last_year) {
  if (!tables.layout.proactive || !last_year.layout.proactive) return no_such_table("C07");
  Rule rule{"C07",
            {"现行有效件数等于上一年度现行有效件数加本年制发、减本年废止",
             "documents in force equal those of the year before plus issued minus repealed"},
            {"现行有效加本年废止不等于上一年度现行有效加本年制发",
             "in force plus repealed differs from in force the year before plus issued"},
            document_identities(tables, last_year),
            CheckStatus::warn};
  if (rule.identities.empty())
    return not_applicable("C07", {"两个年度的表二没有可比的现行有效件数",
                                  "the two reports tell no documents in force to compare"});
  return judge(rule, reader_of_both(tables, last_year));
}

} // namespace

std::vector<Check> check_years(const Tables& tables, const Evidence& evidence) {
  if (!evidence.last_year) {
    std::vector<Check> checks;
    for (auto* id : {"C04", "C06", "C07"})
      checks.push_back(not_applicable(id, {"没有上一年度已公布的报告可比",
                                           "no published report of the year before to compare"}));
    return checks;
  }
  auto& last_year = *evidence.last_year;
  return {check_carry_over(tables, last_year), check_pending(tables, last_year, evidence.origin),
          check_documents(tables, last_year)};
}

} // namespace mingce
