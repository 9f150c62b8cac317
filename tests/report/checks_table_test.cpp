#include "report/checks.hpp"

#include "report/document.hpp"
#include "report_fixture.hpp"
#include "rules/table.hpp"

#include <gtest/gtest.h>

#include <optional>

namespace mingce {
namespace {

using test::official_editions;
using Words = std::vector<std::string>;

std::string spelled(CheckStatus status) {
  return status == CheckStatus::not_applicable ? "n/a" : to_word(status);
}

/// One case of tests/tables/checks.table: what is known, and how it is judged.
class Example {
public:
  void take(const Words& words) {
    auto& what = words.at(0);
    if (what == "report") {
      tables_ = read(words.at(1));
      origin_ = words.size() > 2 && words[2] == "own" ? Origin::own : Origin::foreign;
    } else if (what == "last") {
      last_year_ = read(words.at(1));
    } else if (what == "set") {
      change(tables_, words.at(1), words.at(2));
    } else if (what == "last.set") {
      change(*last_year_, words.at(1), words.at(2));
    } else if (what == "power") {
      power_ = words.at(1) == "yes";
    } else if (what == "prose") {
      prose_ = words.at(1);
    } else if (what == "findings") {
      auto& [cells, requests] = list_of(words.at(1));
      if (std::ranges::find(cells, words.at(2)) == cells.end()) cells.push_back(words.at(2));
      requests.push_back(words.at(3));
    } else if (what == "unrecorded") {
      findings_.unrecorded.push_back(words.at(1));
    } else if (what == "restated") {
      findings_.restated.emplace(words.begin() + 1, words.end());
    } else if (what == "fees") {
      findings_.fees = parse_decimal(words.at(1));
    } else {
      expect(words);
    }
  }

private:
  static Tables read(const std::string& name) {
    return read_tables(test::golden(name), official_editions()).value();
  }

  static void change(Tables& tables, const std::string& cell, const std::string& value) {
    tables.cells.erase(cell);
    if (value != "-") tables.cells[cell] = parse_decimal(value).value();
  }

  NamedCases& list_of(const std::string& what) {
    if (what == "twice") return findings_.received_twice;
    if (what == "unguarded") return findings_.unguarded;
    if (what == "overdue") return findings_.overdue;
    if (what == "untold") return findings_.reconsideration_not_told;
    if (what == "provisional") return findings_.provisional;
    throw std::runtime_error("no finding " + what);
  }

  Check judged(const std::string& id) const {
    Evidence evidence{.origin = origin_, .makes_regulations = power_, .prose = prose_};
    if (last_year_) evidence.last_year = &*last_year_;
    if (origin_ == Origin::own) evidence.findings = &findings_;
    for (auto& check : run_checks(tables_, official_editions(), evidence))
      if (check.id == id) return check;
    throw std::runtime_error("no check " + id);
  }

  void expect(const Words& words) const {
    auto check = judged(words.at(0));
    EXPECT_EQ(spelled(check.status), words.at(1)) << check.message.zh;
    auto colon = std::ranges::find(words, ":");
    EXPECT_EQ(check.cells, Words(words.begin() + 2, colon)) << check.message.zh;
    if (colon != words.end()) {
      EXPECT_EQ(check.cases, Words(colon + 1, words.end()));
    }
  }

  Tables tables_;
  std::optional<Tables> last_year_;
  Origin origin_ = Origin::foreign;
  std::optional<bool> power_;
  std::optional<std::string> prose_;
  CaseFindings findings_;
};

TEST(ChecksTable, every_case_is_judged_as_it_says) {
  std::optional<Example> example;
  std::string name;
  for (auto& row : test::read_table("checks.table")) {
    if (row.words[0] == "case") {
      example.emplace();
      name = row.words.at(1);
      continue;
    }
    SCOPED_TRACE(row.place + " " + name);
    example.value().take(row.words);
  }
}

TEST(ChecksTable, a_finding_has_a_name_of_its_own) {
  Check check{"C05", CheckStatus::fail, {}, {"disputes/reconsideration/total"}};
  auto name = check.name();
  EXPECT_EQ(name, "C05@disputes/reconsideration/total");
  check.cells.push_back("disputes/litigation_direct/total");
  EXPECT_NE(check.name(), name);
  EXPECT_EQ((Check{"C12", CheckStatus::fail, {}, {"a/b/c"}, {"2025-1"}}.name()),
            "C12@a/b/c,2025-1");
}

// ── roll-ups ────────────────────────────────────────────────────────────────────────────────────

class RollUp : public testing::Test {
protected:
  /// The sum of two reports of one edition.
  static Tables sum(const Tables& one, const Tables& other) {
    auto out = one;
    for (auto& [cell, value] : other.cells) out.cells[cell] += value;
    return out;
  }
  Check judged(const std::string& id, Origin origin = Origin::foreign) const {
    Evidence evidence{.origin = origin, .members = &members_};
    for (auto& check : run_checks(parent_, official_editions(), evidence))
      if (check.id == id) return check;
    throw std::runtime_error("no check " + id);
  }

  Tables first_ = read_tables(test::golden("suqian_city_2023"), official_editions()).value();
  Tables second_ = read_tables(test::golden("jinhu_county_2023"), official_editions()).value();
  Tables parent_ = sum(first_, second_);
  std::vector<RollUpMember> members_{{"甲", {&first_}}, {"乙", {&second_}}};
};

TEST_F(RollUp, adds_up) {
  EXPECT_EQ(judged("C10").status, CheckStatus::pass);
  EXPECT_EQ(judged("C11").status, CheckStatus::pass);
}

TEST_F(RollUp, every_single_cell_counts) {
  for (auto& place : places_of(parent_.layout)) {
    auto before = parent_.cells[place.name()];
    parent_.cells[place.name()] += Decimal{1};
    EXPECT_EQ(judged("C11").cells, std::vector<std::string>{place.name()});
    parent_.cells[place.name()] = before;
  }
}

TEST_F(RollUp, tells_who_is_missing_or_there_twice) {
  members_.push_back({"丙"});
  EXPECT_EQ(judged("C10").status, CheckStatus::fail);
  EXPECT_EQ(judged("C10", Origin::own).status, CheckStatus::warn);
  EXPECT_NE(judged("C10").message.zh.find("丙"), std::string::npos);
  EXPECT_EQ(judged("C11").status, CheckStatus::not_applicable);
  members_.back().reports = {&first_, &second_};
  EXPECT_EQ(judged("C10", Origin::own).status, CheckStatus::fail);
}

TEST_F(RollUp, without_members_is_none) {
  members_.clear();
  EXPECT_EQ(judged("C10").status, CheckStatus::not_applicable);
  EXPECT_EQ(judged("C11").status, CheckStatus::not_applicable);
}

TEST(MakesRegulations, as_far_as_a_name_tells) {
  for (auto* name : {"江苏省人民政府", "广西壮族自治区人民政府", "国务院办公厅"})
    EXPECT_EQ(makes_regulations(name), true) << name;
  for (auto* name : {"嘉祥街道办事处", "那拉提镇人民政府", "金湖县人民政府（全县汇总）",
                     "洪泽区人民政府", "沭阳县发展和改革局", "平潭综合实验区管委会"})
    EXPECT_EQ(makes_regulations(name), false) << name;
  for (auto* name : {"宿迁市人民政府", "", "国家税务总局"})
    EXPECT_EQ(makes_regulations(name), std::nullopt) << name;
}

} // namespace
} // namespace mingce
