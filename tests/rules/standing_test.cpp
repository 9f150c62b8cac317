#include "rules/standing.hpp"

#include "fixture.hpp"

namespace mingce {
namespace {

using test::day;
using OptionalDay = std::optional<Day>;

TEST(Standing, is_as_the_table_says) {
  for (auto& [place, words] : test::read_table("standing.table")) {
    ASSERT_EQ(words.size(), 9u) << place;
    Tenure tenure{day(words[0]), words[1] == "received", test::day_or_none(words[2])};
    auto stands =
        standing(tenure, test::day_or_none(words[3]), Period::of_year(std::stoi(words[4])));
    Standing expected{words[5] == "1", words[6] == "1", words[7] == "1", words[8] == "1"};
    EXPECT_EQ(stands, expected) << place;
  }
}

/// Days close to every turn of the years 2019–2021, where all that can go wrong goes wrong; the
/// days between do not differ from their neighbours.
std::vector<Day> telling_days() {
  std::vector<Day> days;
  for (int year = 2019; year <= 2022; ++year)
    for (int offset = -4; offset <= 4; ++offset)
      days.push_back(first_day_of(year) + date::days{offset});
  for (int year = 2019; year <= 2021; ++year) days.push_back(first_day_of(year) + date::days{180});
  std::ranges::sort(days);
  return days;
}

void expect_identity(const Standing& place) {
  ASSERT_EQ(place.received + place.carried_in, place.concluded + place.carried_out);
  ASSERT_FALSE(place.received && place.carried_in);
  ASSERT_FALSE(place.concluded && place.carried_out);
}

const auto year = Period::of_year(2020), next_year = Period::of_year(2021);

/// 勾稽关系 (表三 第一项加第二项之和等于第三项加第四项之和) for every case on its own, and with it
/// for every sum of cases; and 结转下年(Y) = 上年结转(Y+1).
TEST(Standing, balances_for_every_pair_of_days_of_receipt_and_conclusion) {
  auto balance = [](Day received, OptionalDay concluded) {
    Tenure tenure{received, true, {}};
    auto now = standing(tenure, concluded, year), then = standing(tenure, concluded, next_year);
    expect_identity(now);
    expect_identity(then);
    ASSERT_EQ(now.carried_out, then.carried_in);
    // By the definitions of the table, one by one.
    bool carried_over = received <= year.to && (!concluded || *concluded > year.to);
    ASSERT_EQ(now.received, year.contains(received));
    ASSERT_EQ(now.concluded, concluded && year.contains(*concluded));
    ASSERT_EQ(now.carried_in, received < year.from && (!concluded || *concluded >= year.from));
    ASSERT_EQ(now.carried_out, carried_over);
  };
  auto last = day("2022-03-01");
  for (Day received = day("2019-11-01"); received <= last; received += date::days{1}) {
    balance(received, {});
    for (Day concluded = received; concluded <= last; concluded += date::days{1})
      balance(received, concluded);
    if (HasFatalFailure()) return;
  }
}

/// A hand-over adds nothing and loses nothing: what the predecessor carries out beyond the end of
/// the year is what the successor carries in.
TEST(Standing, balances_for_every_hand_over) {
  auto days = telling_days();
  for (Day received : days)
    for (Day over : days) {
      if (over < received) continue;
      for (std::size_t i = 0; i <= days.size(); ++i) {
        auto concluded = i < days.size() ? OptionalDay{days[i]} : OptionalDay{};
        if (concluded && *concluded <= over) continue; // concluded first: nothing to hand over
        Tenure before{received, true, over}, after{over, false, {}};
        for (auto& period : {year, next_year}) {
          auto first = standing(before, {}, period), second = standing(after, concluded, period);
          expect_identity(first);
          expect_identity(second);
          ASSERT_EQ(first.received, period.contains(received));
          ASSERT_FALSE(first.concluded || second.received);
          ASSERT_EQ(second.concluded, concluded && period.contains(*concluded));
          ASSERT_TRUE(!period.contains(over) || (first.carried_out && second.carried_in));
        }
        ASSERT_EQ(standing(after, concluded, year).carried_out,
                  standing(after, concluded, next_year).carried_in && !next_year.contains(over));
        if (HasFatalFailure()) return;
      }
    }
}

/// Over all years together a case is received once and concluded at most once.
TEST(Standing, counts_a_case_once_over_the_years) {
  auto days = telling_days();
  for (Day received : days)
    for (Day concluded : days) {
      if (concluded < received) continue;
      int times_received = 0, times_concluded = 0;
      for (int y = 2017; y <= 2024; ++y) {
        auto place = standing({received, true, {}}, concluded, Period::of_year(y));
        times_received += place.received;
        times_concluded += place.concluded;
      }
      ASSERT_EQ(times_received, 1);
      ASSERT_EQ(times_concluded, 1);
    }
}

// ---- the outcome that counts --------------------------------------------------------------------

Outcome counted(const char* redone_on, RedoCounting reading) {
  auto state = fold_case(test::facts_of(
      {"2020-03-02 request.received", "2020-03-20 request.answered outcome=unavailable.not_held",
       "2020-05-06 redo.ordered",
       std::string(redone_on) + " redo.answered outcome=partially_disclosed"}));
  return counted_outcome(state, {.redo = reading});
}

TEST(CountedOutcome, is_the_first_one_unless_the_policy_says_otherwise) {
  auto not_held = Outcome::unavailable_not_held, partial = Outcome::partially_disclosed;
  EXPECT_EQ(counted("2020-06-01", RedoCounting::first), not_held);
  EXPECT_EQ(counted("2021-06-01", RedoCounting::first), not_held);
  EXPECT_EQ(counted("2020-06-01", RedoCounting::replace_within_year), partial);
  EXPECT_EQ(counted("2021-06-01", RedoCounting::replace_within_year), not_held);
}

} // namespace
} // namespace mingce
