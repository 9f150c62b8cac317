#include "report/checks_parts.hpp"

#include <algorithm>
#include <map>
#include <set>
#include <utility>

namespace mingce {
namespace {

using Members = std::vector<RollUpMember>;

// ── C10 ─────────────────────────────────────────────────────────────────────────────────────────

void append_names(Check& check, const Text& what, const std::vector<std::string>& names) {
  if (names.empty()) return;
  std::string list;
  for (auto& name : names) list += (list.empty() ? "" : "、") + name;
  bool first = check.message.zh.empty();
  check.message.zh += (first ? "" : "；") + what.zh + "：" + list;
  check.message.en += (first ? "" : "; ") + what.en + ": " + list;
}

Check check_membership(const Members& members, Origin origin) {
  std::vector<std::string> missing, twice;
  for (auto& member : members) {
    if (member.reports.empty()) missing.push_back(member.name);
    if (member.reports.size() > 1) twice.push_back(member.name);
  }
  if (missing.empty() && twice.empty())
    return {"C10",
            CheckStatus::pass,
            {"汇总范围内 " + std::to_string(members.size()) + " 个机关各报送一次",
             "each of the " + std::to_string(members.size()) + " members is in it once"}};
  // In a register of our own an organ without a single record may have had nothing to record.
  bool only_silent = origin == Origin::own && twice.empty();
  Check check{"C10", only_silent ? CheckStatus::warn : CheckStatus::fail, {}};
  append_names(check, {"没有报送", "nothing from"}, missing);
  append_names(check, {"重复报送", "more than once from"}, twice);
  return check;
}

// ── C11 ─────────────────────────────────────────────────────────────────────────────────────────

/// The sums that a report can be asked for: its cells, and for every group of rows of table 三 the
/// group as one row (`requests/closed/total`), as the edition of 2019 prints 其他处理.
using Sums = std::map<std::string, Decimal, std::less<>>;

std::string group_of(std::string_view row) { return std::string(row.substr(0, row.find('.'))); }

Sums sums_of(const Tables& tables) {
  Sums sums;
  for (auto& place : places_of(tables.layout)) {
    auto value = tables.at(place.name()).value_or(Decimal{});
    sums[place.name()] += value;
    bool in_group = place.table == "requests" && group_of(place.row) != place.row;
    if (in_group) sums[cell_name("requests", group_of(place.row), place.column)] += value;
  }
  return sums;
}

struct Comparison {
  std::size_t cells = 0; ///< compared
  Check broken{"C11",
               CheckStatus::fail,
               {"汇总数不等于各机关之和", "the roll-up differs from the sum of its members"}};
};

/// Names that every party can be asked for.
std::set<std::string> common_names(const Sums& parent, const std::vector<Sums>& members) {
  std::set<std::string> names;
  for (auto& [name, sum] : parent)
    if (std::ranges::all_of(members, [&](auto& sums) { return sums.contains(name); }))
      names.insert(name);
  return names;
}

/// A group is compared as one only where its rows cannot be.
bool is_compared_by_rows(const std::string& group, const std::set<std::string>& names) {
  auto column = group.substr(group.rfind('/'));
  auto rows = group.substr(0, group.size() - column.size()) + ".";
  for (auto name = names.lower_bound(rows); name != names.end() && name->starts_with(rows); ++name)
    if (name->ends_with(column)) return true;
  return false;
}

Comparison compare(const Tables& tables, const std::vector<Sums>& members) {
  constexpr std::size_t told = 8;
  auto parent = sums_of(tables);
  auto names = common_names(parent, members);
  std::set<std::string> printed;
  for (auto& place : places_of(tables.layout)) printed.insert(place.name());
  Comparison out;
  for (auto& name : names) {
    bool is_cell = printed.contains(name);
    if (is_cell ? in_total_column(name) && !tables.at(name) : is_compared_by_rows(name, names))
      continue;
    ++out.cells;
    Decimal sum;
    for (auto& member : members) sum += member.find(name)->second;
    if (sum == parent[name]) continue;
    if (out.broken.cells.size() < told)
      append_finding(out.broken, {name, name}, parent[name], sum, name);
    else
      out.broken.cells.push_back(name);
  }
  if (out.broken.cells.size() > told) {
    auto count = std::to_string(out.broken.cells.size());
    out.broken.message.zh += "；等共 " + count + " 处";
    out.broken.message.en += "; " + count + " in all";
  }
  return out;
}

Check check_sum_of_members(const Tables& tables, const Members& members, Origin origin) {
  std::vector<Sums> sums;
  for (auto& member : members) {
    // Of our own organs nothing recorded is nothing to add.
    if (origin == Origin::own && member.reports.empty()) continue;
    if (member.reports.size() != 1)
      return not_applicable(
          "C11", {"各机关的报告不齐，无从比对", "the reports of the members are not complete"});
    sums.push_back(sums_of(*member.reports.front()));
  }
  auto compared = compare(tables, sums);
  if (compared.cells == 0)
    return not_applicable("C11", {"没有可比的单元格", "no cells to compare"});
  if (!compared.broken.cells.empty()) return std::move(compared.broken);
  auto count = std::to_string(compared.cells);
  return {"C11",
          CheckStatus::pass,
          {"汇总数逐格等于各机关之和（" + count + " 格）",
           "every cell equals the sum over the members (" + count + " cells)"}};
}

} // namespace

std::vector<Check> check_roll_up(const Tables& tables, const Evidence& evidence) {
  if (!evidence.members || evidence.members->empty()) {
    Text none{"不是汇总报告，或没有所属机关的报告", "no roll-up, or no reports of its members"};
    return {not_applicable("C10", none), not_applicable("C11", none)};
  }
  return {check_membership(*evidence.members, evidence.origin),
          check_sum_of_members(tables, *evidence.members, evidence.origin)};
}

} // namespace mingce
