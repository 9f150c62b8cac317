#include "report/render.hpp"

#include "report/text_grid.hpp"
#include "report_fixture.hpp"

#include <gtest/gtest.h>

#include <set>
#include <sstream>

namespace mingce {
namespace {

using test::official_editions;

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::istringstream in(text);
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

bool is_table_line(const std::string& line) {
  constexpr std::array<std::string_view, 4> borders{"│", "├", "┌", "└"};
  return std::ranges::any_of(borders, [&](auto border) { return line.starts_with(border); });
}

/// The display widths that occur in each table of the text, table by table.
std::vector<std::set<std::size_t>> table_widths(const std::string& text) {
  std::vector<std::set<std::size_t>> widths;
  for (auto& line : lines_of(text)) {
    if (line.starts_with("┌")) widths.emplace_back();
    if (is_table_line(line)) widths.back().insert(display_width(line));
  }
  return widths;
}

std::vector<Check> own_checks(const AnnualReport& report) {
  return run_checks(tables_of(report), official_editions(), {});
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// ── text ────────────────────────────────────────────────────────────────────────────────────────

TEST(Text, has_three_tables_with_lines_of_equal_width) {
  for (auto& edition : official_editions().all()) {
    Counts counts;
    test::record(counts, "fees.amount", "9999999999.99");
    counts.requests.received[0] = 1'234'567'890;
    counts.disputes[1][2] = 1'234'567;
    auto widths = table_widths(
        render_text(fill(edition, counts, test::subject_of("某某市人民政府", 2022)), {}));
    ASSERT_EQ(widths.size(), 3u) << edition.code;
    for (auto& table : widths) EXPECT_EQ(table.size(), 1u) << edition.code;
  }
}

TEST(Text, carries_the_official_headings) {
  auto report = test::seed_report();
  auto text = render_text(report, own_checks(report));
  EXPECT_TRUE(text.starts_with("嘉祥街道2020年政府信息公开工作年度报告\n"));
  for (auto heading : {"二、主动公开政府信息情况\n┌", "三、收到和处理政府信息公开申请情况\n┌",
                       "四、政府信息公开行政复议、行政诉讼情况\n┌", "第二十条第（一）项",
                       "申请人情况", "法人或其他组织", "未经复议直接起诉", "│   （一）予以公开",
                       "│     1.属于国家秘密", "15279642.83 │"})
    EXPECT_TRUE(contains(text, heading)) << heading;
}

TEST(Text, ends_with_the_checks_and_what_the_report_reflects) {
  auto report = test::seed_report();
  auto text = render_text(report, own_checks(report));
  EXPECT_TRUE(contains(text, "  C01  通过    各列"));
  EXPECT_TRUE(contains(text, "统计范围：本机关\n"));
  EXPECT_TRUE(contains(text, "报告格式：cn-2019（国办公开办函〔2019〕60号）\n"));
  EXPECT_TRUE(contains(text, "作废登记（不计入任何一项）：无\n"));
  EXPECT_TRUE(text.ends_with("截至日志第 6 条（记录于 2021-01-05T08:00:00.000Z）\n"));
}

TEST(Text, lists_voided_registrations_and_an_empty_log) {
  ReportSubject subject{"o", "某机关", {}, {first_day_of(2022), last_day_of(2022)}, Scope::region};
  auto text = render_text(
      fill(*official_editions().find("cn-2021"), {}, subject, {}, {{"2022-00003", "甲-9"}}), {});
  EXPECT_TRUE(text.starts_with("某机关政府信息公开工作情况（2022-01-01 至 2022-12-31）\n"));
  EXPECT_TRUE(contains(text, "统计范围：本机关及所属各机关汇总\n"));
  EXPECT_TRUE(contains(text, "作废登记（不计入任何一项）：2022-00003、甲-9\n"));
  EXPECT_TRUE(text.ends_with("截至日志第 0 条\n"));
}

TEST(Text, of_checks_names_each_status_and_wraps_long_messages) {
  std::string sentence;
  for (int i = 0; i < 50; ++i) sentence += "长";
  auto text = render_text({{"C01", CheckStatus::fail, {sentence, ""}},
                           {"C02", CheckStatus::warn, {"二", ""}},
                           {"C03", CheckStatus::not_applicable, {"三", ""}}});
  auto lines = lines_of(text);
  ASSERT_EQ(lines.size(), 4u);
  EXPECT_TRUE(lines[0].starts_with("  C01  不通过  长"));
  EXPECT_TRUE(lines[1].starts_with("               长"));
  EXPECT_EQ(lines[2], "  C02  提示    二");
  EXPECT_EQ(lines[3], "  C03  不适用  三");
  for (auto& line : lines) EXPECT_LE(display_width(line), 100u);
}

TEST(TextGrid, draws_merged_cells) {
  TextGrid grid(3);
  grid.add_row();
  grid.add({"名称"}, Align::centre, {1, 2});
  grid.add({"数"}, Align::centre, {2, 1});
  grid.add_row();
  grid.add({"a"}, Align::centre);
  grid.add({"b"}, Align::centre);
  grid.add_row();
  grid.add({"甲"}, Align::left);
  grid.add({"1"}, Align::right);
  grid.add({"234"}, Align::right);
  grid.add_row();
  grid.add({"合并一行"}, Align::left, {3, 1});
  EXPECT_EQ(grid.draw(), "┌──────┬─────────┐\n"
                         "│      │   数    │\n"
                         "│ 名称 ├───┬─────┤\n"
                         "│      │ a │  b  │\n"
                         "├──────┼───┼─────┤\n"
                         "│ 甲   │ 1 │ 234 │\n"
                         "├──────┴───┴─────┤\n"
                         "│ 合并一行       │\n"
                         "└────────────────┘\n");
}

TEST(TextGrid, wraps_by_display_columns) {
  using Lines = std::vector<std::string>;
  EXPECT_EQ(wrapped("社会公益组织", 8), (Lines{"社会公益", "组织"}));
  EXPECT_EQ(wrapped("a社会", 3), (Lines{"a社", "会"}));
  EXPECT_EQ(wrapped("社会，公益", 4), (Lines{"社", "会，", "公益"}));
  EXPECT_EQ(wrapped("社", 1), (Lines{"社"}));
  EXPECT_EQ(wrapped("", 8), (Lines{""}));
  EXPECT_EQ(display_width("（一）ab"), 8u);
}

// ── CSV ─────────────────────────────────────────────────────────────────────────────────────────

TEST(Csv, has_one_record_for_each_cell) {
  auto csv = render_csv(test::seed_report());
  auto records = lines_of(csv);
  EXPECT_EQ(records.size(), 1u + 22u + 23u * 7u + 15u);
  EXPECT_EQ(records[0], "table,row,column,row_label,column_label,value\r");
  EXPECT_EQ(records[1], "proactive,regulations,made,规章,本年新制作数量,0\r");
  EXPECT_TRUE(
      contains(csv, "\r\nproactive,procurement,amount,政府集中采购,采购总金额,15279642.83\r\n"));
  EXPECT_TRUE(contains(csv, "\r\nrequests,refused.state_secret,total,1.属于国家秘密,总计,0\r\n"));
  EXPECT_TRUE(
      csv.ends_with("disputes,litigation_after_reconsideration,total,复议后起诉,总计,0\r\n"));
}

TEST(Csv, shows_fees_in_the_unit_of_the_edition) {
  Counts counts;
  test::record(counts, "fees.amount", "592372449");
  auto csv = render_csv(
      fill(*official_editions().find("cn-2021"), counts, test::subject_of("宿迁市", 2023)));
  EXPECT_TRUE(contains(csv, ",本年收费金额（单位：万元）,59237.2449\r\n"));
}

TEST(Csv, quotes_what_would_break_a_record) {
  auto edition = *official_editions().find("cn-2019");
  edition.disputes.blocks[0].label = "a,b";
  edition.disputes.blocks[1].label = "say \"no\"";
  edition.disputes.blocks[2].label = "two\nlines";
  auto csv = render_csv(fill(edition, {}, test::subject_of("某机关", 2020)));
  EXPECT_TRUE(contains(csv, "upheld,\"a,b\",结果维持,0\r\n"));
  EXPECT_TRUE(contains(csv, "upheld,\"say \"\"no\"\"\",结果维持,0\r\n"));
  EXPECT_TRUE(contains(csv, "upheld,\"two\nlines\",结果维持,0\r\n"));
}

} // namespace
} // namespace mingce
