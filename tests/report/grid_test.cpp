#include "report/grid.hpp"

#include "report/tables.hpp"
#include "report_fixture.hpp"

#include <gtest/gtest.h>

#include <map>

namespace mingce {
namespace {

using test::official_editions;

AnnualReport report_of(const std::string& edition) {
  return fill(*official_editions().find(edition), {}, test::subject_of("某机关", 2021));
}

std::vector<Grid> grids_of(const AnnualReport& report) {
  return {proactive_grid(report), requests_grid(report), disputes_grid(report)};
}

const GridCell* find(const Grid& grid, const std::string& text) {
  auto cell = std::ranges::find(grid.cells(), text, &GridCell::text);
  return cell == grid.cells().end() ? nullptr : &*cell;
}

std::vector<std::string> headings(const Grid& grid, const std::string& name) {
  std::vector<std::string> out;
  auto cell = std::ranges::find(grid.cells(), name, &GridCell::name);
  for (auto* heading : grid.headings_of(*cell)) out.push_back(heading->text);
  return out;
}

TEST(Grid, holds_every_number_of_its_edition_in_the_official_order) {
  for (auto& edition : official_editions().all()) {
    auto report = report_of(edition.code);
    std::vector<std::string> names, expected;
    for (auto& grid : grids_of(report))
      for (auto& cell : grid.cells())
        if (cell.role == GridCell::Role::number) names.push_back(cell.name);
    for (auto& place : places_of({&edition, &edition, &edition})) expected.push_back(place.name());
    EXPECT_EQ(names, expected) << edition.code;
  }
}

TEST(Grid, covers_every_place_once) {
  for (auto& edition : official_editions().all())
    for (auto& grid : grids_of(report_of(edition.code))) {
      std::size_t covered = 0;
      for (auto& cell : grid.cells()) covered += cell.rows * cell.columns;
      EXPECT_EQ(covered, grid.rows() * grid.columns()) << grid.caption();
      for (std::size_t row = 0; row < grid.rows(); ++row)
        for (std::size_t column = 0; column < grid.columns(); ++column) {
          auto& cell = grid.at(row, column);
          EXPECT_TRUE(cell.row <= row && row < cell.row + cell.rows);
          EXPECT_TRUE(cell.column <= column && column < cell.column + cell.columns);
        }
    }
}

// The row group 三、本年度办理结果 is 20 rows high in the form of 2019 and 22 in that of 2021.
TEST(Grid, merges_table_three_as_printed) {
  std::map<std::string, std::size_t> heights{{"cn-2019", 20}, {"cn-2021", 22}};
  for (auto& [edition, height] : heights) {
    auto grid = requests_grid(report_of(edition));
    EXPECT_EQ(grid.columns(), 10u);
    auto* results = find(grid, "三、本年度办理结果");
    EXPECT_EQ(results->rows, height);
    EXPECT_EQ(results->columns, 1u);
    EXPECT_EQ(find(grid, "（三）不予公开")->rows, 8u);
    EXPECT_EQ(find(grid, "（一）予以公开")->columns, 2u);
    EXPECT_EQ(find(grid, "一、本年新收政府信息公开申请数量")->columns, 3u);
    EXPECT_EQ(find(grid, "（七）总计")->columns, 2u);
    EXPECT_EQ(find(grid, "申请人情况")->columns, 7u);
    EXPECT_EQ(find(grid, "法人或其他组织")->columns, 5u);
    EXPECT_EQ(find(grid, "自然人")->rows, 2u);
    auto& note = grid.at(0, 0);
    EXPECT_TRUE(note.text.starts_with("（本列数据的勾稽关系为"));
    EXPECT_EQ(note.rows * note.columns, 9u);
  }
  EXPECT_EQ(find(requests_grid(report_of("cn-2019")), "（六）其他处理")->columns, 2u);
  EXPECT_EQ(find(requests_grid(report_of("cn-2021")), "（六）其他处理")->rows, 3u);
}

TEST(Grid, merges_table_four_as_printed) {
  auto grid = disputes_grid(report_of("cn-2021"));
  EXPECT_EQ(grid.columns(), 15u);
  EXPECT_EQ(grid.rows(), 4u);
  EXPECT_EQ(find(grid, "行政复议")->columns, 5u);
  EXPECT_EQ(find(grid, "行政诉讼")->columns, 10u);
  EXPECT_EQ(find(grid, "结果维持")->rows, 2u);
  EXPECT_EQ(find(grid, "复议后起诉")->row, 1u);
}

TEST(Grid, shares_the_width_of_table_two_among_the_columns_of_a_block) {
  auto grid = proactive_grid(report_of("cn-2019"));
  EXPECT_EQ(find(grid, "第二十条第（九）项")->columns, grid.columns());
  EXPECT_EQ(find(grid, "采购总金额")->columns, 3u);
  EXPECT_EQ(find(grid, "本年新公开数量")->columns, 2u);
}

TEST(Grid, names_the_headings_of_a_number) {
  using Words = std::vector<std::string>;
  auto report = report_of("cn-2021");
  EXPECT_EQ(headings(requests_grid(report), "requests/refused.state_secret/research_institution"),
            (Words{"申请人情况", "法人或其他组织", "科研机构", "三、本年度办理结果",
                   "（三）不予公开", "1.属于国家秘密"}));
  EXPECT_EQ(headings(requests_grid(report), "requests/received/natural_person"),
            (Words{"申请人情况", "自然人", "一、本年新收政府信息公开申请数量"}));
  EXPECT_EQ(headings(disputes_grid(report), "disputes/reconsideration/pending"),
            (Words{"行政复议", "尚未审结"}));
  EXPECT_EQ(headings(disputes_grid(report), "disputes/litigation_direct/total"),
            (Words{"行政诉讼", "未经复议直接起诉", "总计"}));
  EXPECT_EQ(headings(proactive_grid(report), "proactive/coercion/decisions"),
            (Words{"第二十条第（六）项", "本年处理决定数量", "行政强制"}));
}

} // namespace
} // namespace mingce
