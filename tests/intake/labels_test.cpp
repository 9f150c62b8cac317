#include "intake/labels.hpp"

#include "report/report_fixture.hpp"
#include "rules/table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace mingce {
namespace {

TEST(Labels, are_recognised_as_the_table_says) {
  ReportLabels labels(test::official_editions());
  std::map<std::string, const Vocabulary*> places{
      {"request_row", &labels.request_rows},       {"request_column", &labels.request_columns},
      {"figure_row", &labels.figure_rows},         {"figure_column", &labels.figure_columns},
      {"dispute_column", &labels.dispute_columns}, {"dispute_block", &labels.dispute_blocks}};
  for (auto& row : test::read_table("labels.table")) {
    SCOPED_TRACE(row.place);
    auto printed = row.words.at(1);
    std::ranges::replace(printed, '_', ' ');
    auto* code = places.at(row.words.at(0))->find(printed);
    EXPECT_EQ(code ? *code : "-", row.words.at(2));
  }
}

TEST(Labels, of_every_edition_are_recognised_as_themselves) {
  ReportLabels labels(test::official_editions());
  auto is = [](const Vocabulary& vocabulary, const std::string& label, const std::string& code) {
    auto* found = vocabulary.find(label);
    EXPECT_EQ(found ? *found : "-", code) << label;
  };
  for (auto& edition : test::official_editions().all()) {
    for (auto& row : edition.requests.rows) is(labels.request_rows, row.label, row.code);
    for (auto& column : edition.requests.columns)
      is(labels.request_columns, column.label, column.code);
    for (auto& block : edition.proactive.blocks) {
      for (auto& row : block.rows) is(labels.figure_rows, row.label, row.code);
      for (auto& column : block.columns) is(labels.figure_columns, column.label, column.code);
    }
    for (auto& block : edition.disputes.blocks) is(labels.dispute_blocks, block.label, block.code);
    for (auto& column : edition.disputes.columns)
      is(labels.dispute_columns, column.label, column.code);
  }
}

} // namespace
} // namespace mingce
