#include "rules/dispute.hpp"

#include "fixture.hpp"
#include "rules/decide.hpp"
#include "rules/standing.hpp"

namespace mingce {
namespace {

using test::day;
using test::Told;
using Story = std::vector<Told>;

// ---- which decision counts where ----------------------------------------------------------------

/// contract §3, the dispute table: 维持、纠正、其他.
TEST(DisputeColumn, of_every_reconsideration_decision) {
  const struct {
    const char *decision, *column;
  } table[] = {{"upheld", "upheld"},
               {"claim_rejected", "upheld"},
               {"modified", "corrected"},
               {"revoked", "corrected"},
               {"partially_revoked", "corrected"},
               {"declared_unlawful", "corrected"},
               {"declared_void", "corrected"},
               {"ordered_to_perform", "corrected"},
               {"application_rejected", "other"},
               {"terminated", "other"},
               {"mediated", "other"}};
  EXPECT_EQ(std::size(table), enum_size<ReconsiderationDecision>);
  for (auto& [decision, column] : table)
    EXPECT_EQ(to_word(column_of(from_word<ReconsiderationDecision>(decision).value())), column)
        << decision;
}

TEST(DisputeColumn, of_every_judgment) {
  const struct {
    const char *judgment, *column;
  } table[] = {{"claims_rejected", "upheld"},
               {"revoked", "corrected"},
               {"partially_revoked", "corrected"},
               {"declared_unlawful", "corrected"},
               {"declared_void", "corrected"},
               {"ordered_to_perform", "corrected"},
               {"ordered_to_pay", "corrected"},
               {"ordered_to_remedy", "corrected"},
               {"modified", "corrected"},
               {"suit_dismissed", "other"},
               {"withdrawn", "other"},
               {"terminated", "other"}};
  EXPECT_EQ(std::size(table), enum_size<Judgment>);
  for (auto& [judgment, column] : table)
    EXPECT_EQ(to_word(column_of(from_word<Judgment>(judgment).value())), column) << judgment;
}

// ---- standing over years ------------------------------------------------------------------------

Dispute folded(const Story& told) {
  auto judged = judge_dispute(test::facts_of(told));
  EXPECT_TRUE(judged) << judged.error().code;
  return judged ? *judged : Dispute{};
}

/// The columns of the years 2019–2023, `-` where it does not count.
std::string over_the_years(const Story& told, const Policy& policy = {}) {
  auto dispute = folded(told);
  std::string text;
  for (int year = 2019; year <= 2023; ++year) {
    auto turn = standing(dispute, Period::of_year(year), policy);
    text += (text.empty() ? "" : " ") + (turn ? to_word(turn->column) : std::string("-"));
  }
  return text;
}

const struct {
  const char* name;
  Story told;
  const char* years; ///< 2019 2020 2021 2022 2023
} standings[] = {
    {"decided in its year",
     {"2020-03-02 reconsideration.accepted", "2020-05-06 reconsideration.decided decision=upheld"},
     "- upheld - - -"},
    {"pending at the end of the year, decided in the next",
     {"2020-11-02 reconsideration.accepted", "2021-01-06 reconsideration.decided decision=revoked"},
     "- pending corrected - -"},
    {"pending for years", {"2020-11-02 litigation.filed"}, "- pending pending pending pending"},
    {"decided on the last day of the year",
     {"2020-11-02 litigation.filed", "2020-12-31 litigation.judged judgment=suit_dismissed"},
     "- other - - -"},
    {"filed on the last day, decided on the first",
     {"2020-12-31 litigation.filed", "2021-01-01 litigation.judged judgment=claims_rejected"},
     "- pending upheld - -"},
    {"judged and appealed in December",
     {"2020-06-01 litigation.filed", "2020-12-10 litigation.judged judgment=claims_rejected",
      "2020-12-20 litigation.appealed", "2021-04-01 litigation.appeal_decided result=sustained"},
     "- pending upheld - -"},
    {"judged in December, appealed in January: the year of the judgment is closed",
     {"2020-06-01 litigation.filed", "2020-12-20 litigation.judged judgment=claims_rejected",
      "2021-01-04 litigation.appealed",
      "2021-04-01 litigation.appeal_decided result=changed effect=revoked"},
     "- upheld corrected - -"},
    {"appealed and still pending",
     {"2020-06-01 litigation.filed", "2020-09-01 litigation.judged judgment=revoked",
      "2020-09-15 litigation.appealed"},
     "- pending pending pending pending"},
    {"an appeal withdrawn: the first judgment stands",
     {"2020-06-01 litigation.filed", "2020-09-01 litigation.judged judgment=revoked",
      "2020-09-15 litigation.appealed", "2021-02-01 litigation.appeal_decided result=withdrawn"},
     "- pending corrected - -"},
    {"a judgment against the organ sustained is a correction",
     {"2020-06-01 litigation.filed", "2020-09-01 litigation.judged judgment=declared_unlawful",
      "2020-09-15 litigation.appealed by=organ",
      "2020-12-01 litigation.appeal_decided result=sustained"},
     "- corrected - - -"},
    {"remanded, judged again, and appealed again",
     {"2020-06-01 litigation.filed", "2020-09-01 litigation.judged judgment=claims_rejected",
      "2020-09-15 litigation.appealed", "2020-12-01 litigation.appeal_decided result=remanded",
      "2021-06-01 litigation.judged judgment=revoked", "2021-06-10 litigation.appealed by=organ",
      "2022-01-10 litigation.appeal_decided result=sustained"},
     "- pending pending corrected -"},
    {"a dismissal set aside: the trial continues",
     {"2020-06-01 litigation.filed", "2020-07-01 litigation.judged judgment=suit_dismissed",
      "2020-07-10 litigation.appealed",
      "2020-09-01 litigation.appeal_decided result=continue_trial",
      "2020-12-01 litigation.judged judgment=claims_rejected"},
     "- upheld - - -"},
    {"transferred: another court goes on",
     {"2020-06-01 litigation.filed", "2020-09-01 litigation.transferred",
      "2021-03-01 litigation.judged judgment=withdrawn"},
     "- pending other - -"},
    {"retried in a later year: its own year, the earlier one untouched",
     {"2019-06-01 litigation.filed", "2019-09-01 litigation.judged judgment=claims_rejected",
      "2021-03-01 litigation.retrial_ordered", "2022-02-01 litigation.retried judgment=revoked"},
     "upheld - pending corrected -"},
    {"suspended: still pending",
     {"2020-06-01 reconsideration.accepted", "2020-07-01 dispute.suspended"},
     "- pending pending pending pending"},
    {"voided: nowhere, whenever recorded",
     {"2020-06-01 reconsideration.accepted", "2020-07-01 reconsideration.decided",
      "2022-07-01 dispute.voided"},
     "- - - - -"},
    {"not a party of its own",
     {"2020-06-01 litigation.filed role=authority_only", "2021-07-01 litigation.judged"},
     "- - - - -"},
    {"a judgment amended to another column",
     {"2020-06-01 litigation.filed", "2020-09-01 litigation.judged judgment=claims_rejected",
      R"(2021-02-01 event.amended target=2 data={"judgment":"revoked"})"},
     "- corrected - - -"},
    {"a judgment recorded after the appeal it led to",
     {"2020-06-01 litigation.filed", "2020-09-01 litigation.judged",
      "2020-09-15 litigation.appealed", "2020-09-10 judgment.served"},
     "- pending pending pending pending"},
};

TEST(DisputeStanding, is_that_of_its_years) {
  for (auto& [name, told, years] : standings) EXPECT_EQ(over_the_years(told), years) << name;
}

TEST(DisputeStanding, of_the_mere_authority_counts_only_by_policy) {
  Story told = {"2020-06-01 litigation.filed role=authority_only", "2020-07-01 litigation.judged"};
  EXPECT_EQ(over_the_years(told, {.authority_only = AuthorityOnly::counted}), "- upheld - - -");
}

TEST(DisputeStanding, is_in_the_block_of_its_opening) {
  EXPECT_EQ(folded({"2020-06-01 reconsideration.accepted"}).block, DisputeBlock::reconsideration);
  EXPECT_EQ(folded({"2020-06-01 litigation.filed after_reconsideration=false"}).block,
            DisputeBlock::litigation_direct);
  EXPECT_EQ(folded({"2020-06-01 litigation.filed after_reconsideration=true"}).block,
            DisputeBlock::litigation_after_reconsideration);
}

// ---- transitions: stage, event, code (empty: accepted) ------------------------------------------

const std::map<std::string, Story>& stages() {
  static const std::map<std::string, Story> all = {
      {"nothing", {}},
      {"reviewed", {"2020-06-01 reconsideration.accepted"}},
      {"review_decided",
       {"2020-06-01 reconsideration.accepted", "2020-07-01 reconsideration.decided"}},
      {"sued", {"2020-06-01 litigation.filed"}},
      {"judged", {"2020-06-01 litigation.filed", "2020-07-01 litigation.judged"}},
      {"appealed",
       {"2020-06-01 litigation.filed", "2020-07-01 litigation.judged",
        "2020-07-02 litigation.appealed"}},
      {"remanded",
       {"2020-06-01 litigation.filed", "2020-07-01 litigation.judged",
        "2020-07-02 litigation.appealed", "2020-07-03 litigation.appeal_decided result=remanded"}},
      {"retrial",
       {"2020-06-01 litigation.filed", "2020-07-01 litigation.judged",
        "2020-07-02 litigation.retrial_ordered"}},
      {"voided", {"2020-06-01 litigation.filed", "2020-07-01 dispute.voided"}},
  };
  return all;
}

/// For each stage the events that can follow; every other event of the catalogue cannot.
TEST(Dispute, goes_from_stage_to_stage_and_nowhere_else) {
  const std::map<std::string, std::vector<std::string>> possible = {
      {"nothing", {"reconsideration.accepted", "litigation.filed"}},
      {"reviewed",
       {"reconsideration.decided", "reply.filed", "dispute.suspended", "dispute.linked",
        "compliance.recorded", "dispute.voided"}},
      {"review_decided",
       {"reply.filed", "dispute.linked", "compliance.recorded", "dispute.voided"}},
      {"sued",
       {"litigation.judged", "litigation.transferred", "reply.filed", "dispute.suspended",
        "judgment.served", "dispute.linked", "compliance.recorded", "dispute.voided"}},
      {"judged",
       {"litigation.appealed", "litigation.retrial_ordered", "reply.filed", "judgment.served",
        "dispute.linked", "compliance.recorded", "dispute.voided"}},
      {"appealed",
       {"litigation.appeal_decided", "reply.filed", "dispute.suspended", "judgment.served",
        "dispute.linked", "compliance.recorded", "dispute.voided"}},
      {"remanded",
       {"litigation.judged", "litigation.transferred", "reply.filed", "dispute.suspended",
        "judgment.served", "dispute.linked", "compliance.recorded", "dispute.voided"}},
      {"retrial",
       {"litigation.retried", "reply.filed", "dispute.suspended", "judgment.served",
        "dispute.linked", "compliance.recorded", "dispute.voided"}},
      {"voided", {}},
  };
  for (auto& [stage, told] : stages())
    for (auto& type : catalogue()) {
      if (type.info().stream != StreamKind::dispute) continue;
      auto next = told;
      next.emplace_back("2020-08-01 " + std::string(type.info().type));
      bool expected = std::ranges::count(possible.at(stage), type.info().type) > 0;
      EXPECT_EQ(judge_dispute(test::facts_of(next)).has_value(), expected)
          << stage << ' ' << type.info().type;
    }
}

TEST(Dispute, says_which_rule_an_impossible_event_breaks) {
  const struct {
    const char *stage, *event, *code;
  } table[] = {
      {"sued", "2020-08-01 litigation.filed", "second_opening"},
      {"reviewed", "2020-08-01 litigation.filed", "second_opening"},
      {"sued", "2020-05-31 litigation.judged", "before_opening"},
      {"sued", "2020-05-31 reply.filed", "before_opening"},
      {"nothing", "2020-05-31 dispute.linked", "before_opening"},
      {"reviewed", "2020-08-01 litigation.judged", "wrong_stage"},
      {"sued", "2020-08-01 reconsideration.decided", "wrong_stage"},
      {"sued", "2020-08-01 litigation.appealed", "wrong_stage"},
      {"sued", "2020-08-01 dispute.resumed", "wrong_stage"},
      {"judged", "2020-06-15 litigation.appealed", "wrong_stage"},
      {"judged", "2020-08-01 litigation.judged", "wrong_stage"},
      {"judged", "2020-08-01 litigation.appeal_decided result=sustained", "wrong_stage"},
      {"judged", "2020-08-01 litigation.retried", "wrong_stage"},
      {"voided", "2020-08-01 litigation.judged", "dispute_voided"},
      {"voided", "2020-08-01 dispute.linked", "dispute_voided"},
  };
  for (auto& [stage, event, code] : table) {
    auto told = stages().at(stage);
    told.emplace_back(event);
    auto judged = judge_dispute(test::facts_of(told));
    ASSERT_FALSE(judged) << stage << ' ' << event;
    EXPECT_EQ(judged.error().code, code) << stage << ' ' << event;
    EXPECT_EQ(judged.error().kind, FailureKind::impossible);
  }
}

TEST(Dispute, is_suspended_and_resumed) {
  auto told = stages().at("reviewed");
  told.emplace_back("2020-06-10 dispute.suspended");
  EXPECT_TRUE(folded(told).suspended);
  told.emplace_back("2020-06-20 dispute.resumed");
  EXPECT_FALSE(folded(told).suspended);
}

/// A decision ends whatever suspension there was: the next instance starts with a clean slate.
TEST(Dispute, may_be_suspended_again_on_appeal) {
  Story told = {"2020-06-01 litigation.filed", "2020-06-10 dispute.suspended",
                "2020-07-01 litigation.judged", "2020-07-10 litigation.appealed",
                "2020-08-01 dispute.suspended"};
  EXPECT_TRUE(judge_dispute(test::facts_of(told)));
}

TEST(Dispute, gathers_the_requests_linked_to_it) {
  auto dispute =
      folded({"2020-06-01 litigation.filed", R"(2020-06-02 dispute.linked requests=["a","b"])",
              R"(2020-06-03 dispute.linked requests=["c"])"});
  ASSERT_EQ(dispute.requests.size(), 3u);
  EXPECT_EQ(dispute.requests[2].value, "c");
}

} // namespace
} // namespace mingce
