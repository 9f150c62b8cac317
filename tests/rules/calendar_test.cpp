#include "rules/calendar.hpp"

#include "fixture.hpp"

#include <set>

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

/// The notices of the base data that had been issued by that day.
std::vector<Notice> issued_by(Day day) {
  std::vector<Notice> notices;
  for (auto& notice : calendar().notices())
    if (*notice.issued_on <= day) notices.push_back(notice);
  return notices;
}

/// domain §4: the 2020 spring holiday was lengthened while periods were running.
TEST(Calendar, follows_the_later_of_two_notices_about_a_day) {
  auto received = day("2020-01-20");
  Calendar before(issued_by(received));
  EXPECT_TRUE(before.is_working_day(day("2020-01-31")));
  EXPECT_TRUE(before.is_working_day(day("2020-02-01"))); // a Saturday, to make up for the holiday
  EXPECT_EQ(to_string(before.add_working_days(received, 20)), "2020-02-21");
  EXPECT_FALSE(calendar().is_working_day(day("2020-01-31")));
  EXPECT_FALSE(calendar().is_working_day(day("2020-02-01")));
  EXPECT_EQ(to_string(calendar().add_working_days(received, 20)), "2020-02-25");
  EXPECT_EQ(calendar().listing(day("2020-02-01"))->notice, before.notices().size());
}

/// What was known of 2027 when the period began is not what is known after the notice.
TEST(Calendar, is_no_longer_provisional_once_the_notice_is_there) {
  auto notices = calendar().notices();
  auto next = read_notices(parse_json(R"({"notices":[{"year":2027,
      "rest":{"2027-01-01":"元旦"},"work":{"2027-01-03":"元旦"}}]})")
                               .value());
  notices.push_back(next->at(0));
  Calendar after(notices);
  auto received = day("2026-12-10");
  EXPECT_TRUE(calendar().is_provisional(received, day("2027-01-07")));
  EXPECT_FALSE(after.is_provisional(received, day("2027-01-07")));
  EXPECT_EQ(to_string(calendar().add_working_days(received, 20)), "2027-01-07");
  EXPECT_EQ(to_string(after.add_working_days(received, 20)), "2027-01-07"); // one off, one made up
  EXPECT_EQ(to_string(after.add_working_days(received, 17)), "2027-01-04");
}

/// 全国年节及纪念日放假办法4: a local notice adds to the national ones, for its own region.
TEST(Calendar, takes_a_local_notice_beside_the_national_ones) {
  auto local = read_notices(parse_json(R"({"region":"XZ","title":"自治区藏历新年放假通知",
      "document_no":"藏政办〔2026〕1号","issued_on":"2026-01-30",
      "years":{"2027":{"rest":{"2027-02-08":"藏历新年"}},
               "2026":{"rest":{"2026-03-03":"藏历新年"},"work":{"2026-03-07":"藏历新年"}}}})")
                                .value());
  ASSERT_TRUE(local);
  ASSERT_EQ(local->size(), 2u);
  for (auto& notice : *local) {
    EXPECT_EQ(notice.region, "XZ");
    EXPECT_FALSE(notice.is_national());
    EXPECT_EQ(notice.name(), "自治区藏历新年放假通知（藏政办〔2026〕1号）");
    EXPECT_EQ(notice.issued_on, day("2026-01-30"));
  }
  auto notices = calendar().notices();
  notices.insert(notices.end(), local->begin(), local->end());
  Calendar regional(notices);
  EXPECT_FALSE(regional.is_working_day(day("2026-03-03")));
  EXPECT_TRUE(regional.is_working_day(day("2026-03-07")));
  EXPECT_EQ(regional.listing(day("2026-03-03"))->holiday, "藏历新年");
  EXPECT_FALSE(regional.notices().at(regional.listing(day("2026-03-03"))->notice).is_national());
  EXPECT_TRUE(calendar().is_working_day(day("2026-03-03")));
  EXPECT_EQ(to_string(regional.add_working_days(day("2026-03-02"), 4)), "2026-03-07");
  // It says nothing of the days on which the nation rests in 2027.
  EXPECT_TRUE(regional.is_provisional(day("2027-02-01"), day("2027-02-09")));
}

TEST(Calendar, names_a_notice_without_a_title_by_its_year) {
  Notice notice;
  notice.year = 2027;
  EXPECT_EQ(notice.name(), "2027年节假日安排");
  notice.document_no = "国办发明电〔2026〕1号";
  EXPECT_EQ(notice.name(), "2027年节假日安排（国办发明电〔2026〕1号）");
}

/// 民诉法85、行诉解释48: a period in calendar days that ends on a day of rest runs on.
TEST(Calendar, moves_the_last_day_of_a_period_to_the_next_working_day) {
  const struct {
    const char *last, *moved;
  } table[] = {{"2026-03-02", "2026-03-02"}, // a Monday
               {"2026-02-14", "2026-02-14"}, // a Saturday that is worked
               {"2026-03-07", "2026-03-09"}, // a Saturday
               {"2026-04-06", "2026-04-07"}, // a Monday off
               {"2026-02-15", "2026-02-24"}, // the spring holiday
               {"2026-10-01", "2026-10-08"}, {"2026-05-01", "2026-05-06"},
               {"2027-01-02", "2027-01-04"}}; // no notice: the weekly pattern
  for (auto& [last, moved] : table)
    EXPECT_EQ(to_string(calendar().on_or_next_working_day(day(last))), moved) << last;
}

TEST(Calendar, comes_with_notices_that_can_be_cited_in_their_order) {
  auto& notices = calendar().notices();
  ASSERT_FALSE(notices.empty());
  std::set<int> years;
  for (std::size_t i = 0; i < notices.size(); ++i) {
    auto& notice = notices[i];
    SCOPED_TRACE(notice.name());
    EXPECT_TRUE(notice.is_national());
    EXPECT_FALSE(notice.title.empty());
    ASSERT_TRUE(notice.issued_on);
    EXPECT_EQ(notice.seq, 0u);
    if (i > 0) {
      EXPECT_LT(*notices[i - 1].issued_on, *notice.issued_on);
    }
    // A year's first notice is issued in the autumn before it, a change of it later.
    EXPECT_EQ(year_of(*notice.issued_on),
              years.insert(notice.year).second ? notice.year - 1 : notice.year);
  }
  for (int year = 2008; year <= 2026; ++year) EXPECT_TRUE(years.contains(year)) << year;
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
  for (auto* name :
       {"answer", "extension_cap", "correction_notice", "consultation", "fee_payment",
        "redo_without_period", "reply_ordinary", "reply_simplified", "defence", "appeal"}) {
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
