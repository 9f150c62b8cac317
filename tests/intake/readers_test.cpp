#include "intake/encoding.hpp"
#include "intake/intake.hpp"
#include "intake/readers.hpp"
#include "intake/table_builder.hpp"
#include "report/report_fixture.hpp"

#include <gtest/gtest.h>

namespace mingce {
namespace {

using Grid = std::vector<std::vector<std::string>>;

/// `+` marks what belongs to a cell before or above.
Grid drawn(const RawTable& table) {
  Grid grid;
  for (auto& row : table.rows) {
    grid.emplace_back();
    for (auto& cell : row) grid.back().push_back((cell.covered ? "+" : "") + cell.text);
  }
  return grid;
}

std::vector<Grid> tables_of_page(const Page& page) {
  std::vector<Grid> out;
  for (auto& block : page.blocks)
    if (auto* table = std::get_if<RawTable>(&block)) out.push_back(drawn(*table));
  return out;
}

std::vector<std::string> prose_of(const Page& page) {
  std::vector<std::string> out;
  for (auto& block : page.blocks)
    if (auto* text = std::get_if<std::string>(&block)) out.push_back(*text);
  return out;
}

TEST(TableBuilder, lays_spans_to_the_right_and_down) {
  CellBudget budget;
  TableBuilder table(budget);
  table.add("a", 2, 2);
  table.add("b", 1, 3);
  table.add_row();
  table.add_row();
  table.add("c");
  EXPECT_EQ(drawn(table.finish()), (Grid{{"a", "+a", "b"}, {"+a", "+a", "+b"}, {"c", "", "+b"}}));
}

TEST(TableBuilder, refuses_what_no_report_needs) {
  CellBudget budget;
  TableBuilder table(budget);
  for (int i = 0; i < 1000 && !budget.exceeded; ++i) {
    table.add_row();
    table.add("x", 1'000'000, 1'000'000);
  }
  EXPECT_TRUE(budget.exceeded);
  std::size_t cells = 0;
  for (auto& row : table.finish().rows) cells += row.size();
  EXPECT_LE(cells, limits::cells);
}

TEST(Csv, reads_quotes_separators_and_any_end_of_line) {
  auto page = read_csv("a,\"b,\"\"c\"\"\"\r\n1,\n\n\"x\ny\",2").value();
  EXPECT_EQ(tables_of_page(page), (std::vector<Grid>{Grid{{"a", "b,\"c\""}, {"1", ""}, {"x\ny", "2"}}}));
  EXPECT_EQ(tables_of_page(read_csv("a;b\n1;2\n").value()),
            (std::vector<Grid>{Grid{{"a", "b"}, {"1", "2"}}}));
  EXPECT_EQ(tables_of_page(read_csv("a\tb\n").value()), (std::vector<Grid>{Grid{{"a", "b"}}}));
}

TEST(Html, gives_every_table_by_itself_and_the_text_around_them) {
  auto page = read_html("<title>题</title><p>一<p>二<script>var x</script>"
                        "<table><tr><th>a<td>外<table><tr><td colspan=2>内</table></table>末")
                  .value();
  EXPECT_EQ(page.title, "题");
  EXPECT_EQ(tables_of_page(page), (std::vector<Grid>{Grid{{"内", "+内"}}, Grid{{"a", "外\n"}}}));
  EXPECT_EQ(prose_of(page), (std::vector<std::string>{"一", "二", "末"}));
}

TEST(Html, nested_without_end_is_refused) {
  std::string deep;
  for (int i = 0; i < 100'000; ++i) deep += "<div>";
  auto page = read_html(deep);
  ASSERT_FALSE(page);
  EXPECT_EQ(page.error().code, "too_large");
}

TEST(Encoding, is_told_by_mark_by_content_then_by_name) {
  const std::string text = "表三";
  EXPECT_EQ(to_utf8("\xEF\xBB\xBF" + text).value(), text);
  EXPECT_EQ(to_utf8(text).value(), text);
  EXPECT_EQ(to_utf8("<meta charset=gb2312>" + text).value(), "<meta charset=gb2312>" + text);
  EXPECT_EQ(to_utf8("\xB1\xED\xC8\xFD").value(), text);
  EXPECT_EQ(to_utf8("<meta charset=\"GBK\">\xB1\xED\xC8\xFD").value(),
            "<meta charset=\"GBK\">" + text);
  EXPECT_EQ(to_utf8(std::string("\xFF\xFE\x68\x88\x09\x4E", 6)).value(), text);
  EXPECT_EQ(to_utf8("<meta charset=big5>\xAA\xED\xA4\x54").value(), "<meta charset=big5>" + text);
  EXPECT_EQ(to_utf8("\xB1").value(), "\xEF\xBF\xBD");
  EXPECT_FALSE(to_utf8("<meta charset=klingon>\xB1\xED"));
}

// ── tables as they are printed ──────────────────────────────────────────────────────────────────

Tables recognised(const std::string& text) {
  return read_report(text, "report", test::official_editions()).value().tables;
}

TEST(Recognition, takes_table_four_by_rows_as_well) {
  auto tables =
      recognised("某局2023年政府信息公开工作年度报告\n"
                 ",结果维持,结果纠正,其他结果,尚未审结,总计\n"
                 "行政复议,1,2,3,4,10\n未经复议直接起诉,0,0,0,1,1\n复议后起诉,5,0,0,0,5\n");
  EXPECT_EQ(tables.at("disputes/reconsideration/other"), Decimal::whole(3));
  EXPECT_EQ(tables.at("disputes/litigation_direct/pending"), Decimal::whole(1));
  EXPECT_EQ(tables.at("disputes/litigation_after_reconsideration/upheld"), Decimal::whole(5));
  EXPECT_EQ(tables.organ, "某局");
  EXPECT_EQ(tables.year, 2023);
  EXPECT_EQ(tables.layout.requests, nullptr);
}

TEST(Recognition, takes_headings_without_blocks_in_their_order) {
  std::string heading, numbers;
  for (int i = 1; i <= 15; ++i) {
    heading += std::vector<std::string>{"结果维持", "结果纠正", "其他结果", "尚未审结",
                                        "总计"}[std::size_t(i - 1) % 5] +
               ",";
    numbers += std::to_string(i) + ",";
  }
  auto tables = recognised(heading + "\n" + numbers + "\n");
  EXPECT_EQ(tables.at("disputes/reconsideration/upheld"), Decimal::whole(1));
  EXPECT_EQ(tables.at("disputes/litigation_after_reconsideration/total"), Decimal::whole(15));
}

TEST(Recognition, reads_money_in_the_unit_of_its_heading) {
  auto of = [](const std::string& heading) {
    return recognised("信息内容," + heading + "\n行政事业性收费,52000\n")
        .at("proactive/fees/amount");
  };
  EXPECT_EQ(of("本年收费金额（单位：万元）"), Decimal::whole(520'000'000));
  EXPECT_EQ(of("本年收费金额（单位：元）"), Decimal::whole(52'000));
  EXPECT_EQ(of("本年收费金额"), Decimal::whole(520'000'000));
}

TEST(Recognition, aligns_a_row_that_lost_its_first_cell_at_its_right) {
  auto tables = recognised(",,自然人,商业企业,科研机构,社会公益组织,法律服务机构,其他,总计\n"
                           "一、本年新收政府信息公开申请数量,,1,2,3,4,5,6,21\n"
                           "二、上年结转政府信息公开申请数量,1,2,3,4,5,6,21\n");
  EXPECT_EQ(tables.at("requests/carried_in/natural_person"), Decimal::whole(1));
  EXPECT_EQ(tables.at("requests/carried_in/total"), Decimal::whole(21));
}

TEST(Recognition, finds_year_and_organ_in_the_title) {
  const std::string table = "\n,结果维持,结果纠正,总计\n行政复议,1,2,3\n";
  auto title = [&](const std::string& line) {
    auto tables = recognised(line + table);
    return tables.organ + "|" + (tables.year ? std::to_string(*tables.year) : "");
  };
  EXPECT_EQ(title("宿迁市2023年政府信息公开工作年度报告"), "宿迁市|2023");
  EXPECT_EQ(title("宿迁市 ２０２３ 年度政府信息公开年度报告"), "宿迁市|2023");
  EXPECT_EQ(title("2023年度某局政府信息公开工作年度报告"), "某局|2023");
  EXPECT_EQ(title("首页 > 年报 > 某局2023年政府信息公开工作年度报告"), "某局|2023");
  EXPECT_EQ(title("本报告统计期限自2022年1月1日至2022年12月31日"), "|2022");
  EXPECT_EQ(title("没有年份"), "|");
  auto by_name = read_report(table, "年报2021.csv", test::official_editions());
  EXPECT_EQ(by_name.value().tables.year, 2021);
}

} // namespace
} // namespace mingce
