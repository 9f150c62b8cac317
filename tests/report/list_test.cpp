#include "report/list.hpp"

#include <gtest/gtest.h>

namespace mingce {
namespace {

constexpr ListColumn columns[] = {{"name", "名称"}, {"count", "件数"}, {"id", nullptr}};

json::array rows() {
  return parse_json(R"([{"name":"补正,\"告知\"","count":3,"id":"a"},{"name":null,"count":12},
                        {"id":["x"]}])")
      ->as_array();
}

TEST(List, is_whole_in_json) {
  EXPECT_EQ(parse_json(render_list(rows(), columns, ListFormat::json)).value(),
            json::value(rows()));
  EXPECT_EQ(render_list({}, columns, ListFormat::json), "[]\n");
}

TEST(List, has_every_column_in_csv_and_blanks_for_what_is_missing) {
  EXPECT_EQ(render_list(rows(), columns, ListFormat::csv),
            "name,count,id\r\n\"补正,\"\"告知\"\"\",3,a\r\n,12,\r\n,,\"[\"\"x\"\"]\"\r\n");
}

TEST(List, is_aligned_by_display_columns_with_numbers_to_the_right) {
  EXPECT_EQ(render_list(rows(), columns, ListFormat::text), "名称         件数\n"
                                                            "───────────  ────\n"
                                                            "补正,\"告知\"     3\n"
                                                            "               12\n"
                                                            "                 \n");
  EXPECT_EQ(render_list({}, columns, ListFormat::text), "（无）\n");
}

} // namespace
} // namespace mingce
