#pragma once
// The real editions and the real reports, as the tests of this folder read them.

#include "base/json.hpp"
#include "files.hpp"
#include "report/annual.hpp"
#include "report/format.hpp"

#include <algorithm>
#include <array>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace mingce::test {

inline std::string edition_text(const std::string& code) {
  return read_file(source_dir / "schemas/report-formats" / (code + ".json"));
}

inline json::value edition_json(const std::string& code) {
  return parse_json(edition_text(code)).value();
}

inline const Editions& official_editions() {
  static const auto editions = [] {
    std::array texts{edition_text("cn-2019"), edition_text("cn-2021")};
    std::array<std::string_view, 2> views{texts[0], texts[1]};
    return Editions::load(views).value();
  }();
  return editions;
}

inline json::value golden(const std::string& name) {
  return parse_json(read_file(source_dir / "tests/golden" / (name + ".json"))).value();
}

inline std::vector<std::string> golden_names() {
  std::vector<std::string> names;
  for (auto& entry : std::filesystem::directory_iterator(source_dir / "tests/golden"))
    if (entry.path().extension() == ".json") names.push_back(entry.path().stem().string());
  std::ranges::sort(names);
  return names;
}

inline void record(Counts& counts, const std::string& item, std::string_view quantity) {
  counts.figures[item].in_period += parse_decimal(quantity).value();
}

inline ReportSubject subject_of(const std::string& name, int year) {
  return {"organ-1", name, year, Period::of_year(year)};
}

/// 嘉祥街道 2020, whose only figures are four documents and eighteen purchases.
inline AnnualReport seed_report() {
  Counts counts;
  record(counts, "normative_documents.issued", "4");
  record(counts, "normative_documents.published", "4");
  record(counts, "procurement.projects", "18");
  record(counts, "procurement.amount", "15279642.83");
  return fill(*official_editions().find("cn-2019"), counts, subject_of("嘉祥街道", 2020),
              {6, parse_instant("2021-01-05T08:00:00.000Z")});
}

} // namespace mingce::test
