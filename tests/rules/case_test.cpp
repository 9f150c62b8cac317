#include "rules/case.hpp"

#include "fixture.hpp"
#include "rules/decide.hpp"

#include <map>

namespace mingce {
namespace {

using test::day;
using test::Told;
using Story = std::vector<Told>;

/// given(what was recorded).when(one more event).then_…
class Scene {
public:
  explicit Scene(Story told) : told_(std::move(told)) {}
  Scene& when(const Told& next) {
    told_.push_back(next);
    return *this;
  }
  void then_refused(const std::string& code) const {
    auto judged = judge();
    ASSERT_FALSE(judged) << "accepted:" << story();
    EXPECT_EQ(judged.error().code, code) << story();
    EXPECT_EQ(judged.error().kind, FailureKind::impossible) << story();
    EXPECT_FALSE(judged.error().message.zh.empty() || judged.error().message.en.empty());
  }
  void then_state(std::string_view expected) const {
    auto judged = judge();
    ASSERT_TRUE(judged) << judged.error().code << ":" << story();
    EXPECT_EQ(to_word(judged->state()), expected) << story();
  }
  Result<Case> judge() const { return judge_case(test::facts_of(told_)); }

private:
  std::string story() const {
    std::string text;
    for (auto& event : told_) text += "\n  " + to_string(event.on) + " " + event.type;
    return text;
  }
  Story told_;
};

Scene given(Story told) { return Scene(std::move(told)); }
Story operator+(Story told, const Told& next) {
  told.push_back(next);
  return told;
}
Case folded(const Story& told) { return fold_case(test::facts_of(told)); }

/// The situations that the tables below speak of, by name.
const Story& situation(const std::string& name) {
  static const auto all = [] {
    std::map<std::string, Story> s;
    s["nothing"] = {};
    s["submitted"] = {"2026-03-02 request.submitted channel=web"};
    s["submission_closed"] = s["submitted"] + "2026-03-03 submission.closed";
    s["received"] = {"2026-03-02 request.received"};
    s["correcting"] = s["received"] + "2026-03-05 correction.requested respond_by=2026-03-20";
    s["consulting"] = s["received"] + "2026-03-05 consultation.opened consultation=a";
    s["consulted"] = s["consulting"] + "2026-03-06 consultation.closed consultation=a";
    s["paying"] = s["received"] + "2026-03-05 fee.notified pay_by=2026-03-20";
    s["paid"] = s["paying"] + "2026-03-10 fee.paid";
    s["reasoning"] = s["received"] + "2026-03-05 reasons.requested";
    s["answered"] = s["received"] + "2026-03-06 request.answered";
    s["withdrawn"] = s["received"] + "2026-03-06 request.withdrawn";
    s["redoing"] = s["answered"] + "2026-03-09 redo.ordered";
    s["redone"] = s["redoing"] + "2026-03-20 redo.answered";
    s["held"] = s["answered"] + "2026-03-09 hold.placed";
    s["voided"] = s["received"] + "2026-03-06 request.voided";
    s["split"] = s["received"] + "2026-03-06 request.split";
    return s;
  }();
  return all.at(name);
}

// ---- what is possible: situation, event, state it leads to --------------------------------------

struct Possible {
  const char *given, *when, *then;
};

const Possible possible[] = {
    // 条例31: before the receipt
    {"nothing", "2026-03-02 request.submitted", "submitted"},
    {"submitted", "2026-03-03 submission.closed", "submission_closed"},
    {"submitted", "2026-03-03 note.added", "submitted"},
    {"submitted", "2026-03-03 request.assigned", "submitted"},
    {"submitted", "2026-03-03 approval.recorded", "submitted"},
    {"submitted", "2026-03-03 identity.checked", "submitted"},
    {"submitted", "2026-03-03 receipt.issued", "submitted"},
    {"nothing", "2026-03-02 request.received", "processing"},
    {"submitted", "2026-03-02 request.received", "processing"},
    {"submitted", "2026-03-05 request.received", "processing"},
    {"received", "2026-03-01 request.submitted", "processing"}, // found out later
    // who asks, who works on it
    {"received", "2026-03-02 request.split", "split"},
    {"received", "2026-03-06 applicant.reclassified", "processing"},
    {"answered", "2026-03-10 applicant.reclassified", "concluded"},
    {"received", "2026-03-06 applicant.updated", "processing"},
    {"received", "2026-03-06 identity.checked", "processing"},
    {"received", "2026-03-06 request.assigned", "processing"},
    {"received", "2026-03-06 approval.recorded", "processing"},
    {"received", "2026-03-06 receipt.issued", "processing"},
    {"answered", "2026-03-10 notice.served target=2", "concluded"},
    // 条例30
    {"received", "2026-03-06 correction.requested", "awaiting_correction"},
    {"correcting", "2026-03-10 correction.received", "processing"},
    {"correcting", "2026-03-10 correction.requested", "awaiting_correction"},
    {"correcting", "2026-03-10 correction.extended", "awaiting_correction"},
    {"correcting", "2026-03-21 correction.lapsed", "concluded"},
    {"correcting", "2026-05-21 correction.received", "processing"}, // late, but it came
    // 条例32, 34
    {"received", "2026-03-06 consultation.opened consultation=a", "consulting"},
    {"consulting", "2026-03-06 consultation.opened consultation=b", "consulting"},
    {"consulting", "2026-03-06 consultation.closed consultation=a", "processing"},
    {"consulting", "2026-03-05 consultation.closed consultation=a", "processing"},
    // 条例33.2
    {"received", "2026-03-06 period.extended", "processing"},
    {"received", "2026-06-30 period.extended", "processing"},                 // late: irregular
    {"received", "2026-03-06 period.extended working_days=99", "processing"}, // too long: irregular
    // 条例35
    {"received", "2026-03-06 reasons.requested", "awaiting_reasons"},
    {"reasoning", "2026-03-06 reasons.received", "processing"},
    {"received", "2026-03-06 answer.delayed", "processing"},
    // 国办函〔2020〕109号
    {"received", "2026-03-06 fee.notified", "awaiting_fee"},
    {"paying", "2026-03-10 fee.paid", "processing"},
    {"paying", "2026-03-10 fee.waived", "processing"},
    {"paying", "2026-03-21 fee.lapsed", "concluded"},
    {"paid", "2026-03-20 fee.refunded", "processing"},
    // 条例36 and the other ends
    {"received", "2026-03-02 request.answered", "concluded"}, // on the spot
    {"received", "2026-06-30 request.answered", "concluded"}, // late: irregular
    {"correcting", "2026-03-10 request.answered", "concluded"},
    {"paying", "2026-03-10 request.answered", "concluded"},
    {"consulting", "2026-03-10 request.answered", "concluded"},
    {"reasoning", "2026-03-10 request.answered", "concluded"},
    {"answered", "2026-03-10 answer.supplemented", "concluded"},
    {"received", "2026-03-06 third_party.told", "processing"},
    {"answered", "2026-03-10 third_party.told", "concluded"},
    {"received", "2026-03-06 request.withdrawn", "concluded"},
    {"correcting", "2026-03-06 request.withdrawn", "concluded"},
    {"received", "2026-03-06 request.merged", "concluded"},
    {"received", "2026-03-06 request.closed", "concluded"},
    {"received", "2026-03-06 request.voided", "voided"},
    {"answered", "2026-03-10 request.voided", "voided"},
    {"redoing", "2026-03-10 request.voided", "voided"},
    {"voided", "2026-03-10 note.added", "voided"},
    {"answered", "2026-03-10 note.added", "concluded"},
    {"answered", "2026-03-10 request.archived", "concluded"},
    // 个人信息保护法47: what is kept of the person; tests/tables/erasure.table has the rest
    {"submitted", "2026-03-03 hold.placed", "submitted"},
    {"received", "2026-03-06 hold.placed", "processing"},
    {"answered", "2026-03-10 hold.placed", "concluded"},
    {"redoing", "2026-03-10 hold.placed", "redo"},
    {"voided", "2026-03-10 hold.placed", "voided"},
    {"split", "2026-03-10 hold.placed", "split"},
    {"submission_closed", "2026-03-10 hold.placed", "submission_closed"},
    {"held", "2026-03-10 hold.placed", "concluded"},
    {"held", "2026-03-10 hold.lifted", "concluded"},
    {"received", "2026-03-06 applicant.erased", "processing"},
    {"answered", "2026-03-10 applicant.erased", "concluded"},
    {"voided", "2026-03-10 applicant.erased", "voided"},
    // redo: clock events are possible again in between
    {"answered", "2026-03-10 redo.ordered", "redo"},
    {"withdrawn", "2026-03-10 redo.ordered", "redo"},
    {"redoing", "2026-03-10 redo.answered", "concluded"},
    {"redoing", "2026-03-10 correction.requested", "redo"},
    {"redoing", "2026-03-10 consultation.opened consultation=z", "redo"},
    {"redoing", "2026-03-10 period.extended", "redo"},
    {"redoing", "2026-03-10 fee.notified", "redo"},
    {"redoing", "2026-03-10 answer.delayed", "redo"},
    {"redone", "2026-04-10 redo.ordered", "redo"},
    {"redone", "2026-04-10 answer.supplemented", "concluded"},
    // recorded late, standing before what is there already
    {"answered", "2026-03-04 period.extended", "concluded"},
    {"answered", "2026-03-06 note.added", "concluded"},
    {"answered", "2026-03-05 consultation.opened consultation=a", "concluded"},
};

TEST(Case, accepts_what_is_possible) {
  for (auto& [before, event, then] : possible)
    given(situation(before)).when(event).then_state(then);
}

// ---- what is not: situation, event, the rule it breaks ------------------------------------------

struct Impossible {
  const char *given, *when, *code;
};

const Impossible impossible[] = {
    // a second receipt
    {"received", "2026-03-05 request.received", "second_receipt"},
    {"received", "2026-03-02 request.received", "second_receipt"},
    {"answered", "2026-03-10 request.received", "second_receipt"},
    {"submitted", "2026-03-05 request.submitted", "second_submission"},
    {"received", "2026-03-05 request.submitted", "second_submission"},
    {"received", "2026-03-05 submission.closed", "already_received"},
    // a correction received that was never requested
    {"received", "2026-03-05 correction.received", "correction_not_requested"},
    {"received", "2026-03-05 correction.extended", "correction_not_requested"},
    {"received", "2026-05-05 correction.lapsed", "correction_not_requested"},
    {"correcting", "2026-03-04 correction.received", "correction_not_requested"},
    // a consultation, reasons, a fee that never were
    {"consulting", "2026-03-06 consultation.opened consultation=a", "consultation_exists"},
    {"consulted", "2026-03-10 consultation.opened consultation=a", "consultation_exists"},
    {"received", "2026-03-06 consultation.closed consultation=a", "consultation_not_open"},
    {"consulting", "2026-03-06 consultation.closed consultation=b", "consultation_not_open"},
    {"consulting", "2026-03-04 consultation.closed consultation=a", "consultation_not_open"},
    {"consulted", "2026-03-10 consultation.closed consultation=a", "consultation_not_open"},
    {"received", "2026-03-06 reasons.received", "reasons_not_requested"},
    {"received", "2026-03-06 fee.paid", "fee_not_notified"},
    {"received", "2026-03-06 fee.waived", "fee_not_notified"},
    {"received", "2026-06-06 fee.lapsed", "fee_not_notified"},
    {"paid", "2026-03-20 fee.paid", "fee_not_notified"},
    {"received", "2026-03-06 fee.refunded", "fee_not_paid"},
    {"paying", "2026-03-06 fee.refunded", "fee_not_paid"},
    // a lapse too early
    {"correcting", "2026-03-20 correction.lapsed", "lapse_too_early"},
    {"correcting", "2026-03-06 correction.lapsed", "lapse_too_early"},
    {"paying", "2026-03-20 fee.lapsed", "lapse_too_early"},
    // what needs a conclusion, or a redo
    {"received", "2026-03-06 answer.supplemented", "not_concluded"},
    {"received", "2026-03-06 redo.ordered", "not_concluded"},
    {"answered", "2026-03-05 redo.ordered", "not_concluded"},
    {"redoing", "2026-03-10 redo.ordered", "redo_open"},
    {"answered", "2026-03-10 redo.answered", "redo_not_ordered"},
    {"received", "2026-03-10 redo.answered", "redo_not_ordered"},
    {"redone", "2026-03-30 redo.answered", "redo_not_ordered"},
    // a hold lifted that was never placed; an erasure while the file is needed
    {"received", "2026-03-06 hold.lifted", "no_hold"},
    {"voided", "2026-03-10 hold.lifted", "no_hold"},
    {"held", "2026-03-08 hold.lifted", "no_hold"},
    {"held", "2026-03-10 applicant.erased", "legal_hold"},
    {"redoing", "2026-03-10 applicant.erased", "redo_open"},
    // an answer standing after the conclusion, even in a redo
    {"answered", "2026-03-06 request.answered", "after_conclusion"},
    {"answered", "2026-03-10 request.answered", "after_conclusion"},
    {"withdrawn", "2026-03-10 request.answered", "after_conclusion"},
    {"redoing", "2026-03-10 request.answered", "after_conclusion"},
    {"redoing", "2026-03-10 request.merged", "after_conclusion"},
    {"redoing", "2026-03-10 request.split", "after_conclusion"},
};

TEST(Case, refuses_what_is_impossible) {
  for (auto& [before, event, code] : impossible)
    given(situation(before)).when(event).then_refused(code);
}

/// contract §3: a clock event standing after the conclusion (a redo apart).
TEST(Case, has_no_clock_event_after_its_conclusion) {
  for (auto type : {"correction.requested", "correction.received", "correction.extended",
                    "correction.lapsed", "consultation.opened", "consultation.closed",
                    "period.extended", "reasons.requested", "reasons.received", "answer.delayed",
                    "fee.notified", "fee.paid", "fee.waived", "fee.lapsed", "request.answered",
                    "request.withdrawn", "request.merged", "request.closed", "request.split"})
    for (auto* before : {"answered", "withdrawn", "redone"})
      given(situation(before))
          .when(std::string("2026-05-06 ") + type)
          .then_refused("after_conclusion");
}

/// All events of a request but those that name another event.
std::vector<std::string> request_events() {
  std::vector<std::string> types;
  for (auto& type : catalogue())
    if (type.info().stream == StreamKind::request) types.push_back(type.info().type);
  return types;
}

bool is_one_of(const std::string& word, std::initializer_list<const char*> words) {
  return std::ranges::find(words, word) != words.end();
}

/// A note, or what concerns the keeping of the file.
bool may_come_after_the_end(const std::string& type) {
  return is_one_of(type, {"note.added", "applicant.erased", "hold.placed", "hold.lifted"});
}

/// contract §3: anything but notes, amendments and retractions on a voided case. A void
/// registration holds a name like any other: erasure and holds are possible as well.
TEST(Case, takes_only_notes_once_it_is_voided) {
  for (auto& type : request_events())
    if (!may_come_after_the_end(type))
      given(situation("voided")).when("2026-05-06 " + type).then_refused("case_voided");
}

TEST(Case, takes_only_notes_once_it_is_split_or_its_submission_is_closed) {
  for (auto& type : request_events())
    if (!may_come_after_the_end(type)) {
      given(situation("split")).when("2026-05-06 " + type).then_refused("case_split");
      given(situation("submission_closed"))
          .when("2026-05-06 " + type)
          .then_refused("submission_closed");
    }
}

/// contract §3: an event dated before the receipt.
TEST(Case, has_nothing_before_its_receipt) {
  for (auto& type : request_events())
    if (!is_one_of(type, {"request.received", "request.submitted"}))
      given(situation("received")).when("2026-03-01 " + type).then_refused("before_receipt");
}

TEST(Case, has_little_on_a_submission) {
  for (auto& type : request_events())
    if (!is_one_of(type, {"request.received", "request.submitted", "submission.closed",
                          "note.added", "request.assigned", "approval.recorded", "identity.checked",
                          "receipt.issued", "applicant.erased", "hold.placed", "hold.lifted"}))
      given(situation("submitted")).when("2026-03-05 " + type).then_refused("before_receipt");
}

/// domain 2.4: received_on not before submitted_on.
TEST(Case, is_not_received_before_it_was_submitted) {
  given({}).when("2026-03-02 request.received submitted_on=2026-03-02").then_state("processing");
  auto judged = given({}).when("2026-03-02 request.received submitted_on=2026-03-03").judge();
  EXPECT_FALSE(judged);
}

// ---- late recording -----------------------------------------------------------------------------

/// contract §3: "an extension of 20 March is possible after the answer of 25 March is in".
TEST(Case, is_its_events_in_the_order_of_their_days) {
  Story told = {"2026-03-02 request.received", "2026-03-25 request.answered"};
  given(told).when("2026-03-20 period.extended").then_state("concluded");
  given(told).when("2026-03-25 period.extended").then_refused("after_conclusion");
  given(told).when("2026-03-26 period.extended").then_refused("after_conclusion");
}

TEST(Case, may_be_told_in_any_order_that_the_days_allow) {
  Story told = {"2026-03-02 request.received", "2026-03-20 request.answered",
                "2026-03-10 correction.received"};
  given(told).then_refused("correction_not_requested");
  given(told).when("2026-03-05 correction.requested").then_state("concluded");
}

TEST(Case, refuses_a_late_fact_that_makes_a_recorded_one_impossible) {
  Story told = situation("correcting") + "2026-03-30 correction.lapsed";
  given(told)
      .when("2026-03-10 correction.extended respond_by=2026-04-10")
      .then_refused("lapse_too_early");
  given(told).when("2026-03-10 correction.received").then_refused("correction_not_requested");
  given(situation("answered"))
      .when("2026-03-05 request.withdrawn")
      .then_refused("after_conclusion");
}

// ---- amendments and retractions -----------------------------------------------------------------

TEST(Amendment, replaces_members_of_its_target) {
  auto state =
      folded({"2026-03-02 request.received", "2026-03-20 request.answered",
              R"(2026-05-06 event.amended target=2 data={"outcome":"unavailable.not_held"})",
              R"(2026-05-07 event.amended target=1 on=2026-03-03)"});
  EXPECT_EQ(state.conclusion->outcome, Outcome::unavailable_not_held);
  EXPECT_EQ(to_string(state.conclusion->on), "2026-03-20");
  EXPECT_EQ(to_string(*state.received_on), "2026-03-03");
  EXPECT_EQ(state.amendments, (std::vector<std::uint64_t>{4, 3}));
}

TEST(Amendment, replaces_the_applicant_whole) {
  auto facts = test::facts_of(
      {R"(2026-03-02 request.received applicant={"kind":"other_org","name":"甲","ref":"p"})",
       R"(2026-03-03 event.amended target=1 data={"applicant":{"kind":"natural_person","name":"乙"}})"});
  auto& applicant = std::get<RequestReceived>(facts.at(0).event).applicant;
  EXPECT_EQ(applicant.kind, ApplicantKind::natural_person);
  EXPECT_EQ(applicant.name.value, "乙");
  EXPECT_FALSE(applicant.ref);
}

TEST(Amendment, removes_an_optional_member_with_null) {
  auto facts = test::facts_of({"2026-03-02 request.received description=x matter=complaint",
                               R"(2026-03-03 event.amended target=1 data={"matter":null})"});
  auto& received = std::get<RequestReceived>(facts.at(0).event);
  EXPECT_FALSE(received.matter);
  EXPECT_TRUE(received.description);
}

TEST(Amendment, applies_the_later_one_where_two_speak_of_the_same) {
  auto state =
      folded({"2026-03-02 request.received", "2026-05-06 event.amended target=1 on=2026-03-03",
              "2026-05-01 event.amended target=1 on=2026-03-04"});
  EXPECT_EQ(to_string(*state.received_on), "2026-03-04");
}

TEST(Amendment, may_itself_be_amended) {
  auto state = folded({"2026-03-02 request.received", "2026-03-20 request.answered",
                       "2026-05-06 event.amended target=2 on=2026-03-21",
                       R"(2026-05-07 event.amended target=3 data={"on":"2026-03-22"})"});
  EXPECT_EQ(to_string(state.conclusion->on), "2026-03-22");
  state = folded({"2026-03-02 request.received", "2026-03-20 request.answered",
                  R"(2026-05-06 event.amended target=2 data={"outcome":"unavailable.not_held"})",
                  R"(2026-05-07 event.amended target=3
                     data={"data":{"outcome":"refused.state_secret"}})"});
  EXPECT_EQ(state.conclusion->outcome, Outcome::refused_state_secret);
}

TEST(Amendment, moves_an_event_to_its_place) {
  Story told = {"2026-03-02 request.received", "2026-03-10 request.answered",
                "2026-03-05 correction.requested", "2026-03-06 correction.received"};
  given(told).then_state("concluded");
  given(told)
      .when("2026-05-06 event.amended target=3 on=2026-03-07")
      .then_refused("correction_not_requested");
  given(told)
      .when("2026-05-06 event.amended target=2 on=2026-03-04")
      .then_refused("after_conclusion");
  given(told)
      .when("2026-05-06 event.amended target=1 on=2026-03-06")
      .then_refused("before_receipt");
  given(told).when("2026-05-06 event.amended target=1 on=2026-03-05").then_state("concluded");
}

TEST(Amendment, is_dated_as_it_happened_whatever_it_amends) {
  Story told = {"2026-03-02 request.received", "2026-03-10 request.answered"};
  given(told).when("2026-03-11 event.amended target=1 on=2026-03-01").then_state("concluded");
}

TEST(Retraction, makes_its_target_as_never_recorded) {
  auto retracted = situation("answered") + "2026-05-06 event.retracted target=2";
  given(retracted).then_state("processing");
  given(retracted).when("2026-03-10 request.answered").then_state("concluded");
  given(situation("voided")).when("2026-05-06 event.retracted target=2").then_state("processing");
  EXPECT_FALSE(folded(retracted).conclusion);
}

TEST(Retraction, may_be_retracted_in_turn) {
  auto twice = situation("answered") + "2026-05-06 event.retracted target=2" +
               "2026-05-07 event.retracted target=3";
  given(twice).then_state("concluded");
  given(twice).when("2026-05-08 event.retracted target=4").then_state("processing");
}

TEST(Retraction, of_an_amendment_brings_the_first_wording_back) {
  auto amended = situation("answered") + "2026-05-06 event.amended target=2 on=2026-03-09";
  auto retracted = amended + "2026-05-07 event.retracted target=3";
  EXPECT_EQ(to_string(folded(amended).conclusion->on), "2026-03-09");
  EXPECT_EQ(to_string(folded(retracted).conclusion->on), "2026-03-06");
  EXPECT_TRUE(folded(retracted).amendments.empty());
  auto again = retracted + "2026-05-08 event.retracted target=4";
  EXPECT_EQ(to_string(folded(again).conclusion->on), "2026-03-09");
}

TEST(Retraction, is_refused_where_the_rest_becomes_impossible) {
  auto corrected = situation("correcting") + "2026-03-06 correction.received";
  given(corrected)
      .when("2026-05-06 event.retracted target=2")
      .then_refused("correction_not_requested");
  given(situation("redone"))
      .when("2026-05-06 event.retracted target=2")
      .then_refused("not_concluded");
  auto after = situation("answered") + "2026-05-06 event.retracted target=2" +
               "2026-03-10 request.withdrawn";
  given(after).when("2026-05-07 event.retracted target=3").then_refused("after_conclusion");
}

// ---- what the fold keeps ------------------------------------------------------------------------

TEST(Case, keeps_the_first_outcome_and_the_redone_one_beside_it) {
  auto state = folded({"2026-03-02 request.received",
                       "2026-03-20 request.answered outcome=unavailable.not_held",
                       "2026-05-06 redo.ordered due_on=2026-06-30",
                       "2026-05-20 redo.answered outcome=partially_disclosed"});
  EXPECT_EQ(state.conclusion->outcome, Outcome::unavailable_not_held);
  EXPECT_EQ(to_string(state.conclusion->on), "2026-03-20");
  EXPECT_EQ(state.redo.conclusion->outcome, Outcome::partially_disclosed);
  EXPECT_FALSE(state.redo.open);
}

TEST(Case, concludes_under_the_outcome_of_its_end) {
  const struct {
    Story told;
    const char* outcome;
  } cases[] = {
      {situation("correcting") + "2026-03-21 correction.lapsed", "closed.correction_lapsed"},
      {situation("paying") + "2026-03-21 fee.lapsed", "closed.fee_unpaid"},
      {situation("received") + "2026-03-21 request.withdrawn", "closed.withdrawn"},
      {situation("received") + "2026-03-21 request.merged", "closed.merged"},
      {situation("received") + "2026-03-21 request.closed outcome=closed.not_information",
       "closed.not_information"},
      {situation("received") + "2026-03-21 request.answered outcome=not_processed.abusive",
       "not_processed.abusive"},
  };
  for (auto& [told, outcome] : cases) EXPECT_EQ(to_word(folded(told).conclusion->outcome), outcome);
}

TEST(Case, counts_only_as_a_request_for_disclosure_that_stands) {
  EXPECT_TRUE(folded(situation("received")).counts());
  EXPECT_TRUE(folded(situation("answered")).counts());
  for (auto* name : {"submitted", "submission_closed", "voided", "split"})
    EXPECT_FALSE(folded(situation(name)).counts()) << name;
  for (auto* matter : {"record_correction", "complaint"})
    EXPECT_FALSE(folded({std::string("2026-03-02 request.received matter=") + matter}).counts());
}

TEST(Case, stands_in_the_column_of_its_latest_class) {
  auto state =
      folded(situation("received") + "2026-03-06 applicant.reclassified kind=legal_service_org");
  EXPECT_EQ(state.kind, ApplicantKind::legal_service_org);
}

TEST(Case, waits_for_the_correction_first_then_for_the_fee_then_for_opinions) {
  Story told = {"2026-03-02 request.received", "2026-03-03 reasons.requested",
                "2026-03-03 consultation.opened consultation=a", "2026-03-03 fee.notified",
                "2026-03-03 correction.requested"};
  for (auto* state : {"awaiting_correction", "awaiting_fee", "consulting", "awaiting_reasons"}) {
    given(told).then_state(state);
    told.pop_back();
  }
}

// ---- members that must fit each other (422) -----------------------------------------------------

std::string inconsistency_of(const std::string& line) {
  Told told("2026-03-02 " + line);
  auto event = decode(*find_event_type(told.type), told.data).value();
  auto failure = inconsistency(event);
  if (!failure) return "";
  EXPECT_EQ(failure->kind, FailureKind::invalid);
  return failure->code + " " + failure->fields.at(0).pointer;
}

TEST(Event, fits_itself) {
  const struct {
    const char *event, *refusal;
  } cases[] = {
      {"request.answered outcome=disclosed.provided", ""},
      {"request.answered outcome=closed.other", "closing_outcome /data/outcome"},
      {"request.answered outcome=closed.withdrawn", "closing_outcome /data/outcome"},
      {"redo.answered outcome=partially_disclosed", ""},
      {"redo.answered outcome=closed.merged", "closing_outcome /data/outcome"},
      {"request.closed outcome=closed.applicant_gone", ""},
      {"request.closed outcome=closed.not_information", ""},
      {"request.closed outcome=closed.other", ""},
      {"request.closed outcome=closed.withdrawn", "closing_outcome /data/outcome"},
      {"request.closed outcome=closed.fee_unpaid", "closing_outcome /data/outcome"},
      {"request.closed outcome=disclosed.provided", "closing_outcome /data/outcome"},
      {"litigation.appeal_decided result=changed effect=revoked", ""},
      {"litigation.appeal_decided result=sustained", ""},
      {"litigation.appeal_decided result=changed", "appeal_effect /data/effect"},
      {"litigation.appeal_decided result=remanded effect=revoked", "appeal_effect /data/effect"},
      {"event.amended on=2026-03-01", ""},
      {"event.amended", "empty_amendment /data"},
  };
  for (auto& [event, refusal] : cases) EXPECT_EQ(inconsistency_of(event), refusal) << event;
}

} // namespace
} // namespace mingce
