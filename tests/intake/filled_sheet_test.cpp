#include "intake/filled_sheet.hpp"

#include "report/figure_sheet.hpp"

#include <gtest/gtest.h>

namespace mingce {
namespace {

FigureSheet example() {
  FigureSheet sheet{"JX", "嘉祥街道", 2025, "审批科", parse_day("2026-01-10"), {}};
  sheet.rows = {{"licences.decisions", "行政许可：本年处理决定数量", false, Decimal::whole(12)},
                {"fees.amount", "行政事业性收费：本年收费金额", true, Decimal{123'45}},
                {"disclosed.website", "disclosed.website"}};
  return sheet;
}

TEST(FilledSheet, is_read_back_as_it_was_written) {
  auto bytes = render_figure_sheet(example());
  EXPECT_EQ(bytes, render_figure_sheet(example()));
  auto sheet = read_filled_sheet(std::string_view(bytes)).value();
  EXPECT_EQ(sheet.organ_code, "JX");
  EXPECT_EQ(sheet.year, "2025");
  EXPECT_EQ(sheet.unit, "审批科");
  ASSERT_EQ(sheet.rows.size(), 3u);
  EXPECT_EQ(sheet.rows[0].number, "1");
  EXPECT_EQ(sheet.rows[0].item, "licences.decisions");
  EXPECT_EQ(sheet.rows[0].quantity, "12");
  EXPECT_EQ(sheet.rows[1].quantity, "123.45");
  EXPECT_EQ(sheet.rows[2].quantity, "");
}

TEST(FilledSheet, is_nothing_else) {
  EXPECT_FALSE(read_filled_sheet(std::string_view("no workbook")));
  RawTable table;
  table.rows = {{{"机关代码"}, {"JX"}}, {{"年度"}, {"2025"}}};
  auto refused = read_filled_sheet(table);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "not_a_sheet");
}

} // namespace
} // namespace mingce
