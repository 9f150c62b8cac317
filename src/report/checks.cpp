#include "report/checks.hpp"

#include "report/checks_parts.hpp"

#include <algorithm>
#include <array>
#include <initializer_list>
#include <iterator>
#include <utility>

namespace mingce {
namespace {

// ── C08 ─────────────────────────────────────────────────────────────────────────────────────────

/// 本年增/减: the one column where a negative number is in order.
constexpr std::string_view signed_column = "change";

struct Faults {
  std::size_t blank = 0, negative = 0, remarked = 0;
  std::vector<std::string> cells;
};

Faults faults_of(const Tables& tables) {
  Faults out;
  for (auto& place : places_of(tables.layout)) {
    auto name = place.name();
    auto value = tables.at(name);
    bool negative = value && *value < Decimal{} && place.column != signed_column;
    bool remarked = tables.remarks.contains(name);
    out.negative += negative;
    out.remarked += remarked;
    out.blank += !value && !remarked;
    if (!value || negative || remarked) out.cells.push_back(std::move(name));
  }
  return out;
}

Text missing_tables(const Layout& layout) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 3> names{
      {{"表二", "table 2"}, {"表三", "table 3"}, {"表四", "table 4"}}};
  Text text;
  auto editions = layout.all();
  for (std::size_t i = 0; i < editions.size(); ++i) {
    if (editions[i]) continue;
    text.zh += (text.zh.empty() ? "" : "、") + std::string(names[i].first);
    text.en += (text.en.empty() ? "" : ", ") + std::string(names[i].second);
  }
  return text;
}

Check complete(const CaseFindings* findings) {
  if (!findings || findings->unrecorded.empty())
    return {"C08", CheckStatus::pass, {"没有空白，没有负数", "nothing blank, nothing negative"}};
  auto count = std::to_string(findings->unrecorded.size());
  return {"C08",
          CheckStatus::warn,
          {"没有空白，没有负数；表二有 " + count + " 处从未登记，按 0 列出",
           "nothing blank, nothing negative; " + count +
               " cells of table 2 were never recorded and print 0"},
          findings->unrecorded};
}

/// What is missing or negative in our own report is our fault; in another's, a warning.
Check check_completeness(const Tables& tables, const Evidence& evidence) {
  auto faults = faults_of(tables);
  auto missing = missing_tables(tables.layout);
  if (faults.cells.empty() && missing.zh.empty()) return complete(evidence.findings);
  auto blanks = std::to_string(faults.blank), negatives = std::to_string(faults.negative);
  Check check{"C08",
              evidence.origin == Origin::own ? CheckStatus::fail : CheckStatus::warn,
              {"空白 " + blanks + " 处，负数 " + negatives + " 处",
               "blank: " + blanks + ", negative: " + negatives},
              std::move(faults.cells)};
  if (faults.remarked > 0) {
    auto count = std::to_string(faults.remarked);
    check.message.zh += "，夹有文字 " + count + " 处";
    check.message.en += ", text in a number's place: " + count;
  }
  if (!missing.zh.empty()) {
    check.message.zh += "；缺 " + missing.zh;
    check.message.en += "; missing: " + missing.en;
  }
  return check;
}

// ── C13 ─────────────────────────────────────────────────────────────────────────────────────────

Check check_regulations(const Tables& tables, std::optional<bool> power) {
  if (!tables.layout.proactive) return no_such_table("C13");
  std::vector<std::string> cells;
  for (auto& place : places_of(tables.layout))
    if (place.table == "proactive" && place.row == "regulations" &&
        tables.at(place.name()).value_or(Decimal{}) != Decimal{})
      cells.push_back(place.name());
  if (cells.empty() || power == true)
    return {"C13",
            CheckStatus::pass,
            {"规章数量与制定权限相符", "regulations only where there is power to make them"}};
  if (!power)
    return not_applicable("C13", {"不能判断是否有规章制定权",
                                  "it is not known whether the organ may make regulations"});
  return {"C13",
          CheckStatus::warn,
          {"该机关没有规章制定权，规章数量却不为 0",
           "the organ has no power to make regulations, yet reports some"},
          std::move(cells)};
}

bool ends_in_any(std::string_view name, std::initializer_list<std::string_view> words) {
  return std::ranges::any_of(words, [&](auto word) { return name.ends_with(word); });
}

/// Without what is said of it in brackets: `（全区汇总）`.
std::string_view bare(std::string_view name) {
  for (std::string_view bracket : {"（", "("}) name = name.substr(0, name.find(bracket));
  return name;
}

// ── C17 ─────────────────────────────────────────────────────────────────────────────────────────

std::string code_of(const Edition* edition) { return edition ? edition->code : "-"; }

Check warn_of_mixed_layout(const Layout& layout) {
  auto two = code_of(layout.proactive), three = code_of(layout.requests),
       four = code_of(layout.disputes);
  return {"C17",
          CheckStatus::warn,
          {"各表采用的格式不一：表二 " + two + "，表三 " + three + "，表四 " + four,
           "mixed layout: table 2 follows " + two + ", table 3 " + three + ", table 4 " + four}};
}

/// At most a warning: some organs kept the older tables for years.
Check check_edition(const Tables& tables, const Editions& editions) {
  if (tables.mixed_layout()) return warn_of_mixed_layout(tables.layout);
  auto* prescribed = tables.year ? editions.in_force(*tables.year) : nullptr;
  if (!prescribed)
    return not_applicable("C17",
                          {"该期间没有规定的格式", "no edition was prescribed for this period"});
  auto all = tables.layout.all();
  auto there = std::ranges::find_if(all, [](auto* edition) { return edition != nullptr; });
  if (there == all.end()) return no_such_table("C17");
  auto& used = (*there)->code;
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

std::string Check::name() const {
  auto out = id;
  char mark = '@';
  for (auto* list : {&cells, &cases})
    for (auto& word : *list) out += std::exchange(mark, ',') + word;
  return out;
}

std::optional<bool> makes_regulations(std::string_view organ_name) {
  auto name = bare(organ_name);
  // Before the rest: 自治区人民政府 ends like 区人民政府.
  for (std::string_view word : {"国务院", "省人民政府", "自治区人民政府", "中国人民银行"})
    if (name.find(word) != name.npos) return true;
  if (ends_in_any(name, {"省", "自治区"})) return true;
  if (name.starts_with("国家")) return {};
  if (ends_in_any(name, {"街道",       "街道办事处", "街道办",     "镇",         "镇人民政府",
                         "镇政府",     "乡",         "乡人民政府", "乡政府",     "县",
                         "县人民政府", "县政府",     "旗",         "旗人民政府", "区",
                         "区人民政府", "区政府",     "局",         "管委会",     "管理委员会"}))
    return false;
  return {};
}

std::vector<Check> run_checks(const Tables& tables, const Editions& editions,
                              const Evidence& evidence) {
  auto checks = check_sums(tables);
  auto add = [&](std::vector<Check> more) { std::ranges::move(more, std::back_inserter(checks)); };
  add(check_years(tables, evidence));
  checks.push_back(check_completeness(tables, evidence));
  checks.push_back(check_prose(tables, evidence));
  add(check_roll_up(tables, evidence));
  checks.push_back(check_regulations(tables, evidence.makes_regulations));
  checks.push_back(check_edition(tables, editions));
  add(check_cases(evidence));
  if (evidence.findings) checks.push_back(check_fees(evidence));
  std::ranges::sort(checks, {}, &Check::id);
  return checks;
}

} // namespace mingce
