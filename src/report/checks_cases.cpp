#include "report/checks_parts.hpp"

#include <algorithm>

namespace mingce {
namespace {

/// What a list of cases means: `clean` where it is empty, else `found`, with the number of cases.
Check list_check(std::string id, CheckStatus when_found, Text clean, Text found,
                 const NamedCases& named) {
  if (named.requests.empty()) return {std::move(id), CheckStatus::pass, std::move(clean)};
  Check check{std::move(id), when_found, std::move(found), named.cells, named.requests};
  if (!std::ranges::is_sorted(check.cases)) std::ranges::sort(check.cases);
  check.cases.erase(std::ranges::unique(check.cases).begin(), check.cases.end());
  auto count = std::to_string(check.cases.size());
  check.message.zh += " " + count + " 件";
  check.message.en += ": " + count;
  return check;
}

Check check_restated(const std::optional<std::vector<std::string>>& restated) {
  if (!restated) return not_applicable("C16", {"该年度报告尚未公布", "not published yet"});
  if (restated->empty())
    return {"C16",
            CheckStatus::pass,
            {"公布之后没有改变已公布的数字", "no published figure has changed since"}};
  auto count = std::to_string(restated->size());
  return {"C16",
          CheckStatus::warn,
          {"公布之后记录的事项改变了已公布的 " + count + " 处数字",
           "facts recorded after the publication change " + count + " published figures"},
          *restated};
}

} // namespace

std::vector<Check> check_cases(const Evidence& evidence) {
  if (!evidence.findings) return {};
  auto& findings = *evidence.findings;
  using enum CheckStatus;
  return {
      list_check("C12", fail,
                 {"同一申请没有在两个机关重复计收", "no case is received twice in the region"},
                 {"同一申请重复计收", "cases received twice"}, findings.received_twice),
      list_check("C14", warn,
                 {"各项答复均具备其结果所要求的前提", "every answer has what its outcome demands"},
                 {"答复缺少其结果所要求的前提（依据、征求意见、补正、说明理由或在先申请）",
                  "answers without what their outcome demands"},
                 findings.unguarded),
      list_check(
          "C15", warn, {"期末没有逾期未答复的申请", "no case was overdue at the end of the period"},
          {"期末逾期未答复的申请", "cases overdue at the end of the period"}, findings.overdue),
      check_restated(findings.restated),
      list_check("C19", warn,
                 {"依条例第十四至十六条不予公开的，均告知应先申请行政复议",
                  "every refusal under articles 14–16 tells that reconsideration comes first"},
                 {"不予公开而未告知应先申请行政复议",
                  "refusals that do not tell that reconsideration comes first"},
                 findings.reconsideration_not_told),
      list_check("C20", warn,
                 {"答复期限所涉年度的放假安排均已载入",
                  "the holiday notices that due dates depend on are all there"},
                 {"答复期限涉及尚无放假安排的年度",
                  "due dates that reach into a year without a holiday notice"},
                 findings.provisional)};
}

} // namespace mingce
