#include "rules/clock.hpp"

#include "rules/case.hpp"
#include "rules/irregular.hpp"
#include "rules/timers.hpp"
#include "slow_calendar.hpp"

namespace mingce {
namespace {

using test::calendar;
using test::day;
using test::terms;
using test::Told;
using Words = std::vector<std::string>;

std::optional<Day> due_of(const Case& state) {
  return due_on(run_clock(state.steps, terms()), terms());
}
std::optional<Day> due_of(const std::vector<Fact>& facts) { return due_of(fold_case(facts)); }

Words codes_of(const std::vector<Irregularity>& found) {
  Words codes;
  for (auto& one : found) codes.push_back(one.code);
  return codes;
}

/// One case of a table, as far as it has been told.
class TableCase {
public:
  void tell(const Words& words) { told_.emplace_back(words); }

  /// Checks a line that is an assertion; false if it tells an event instead.
  bool check(const Words& words) const {
    auto& what = words.at(0);
    Words rest(words.begin() + 1, words.end());
    if (what == "due")
      EXPECT_EQ(test::to_text(due_of(state())), rest.at(0));
    else if (what == "strict")
      EXPECT_EQ(test::to_text(strict_due_on(due_on(clock(Reading::ordinary), terms()),
                                            clock(Reading::strict), terms())),
                rest.at(0));
    else if (what == "remaining")
      EXPECT_EQ(remaining_at(day(rest.at(0))), rest.at(1)) << rest.at(0);
    else if (what == "lamp")
      EXPECT_EQ(lamp_at(day(rest.at(0))), rest.at(1)) << rest.at(0);
    else if (what == "provisional")
      EXPECT_EQ(provisional(), rest.at(0));
    else if (what == "irregular")
      EXPECT_EQ(codes_of(irregularities(state(), terms())), rest);
    else if (what == "gaps")
      EXPECT_EQ(codes_of(gaps(state(), terms())), rest);
    else
      return false;
    return true;
  }

private:
  Case state() const { return fold_case(test::facts_of(told_)); }
  Clock clock(Reading reading, Day through = Day::max()) const {
    return run_clock(state().steps, terms(), reading, through);
  }
  Prospect prospect_at(Day at) const {
    return prospect_of(clock(Reading::ordinary, at), at, terms(), test::law().lamps());
  }
  std::string remaining_at(Day at) const {
    auto left = prospect_at(at).remaining;
    return left ? std::to_string(*left) : "-";
  }
  std::string lamp_at(Day at) const { return to_word(prospect_at(at).lamp); }
  std::string provisional() const {
    auto timers = timers_of(state().steps, told_.back().on, terms(), test::law().lamps());
    return timers.at(0).provisional ? "yes" : "no";
  }

  std::vector<Told> told_;
};

void expect_table(const std::string& table) {
  TableCase told;
  std::string name;
  for (auto& [place, words] : test::read_table(table)) {
    SCOPED_TRACE(place + " " + name);
    if (words.at(0) == "case") {
      told = {};
      name = words.at(1);
    } else if (!told.check(words)) {
      told.tell(words);
    }
  }
}

TEST(Clock, is_as_the_table_says) { expect_table("clock.table"); }
TEST(Irregularities, are_as_the_table_says) { expect_table("irregular.table"); }

/// 条例33.2, for every possible day of receipt: the least day with 20 working days after it.
TEST(Clock, of_every_day_of_eight_years_ends_where_a_slow_count_does) {
  for (Day received = day("2019-01-01"); received <= day("2026-12-31"); received += date::days{1}) {
    int length = received < day("2019-05-15") ? 15 : 20;
    ASSERT_EQ(due_of({{1, 1, received, RequestReceived{}}}),
              test::slow_calendar().add(received, length))
        << "received " << to_string(received);
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

/// Every code that irregular.table speaks of.
std::set<std::string> words_after(const std::string& what) {
  std::set<std::string> codes;
  for (auto& row : test::read_table("irregular.table"))
    if (row.words.at(0) == what) codes.insert(row.words.begin() + 1, row.words.end());
  return codes;
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
      {{"2026-03-02 request.submitted channel=post_plain",
        "2026-03-03 request.received channel=post_plain"},
       "plain_mail_not_confirmed_same_day",
       "条例31",
       2},
      {{"2026-03-02 request.received", "2026-03-31 consultation.opened"},
       "late_consultation",
       "条例32、33.3",
       2},
      {{"2026-03-02 request.received",
        "2026-03-27 period.extended working_days=5 notified_on=2026-03-31"},
       "extension_told_late",
       "条例33.2",
       2},
      {{"2026-03-02 request.received", "2026-03-20 answer.delayed"},
       "delay_without_reasons",
       "条例35",
       2},
      {{"2026-03-02 request.received", "2026-03-09 reasons.requested", "2026-03-31 answer.delayed"},
       "late_delay",
       "条例35",
       3},
      {{"2026-03-02 request.received", "2026-03-20 request.answered outcome=not_processed.abusive"},
       "abusive_without_reasons",
       "条例35",
       2},
      {{"2020-12-07 request.received", "2020-12-31 fee.notified pay_by=2021-03-01"},
       "fee_before_rules",
       "国办函〔2020〕109号",
       2},
      {{"2026-03-02 request.received", "2026-03-31 fee.notified pay_by=2026-05-29"},
       "late_fee_notice",
       "国办函〔2020〕109号 6",
       2},
      {{"2026-03-02 request.received", "2026-03-10 fee.notified amount=280"},
       "fee_amount_differs",
       "国办函〔2020〕109号",
       2},
      {{"2026-03-02 request.received",
        "2026-03-12 request.answered outcome=unavailable.unclear_after_correction"},
       "unclear_without_correction",
       "条例30",
       2},
      {{"2026-03-02 request.received", "2026-03-12 request.answered outcome=not_processed.repeat"},
       "repeat_without_earlier_request",
       "条例36(6)",
       2},
      {{"2026-03-02 request.received", "2026-03-12 request.answered outcome=refused.state_secret"},
       "reconsideration_first_not_told",
       "复议法23.2",
       2},
      {{"2026-03-02 request.received", "2026-03-31 request.voided"},
       "voided_after_due",
       "条例45",
       2},
      {{"2026-03-02 request.received", "2026-03-12 applicant.erased"},
       "erased_before_conclusion",
       "个人信息保护法47",
       2},
  };
  std::set<std::string> told_of;
  for (auto& [told, code, article, version] : cases) {
    auto found = irregularities(fold_case(test::facts_of(told)), terms());
    ASSERT_EQ(found.size(), 1u) << code;
    EXPECT_EQ(found[0].code, code);
    EXPECT_EQ(found[0].article, article) << code;
    EXPECT_EQ(found[0].version, version) << code;
    EXPECT_FALSE(found[0].message.zh.empty() || found[0].message.en.empty()) << code;
    told_of.insert(code);
  }
  EXPECT_EQ(told_of, words_after("irregular"));
}

TEST(Gaps, name_their_article_and_the_event_that_lacks_something) {
  const std::string clean =
      R"(2026-03-02 request.received applicant={"kind":"natural_person","name":"张三"})";
  const std::string answered = "2026-03-12 request.answered document_no=答复1号 outcome=";
  struct {
    std::vector<Told> told;
    const char *code, *article;
    std::uint32_t version;
  } cases[] = {
      {{"2026-03-02 request.received"}, "kind_provisional", "条例50", 0},
      {{clean, "2026-03-12 request.answered"}, "no_document_number", "条例45", 2},
      {{clean, answered + "partially_disclosed"}, "no_ground", "条例37", 2},
      {{clean, answered + "not_processed.reconfirmation"}, "no_earlier_request", "报告格式", 2},
      {{clean, "2026-03-31 request.answered document_no=答复1号"}, "no_late_reason", "条例33", 2},
  };
  std::set<std::string> told_of;
  for (auto& [told, code, article, version] : cases) {
    auto found = gaps(fold_case(test::facts_of(told)), terms());
    ASSERT_EQ(found.size(), 1u) << code;
    EXPECT_EQ(found[0].code, code);
    EXPECT_EQ(found[0].article, article) << code;
    EXPECT_EQ(found[0].version, version) << code;
    EXPECT_FALSE(found[0].message.zh.empty() || found[0].message.en.empty()) << code;
    told_of.insert(code);
  }
  EXPECT_EQ(told_of, words_after("gaps"));
}

} // namespace
} // namespace mingce
