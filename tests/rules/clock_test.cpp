#include "rules/clock.hpp"

#include "fixture.hpp"
#include "rules/case.hpp"
#include "rules/irregular.hpp"

#include <set>

namespace mingce {
namespace {

using test::day;
using test::calendar;
using test::terms;
using test::Told;

std::optional<Day> due_of(const Case& state) {
  return due_on(run_clock(state.steps, terms()), terms());
}
std::optional<Day> due_after(const std::vector<Told>& told) {
  return due_of(fold_case(test::facts_of(told)));
}
std::optional<Day> due_of(const std::vector<Fact>& facts) { return due_of(fold_case(facts)); }

std::vector<std::string> irregular(const std::vector<Told>& told) {
  std::vector<std::string> codes;
  for (auto& found : irregularities(fold_case(test::facts_of(told)), terms())) codes.push_back(found.code);
  return codes;
}

TEST(Clock, is_as_the_table_says) {
  std::vector<Told> told;
  std::string name;
  for (auto& [place, words] : test::read_table("clock.table")) {
    SCOPED_TRACE(place + " " + name);
    auto& what = words.at(0);
    if (what == "case") {
      told.clear();
      name = words.at(1);
    } else if (what == "due") {
      EXPECT_EQ(test::to_text(due_after(told)), words.at(1));
    } else if (what == "irregular") {
      EXPECT_EQ(irregular(told), std::vector<std::string>(words.begin() + 1, words.end()));
    } else {
      told.emplace_back(words);
    }
  }
}

/// The days that all notices list, read from the data file by other code than the calendar's.
std::set<std::string> days_listed(const char* kind) {
  std::set<std::string> days;
  std::string_view other = kind == std::string_view("rest") ? "work" : "rest";
  auto calendar = test::read_json("schemas/law/calendar.json");
  for (auto& notice : calendar.at("notices").as_array()) {
    for (auto& entry : notice.at(other).as_object()) days.erase(entry.key());
    for (auto& entry : notice.at(kind).as_object()) days.insert(entry.key());
  }
  return days;
}

/// 条例33.2, for every possible day of receipt: the least day with 20 working days after it.
TEST(Clock, of_every_day_of_eight_years_ends_where_a_slow_count_does) {
  auto rest = days_listed("rest"), work = days_listed("work");
  auto is_worked = [&](Day at) {
    auto text = to_string(at);
    if (work.contains(text)) return true;
    return !rest.contains(text) && date::weekday{at}.iso_encoding() <= 5;
  };
  for (Day received = day("2019-01-01"); received <= day("2026-12-31"); received += date::days{1}) {
    int left = received < day("2019-05-15") ? 15 : 20;
    Day at = received;
    while (left > 0) left -= is_worked(at += date::days{1}) ? 1 : 0;
    ASSERT_EQ(due_of({{1, 1, received, RequestReceived{}}}), at) << "received " << to_string(received);
  }
}

/// An exclusion moves the due date by exactly the working days that it takes out of the period.
TEST(Clock, of_every_consultation_within_a_period_is_moved_by_its_working_days) {
  auto received = day("2026-03-02");
  auto plain = calendar().add_working_days(received, 20);
  for (Day opened = received; opened <= plain; opened += date::days{1})
    for (Day closed = opened; closed <= opened + date::days{40}; closed += date::days{1}) {
      std::vector<Fact> facts{{1, 1, received, RequestReceived{}},
                              {2, 2, opened, ConsultationOpened{"a", {}, {}, {}}},
                              {3, 3, closed, ConsultationClosed{"a", {}}}};
      auto last = std::min(closed, calendar().add_working_days(opened, 15));
      auto used = calendar().working_days_between(received, opened);
      auto expected = used >= 20 ? plain : calendar().add_working_days(last, 20 - used);
      ASSERT_EQ(due_of(facts), expected) << to_string(opened) << ' ' << to_string(closed);
    }
}

/// domain 2.3: the clock stands still exactly while a correction or a fee is awaited.
TEST(Clock, has_no_due_date_exactly_while_a_correction_or_a_fee_is_awaited) {
  const std::vector<const char*> moves = {"correction.requested", "correction.received",
                                          "fee.notified", "fee.paid", "fee.waived"};
  for (std::size_t code = 0; code < 5 * 5 * 5 * 5; ++code) {
    std::vector<Fact> facts{{1, 1, day("2026-03-02"), RequestReceived{}}};
    auto rest = code;
    std::string story;
    for (std::uint32_t step = 0; step < 4; ++step, rest /= 5) {
      story += std::string(" ") + moves[rest % 5];
      Told told(std::string("2026-03-0") + char('3' + step) + " " + moves[rest % 5]);
      auto event = decode(*find_event_type(told.type), told.data).value();
      facts.push_back({step + 2, step + 2, told.on, event});
    }
    auto state = fold_case(facts);
    bool waits =
        state.state() == CaseState::awaiting_correction || state.state() == CaseState::awaiting_fee;
    EXPECT_EQ(!due_of(state), waits) << story;
  }
}

TEST(Irregularities, name_their_article_and_the_event_that_shows_them) {
  struct {
    std::vector<Told> told;
    const char *code, *article;
    std::uint32_t version;
  } cases[] = {
      {{"2026-03-02 request.received", "2026-03-12 correction.requested"},
       "late_correction_notice",
       "条例30",
       2},
      {{"2026-03-02 request.received", "2026-03-03 correction.requested",
        "2026-03-04 correction.received", "2026-03-05 correction.requested"},
       "second_correction",
       "条例30",
       4},
      {{"2026-03-02 request.received", "2026-03-03 correction.requested",
        "2026-03-04 request.answered"},
       "answered_awaiting_correction",
       "条例30",
       3},
      {{"2026-03-02 request.received", "2026-03-31 request.answered"}, "late_answer", "条例33", 2},
      {{"2026-03-02 request.received", "2026-03-31 period.extended"},
       "late_extension",
       "条例33.2",
       2},
      {{"2026-03-02 request.received", "2026-03-30 period.extended working_days=21"},
       "extension_beyond_cap",
       "条例33.2",
       2},
      {{"2026-03-02 request.received", "2026-03-10 fee.notified pay_by=2026-03-20"},
       "short_payment_period",
       "国办函〔2020〕109号 6",
       2},
      {{"2026-03-02 request.received", "2026-03-10 fee.notified", "2026-03-12 request.answered"},
       "answered_awaiting_fee",
       "国办函〔2020〕109号 6",
       3},
      {{"2026-03-02 request.received",
        "2026-03-12 request.answered outcome=refused.third_party_rights remedy=先申请行政复议"},
       "third_party_not_consulted",
       "条例32",
       2},
  };
  for (auto& [told, code, article, version] : cases) {
    auto found = irregularities(fold_case(test::facts_of(told)), terms());
    ASSERT_EQ(found.size(), 1u) << code;
    EXPECT_EQ(found[0].code, code);
    EXPECT_EQ(found[0].article, article) << code;
    EXPECT_EQ(found[0].version, version) << code;
    EXPECT_FALSE(found[0].message.zh.empty() || found[0].message.en.empty()) << code;
  }
}

} // namespace
} // namespace mingce
