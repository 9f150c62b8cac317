#include "rules/calendar.hpp"

#include "fixture.hpp"

namespace mingce {
namespace {

using test::calendar;
using test::day;
using test::law;

int working_days_of(int year) {
  return calendar().working_days_between(first_day_of(year) - date::days{1}, last_day_of(year));
}

TEST(Calendar, is_as_the_table_says) {
  for (auto& [place, words] : test::read_table("calendar.table")) {
    auto& what = words.at(0);
    if (what == "year") {
      EXPECT_EQ(working_days_of(std::stoi(words.at(1))), std::stoi(words.at(2))) << place;
    } else if (what == "count") {
      auto end = calendar().add_working_days(day(words.at(1)), std::stoi(words.at(2)));
      EXPECT_EQ(to_string(end), words.at(3)) << place;
    } else {
      ASSERT_TRUE(what == "work" || what == "rest") << place;
      EXPECT_EQ(calendar().is_working_day(day(words.at(1))), what == "work") << place;
    }
  }
}

TEST(Calendar, counts_as_a_slow_count_does) {
  auto first = day("2018-12-01"), last = day("2021-03-31");
  for (Day from = first; from <= last; from += date::days{5}) {
    int counted = 0;
    for (Day to = from + date::days{1}; to <= last; to += date::days{1}) {
      counted += calendar().is_working_day(to);
      ASSERT_EQ(calendar().working_days_between(from, to), counted);
    }
    EXPECT_EQ(calendar().working_days_between(from, from), 0);
    EXPECT_EQ(calendar().working_days_between(from, from - date::days{9}), 0);
  }
}

TEST(Calendar, ends_a_period_on_its_first_possible_day) {
  for (Day from = first_day_of(2025); from <= last_day_of(2025); from += date::days{1})
    for (int n : {1, 5, 7, 10, 15, 20, 40}) {
      auto end = calendar().add_working_days(from, n);
      ASSERT_EQ(calendar().working_days_between(from, end), n);
      ASSERT_EQ(calendar().working_days_between(from, end - date::days{1}), n - 1);
    }
}

TEST(Calendar, knows_the_years_without_a_notice) {
  EXPECT_FALSE(calendar().is_provisional(day("2026-12-01"), day("2026-12-31")));
  EXPECT_TRUE(calendar().is_provisional(day("2026-12-01"), day("2027-01-01")));
  EXPECT_FALSE(calendar().is_provisional(day("2007-12-31"), day("2008-01-01")));
  EXPECT_TRUE(calendar().is_provisional(day("2007-12-30"), day("2007-12-31")));
  EXPECT_TRUE(calendar().is_working_day(day("2027-01-01"))); // a Friday: the weekly pattern only
}

TEST(Calendar, refuses_data_in_another_form) {
  struct {
    const char *data, *pointer;
  } cases[] = {
      {"[]", ""},
      {"{}", "/years"},
      {R"({"years":[]})", "/years"},
      {R"({"years":{}})", "/years"},
      {R"({"notices":{}})", "/notices"},
      {R"({"notices":[{"rest":{"2027-01-01":"元旦"}}]})", "/notices/0"},
      {R"({"year":{}})", "/year"},
      {R"({"years":{"26":{"rest":{},"work":{}}}})", "/years/26"},
      {R"({"years":{"2026":{"rest":{}}}})", "/years/2026"},
      {R"({"years":{"2026":{"rest":{"2026-01-01":1}}}})", "/years/2026/rest/2026-01-01"},
      {R"({"years":{"2026":{"rest":{"2026-01-01":"x"},"work":{"2026-01-01":"x"}}}})",
       "/years/2026/work/2026-01-01"},
      {R"({"region":"a b","years":{"2026":{"rest":{"2026-01-01":"x"}}}})", "/region"},
      {R"({"years":{"2026":{"rest":[],"work":{}}}})", "/years/2026/rest"},
      {R"({"years":{"2026":{"rest":{},"work":{"2026-02-30":"x"}}}})",
       "/years/2026/work/2026-02-30"},
  };
  for (auto& [data, pointer] : cases) {
    auto loaded = read_notices(parse_json(data).value());
    ASSERT_FALSE(loaded) << data;
    EXPECT_EQ(loaded.error().fields.at(0).pointer, pointer) << data;
  }
}

TEST(Law, gives_the_number_in_force_on_a_day) {
  struct {
    const char *name, *on;
    int working_days;
  } cases[] = {{"answer", "2007-01-01", 15},           {"answer", "2019-05-14", 15},
               {"answer", "2019-05-15", 20},           {"answer", "2026-01-01", 20},
               {"extension_cap", "2019-05-14", 15},    {"extension_cap", "2019-05-15", 20},
               {"correction_notice", "2026-01-01", 7}, {"consultation", "2026-01-01", 15},
               {"fee_payment", "2026-01-01", 20}};
  for (auto& [name, on, working_days] : cases)
    EXPECT_EQ(law().period(name, day(on)).length, working_days) << name << ' ' << on;
}

TEST(Law, is_refused_without_a_number_the_rules_ask_for) {
  auto calendar = test::read_json("schemas/law/calendar.json");
  auto fees = test::read_json("schemas/law/fees.json");
  auto management = test::read_json("schemas/law/management.json");
  auto periods = test::read_json("schemas/law/periods.json");
  auto load = [&](const json::value& changed) {
    return Law::load(calendar, changed, fees, management);
  };
  ASSERT_TRUE(load(periods));
  for (auto* name : {"answer", "extension_cap", "correction_notice", "consultation", "fee_payment",
                     "redo_without_period", "reply_ordinary", "reply_simplified", "defence",
                     "appeal"}) {
    auto fewer = periods;
    auto& lines = fewer.at("periods").as_array();
    json::array kept;
    for (auto& line : lines)
      if (line.at("name").as_string() != name) kept.push_back(line);
    lines = kept;
    EXPECT_FALSE(load(fewer)) << name;
  }
  for (auto* member : {"name", "value", "unit", "from", "article"}) {
    auto broken = periods;
    broken.at("periods").at(0).as_object().erase(member);
    EXPECT_FALSE(load(broken)) << member;
  }
}

} // namespace
} // namespace mingce
