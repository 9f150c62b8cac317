#include "rules/late_facts.hpp"

#include "fixture.hpp"

namespace mingce {
namespace {

using test::day;
using test::day_or_none;

Case case_of(const std::vector<std::string>& words) {
  Case state;
  state.kind = *from_word<ApplicantKind>(words[2]);
  state.received_on = day(words[3]);
  if (auto on = day_or_none(words[4]))
    state.conclusion = Case::Conclusion{*on, *from_word<Outcome>(words[5]), 7};
  if (auto on = day_or_none(words[6])) {
    Step struck;
    struck.on = *on;
    struck.kind = StepKind::voided;
    state.steps.push_back(struck);
    state.voided = true;
  }
  return state;
}

std::string describe(const std::optional<CountedCase>& counted) {
  if (!counted) return "none";
  auto concluded = counted->concluded_on;
  return to_word(counted->kind) + " " + to_string(counted->from) + " " + test::to_text(concluded) +
         " " + (concluded ? to_word(counted->outcome) : "-");
}

TEST(LateFacts, count_as_the_table_says) {
  for (auto& [place, words] : test::read_table("late_facts.table")) {
    ASSERT_GE(words.size(), 9u) << place;
    ClosedCase closed{*from_word<Left>(words[0]), from_word<ApplicantKind>(words[1])};
    auto counted = counted_after(closed, case_of(words), day(words[7]), {});
    std::string expected;
    for (std::size_t i = 8; i < words.size(); ++i) expected += (i > 8 ? " " : "") + words[i];
    EXPECT_EQ(describe(counted), expected) << place;
  }
}

// ---- 表四 ---------------------------------------------------------------------------------------

Dispute dispute_of(const std::vector<test::Told>& told) {
  return fold_dispute(test::facts_of(told));
}

/// The column in a year, `-` where the dispute does not count.
std::string column(const Dispute& dispute, int year) {
  auto turn = standing(dispute, Period::of_year(year), {});
  return turn ? to_word(turn->column) : "-";
}

const test::Told accepted = "2024-11-01 reconsideration.accepted";
const auto open_from = day("2025-01-01");

TEST(LateFacts, a_decision_learned_late_is_a_result_of_the_open_year) {
  auto now = dispute_of({accepted, "2024-12-20 reconsideration.decided decision=revoked"});
  auto counted = counted_after(Left::open, now, open_from);
  EXPECT_EQ(column(counted, 2024), "pending");
  EXPECT_EQ(column(counted, 2025), "corrected");
  EXPECT_EQ(column(counted, 2026), "-");
}

TEST(LateFacts, a_dispute_learned_late_begins_in_the_open_year) {
  auto counted = counted_after(Left::unseen, dispute_of({accepted}), open_from);
  EXPECT_EQ(column(counted, 2024), "-");
  EXPECT_EQ(column(counted, 2025), "pending");
}

TEST(LateFacts, a_published_result_stays_whatever_the_decision_turns_out_to_be) {
  auto now = dispute_of({accepted, "2024-12-20 reconsideration.decided decision=revoked"});
  EXPECT_EQ(column(counted_after(Left::settled, now, open_from), 2025), "-");
}

TEST(LateFacts, a_published_result_that_was_none_comes_back_pending) {
  auto counted = counted_after(Left::settled, dispute_of({accepted}), open_from);
  EXPECT_EQ(column(counted, 2025), "pending");
}

TEST(LateFacts, a_pending_dispute_that_proves_void_ends_as_other) {
  auto now = dispute_of({accepted, "2025-02-03 dispute.voided"});
  EXPECT_EQ(column(now, 2024), "-");
  auto counted = counted_after(Left::open, now, open_from);
  EXPECT_EQ(column(counted, 2024), "pending");
  EXPECT_EQ(column(counted, 2025), "other");
  EXPECT_EQ(left_by(counted, day("2026-01-01"), Left::open), Left::settled);
}

} // namespace
} // namespace mingce
