#include "intake/recognise.hpp"

#include "intake/scan.hpp"
#include "report/document.hpp"
#include "report/printed.hpp"

#include <algorithm>
#include <optional>
#include <regex>
#include <set>
#include <tuple>
#include <utility>

namespace mingce {
namespace {

// ── which edition ───────────────────────────────────────────────────────────────────────────────

/// What speaks for an edition: places that it has of those printed; against it: those it has not,
/// and those that only it has. A heading without numbers speaks neither way.
int evidence_for(const Edition& edition, std::string_view table, const Found& found) {
  std::set<std::string> places;
  for (auto& place : places_of({&edition, &edition, &edition}))
    if (place.table == table) places.insert(place.name());
  int evidence = 0;
  for (auto& name : places) evidence += found.cells.contains(name) ? 1 : -1;
  for (auto& [name, cell] : found.cells) {
    if (name.substr(0, name.find('/')) != table || places.contains(name)) continue;
    evidence -= read_printed(cell.text, cell.unit).value ? 1 : 0;
  }
  return evidence;
}

/// Where two editions are alike, the preferred one, then the newest.
const Edition* edition_of(const std::string& table, const Found& found, const Editions& editions,
                          const Edition* preferred) {
  if (!found.tables.contains(table)) return nullptr;
  const Edition* best = nullptr;
  for (auto& edition : editions.all()) {
    auto rank = [&](const Edition& one) {
      return std::tuple{evidence_for(one, table, found), &one == preferred, one.first_year};
    };
    if (!best || rank(edition) > rank(*best)) best = &edition;
  }
  return best;
}

// ── year and organ ──────────────────────────────────────────────────────────────────────────────

struct Title {
  int year = 0;
  std::string organ;
};

/// What stands before the organ in a page's title: the way to the page, marks of lists.
std::string last_part(std::string text) {
  for (std::string_view mark : {">", "|", "_", "»", "》", "《", ":"})
    if (auto at = text.rfind(mark); at != text.npos) text.erase(0, at + mark.size());
  return text;
}

/// `某街道办事处2023年政府信息公开工作年度报告`, or the year before the organ.
std::optional<Title> title_in(const std::string& line) {
  constexpr std::size_t longest = 300; // bytes: a title, no paragraph
  if (line.size() > longest) return {};
  auto text = folded(line);
  static const std::regex organ_first(
      "^(.*?)((?:19|20)[0-9]{2})(?:年)?(?:度)?政府信息公开(?:工作)?(?:年度)?(?:年)?报告"),
      year_first("((?:19|20)[0-9]{2})(?:年)?(?:度)?(.*?)政府信息公开(?:工作)?(?:年度)?(?:年)?报告");
  std::smatch match;
  if (std::regex_search(text, match, organ_first) && !last_part(match[1]).empty())
    return Title{std::stoi(match[2]), last_part(match[1])};
  if (std::regex_search(text, match, year_first)) return Title{std::stoi(match[1]), match[2]};
  return {};
}

/// The year whose days a sentence names: `2023年1月1日至2023年12月31日`; else that of a file name.
std::optional<int> year_in(const std::string& text, const std::regex& pattern) {
  std::smatch match;
  if (!std::regex_search(text, match, pattern)) return {};
  return std::stoi(match[1]);
}

void take_title(const Page& page, std::string_view file_name, ForeignReport& report) {
  std::vector<std::string> lines{page.title};
  std::size_t start = 0;
  constexpr std::size_t looked_at = 500;
  for (auto end = report.prose.find('\n'); end != report.prose.npos && lines.size() < looked_at;
       end = report.prose.find('\n', start)) {
    lines.push_back(report.prose.substr(start, end - start));
    start = end + 1;
  }
  for (auto& line : lines)
    if (auto title = title_in(line)) {
      report.tables.year = title->year;
      report.tables.organ = title->organ;
      return;
    }
  static const std::regex period("((?:19|20)[0-9]{2})年(?:1月1日|12月31日)");
  static const std::regex of_file("(?:^|[^0-9])((?:19|20)[0-9]{2})(?:[^0-9]|$)");
  constexpr std::size_t longest = 3000; // what std::regex may walk without a second thought
  for (auto& line : lines)
    if (auto year = year_in(folded(line.substr(0, longest)), period); year && !report.tables.year)
      report.tables.year = year;
  if (!report.tables.year) report.tables.year = year_in(std::string(file_name), of_file);
}

} // namespace

Result<ForeignReport> recognise(const Page& page, const Editions& editions,
                                std::string_view file_name) {
  auto found = scan(page, editions);
  if (found.tables.empty())
    return Failure{
        FailureKind::unreadable,
        "not_a_report",
        {"没有找到年度报告的表二、表三或表四", "none of the tables of an annual report is there"}};
  ForeignReport report{{}, std::move(found.prose)};
  auto& tables = report.tables;
  take_title(page, file_name, report);
  auto* prescribed = tables.year ? editions.in_force(*tables.year) : nullptr;
  tables.layout.requests = edition_of("requests", found, editions, prescribed);
  tables.layout.proactive = edition_of("proactive", found, editions, prescribed);
  // No edition has changed table 四 yet.
  if (found.tables.contains("disputes"))
    tables.layout.disputes =
        tables.layout.requests
            ? tables.layout.requests
            : edition_of("disputes", found, editions,
                         tables.layout.proactive ? tables.layout.proactive : prescribed);
  for (auto& place : places_of(tables.layout))
    if (auto cell = found.cells.find(place.name()); cell != found.cells.end())
      take_printed(tables, place.name(), cell->second.text, cell->second.unit);
  return report;
}

} // namespace mingce
