// Time as readers are shown it: what was told when, by which calendar, and what a notice moves.

#include "app/clock_views.hpp"

#include "app/calendar_loading.hpp"
#include "app_fixture.hpp"

#include <random>

namespace mingce {
namespace {

using test::day;
using test::opening;
using test::statutes;
using test::Told;

constexpr auto notice_of_2027 = R"({"title":"国务院办公厅关于2027年部分节假日安排的通知",
  "document_no":"国办发明电〔2026〕9号","issued_on":"2026-05-20",
  "years":{"2027":{"rest":{"2027-01-01":"元旦","2027-01-04":"元旦"},"work":{"2027-01-09":"元旦"}}}})";

class ClockViewsTest : public test::OfficeTest {
protected:
  Result<CalendarPlan> plan(const std::string& file, const NoticeSource& source = {}) {
    return office->read([&](const Register& reg) {
      return plan_calendar(reg, statutes().law, file, source, office->today(), office->today());
    });
  }
  json::object load(const std::string& file, const NoticeSource& source = {}) {
    auto planned = plan(file, source).value();
    EXPECT_EQ(test::refusal_of(office->record(planned.operations)), "");
    return planned.summary;
  }
  json::object clock(const StreamId& stream, ClockQuery query = {}) {
    if (query.up_to == 0) query.up_to = size();
    return office->read([&](const Register& reg) {
      return clock_view(office->log(), reg, statutes().law, stream, query, office->today(),
                        Language::en)
          .value();
    });
  }
  std::string due(const StreamId& stream) { return test_text(view(stream).at("due_on")); }
  static std::string test_text(const json::value& value) {
    return value.is_null() ? "-" : std::string(value.as_string());
  }
};

TEST_F(ClockViewsTest, a_notice_moves_dates_and_makes_them_certain) {
  clock_at("2026-12-20T04:00:00Z");
  auto a = received("A", "2026-12-10 request.received");
  auto b = received("B", "2026-12-01 request.received");
  EXPECT_TRUE(view(a).at("provisional").as_bool());
  EXPECT_FALSE(view(b).at("provisional").as_bool());
  auto before = due(a);
  EXPECT_EQ(before, "2027-01-07");
  auto dry = plan(notice_of_2027)->summary;
  EXPECT_EQ(due(a), before);
  auto loaded = load(notice_of_2027);
  EXPECT_EQ(dry, loaded);
  ASSERT_EQ(loaded.at("moved").as_array().size(), 1u);
  EXPECT_EQ(loaded.at("moved").at(0).at("request"), "A");
  EXPECT_EQ(test_text(loaded.at("moved").at(0).at("due_on_after")), due(a));
  EXPECT_EQ(due(a), "2027-01-09"); // two days of rest more, one of them worked again
  EXPECT_FALSE(view(a).at("provisional").as_bool());
  auto again = plan(notice_of_2027).value();
  EXPECT_TRUE(again.operations.empty());
  EXPECT_EQ(again.summary.at("unchanged").as_array().size(), 1u);
}

TEST_F(ClockViewsTest, a_year_given_whole_takes_back_what_it_leaves_out) {
  clock_at("2026-12-20T04:00:00Z");
  auto a = received("A", "2026-12-10 request.received");
  auto weekly = due(a);
  load(notice_of_2027);
  load(R"({"years":{"2027":{"rest":{"2027-05-01":"劳动节"},"work":{}}}})");
  EXPECT_EQ(due(a), weekly);
}

TEST_F(ClockViewsTest, a_local_holiday_moves_the_dates_of_its_region_only) {
  ASSERT_EQ(test::refusal_of(tell(opening("LX", "", "2020-01-01 organ.registered name=临夏"))), "");
  ASSERT_EQ(test::refusal_of(
                tell(opening("LX1", "", "2020-01-01 organ.registered name=临夏某局 parent=LX"))),
            "");
  auto there = opening("LX1", "A", "2026-05-20 request.received");
  ASSERT_EQ(test::refusal_of(tell(there)), "");
  auto here = received("A", "2026-05-20 request.received");
  auto other = test::request_id("A", "LX1");
  auto before = due(here);
  EXPECT_EQ(due(other), before);
  load(R"({"region":"LX","notices":[{"year":2026,"title":"关于2026年开斋节放假的通知",
           "rest":{"2026-05-27":"古尔邦节","2026-05-28":"古尔邦节"}}]})");
  EXPECT_EQ(due(here), before);
  EXPECT_EQ(due(other), to_string(statutes().law.base_calendar().add_working_days(day(before), 2)));
  EXPECT_EQ(plan(R"({"region":"nowhere","years":{"2027":{"rest":{"2027-01-01":"x"}}}})")
                .error()
                .fields.at(0)
                .pointer,
            "/region");
}

TEST_F(ClockViewsTest, a_notice_can_be_retracted) {
  clock_at("2026-12-20T04:00:00Z");
  auto a = received("A", "2026-12-10 request.received");
  auto before = due(a);
  load(notice_of_2027);
  auto loaded_at = size();
  ASSERT_NE(due(a), before);
  auto calendar = StreamId::of("calendar", "CN", "");
  ASSERT_EQ(when(calendar, "2026-12-20 event.retracted target=1"), "");
  EXPECT_EQ(due(a), before);
  // What was told while the notice stood is not forgotten.
  EXPECT_EQ(test_text(clock(a, {{}, loaded_at, {}}).at("due_on")), "2027-01-09");
  EXPECT_EQ(clock(a).at("told").as_array().size(), 3u);
}

TEST_F(ClockViewsTest, an_older_calendar_gives_the_older_date) {
  auto a = received("A", "2020-01-20 request.received");
  EXPECT_EQ(due(a), "2020-02-25");
  auto then = clock(a, {day("2020-01-20"), 0, CalendarVersion{.issued_by = day("2020-01-20")}});
  EXPECT_EQ(test_text(then.at("due_on")), "2020-02-21");
}

/// Replay at any prefix gives the due date that was told then: after each append the live answer is
/// kept, and the last explanation must tell them all.
TEST_F(ClockViewsTest, the_explanation_tells_every_date_that_was_told) {
  clock_at("2026-12-31T04:00:00Z");
  std::mt19937 random(20261231);
  auto pick = [&](int n) { return int(random() % unsigned(n)); };
  const char* moves[] = {"consultation.opened consultation=c",
                         "consultation.closed consultation=c",
                         "correction.requested",
                         "correction.received",
                         "period.extended working_days=",
                         "fee.notified",
                         "fee.paid",
                         "fee.waived",
                         "answer.delayed until=2027-01-2",
                         "event.amended target=1 on=2026-11-1",
                         "event.retracted target="};
  for (int story = 0; story < 30; ++story) {
    auto a = received("S" + std::to_string(story), "2026-11-16 request.received");
    std::vector<std::pair<std::uint64_t, std::string>> told{{size(), due(a)}};
    auto note = [&] {
      if (told.back().second != due(a)) told.emplace_back(size(), due(a));
    };
    for (int step = 0; step < 14; ++step) {
      auto move = pick(std::size(moves));
      std::string line = std::string("2026-12-") + (pick(2) ? "0" : "1") +
                         std::to_string(1 + pick(9)) + " " + moves[move];
      if (move <= 1) line += std::to_string(pick(3));
      if (move == 4) line += std::to_string(1 + pick(15));
      if (move == 8) line += std::to_string(pick(9));
      if (move == 9) line += std::to_string(pick(9)) + " data=null";
      if (move == 10) line += std::to_string(2 + pick(6));
      Told event(line);
      event.data.erase("data");
      auto operation = test::following(a, event);
      if (!tell(operation)) continue; // the impossible is refused, and tells nothing
      note();
      if (story % 10 == 3 && step == 7) {
        load(R"({"notices":[{"year":2027,"rest":{"2027-01-0)" + std::to_string(4 + pick(5)) +
             R"(":"试"}}]})");
        note();
      }
    }
    auto explained = clock(a).at("told").as_array();
    ASSERT_EQ(explained.size(), told.size()) << story;
    for (std::size_t i = 0; i < told.size(); ++i) {
      EXPECT_EQ(explained[i].at("seq").as_int64(), std::int64_t(told[i].first)) << story;
      EXPECT_EQ(test_text(explained[i].at("due_on")), told[i].second) << story;
      EXPECT_EQ(test_text(clock(a, {{}, told[i].first, {}}).at("due_on")), told[i].second) << story;
    }
  }
}

TEST_F(ClockViewsTest, thresholds_are_inherited_until_set_lower_down) {
  clock_at("2026-06-01T04:00:00Z");
  ASSERT_EQ(
      test::refusal_of(tell(opening("JX1", "", "2020-01-01 organ.registered name=某所 parent=JX"))),
      "");
  ASSERT_EQ(test::refusal_of(tell(opening("JX1", "A", "2026-05-20 request.received"))), "");
  auto a = test::request_id("A", "JX1");
  EXPECT_EQ(view(a).at("lamp"), "green");
  ASSERT_EQ(when(test::organ_id("JX"), "2026-06-01 policy.set lamp_yellow=15"), "");
  EXPECT_EQ(view(a).at("lamp"), "yellow");
  ASSERT_EQ(when(test::organ_id("JX1"), "2026-06-01 policy.set lamp_orange=14"), "");
  EXPECT_EQ(view(a).at("lamp"), "orange");
  EXPECT_EQ(when(test::organ_id("JX1"), "2026-06-01 policy.set"), "empty_policy /data");
  EXPECT_EQ(when(test::organ_id("JX1"), "2026-06-01 policy.set report_by=02-29"),
            "invalid_field /data/report_by");
}

} // namespace
} // namespace mingce
