#include "report/roll_up.hpp"

#include "report_fixture.hpp"

#include <gtest/gtest.h>

namespace mingce {
namespace {

using test::official_editions;

const Edition& edition(const char* code) { return *official_editions().find(code); }

Tables blank(const Edition& edition) {
  Tables tables;
  tables.layout = {&edition, &edition, &edition};
  return tables;
}

TEST(SubmittedTables, fits_the_finer_rows_into_the_coarser_ones) {
  auto& fine = edition("cn-2021");
  auto& coarse = edition("cn-2019");
  auto tables = blank(fine);
  tables.layout.proactive = &coarse;
  int number = 1;
  for (auto* row : {"closed.correction_lapsed", "closed.fee_unpaid", "closed.other", "disclosed"})
    tables.cells[cell_name("requests", row, "natural_person")] = Decimal::whole(number++);
  auto fitted_in = fitted(tables, coarse);
  ASSERT_TRUE(fitted_in);
  Decimal sum{};
  for (auto& row : coarse.requests.rows)
    if (row.source == RowSource::outcome)
      sum += *fitted_in->at(cell_name("requests", row.code, "natural_person"));
  EXPECT_EQ(sum, Decimal::whole(1 + 2 + 3 + 4));
  EXPECT_EQ(fitted_in->at("requests/disclosed/natural_person"), Decimal::whole(4));
}

TEST(SubmittedTables, does_not_make_up_what_the_other_edition_does_not_tell) {
  EXPECT_FALSE(fitted(blank(edition("cn-2019")), edition("cn-2021")));
  EXPECT_FALSE(fitted(blank(edition("cn-2021")), edition("cn-2019")));
  EXPECT_TRUE(fitted(blank(edition("cn-2021")), edition("cn-2021")));
}

TEST(SubmittedTables, adds_every_cell_once) {
  auto report = test::seed_report();
  auto before = tables_of(report);
  auto more = before;
  std::int64_t number = 0;
  for (auto& [cell, value] : more.cells) value = Decimal::whole(++number);
  add_tables(report, more);
  for (auto& [cell, value] : tables_of(report).cells)
    EXPECT_EQ(value.hundredths, before.at(cell)->hundredths + more.at(cell)->hundredths) << cell;
  set_tables(report, before);
  EXPECT_EQ(tables_of(report).cells, before.cells);
}

} // namespace
} // namespace mingce
