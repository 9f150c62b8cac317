#include "rules/performance.hpp"

#include "fixture.hpp"

namespace mingce {
namespace {

using test::day;
using test::law;
using test::terms;
using test::Told;
using Story = std::vector<Told>;

std::optional<Handling> handled(const Story& told) {
  return handling_of(fold_case(test::facts_of(told)), terms());
}
Handling handling(const Story& told) { return handled(told).value(); }

TEST(Handling, is_none_before_the_conclusion) {
  EXPECT_FALSE(handled({"2026-03-02 request.received"}));
  EXPECT_FALSE(handled({"2026-03-02 request.submitted"}));
}

/// 按时答复, counted by hand: 2026-03-02 is a Monday, 04-04 to 04-06 are off.
TEST(Handling, is_what_a_count_by_hand_says) {
  const struct {
    const char* name;
    Story told;
    const char* due_on;
    bool on_time;
    int working_days, calendar_days, days_late;
  } table[] = {
      {"当场答复",
       {"2026-03-02 request.received", "2026-03-02 request.answered"},
       "2026-03-30",
       true,
       0,
       0,
       0},
      {"休息日答复",
       {"2026-03-02 request.received", "2026-03-14 request.answered"},
       "2026-03-30",
       true,
       9,
       12,
       0},
      {"期满当日",
       {"2026-03-02 request.received", "2026-03-30 request.answered"},
       "2026-03-30",
       true,
       20,
       28,
       0},
      {"逾期一日",
       {"2026-03-02 request.received", "2026-03-31 request.answered"},
       "2026-03-30",
       false,
       21,
       29,
       1},
      {"逾期跨清明",
       {"2026-03-02 request.received", "2026-04-07 request.answered"},
       "2026-03-30",
       false,
       25,
       36,
       5},
      {"延期",
       {"2026-03-02 request.received", "2026-03-27 period.extended working_days=10",
        "2026-04-10 request.answered"},
       "2026-04-14",
       true,
       28,
       39,
       0},
      {"补正后自收到补正起算",
       {"2026-03-02 request.received", "2026-03-09 correction.requested",
        "2026-03-16 correction.received", "2026-03-20 request.answered"},
       "2026-04-14",
       true,
       4,
       18,
       0},
      {"征求意见 12 个工作日不计",
       {"2026-03-02 request.received", "2026-03-09 consultation.opened",
        "2026-03-25 consultation.closed", "2026-04-01 request.answered"},
       "2026-04-16",
       true,
       10,
       30,
       0},
      {"征求意见后仍逾期",
       {"2026-03-02 request.received", "2026-03-09 consultation.opened",
        "2026-03-25 consultation.closed", "2026-04-20 request.answered"},
       "2026-04-16",
       false,
       22,
       49,
       2},
      {"缴费后自缴费起算",
       {"2026-03-02 request.received", "2026-03-10 fee.notified", "2026-03-20 fee.paid",
        "2026-03-31 request.answered"},
       "2026-04-20",
       true,
       7,
       29,
       0},
      {"免收，等待的日子不计",
       {"2026-03-02 request.received", "2026-03-10 fee.notified", "2026-03-16 fee.waived",
        "2026-03-20 request.answered"},
       "2026-04-03",
       true,
       10,
       18,
       0},
      {"延迟至告知的日期",
       {"2026-03-02 request.received", "2026-03-09 reasons.requested",
        "2026-03-20 answer.delayed until=2026-04-30", "2026-04-30 request.answered"},
       "2026-04-30",
       true,
       42,
       59,
       0},
  };
  for (auto& [name, told, due_on, on_time, working_days, calendar_days, days_late] : table) {
    SCOPED_TRACE(name);
    auto out = handling(told);
    EXPECT_TRUE(out.answered);
    EXPECT_EQ(test::to_text(out.due_on), due_on);
    EXPECT_EQ(out.on_time, on_time);
    EXPECT_EQ(out.working_days, working_days);
    EXPECT_EQ(out.calendar_days, calendar_days);
    EXPECT_EQ(out.days_late, days_late);
    EXPECT_EQ(out.concluded_on, told.back().on);
  }
}

TEST(Handling, tells_what_happened_on_the_way) {
  const struct {
    Story on_the_way;
    bool extended, corrected, consulted, charged;
  } table[] = {
      {{}, false, false, false, false},
      {{"2026-03-04 period.extended working_days=1"}, true, false, false, false},
      {{"2026-03-04 correction.requested", "2026-03-05 correction.received"},
       false,
       true,
       false,
       false},
      {{"2026-03-04 consultation.opened"}, false, false, true, false},
      {{"2026-03-04 fee.notified", "2026-03-05 fee.waived"}, false, false, false, true},
      // A restart makes the extension void; the case was extended all the same.
      {{"2026-03-03 period.extended working_days=1", "2026-03-04 correction.requested",
        "2026-03-05 correction.received"},
       true,
       true,
       false,
       false},
      // Too late to move anything: not counted as extended.
      {{"2026-04-01 period.extended working_days=1"}, false, false, false, false},
  };
  for (auto& row : table) {
    Story told = {"2026-03-02 request.received"};
    told.insert(told.end(), row.on_the_way.begin(), row.on_the_way.end());
    told.push_back("2026-04-02 request.answered");
    auto out = handling(told);
    EXPECT_EQ(out.extended, row.extended);
    EXPECT_EQ(out.corrected, row.corrected);
    EXPECT_EQ(out.consulted, row.consulted);
    EXPECT_EQ(out.charged, row.charged);
  }
}

TEST(Handling, ends_with_the_first_conclusion) {
  auto out = handling({"2026-03-02 request.received", "2026-03-30 request.answered",
                       "2026-05-06 redo.ordered", "2026-07-06 redo.answered"});
  EXPECT_EQ(to_string(out.concluded_on), "2026-03-30");
  EXPECT_EQ(out.outcome, Outcome::disclosed_provided);
  EXPECT_TRUE(out.on_time);
  EXPECT_EQ(out.working_days, 20);
}

TEST(Handling, of_a_withdrawn_or_lapsed_case_is_no_answer) {
  auto withdrawn = handling({"2026-03-02 request.received", "2026-03-06 request.withdrawn"});
  EXPECT_FALSE(withdrawn.answered);
  EXPECT_EQ(withdrawn.outcome, Outcome::closed_withdrawn);
  EXPECT_EQ(withdrawn.working_days, 4);
  auto lapsed = handling({"2026-03-02 request.received",
                          "2026-03-09 correction.requested respond_by=2026-03-31",
                          "2026-04-01 correction.lapsed"});
  EXPECT_FALSE(lapsed.answered);
  EXPECT_EQ(lapsed.outcome, Outcome::closed_correction_lapsed);
  EXPECT_FALSE(lapsed.due_on);
  EXPECT_TRUE(lapsed.on_time);
  EXPECT_TRUE(lapsed.corrected);
}

TEST(Handling, keeps_the_reason_of_a_late_answer) {
  EXPECT_EQ(
      handling({"2026-03-02 request.received", "2026-03-31 request.answered late_reason=technical"})
          .late_reason,
      LateReason::technical);
  EXPECT_EQ(handling({"2026-03-02 request.received", "2026-03-31 request.answered"}).late_reason,
            std::nullopt);
}

// ---- mean and median
// ------------------------------------------------------------------------------

Spread spread_of(std::initializer_list<int> values) {
  Spread spread;
  for (int value : values) spread.add(value);
  spread.finish();
  return spread;
}

TEST(Spread, is_exact_and_rounds_half_up) {
  const struct {
    std::initializer_list<int> values;
    std::int64_t mean, median;
    int lowest, highest;
  } table[] = {
      {{7}, 700, 700, 7, 7},
      {{0}, 0, 0, 0, 0},
      {{1, 2}, 150, 150, 1, 2},
      {{3, 1, 2}, 200, 200, 1, 3},
      {{1, 1, 2}, 133, 100, 1, 2},             // 1.333…
      {{1, 2, 2}, 167, 200, 1, 2},             // 1.666…
      {{0, 0, 0, 0, 0, 0, 0, 1}, 13, 0, 0, 1}, // 0.125
      {{0, 0, 0, 0, 0, 0, 0, 3}, 38, 0, 0, 3}, // 0.375
      {{20, 5, 40, 10}, 1875, 1500, 5, 40},
      {{20, 5, 41, 10}, 1900, 1500, 5, 41},
      {{9, 4, 4, 9}, 650, 650, 4, 9},
  };
  for (auto& [values, mean, median, lowest, highest] : table) {
    auto spread = spread_of(values);
    EXPECT_EQ(spread.mean_hundredths(), mean);
    EXPECT_EQ(spread.median_hundredths(), median);
    EXPECT_EQ(spread.lowest(), lowest);
    EXPECT_EQ(spread.highest(), highest);
  }
  EXPECT_TRUE(Spread{}.empty());
}

// ---- the figures of a period
// ----------------------------------------------------------------------

Handling answered_after(int working_days) {
  Handling out;
  out.answered = true;
  out.outcome = Outcome::disclosed_provided;
  out.working_days = working_days;
  return out;
}

/// Upper ends of management.json: 0, 5, 10, 15, 20, 30, 40, and an open band.
TEST(Performance, puts_each_answer_into_its_band) {
  const struct {
    int working_days;
    std::size_t band;
  } table[] = {{0, 0},  {1, 1},  {5, 1},  {6, 2},  {10, 2}, {11, 3}, {15, 3}, {16, 4},
               {20, 4}, {21, 5}, {30, 5}, {31, 6}, {40, 6}, {41, 7}, {400, 7}};
  for (auto& [working_days, band] : table) {
    Performance figures(law());
    figures.add(answered_after(working_days), law());
    std::vector<int> expected(8);
    expected[band] = 1;
    EXPECT_EQ(figures.bands, expected) << working_days;
  }
}

TEST(Performance, counts_answers_apart_from_other_conclusions) {
  Performance figures(law());
  figures.add(handling({"2026-03-02 request.received", "2026-03-06 request.answered"}), law());
  figures.add(handling({"2026-03-02 request.received",
                        "2026-03-12 request.answered outcome=partially_disclosed"}),
              law());
  figures.add(handling({"2026-03-02 request.received", "2026-03-04 period.extended working_days=1",
                        "2026-04-02 request.answered outcome=unavailable.not_held "
                        "late_reason=workload"}),
              law());
  figures.add(handling({"2026-03-02 request.received", "2026-05-06 request.withdrawn"}), law());
  figures.finish();
  EXPECT_EQ(figures.concluded, 4);
  EXPECT_EQ(figures.answered, 3);
  EXPECT_EQ(figures.on_time, 2);
  EXPECT_EQ(figures.late, 1);
  EXPECT_EQ(figures.disclosed, 2);
  EXPECT_EQ(figures.extended, 1);
  EXPECT_EQ(figures.working_days.values, (std::vector<int>{4, 8, 23}));
  EXPECT_EQ(figures.calendar_days.values, (std::vector<int>{4, 10, 31}));
  EXPECT_EQ(figures.working_days.mean_hundredths(), 1167);
  EXPECT_EQ(figures.working_days.median_hundredths(), 800);
  EXPECT_EQ(figures.outcomes.at(Outcome::closed_withdrawn), 1);
  EXPECT_EQ(figures.late_reasons.at(LateReason::workload), 1);
  EXPECT_EQ(figures.late_reasons.size(), 1u);
}

} // namespace
} // namespace mingce
