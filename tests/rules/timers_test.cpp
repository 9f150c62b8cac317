#include "rules/timers.hpp"

#include "fixture.hpp"
#include "rules/case.hpp"

namespace mingce {
namespace {

using test::day;
using test::law;
using test::terms;
using test::Told;
using Words = std::vector<std::string>;

Lamps lamps() { return law().lamps(); }

std::vector<Timer> timers_at(const std::vector<Told>& told, Day on) {
  auto facts = test::facts_of(told);
  if (find_event_type(told.front().type)->info().stream == StreamKind::dispute)
    return timers_of(fold_dispute(facts), on, terms(), lamps());
  return timers_of(fold_case(facts).steps, on, terms(), lamps());
}

Words words_of(const Timer& timer) {
  return {to_word(timer.kind), test::to_text(timer.due_on), to_word(timer.lamp)};
}
Words words_of(const std::vector<Timer>& timers) {
  Words all;
  for (auto& timer : timers)
    for (auto& word : words_of(timer)) all.push_back(word);
  return all;
}

/// `report kind local on due lamp`
void expect_report(const Words& words) {
  Organ organ;
  organ.kind = from_word<OrganKind>(words.at(1)).value();
  Organ::Settings settings;
  if (words.at(2) != "-") settings.report_by = words.at(2);
  auto timer = report_timer(organ, settings, day(words.at(3)), terms(), lamps());
  EXPECT_EQ(words_of(timer), (Words{"annual_report", words.at(4), words.at(5)}));
}

TEST(Timers, are_as_the_table_says) {
  std::vector<Told> told;
  std::string name;
  for (auto& [place, words] : test::read_table("timers.table")) {
    SCOPED_TRACE(place + " " + name);
    auto& what = words.at(0);
    if (what == "case") {
      told.clear();
      name = words.at(1);
    } else if (what == "on") {
      EXPECT_EQ(words_of(timers_at(told, day(words.at(1)))), Words(words.begin() + 2, words.end()));
    } else if (what == "report") {
      expect_report(words);
    } else {
      told.emplace_back(words);
    }
  }
}

const Timer& find(const std::vector<Timer>& timers, TimerKind kind) {
  for (auto& timer : timers)
    if (timer.kind == kind) return timer;
  throw std::out_of_range("no such timer");
}

TEST(Timers, name_their_article_and_the_day_after_which_they_run) {
  struct {
    std::vector<Told> told;
    const char* on;
    TimerKind kind;
    const char *from, *article;
  } cases[] = {
      {{"2026-03-02 request.submitted"},
       "2026-03-02",
       TimerKind::confirmation,
       "2026-03-02",
       "条例31"},
      {{"2026-03-02 request.received"}, "2026-03-05", TimerKind::answer, "2026-03-02", "条例33.2"},
      {{"2019-05-14 request.received"},
       "2019-05-20",
       TimerKind::answer,
       "2019-05-14",
       "条例（2007）24.2"},
      {{"2026-03-02 request.received", "2026-03-20 answer.delayed"},
       "2026-03-20",
       TimerKind::answer,
       "2026-03-02",
       "条例35"},
      {{"2026-03-02 request.received"},
       "2026-03-05",
       TimerKind::correction_notice,
       "2026-03-02",
       "条例30"},
      {{"2026-03-02 request.received", "2026-03-09 correction.requested",
        "2026-03-11 correction.extended"},
       "2026-03-12",
       TimerKind::correction,
       "2026-03-09",
       "条例30"},
      {{"2026-03-02 request.received", "2026-03-09 consultation.opened",
        "2026-03-16 notice.served target=2"},
       "2026-03-17",
       TimerKind::consultation,
       "2026-03-16",
       "条例32"},
      {{"2026-03-02 request.received", "2026-03-09 reasons.requested"},
       "2026-03-10",
       TimerKind::reasons,
       "2026-03-09",
       "条例35"},
      {{"2026-03-02 request.received", "2026-03-10 fee.notified"},
       "2026-03-11",
       TimerKind::payment,
       "2026-03-10",
       "国办函〔2020〕109号 6"},
      {{"2026-03-02 request.received", "2026-03-30 request.answered",
        "2026-05-06 redo.ordered due_on=2026-05-20"},
       "2026-05-07",
       TimerKind::redo,
       "2026-05-06",
       "复议法实施条例49"},
      {{"2026-05-06 reconsideration.accepted copy_received_on=2026-05-08"},
       "2026-05-09",
       TimerKind::reply,
       "2026-05-08",
       "复议法48"},
      {{"2026-05-06 reconsideration.accepted procedure=simplified copy_received_on=2026-05-08"},
       "2026-05-09",
       TimerKind::reply,
       "2026-05-08",
       "复议法54"},
      {{"2023-12-14 reconsideration.accepted copy_received_on=2023-12-15"},
       "2023-12-15",
       TimerKind::reply,
       "2023-12-15",
       "复议法（1999）23"},
      {{"2026-05-28 litigation.filed copy_received_on=2026-06-01"},
       "2026-06-01",
       TimerKind::defence,
       "2026-06-01",
       "行诉法67"},
      {{"2026-05-28 litigation.filed", "2026-06-01 litigation.judged",
        "2026-06-04 judgment.served"},
       "2026-06-05",
       TimerKind::appeal,
       "2026-06-04",
       "行诉法85"},
  };
  for (auto& [told, on, kind, from, article] : cases) {
    SCOPED_TRACE(to_word(kind) + " " + on);
    auto timers = timers_at(told, day(on));
    auto& timer = find(timers, kind);
    EXPECT_EQ(to_string(timer.from), from);
    EXPECT_EQ(timer.article, article);
    EXPECT_FALSE(std::string(title_of(kind)).empty());
  }
}

/// Two letters out at once: the list says which consultation each date belongs to.
TEST(Timers, tell_consultations_apart) {
  auto timers =
      timers_at({"2026-03-02 request.received", "2026-03-12 consultation.opened consultation=a",
                 "2026-03-13 consultation.opened consultation=b"},
                day("2026-03-16"));
  ASSERT_EQ(timers.size(), 3u);
  EXPECT_EQ(timers[1].consultation, 0u);
  EXPECT_EQ(timers[1].version, 2u);
  EXPECT_EQ(timers[2].consultation, 1u);
  EXPECT_EQ(timers[2].version, 3u);
}

TEST(Timers, count_the_working_days_left_and_gone) {
  const std::vector<Told> told = {
      "2026-05-06 reconsideration.accepted copy_received_on=2026-05-06"};
  struct {
    const char* on;
    int remaining;
  } cases[] = {{"2026-05-06", 10}, {"2026-05-08", 8},  {"2026-05-09", 7},  {"2026-05-10", 7},
               {"2026-05-19", 0},  {"2026-05-20", -1}, {"2026-05-23", -3}, {"2026-05-25", -4}};
  for (auto& [on, remaining] : cases)
    EXPECT_EQ(timers_at(told, day(on)).at(0).remaining, remaining) << on;
}

TEST(Timers, are_provisional_where_they_run_into_a_year_without_a_notice) {
  std::vector<Told> told = {"2026-12-21 request.received"};
  auto timers = timers_at(told, day("2026-12-21"));
  EXPECT_TRUE(find(timers, TimerKind::answer).provisional);
  EXPECT_FALSE(find(timers, TimerKind::correction_notice).provisional); // ends on 2026-12-30
  Organ organ;
  organ.kind = OrganKind::department;
  // A date that the law names does not hang on a notice.
  EXPECT_FALSE(report_timer(organ, {}, day("2026-12-21"), terms(), lamps()).provisional);
}

/// An organ's own thresholds decide its lamps (management.json only gives the default).
TEST(Timers, take_the_thresholds_they_are_given) {
  auto facts = test::facts_of({"2026-03-02 request.received"});
  auto steps = fold_case(facts).steps;
  auto lamp = [&](Lamps given) {
    return timers_of(steps, day("2026-03-20"), terms(), given).at(0).lamp; // 6 days left
  };
  EXPECT_EQ(lamp({5, 2}), Lamp::green);
  EXPECT_EQ(lamp({6, 2}), Lamp::yellow);
  EXPECT_EQ(lamp({8, 6}), Lamp::orange);
}

} // namespace
} // namespace mingce
