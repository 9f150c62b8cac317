#include "report/checks.hpp"

#include "report/document.hpp"
#include "report_fixture.hpp"

#include <gtest/gtest.h>

#include <set>

namespace mingce {
namespace {

using test::golden;
using test::official_editions;

Tables read(const json::value& document) {
  return read_tables(document, official_editions()).value();
}

std::vector<Check> checks_of(const Tables& tables, Origin origin) {
  return run_checks(tables, official_editions(), {.origin = origin});
}

std::map<std::string, Check> checks_by_id(const Tables& tables, const Evidence& evidence) {
  std::map<std::string, Check> out;
  for (auto& check : run_checks(tables, official_editions(), evidence))
    out.emplace(check.id, check);
  return out;
}
std::map<std::string, Check> checks_by_id(const Tables& tables, Origin origin) {
  return checks_by_id(tables, Evidence{.origin = origin});
}

/// The ids of the checks with that status.
std::set<std::string> ids(const std::vector<Check>& checks, CheckStatus status) {
  std::set<std::string> out;
  for (auto& check : checks)
    if (check.status == status) out.insert(check.id);
  return out;
}

using Ids = std::set<std::string>;

// ── published reports ───────────────────────────────────────────────────────────────────────────

class PublishedReport : public testing::TestWithParam<std::string> {};

TEST_P(PublishedReport, breaks_only_what_it_is_known_to_break) {
  auto document = golden(GetParam());
  auto checks = checks_of(read(document), Origin::foreign);
  bool sound = document.at("violations").as_array().empty();
  EXPECT_EQ(ids(checks, CheckStatus::fail), sound ? Ids{} : Ids{"C05"});
}

INSTANTIATE_TEST_SUITE_P(Golden, PublishedReport, testing::ValuesIn(test::golden_names()),
                         [](auto& info) { return info.param; });

TEST(Checks, find_the_block_whose_total_was_left_at_zero) {
  auto check = checks_by_id(read(golden("jinhu_county_2023")), Origin::foreign).at("C05");
  EXPECT_EQ(check.status, CheckStatus::fail);
  EXPECT_EQ(check.cells, std::vector<std::string>{"disputes/litigation_direct/total"});
  EXPECT_NE(check.message.zh.find("未经复议直接起诉 3 ≠ 0"), std::string::npos);
  EXPECT_NE(check.message.en.find("litigation_direct 3 ≠ 0"), std::string::npos);
}

TEST(Checks, warn_of_a_report_that_mixes_two_editions) {
  auto tables = read(golden("hongze_district_2024"));
  EXPECT_TRUE(tables.mixed_layout());
  auto check = checks_by_id(tables, Origin::foreign).at("C17");
  EXPECT_EQ(check.status, CheckStatus::warn);
  for (auto code : {"cn-2019", "cn-2021"})
    EXPECT_NE(check.message.zh.find(code), std::string::npos);
}

TEST(Checks, warn_of_blanks_in_a_foreign_report) {
  auto check =
      checks_by_id(read(golden("shanghai_general_office_2025")), Origin::foreign).at("C08");
  EXPECT_EQ(check.status, CheckStatus::warn);
  EXPECT_EQ(check.cells, std::vector<std::string>{"proactive/regulations/repealed"});
}

// ── damaged tables ──────────────────────────────────────────────────────────────────────────────

void raise(Tables& tables, const std::string& name) { tables.cells.at(name) += Decimal::whole(1); }

TEST(Checks, pass_on_a_report_of_our_own) {
  auto checks = checks_of(tables_of(test::seed_report()), Origin::own);
  EXPECT_EQ(ids(checks, CheckStatus::pass), (Ids{"C01", "C02", "C03", "C05", "C08", "C13", "C17"}));
  EXPECT_TRUE(std::ranges::all_of(checks, [](auto& check) { return check.cells.empty(); }));
}

TEST(Checks, notice_any_single_number_that_is_one_too_high) {
  auto sound = read(golden("suqian_city_2023"));
  for (auto& place : places_of(sound.layout)) {
    if (place.table == "proactive") continue;
    auto tables = sound;
    raise(tables, place.name());
    EXPECT_FALSE(ids(checks_of(tables, Origin::own), CheckStatus::fail).empty()) << place.name();
  }
}

TEST(Checks, name_the_column_where_intake_and_results_differ) {
  auto tables = read(golden("suqian_city_2023"));
  raise(tables, "requests/received/natural_person");
  auto checks = checks_by_id(tables, Origin::own);
  EXPECT_EQ(checks.at("C01").cells,
            std::vector<std::string>{"requests/results_total/natural_person"});
  EXPECT_EQ(checks.at("C02").status, CheckStatus::pass);
  EXPECT_EQ(checks.at("C03").cells, std::vector<std::string>{"requests/received/total"});
}

TEST(Checks, name_the_column_whose_results_do_not_add_up) {
  auto tables = read(golden("suqian_city_2023"));
  raise(tables, "requests/disclosed/other_org");
  auto check = checks_by_id(tables, Origin::own).at("C02");
  EXPECT_EQ(check.cells, std::vector<std::string>{"requests/results_total/other_org"});
  EXPECT_NE(check.message.zh.find("其他 2 ≠ 1"), std::string::npos);
}

TEST(Checks, skip_an_identity_whose_total_is_blank) {
  auto tables = read(golden("suqian_city_2023"));
  raise(tables, "requests/disclosed/natural_person");
  for (auto& column : tables.layout.requests->requests.columns)
    tables.cells.erase("requests/results_total/" + column.code);
  tables.cells.erase("requests/disclosed/total");
  auto checks = checks_by_id(tables, Origin::foreign);
  EXPECT_EQ(checks.at("C01").status, CheckStatus::not_applicable);
  EXPECT_EQ(checks.at("C02").status, CheckStatus::not_applicable);
  EXPECT_EQ(checks.at("C03").status, CheckStatus::pass);
  EXPECT_EQ(checks.at("C08").cells.size(), 8u);
}

TEST(Checks, skip_an_identity_one_of_whose_terms_is_a_blank_total) {
  auto tables = read(golden("suqian_city_2023"));
  tables.cells.erase("requests/received/total");
  auto checks = checks_by_id(tables, Origin::foreign);
  EXPECT_EQ(checks.at("C01").status, CheckStatus::pass);
  EXPECT_EQ(checks.at("C03").status, CheckStatus::pass);
}

TEST(Checks, count_another_blank_as_zero) {
  auto tables = read(golden("suqian_city_2023"));
  tables.cells.erase("requests/received/natural_person");
  auto checks = checks_by_id(tables, Origin::foreign);
  EXPECT_EQ(checks.at("C01").status, CheckStatus::fail);
  EXPECT_EQ(checks.at("C03").status, CheckStatus::fail);
  EXPECT_EQ(checks.at("C08").status, CheckStatus::warn);
}

TEST(Checks, fail_on_a_blank_of_our_own) {
  auto tables = tables_of(test::seed_report());
  tables.cells.erase("proactive/fees/change");
  auto check = checks_by_id(tables, Origin::own).at("C08");
  EXPECT_EQ(check.status, CheckStatus::fail);
  EXPECT_EQ(check.cells, std::vector<std::string>{"proactive/fees/change"});
}

TEST(Checks, allow_a_negative_number_only_as_a_change) {
  auto tables = tables_of(test::seed_report());
  tables.cells.at("proactive/licences/change") = Decimal::whole(-2);
  EXPECT_EQ(checks_by_id(tables, Origin::own).at("C08").status, CheckStatus::pass);
  tables.cells.at("proactive/licences/previous") = Decimal::whole(-2);
  auto check = checks_by_id(tables, Origin::own).at("C08");
  EXPECT_EQ(check.status, CheckStatus::fail);
  EXPECT_EQ(check.cells, std::vector<std::string>{"proactive/licences/previous"});
}

TEST(Checks, compare_the_edition_with_the_year) {
  auto tables = tables_of(test::seed_report());
  tables.year = 2022;
  EXPECT_EQ(checks_by_id(tables, Origin::own).at("C17").status, CheckStatus::warn);
  tables.year = 2018;
  EXPECT_EQ(checks_by_id(tables, Origin::own).at("C17").status, CheckStatus::not_applicable);
  tables.year = std::nullopt;
  EXPECT_EQ(checks_by_id(tables, Origin::own).at("C17").status, CheckStatus::not_applicable);
}

TEST(Checks, are_written_as_promised) {
  Check check{"C05", CheckStatus::not_applicable, {"中文", "English"}, {"disputes/x/total"}};
  EXPECT_EQ(
      json::serialize(to_json(check)),
      R"({"id":"C05","status":"not_applicable","message":"中文","cells":["disputes/x/total"]})");
}

// ── documents ───────────────────────────────────────────────────────────────────────────────────

std::string pointer_refused(const json::value& document) {
  auto tables = read_tables(document, official_editions());
  if (tables.has_value()) return "accepted";
  EXPECT_EQ(tables.error().kind, FailureKind::invalid);
  EXPECT_EQ(tables.error().code, "invalid_document");
  return tables.error().fields.front().pointer;
}

TEST(ForeignDocument, may_print_blanks_and_strokes) {
  auto document = golden("suqian_city_2023");
  auto& row = document.at("requests").at("received").as_array();
  row[1] = nullptr, row[2] = "", row[3] = " - ", row[4] = "/", row[5] = "1";
  auto tables = read(document);
  for (auto kind :
       {"commercial_enterprise", "research_institution", "public_welfare_org", "legal_service_org"})
    EXPECT_EQ(tables.at(std::string("requests/received/") + kind), std::nullopt) << kind;
  EXPECT_EQ(tables.at("requests/received/other_org"), Decimal::whole(1));
}

TEST(ForeignDocument, may_leave_out_rows_and_print_money_as_a_number) {
  auto document = golden("suqian_city_2023");
  document.at("proactive").at("fees").at("amount") = 59237.2449;
  document.at("requests").as_object().erase("disclosed");
  auto tables = read(document);
  EXPECT_EQ(tables.at("proactive/fees/amount"), Decimal::whole(592372449));
  EXPECT_EQ(tables.at("requests/disclosed/total"), std::nullopt);
}

TEST(ForeignDocument, follows_the_edition_of_its_year_unless_it_names_one) {
  auto document = golden("suqian_city_2023");
  document.as_object().erase("edition");
  EXPECT_EQ(read(document).layout.requests->code, "cn-2021");
  document.as_object()["edition"] = "cn-2019";
  EXPECT_EQ(read(document).layout.requests->code, "cn-2021"); // its rows are of no other
  document.as_object().erase("edition");
  document.as_object()["year"] = 2018;
  EXPECT_EQ(read(document).layout.requests->code, "cn-2021");
}

TEST(ForeignDocument, may_lack_a_table) {
  auto document = golden("suqian_city_2023");
  document.as_object().erase("disputes");
  auto tables = read(document);
  EXPECT_EQ(tables.layout.disputes, nullptr);
  auto checks = checks_by_id(tables, Origin::foreign);
  EXPECT_EQ(checks.at("C05").status, CheckStatus::not_applicable);
  EXPECT_EQ(checks.at("C08").status, CheckStatus::warn);
  EXPECT_NE(checks.at("C08").message.zh.find("缺 表四"), std::string::npos);
  EXPECT_EQ(checks.at("C01").status, CheckStatus::pass);
}

TEST(ForeignDocument, keeps_what_is_remarked_beside_a_number) {
  auto document = golden("suqian_city_2023");
  auto& row = document.at("requests").at("received").as_array();
  row[0] = "3402（含上年）", row[1] = "many", row[6] = "3,511";
  auto tables = read(document);
  EXPECT_EQ(tables.at("requests/received/natural_person"), Decimal::whole(3402));
  EXPECT_EQ(tables.at("requests/received/commercial_enterprise"), std::nullopt);
  EXPECT_EQ(tables.at("requests/received/total"), Decimal::whole(3511));
  EXPECT_EQ(tables.remarks.size(), 2u);
  EXPECT_EQ(checks_by_id(tables, Origin::foreign).at("C08").cells,
            (std::vector<std::string>{"requests/received/natural_person",
                                      "requests/received/commercial_enterprise"}));
}

TEST(ForeignDocument, is_refused_with_the_pointer) {
  auto refused = [](auto damage) {
    auto document = golden("suqian_city_2023");
    damage(document.as_object());
    return pointer_refused(document);
  };
  EXPECT_EQ(pointer_refused(7), "");
  EXPECT_EQ(refused([](auto& d) { d["edition"] = "cn-1999"; }), "/edition");
  EXPECT_EQ(refused([](auto& d) {
              d["edition"] = json::object{{"requests", "cn-2021"}};
            }),
            "accepted");
  EXPECT_EQ(refused([](auto& d) { d["year"] = "2023"; }), "/year");
  EXPECT_EQ(refused([](auto& d) { d["year"] = 23; }), "/year");
  EXPECT_EQ(refused([](auto& d) {
              for (auto table : {"proactive", "requests", "disputes"}) d.erase(table);
            }),
            "/requests");
  EXPECT_EQ(refused([](auto& d) {
              json::array row = d["requests"].at("received").as_array();
              d["requests"].as_object()["lost"] = row;
            }),
            "/requests/lost/0");
  EXPECT_EQ(refused([](auto& d) { d["requests"].at("received").as_array().pop_back(); }),
            "/requests/received");
  EXPECT_EQ(refused([](auto& d) { d["requests"].at("received").as_array()[0] = true; }),
            "/requests/received/0");
  EXPECT_EQ(refused([](auto& d) { d["proactive"].at("fees").as_object()["items"] = 1; }),
            "/proactive/fees/items");
}

} // namespace
} // namespace mingce
