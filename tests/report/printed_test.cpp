#include "report/printed.hpp"

#include "rules/table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>

namespace mingce {
namespace {

std::string spelled_out(std::string word) {
  if (word == "·") return {};
  std::ranges::replace(word, '_', ' ');
  return word;
}

TEST(Printed, is_read_as_the_table_says) {
  std::map<std::string, Unit> units{
      {"count", Unit::count}, {"yuan", Unit::yuan}, {"10k", Unit::yuan_shown_in_10k}};
  for (auto& row : test::read_table("printed.table")) {
    SCOPED_TRACE(row.place);
    ASSERT_EQ(row.words.size(), 4u);
    auto printed = read_printed(spelled_out(row.words[1]), units.at(row.words[0]));
    EXPECT_EQ(printed.value ? to_string(*printed.value) : "-", row.words[2]);
    EXPECT_EQ(printed.plain ? "plain" : "remark", row.words[3]);
  }
}

TEST(Printed, bytes_that_are_no_text_are_no_number) {
  EXPECT_FALSE(read_printed("\xff\xfe", Unit::count).value);
  EXPECT_EQ(folded("\xff"
                   "3"),
            "3");
}

} // namespace
} // namespace mingce
