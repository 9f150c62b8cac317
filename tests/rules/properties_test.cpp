// What holds of the clock whatever happened: each rule is tried on thousands of random histories.

#include "chronicle.hpp"
#include "rules/account.hpp"
#include "rules/clock.hpp"
#include "slow_calendar.hpp"

namespace mingce {
namespace {

using test::before_the_answer;
using test::calendar;
using test::Chronicle;
using test::day;
using test::law;
using test::Move;
using test::Moves;
using test::terms;
using test::with_redo;
using OptionalDay = std::optional<Day>;

constexpr std::uint32_t histories = 4000;

template <class Check>
void for_histories(const Moves& moves, Check&& check) {
  for (std::uint32_t seed = 1; seed <= histories; ++seed) {
    Chronicle told(seed, moves);
    check(told);
    if (testing::Test::HasFailure()) FAIL() << "history " << seed << told.story();
  }
}

Clock clock_of(const Chronicle& told, Reading reading = Reading::ordinary) {
  return run_clock(told.state().steps, terms(), reading);
}
OptionalDay due_of(const Case& state, const Terms& by = terms()) {
  return due_on(run_clock(state.steps, by), by);
}

// ---- the generator itself -----------------------------------------------------------------------

/// Otherwise the properties below would hold of nothing.
TEST(Properties, are_tried_on_every_situation) {
  std::set<CaseState> states;
  std::size_t due = 0, extended = 0, delayed = 0, restarted = 0, capped = 0;
  for_histories(with_redo(), [&](const Chronicle& told) {
    EXPECT_TRUE(judge_case(told.facts()));
    auto clock = clock_of(told);
    states.insert(told.state().state());
    due += due_on(clock, terms()).has_value();
    extended += clock.segment.extended_by > 0;
    delayed += clock.segment.fixed.has_value();
    restarted += clock.past.size() > 1;
    for (auto& exclusion : clock.segment.excluded)
      capped += exclusion.through && last_excluded(exclusion, terms()) < *exclusion.through;
  });
  using enum CaseState;
  EXPECT_EQ(states, (std::set{processing, awaiting_correction, consulting, awaiting_fee,
                              awaiting_reasons, concluded, CaseState::redo}));
  for (auto count : {due, extended, delayed, restarted}) EXPECT_GT(count, histories / 20);
  EXPECT_GT(capped, 20u);
}

// ---- exclusions ---------------------------------------------------------------------------------

/// The same history with one opinion coming in later, where that can have happened.
std::optional<Case> with_later_closing(std::vector<Fact> facts, std::size_t which, int days) {
  facts[which].on += date::days{days};
  std::ranges::stable_sort(facts, {}, &Fact::order);
  auto judged = judge_case(facts);
  return judged ? std::optional{*judged} : std::nullopt;
}

TEST(Properties, a_longer_consultation_is_never_earlier_due) {
  std::size_t compared = 0, moved = 0;
  for_histories(before_the_answer(), [&](Chronicle& told) {
    auto due = due_of(told.state());
    for (std::size_t i = 0; due && i < told.facts().size(); ++i) {
      if (!std::holds_alternative<ConsultationClosed>(told.facts()[i].event)) continue;
      auto changed = with_later_closing(told.facts(), i, 1 + told.below(20));
      auto later = changed ? due_of(*changed) : std::nullopt;
      if (!later) continue;
      EXPECT_LE(*due, *later);
      ++compared;
      moved += *due < *later;
    }
  });
  EXPECT_GT(compared, 500u);
  EXPECT_GT(moved, 50u);
}

struct Consulted {
  Day opened{}, closed{};
};

std::vector<Fact> facts_of(Day received, const std::vector<Consulted>& consulted) {
  std::vector<Fact> facts{{1, 1, received, RequestReceived{}}};
  auto add = [&](Day on, Event event) {
    auto version = std::uint32_t(facts.size() + 1);
    facts.push_back({version, version, on, std::move(event)});
  };
  for (std::size_t i = 0; i < consulted.size(); ++i) {
    auto id = std::to_string(i);
    add(consulted[i].opened, ConsultationOpened{id, ConsultedParty::third_party, {}, {}});
    add(consulted[i].closed, ConsultationClosed{id, {}});
  }
  std::ranges::sort(facts, {}, &Fact::order);
  return facts;
}

/// 条例32, 33.3: the union of the consultations, each through its 15th working day at most, by a
/// count that looks at one day at a time.
TEST(Properties, overlapping_consultations_are_excluded_once) {
  std::mt19937 random(20);
  auto below = [&](std::uint32_t bound) { return int(random() % bound); };
  auto& slow = test::slow_calendar();
  for (int round = 0; round < 3000; ++round) {
    Day received = day("2024-01-01") + date::days{below(900)};
    std::vector<Consulted> consulted(std::size_t(1 + below(6)));
    for (auto& [opened, closed] : consulted) {
      opened = received + date::days{below(45)};
      closed = opened + date::days{below(40)};
    }
    auto excluded = [&](Day at) {
      return std::ranges::any_of(consulted, [&](const Consulted& one) {
        return one.opened < at && at <= std::min(one.closed, slow.add(one.opened, 15));
      });
    };
    auto state = judge_case(facts_of(received, consulted));
    ASSERT_TRUE(state);
    ASSERT_EQ(due_of(*state), slow.add(received, 20, excluded))
        << "round " << round << ", received " << to_string(received);
  }
}

/// Disjoint, in order, and not empty: what due dates, lamps and the explanation all rely on.
TEST(Properties, excluded_spans_are_disjoint_and_in_order) {
  for_histories(with_redo(), [](const Chronicle& told) {
    auto spans = excluded_spans(clock_of(told).segment, terms());
    for (std::size_t i = 0; i < spans.size(); ++i) {
      EXPECT_LT(spans[i].first, spans[i].second);
      if (i > 0) {
        EXPECT_LT(spans[i - 1].second, spans[i].first);
      }
    }
  });
}

// ---- the calendar -------------------------------------------------------------------------------

Calendar with_one_more(Day on, bool worked) {
  auto notices = calendar().notices();
  Notice local;
  local.region = "JX";
  local.year = year_of(on);
  (worked ? local.work : local.rest)[on] = "临时";
  notices.push_back(local);
  return Calendar(notices);
}

/// Sixty calendars, each with one day changed, beside three hundred histories each.
template <class Check>
void for_changed_calendars(bool worked, Check&& check) {
  std::mt19937 random(worked ? 7 : 8);
  std::size_t moved = 0;
  for (std::uint32_t n = 0; n < 60; ++n) {
    auto changed = with_one_more(day("2024-01-01") + date::days{int(random() % 1000)}, worked);
    Terms after{law(), changed};
    for (std::uint32_t seed = n * 100; seed < n * 100 + 300; ++seed) {
      Chronicle told(seed, with_redo());
      auto was = due_of(told.state()), is = due_of(told.state(), after);
      ASSERT_EQ(was.has_value(), is.has_value()) << told.story();
      if (!was) continue;
      check(*was, *is);
      moved += *was != *is;
      if (testing::Test::HasFailure()) FAIL() << "history " << seed << told.story();
    }
  }
  EXPECT_GT(moved, 50u);
}

TEST(Properties, one_more_day_of_rest_makes_nothing_earlier_due) {
  for_changed_calendars(false, [](Day was, Day is) { EXPECT_LE(was, is); });
}

TEST(Properties, one_more_make_up_workday_makes_nothing_later_due) {
  for_changed_calendars(true, [](Day was, Day is) { EXPECT_GE(was, is); });
}

// ---- the strict reading -------------------------------------------------------------------------

std::optional<Day> strictly_due(const Chronicle& told) {
  return strict_due_on(due_on(clock_of(told), terms()), clock_of(told, Reading::strict), terms());
}

/// Nothing is later due in the strict reading; where there is a date, there is a strict one too.
void expect_strict_is_not_later(const Chronicle& told) {
  auto due = due_on(clock_of(told), terms());
  auto strict = strictly_due(told);
  if (!due) return;
  ASSERT_TRUE(strict);
  EXPECT_LE(*strict, *due);
}

TEST(Properties, strictly_nothing_is_later_due) {
  for_histories(with_redo(), expect_strict_is_not_later);
}

/// A second correction that restarts nothing leaves the earlier anchor.
TEST(Properties, a_second_correction_often_makes_the_strict_date_the_earlier_one) {
  using enum Move;
  std::size_t earlier = 0;
  Moves moves{{notify_fee, pay, ask_correction, ask_correction, correct, correct, correct}};
  for (std::uint32_t seed = 1; seed <= histories; ++seed) {
    Chronicle told(seed, moves);
    expect_strict_is_not_later(told);
    auto due = due_on(clock_of(told), terms());
    earlier += due && *strictly_due(told) < *due;
    ASSERT_FALSE(HasFailure()) << "history " << seed << told.story();
  }
  EXPECT_GT(earlier, 100u);
}

// ---- what is left -------------------------------------------------------------------------------

/// domain §2.5: remaining := N − counted days up to the end of that day. So on the due date nothing
/// is left; before it what is left falls by one with each day that counts and by nothing else;
/// after it falls on, a red lamp over 0 until the first day that counts.
TEST(Properties, what_is_left_reaches_zero_on_the_due_date) {
  for_histories(with_redo(), [](const Chronicle& told) {
    auto clock = clock_of(told);
    auto due = due_on(clock, terms());
    auto at_end_of = [&](Day at) { return prospect_of(clock, at, terms(), law().lamps()); };
    auto left_at = [&](Day at) { return at_end_of(at).remaining; };
    if (!due) {
      EXPECT_FALSE(left_at(told.today()));
      EXPECT_EQ(at_end_of(told.today()).lamp, Lamp::grey);
      return;
    }
    EXPECT_EQ(left_at(*due), 0);
    auto from = std::min(clock.segment.anchor, *due);
    for (Day at = from + date::days{1}; at <= *due + date::days{30}; at += date::days{1}) {
      bool counts = counted_days(clock, at - date::days{1}, at, terms()) == 1;
      EXPECT_EQ(*left_at(at - date::days{1}) - *left_at(at), counts) << to_string(at);
      EXPECT_EQ(at_end_of(at).lamp == Lamp::red, at > *due);
    }
  });
}

/// Without a date told or ordered, the due date is itself a day that counts: the last of the
/// period.
TEST(Properties, the_whole_period_is_left_at_its_anchor_and_one_day_before_its_end) {
  for_histories(with_redo(), [](const Chronicle& told) {
    auto clock = clock_of(told);
    auto due = due_on(clock, terms());
    if (!due || clock.segment.fixed) return;
    EXPECT_TRUE(calendar().is_working_day(*due));
    auto left_at = [&](Day at) { return prospect_of(clock, at, terms(), law().lamps()).remaining; };
    EXPECT_EQ(left_at(clock.segment.anchor), clock.segment.days());
    EXPECT_EQ(left_at(*due - date::days{1}), 1);
  });
}

// ---- the explanation ----------------------------------------------------------------------------

bool is_counted(const DayRun& run) {
  return run.use == DayUse::counted || run.use == DayUse::make_up;
}
int length_of(const DayRun& run) { return int((run.to - run.from).count()) + 1; }

/// Every day from the day after receipt stands in the list once, up to the due date or, while the
/// period is stopped, up to the day asked for.
TEST(Properties, an_account_lists_every_day_once) {
  for_histories(before_the_answer(), [](const Chronicle& told) {
    auto account = account_of(told.state().steps, told.today(), terms());
    auto due = due_of(told.state());
    Day next = *told.state().received_on + date::days{1};
    for (auto& run : account.runs) {
      EXPECT_EQ(run.from, next) << "a gap or an overlap";
      EXPECT_LE(run.from, run.to);
      next = run.to + date::days{1};
    }
    EXPECT_EQ(next, (due ? *due : told.today()) + date::days{1});
    EXPECT_EQ(account.effects.size(), told.state().steps.size());
    EXPECT_EQ(account.effects.back().due_on, due);
  });
}

/// The days of a run are of one use, numbered on from the run before.
TEST(Properties, an_account_numbers_the_working_days_it_counts) {
  for_histories(before_the_answer(), [](const Chronicle& told) {
    int number = 0;
    for (auto& run : account_of(told.state().steps, told.today(), terms()).runs) {
      for (Day at = run.from; at <= run.to; at += date::days{1}) {
        bool worked = test::slow_calendar().is_worked(at);
        bool rest = run.use == DayUse::weekend || run.use == DayUse::holiday;
        EXPECT_FALSE(worked ? rest : is_counted(run)) << to_string(at);
      }
      if (!is_counted(run)) {
        EXPECT_EQ(run.first + run.last, 0);
        continue;
      }
      EXPECT_EQ(run.last - run.first + 1, length_of(run));
      EXPECT_TRUE(run.first == number + 1 || run.first == 1);
      number = run.last;
    }
  });
}

TEST(Properties, an_account_counts_the_whole_of_the_last_segment) {
  std::size_t whole = 0;
  for_histories(with_redo(), [&](const Chronicle& told) {
    auto clock = clock_of(told);
    auto due = due_on(clock, terms());
    if (!due || clock.segment.fixed) return;
    int counted = 0;
    for (auto& run : account_of(told.state().steps, told.today(), terms()).runs)
      if (run.from > clock.segment.anchor && is_counted(run)) counted += length_of(run);
    EXPECT_EQ(counted, clock.segment.base + clock.segment.extended_by);
    ++whole;
  });
  EXPECT_GT(whole, 500u);
}

} // namespace
} // namespace mingce
