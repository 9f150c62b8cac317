#include "report/annual.hpp"

#include "report/document.hpp"
#include "report/quantity.hpp"
#include "report_fixture.hpp"

#include <gtest/gtest.h>

namespace mingce {
namespace {

using test::official_editions;
using test::record;
using test::subject_of;

json::object document_of(const AnnualReport& report) {
  return to_json(report, run_checks(tables_of(report), official_editions(), {}));
}

void expect_same_tables(const json::object& document, const json::value& printed) {
  for (auto table : {"proactive", "requests", "disputes"})
    EXPECT_EQ(document.at(table), printed.at(table)) << table;
}

// ── the numbers ─────────────────────────────────────────────────────────────────────────────────

TEST(AnnualReport, of_the_seed_is_the_published_one) {
  expect_same_tables(document_of(test::seed_report()), test::golden("jiaxiang_subdistrict_2020"));
}

/// The counts that a printed table 三 and 四 come from: each row as its first outcome.
Counts counts_behind(const json::value& printed, const Edition& edition) {
  Counts counts;
  auto take = [&](const std::string& row, ByKind& kinds) {
    auto& cells = printed.at("requests").at(row).as_array();
    for (std::size_t i = 0; i < kinds.size(); ++i) kinds[i] = cells[i].to_number<std::int64_t>();
  };
  take("received", counts.requests.received);
  take("carried_in", counts.requests.carried_in);
  take("carried_out", counts.requests.carried_out);
  for (auto& row : edition.requests.rows)
    if (row.source == RowSource::outcome)
      take(row.code, counts.requests.concluded[std::size_t(row.outcomes.back())]);
  for (std::size_t block = 0; block < counts.disputes.size(); ++block)
    for (std::size_t column = 0; column < counts.disputes[block].size(); ++column)
      counts.disputes[block][column] = printed.at("disputes")
                                           .at(wire_words<DisputeBlock>()[block])
                                           .at(wire_words<DisputeColumn>()[column])
                                           .as_int64();
  return counts;
}

TEST(AnnualReport, of_a_large_city_is_the_published_one) {
  auto printed = test::golden("suqian_city_2023");
  auto& edition = *official_editions().find("cn-2021");
  auto counts = counts_behind(printed, edition);
  record(counts, "regulations.issued", "2");
  record(counts, "regulations.in_force_adjustment", "9");
  record(counts, "normative_documents.issued", "109");
  record(counts, "normative_documents.repealed", "489");
  counts.figures["normative_documents.in_force_adjustment"].before = Decimal::whole(977);
  record(counts, "licences.decisions", "1808595");
  record(counts, "penalties.decisions", "2822652");
  record(counts, "coercion.decisions", "20163");
  record(counts, "fees.amount", "592372449");
  expect_same_tables(document_of(fill(edition, counts, subject_of("宿迁市", 2023))), printed);
}

TEST(AnnualReport, sums_a_figure_before_in_and_through_the_year) {
  Counts counts;
  counts.figures["licences.items"] = {Decimal::whole(40), Decimal::whole(-3)};
  counts.figures["regulations.published"] = {Decimal::whole(5), Decimal::whole(2)};
  auto report = fill(*official_editions().find("cn-2019"), counts, subject_of("嘉祥街道", 2020));
  EXPECT_EQ(report.proactive["licences"]["previous"], Decimal::whole(40));
  EXPECT_EQ(report.proactive["licences"]["change"], Decimal::whole(-3));
  EXPECT_EQ(report.proactive["regulations"]["published"], Decimal::whole(2));
  EXPECT_EQ(report.proactive["regulations"]["published_total"], Decimal::whole(7));
}

TEST(AnnualReport, counts_every_outcome_in_one_row_and_in_the_total) {
  for (auto& edition : official_editions().all())
    for (std::size_t outcome = 0; outcome < enum_size<Outcome>; ++outcome) {
      Counts counts;
      counts.requests.received[2] = counts.requests.concluded[outcome][2] = 1;
      auto report = fill(edition, counts, subject_of("某机关", 2022));
      auto ones = std::ranges::count_if(
          report.requests, [](auto& row) { return row.second[2] == 1 && row.second.back() == 1; });
      EXPECT_EQ(ones, 3) << wire_words<Outcome>()[outcome]; // received, its row, the total
      EXPECT_EQ(report.requests["results_total"][2], 1);
    }
}

TEST(AnnualReport, has_no_numbers_for_headings) {
  auto report = test::seed_report();
  EXPECT_FALSE(report.requests.contains("results"));
  EXPECT_FALSE(report.requests.contains("refused"));
  EXPECT_TRUE(report.requests.contains("closed"));
}

// ── the document ────────────────────────────────────────────────────────────────────────────────

TEST(Document, has_its_members_in_the_order_promised) {
  auto document = document_of(test::seed_report());
  std::vector<std::string> names;
  for (auto& member : document) names.emplace_back(member.key());
  EXPECT_EQ(names,
            (std::vector<std::string>{"organ", "year", "scope", "edition", "as_of", "proactive",
                                      "requests", "disputes", "checks", "notes"}));
  EXPECT_EQ(document.at("organ"), json::value({{"code", "organ-1"}, {"name", "嘉祥街道"}}));
  EXPECT_EQ(document.at("as_of"),
            json::value({{"seq", 6u}, {"recorded_at", "2021-01-05T08:00:00.000Z"}}));
  EXPECT_EQ(document.at("scope"), "organ");
  EXPECT_EQ(document.at("notes"), json::value({{"voided", json::array{}},
                                               {"irregularities", json::array{}},
                                               {"organs", json::array{}}}));
}

TEST(Document, of_an_arbitrary_period_has_no_year) {
  ReportSubject subject{
      "organ-1", "某机关", {}, {first_day_of(2022), last_day_of(2023)}, Scope::region};
  auto document = to_json(
      fill(*official_editions().find("cn-2021"), {}, subject, {}, {{"2022-00003", "2022-00009"}}),
      {});
  EXPECT_FALSE(document.contains("year"));
  EXPECT_EQ(document.at("period"), json::value({{"from", "2022-01-01"}, {"to", "2023-12-31"}}));
  EXPECT_EQ(document.at("scope"), "region");
  EXPECT_EQ(json::serialize(document.at("as_of")), R"({"seq":0,"recorded_at":null})");
  EXPECT_EQ(json::serialize(document.at("notes")),
            R"({"voided":["2022-00003","2022-00009"],"irregularities":[],"organs":[]})");
}

TEST(Document, is_read_back_as_it_was_written) {
  auto report = test::seed_report();
  auto text = json::serialize(document_of(report));
  auto tables = read_tables(parse_json(text).value(), official_editions()).value();
  EXPECT_EQ(tables.cells, tables_of(report).cells);
  EXPECT_EQ(tables.year, 2020);
  EXPECT_FALSE(tables.mixed_layout());
}

// ── quantities ──────────────────────────────────────────────────────────────────────────────────

struct Shown {
  std::string yuan;
  Unit unit;
  std::string text;
  std::string json;
};

class Quantity : public testing::TestWithParam<Shown> {};

TEST_P(Quantity, is_shown_exactly_and_read_back) {
  auto& [yuan, unit, text, in_json] = GetParam();
  auto value = parse_decimal(yuan).value();
  EXPECT_EQ(to_string(value, unit), text);
  EXPECT_EQ(json::serialize(to_json(value, unit)), in_json);
  EXPECT_EQ(parse_quantity(text, unit), value);
}

INSTANTIATE_TEST_SUITE_P(
    Report, Quantity,
    testing::Values(Shown{"0", Unit::count, "0", "0"}, Shown{"-3", Unit::count, "-3", "-3"},
                    Shown{"15279642.83", Unit::yuan, "15279642.83", "\"15279642.83\""},
                    Shown{"251000", Unit::yuan, "251000", "251000"},
                    Shown{"0.5", Unit::yuan, "0.5", "\"0.5\""},
                    Shown{"0", Unit::yuan_shown_in_10k, "0", "0"},
                    Shown{"592372449", Unit::yuan_shown_in_10k, "59237.2449", "\"59237.2449\""},
                    Shown{"242523110.82", Unit::yuan_shown_in_10k, "24252.311082",
                          "\"24252.311082\""},
                    Shown{"75450000", Unit::yuan_shown_in_10k, "7545", "7545"},
                    Shown{"0.01", Unit::yuan_shown_in_10k, "0.000001", "\"0.000001\""},
                    Shown{"-12345.6", Unit::yuan_shown_in_10k, "-1.23456", "\"-1.23456\""}));

TEST(Quantity, that_is_no_number_of_its_unit_is_none) {
  for (auto text : {"", "-", ".", ".5", "1.", "1,000", "1e3", "abc", "--1", "1.2.3"})
    for (auto unit : {Unit::count, Unit::yuan, Unit::yuan_shown_in_10k})
      EXPECT_EQ(parse_quantity(text, unit), std::nullopt) << text;
  EXPECT_EQ(parse_quantity("1.5", Unit::count), std::nullopt);
  EXPECT_EQ(parse_quantity("1.005", Unit::yuan), std::nullopt);
  EXPECT_EQ(parse_quantity("1.0000005", Unit::yuan_shown_in_10k), std::nullopt);
}

} // namespace
} // namespace mingce
