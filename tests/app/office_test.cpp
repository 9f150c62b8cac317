#include "app_fixture.hpp"

#include <future>
#include <set>

namespace mingce {
namespace {

using test::code_of;
using test::following;
using test::opening;
using test::organ_id;
using test::refusal_of;
using test::request_id;
using test::Told;

class OfficeTest : public test::OfficeTest {};

// ---- refusals with their pointers ---------------------------------------------------------------

TEST_F(OfficeTest, says_what_is_wrong_with_an_opening) {
  received("1");
  const struct {
    Operation operation;
    const char* refusal;
  } cases[] = {
      {opening("JX", "2", "2026-03-02 request.answered"), "not_an_opening /type"},
      {opening("NO", "2", "2026-03-02 request.received"), "unknown_organ /organ"},
      {opening("JX", "2", "2026-06-02 request.received"), "in_the_future /on"},
      {opening("JX", "1", "2026-03-02 request.received"), "second_receipt /register_no"},
      {opening("JX", "2", "2026-03-02 request.received channel=pigeon"),
       "invalid_field /data/channel"},
      {opening("JX", "", "2026-03-02 figure.recorded item=licences.typo"),
       "unknown_item /data/item"},
      {opening("JX", "", "2026-03-02 figure.recorded item=licences.decisions quantity=1.5"),
       "not_whole /data/quantity"},
      {opening("JX", "", "2026-03-02 organ.registered"), "number_taken /organ"},
      {opening("JY", "", "2026-03-02 organ.registered parent=NO"), "unknown_organ /data/parent"},
      {opening("JY", "", "2026-03-02 organ.registered parent=JY"), "unknown_organ /data/parent"},
  };
  for (auto& [operation, refusal] : cases) EXPECT_EQ(refusal_of(tell(operation)), refusal);
  EXPECT_EQ(size(), 2u);
}

TEST_F(OfficeTest, says_what_is_wrong_with_a_following_event) {
  auto id = received("1");
  const struct {
    const char *event, *refusal;
  } cases[] = {
      {"2026-03-01 request.answered", "before_receipt"},
      {"2026-06-02 request.answered", "in_the_future /on"},
      {"2026-03-05 request.answered outcome=closed.other", "closing_outcome /data/outcome"},
      {"2026-03-05 litigation.judged", "wrong_stream /type"},
      {"2026-03-05 request.received", "second_receipt"},
      {"2026-03-05 request.merged into=nothing", "invalid_field /data/into"},
      {"2026-03-05 notice.served target=2", "unknown_target /data/target"},
      {"2026-03-05 event.amended target=2 on=2026-03-03", "unknown_target /data/target"},
      {"2026-03-05 event.amended target=1 on=2026-06-02", "in_the_future /data/on"},
      {"2026-03-05 event.amended target=1", "empty_amendment /data"},
      {R"(2026-03-05 event.amended target=1 data={"outcome":"x"})",
       "invalid_field /data/data/outcome"},
      {R"(2026-03-05 event.amended target=1 data={"subject":null})",
       "invalid_field /data/data/subject"},
      {"2026-03-05 event.retracted target=1", "first_event"},
      {"2026-03-05 event.retracted target=2", "unknown_target /data/target"},
  };
  for (auto& [event, refusal] : cases) EXPECT_EQ(when(id, event), refusal) << event;
  EXPECT_EQ(size(), 2u);
  EXPECT_EQ(when(StreamId{}, "2026-03-05 note.added"), "unknown_stream /stream");
}

TEST_F(OfficeTest, puts_the_place_of_an_operation_before_its_pointers) {
  auto good = opening("JX", "1", "2026-03-02 request.received");
  auto bad = opening("JX", "2", "2026-03-02 request.received channel=pigeon");
  good.at = "/operations/0";
  bad.at = "/operations/1";
  EXPECT_EQ(refusal_of(tell(std::vector{good, bad})), "invalid_field /operations/1/data/channel");
  EXPECT_EQ(size(), 1u);
  auto impossible = following(request_id("1"), "2026-03-01 request.answered");
  impossible.at = "/operations/1";
  EXPECT_EQ(refusal_of(tell(std::vector{good, impossible})), "before_receipt /operations/1");
}

TEST_F(OfficeTest, appends_all_operations_of_a_batch_or_none) {
  auto open = opening("JX", "1", "2026-03-02 request.received");
  auto answer = following(request_id("1"), "2026-03-20 request.answered");
  auto again = following(request_id("1"), "2026-03-21 request.answered");
  EXPECT_EQ(code_of(tell(std::vector{open, answer, again})), "after_conclusion");
  EXPECT_EQ(size(), 1u);
  EXPECT_EQ(code_of(tell(std::vector{open, answer})), "");
  EXPECT_EQ(view(request_id("1")).at("state").as_string(), "concluded");
  EXPECT_EQ(size(), 3u);
}

TEST_F(OfficeTest, lets_a_batch_name_its_own_streams) {
  auto organ = opening("JY", "", "2020-01-01 organ.registered parent=JX");
  auto open = opening("JY", "", "2026-03-02 request.received");
  open.label = "a";
  Operation answer = following({}, "2026-03-20 request.answered");
  answer.stream.reset();
  answer.stream_label = "a";
  EXPECT_EQ(refusal_of(tell(std::vector{organ, open, answer})), "");
  answer.stream_label = "b";
  EXPECT_EQ(refusal_of(tell(answer)), "unknown_stream /stream");
}

TEST_F(OfficeTest, holds_a_caller_to_the_version_it_expects) {
  auto id = received("1");
  auto note = following(id, "2026-03-05 note.added");
  note.expected_version = 2;
  auto refused = tell(note);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, FailureKind::precondition);
  EXPECT_EQ(refused.error().version, 1u);
  note.expected_version = 1;
  EXPECT_TRUE(tell(note));
}

// ---- voided cases, amendments -------------------------------------------------------------------

TEST_F(OfficeTest, slips_nothing_into_a_voided_case_whatever_its_day) {
  auto id = received("1");
  EXPECT_EQ(when(id, "2026-03-20 request.voided"), "");
  EXPECT_EQ(when(id, "2026-03-10 request.answered"), "case_voided");
  EXPECT_EQ(when(id, "2026-03-20 period.extended"), "case_voided");
  EXPECT_EQ(when(id, "2026-03-10 note.added"), "");
  EXPECT_EQ(when(id, "2026-03-21 event.amended target=1 on=2026-03-03"), "");
  EXPECT_EQ(when(id, "2026-03-22 event.retracted target=2"), "");
  EXPECT_EQ(when(id, "2026-03-10 request.answered"), "");
  EXPECT_EQ(view(id).at("state").as_string(), "concluded");
}

TEST_F(OfficeTest, records_late_facts_in_their_place) {
  auto id = received("1");
  EXPECT_EQ(when(id, "2026-03-25 request.answered"), "");
  EXPECT_EQ(when(id, "2026-03-20 period.extended working_days=5"), "");
  EXPECT_EQ(when(id, "2026-03-26 period.extended working_days=5"), "after_conclusion");
  EXPECT_TRUE(view(id).at("irregularities").as_array().empty());
}

TEST_F(OfficeTest, amends_private_members_and_public_ones) {
  auto id = received("1");
  EXPECT_EQ(when(id, R"(2026-03-05 event.amended target=1 data={"subject":"甲"})"), "");
  EXPECT_EQ(when(id, R"(2026-03-05 event.amended target=1
                        data={"applicant":{"kind":"other_org","name":"乙"}})"),
            "");
  auto shown = view(id);
  EXPECT_EQ(shown.at("subject").as_string(), "甲");
  EXPECT_EQ(canonical(shown.at("applicant")), R"({"kind":"other_org","name":"乙"})");
  for (auto& entry : entries())
    EXPECT_EQ(canonical(entry.event).find("甲"), std::string::npos) << "a name in a public half";
}

TEST_F(OfficeTest, refuses_an_amendment_that_contradicts_itself) {
  auto id = received("1");
  EXPECT_EQ(when(id, "2026-03-20 request.answered"), "");
  EXPECT_EQ(when(id, R"(2026-03-21 event.amended target=2 data={"outcome":"closed.other"})")
                .substr(0, 15),
            "closing_outcome");
  EXPECT_EQ(when(id, "2026-03-21 event.amended target=2 on=2026-03-01"), "before_receipt");
}

/// contract §3: members of `data` replace those of the target. To accept it and do nothing would be
/// to drop what the caller said.
TEST_F(OfficeTest, amends_the_target_of_a_retraction_or_refuses_to) {
  auto id = received("1");
  EXPECT_EQ(when(id, "2026-03-05 request.assigned unit=甲"), "");
  EXPECT_EQ(when(id, "2026-03-06 period.extended working_days=5"), "");
  EXPECT_EQ(when(id, "2026-03-07 event.retracted target=2"), "");
  auto refused = when(id, R"(2026-03-08 event.amended target=4 data={"target":3})");
  auto shown = view(id);
  EXPECT_TRUE(!refused.empty() || !shown.at("assignee").is_null()) << "accepted without effect";
}

TEST_F(OfficeTest, keeps_a_count_whole_through_its_amendments) {
  ASSERT_TRUE(
      tell(opening("JX", "f", "2026-03-02 figure.recorded item=licences.decisions quantity=7")));
  auto id = StreamId::of("figure", "JX", "f");
  EXPECT_NE(when(id, R"(2026-03-05 event.amended target=1 data={"quantity":"1.5"})"), "");
  EXPECT_NE(when(id, R"(2026-03-05 event.amended target=1 data={"item":"licences.typo"})"), "");
  EXPECT_EQ(when(id, R"(2026-03-05 event.amended target=1 data={"quantity":"8"})"), "");
  EXPECT_EQ(when(id, "2026-03-05 figure.recorded item=licences.decisions quantity=7"),
            "second_figure");
}

TEST_F(OfficeTest, retracts_a_figure_but_no_first_event_of_a_case_or_dispute) {
  ASSERT_TRUE(
      tell(opening("JX", "f", "2026-03-02 figure.recorded item=disclosed.website quantity=7")));
  EXPECT_EQ(when(StreamId::of("figure", "JX", "f"), "2026-03-05 event.retracted target=1"), "");
  ASSERT_TRUE(tell(opening("JX", "d", "2026-03-02 reconsideration.accepted")));
  EXPECT_EQ(when(StreamId::of("dispute", "JX", "d"), "2026-03-05 event.retracted target=1"),
            "first_event");
}

// ---- organs -------------------------------------------------------------------------------------

TEST_F(OfficeTest, keeps_the_region_a_tree) {
  for (auto* code : {"A", "B"})
    ASSERT_TRUE(tell(opening(code, "", "2020-01-01 organ.registered parent=JX")));
  EXPECT_EQ(when(organ_id("JX"), "2021-01-01 organ.reparented parent=A"), "region_cycle");
  EXPECT_EQ(when(organ_id("A"), "2021-01-01 organ.reparented parent=B"), "");
  EXPECT_EQ(when(organ_id("B"), "2021-01-01 organ.reparented parent=A"), "region_cycle");
  EXPECT_EQ(when(organ_id("B"), "2021-01-01 organ.merged into=B"), "unknown_organ /data/into");
  EXPECT_EQ(when(organ_id("B"), "2021-01-01 competence.transferred to=NO"),
            "unknown_organ /data/to");
  EXPECT_EQ(when(organ_id("B"), "2021-01-01 organ.merged into=A"), "");
  EXPECT_EQ(when(organ_id("B"), "2021-01-02 organ.merged into=JX"), "organ_ended");
  EXPECT_EQ(refusal_of(tell(opening("B", "1", "2021-01-02 request.received"))), "organ_ended");
  EXPECT_EQ(refusal_of(tell(opening("B", "2", "2020-12-31 request.received"))), "");
}

// ---- numbering ----------------------------------------------------------------------------------

TEST_F(OfficeTest, gives_numbers_by_organ_kind_and_year) {
  ASSERT_TRUE(tell(opening("JY", "", "2020-01-01 organ.registered")));
  auto number = [&](const char* organ, const Told& told) {
    auto recorded = tell(opening(organ, "", told)).value();
    auto all = entries();
    auto& event = all.at(recorded.first_seq - 1).event;
    auto* kept = event.if_contains("register_no");
    return std::string((kept ? *kept : event.at("ref")).as_string());
  };
  EXPECT_EQ(number("JX", "2026-03-02 request.received"), "2026-00001");
  EXPECT_EQ(number("JX", "2026-01-02 request.received"), "2026-00002");
  EXPECT_EQ(number("JX", "2025-03-02 request.received"), "2025-00001");
  EXPECT_EQ(number("JY", "2026-03-02 request.received"), "2026-00001");
  EXPECT_EQ(number("JX", "2026-03-02 reconsideration.accepted"), "2026-00001");
  received("2026-00041");
  received("letter 7");
  EXPECT_EQ(number("JX", "2026-03-02 request.submitted"), "2026-00042");
  reopen();
  EXPECT_EQ(number("JX", "2026-03-02 request.received"), "2026-00043");
}

TEST_F(OfficeTest, gives_no_number_that_the_same_batch_has_used) {
  auto named = opening("JX", "2026-00001", "2026-03-02 request.received");
  auto unnamed = opening("JX", "", "2026-03-02 request.received");
  EXPECT_EQ(refusal_of(tell(std::vector{named, unnamed, unnamed})), "");
  EXPECT_EQ(size(), 4u);
}

TEST_F(OfficeTest, gives_each_number_once_however_many_ask) {
  std::vector<std::future<Result<Recorded>>> answers;
  for (int caller = 0; caller < 8; ++caller)
    answers.push_back(std::async(std::launch::async, [this] {
      Result<Recorded> last = Recorded{};
      for (int i = 0; i < 10 && last; ++i)
        last = tell(opening("JX", "", "2026-03-02 request.received"));
      return last;
    }));
  for (auto& answer : answers) EXPECT_EQ(code_of(answer.get()), "");
  std::set<std::string> numbers;
  office->read([&](const Register& reg) {
    for (auto& row : reg.requests()) numbers.insert(row.register_no);
  });
  EXPECT_EQ(numbers.size(), 80u);
}

TEST_F(OfficeTest, decides_anew_when_another_writer_was_first) {
  auto id = received("1");
  std::vector<std::future<std::string>> answers;
  for (int caller = 0; caller < 8; ++caller)
    answers.push_back(std::async(std::launch::async,
                                 [this, id] { return when(id, "2026-03-20 request.answered"); }));
  std::multiset<std::string> said;
  for (auto& answer : answers) said.insert(answer.get());
  EXPECT_EQ(said.count(""), 1u);
  EXPECT_EQ(said.count("after_conclusion"), 7u);
  EXPECT_EQ(size(), 3u);
}

// ---- idempotency --------------------------------------------------------------------------------

TEST_F(OfficeTest, answers_an_idempotency_key_with_its_first_answer) {
  IdempotencyKey key{"POST /v1/requests", "k", "content"};
  auto operation = opening("JX", "", "2026-03-02 request.received");
  auto first = office->record({&operation, 1}, key).value();
  for (int round = 0; round < 2; ++round) {
    auto again = office->record({&operation, 1}, key).value();
    EXPECT_TRUE(again.replayed);
    EXPECT_EQ(again.first_seq, first.first_seq);
    reopen();
  }
  key.content = "other";
  EXPECT_EQ(code_of(office->record({&operation, 1}, key)), "idempotency_key_reused");
  key.scope = "elsewhere";
  EXPECT_FALSE(office->record({&operation, 1}, key)->replayed);
  EXPECT_EQ(size(), 3u);
}

TEST_F(OfficeTest, keeps_no_key_of_a_refusal) {
  IdempotencyKey key{"s", "k", "content"};
  auto refused = opening("NO", "", "2026-03-02 request.received");
  EXPECT_EQ(code_of(office->record({&refused, 1}, key)), "unknown_organ");
  auto accepted = opening("JX", "", "2026-03-02 request.received");
  key.content = "other";
  EXPECT_EQ(code_of(office->record({&accepted, 1}, key)), "");
}

/// contract §4: no personal data in what is kept.
TEST_F(OfficeTest, keeps_neither_the_key_nor_the_content) {
  IdempotencyKey one{"s", "k", "content"}, other{"s", "k2", "content"};
  EXPECT_NE(one.digest(), other.digest());
  EXPECT_NE(one.fingerprint(), other.fingerprint());
  EXPECT_NE(one.fingerprint(), sha256("content"));
}

// ---- reopening, reports -------------------------------------------------------------------------

TEST_F(OfficeTest, shows_the_same_after_a_restart) {
  auto id = received("1");
  when(id, "2026-03-05 correction.requested");
  when(id, R"(2026-03-06 event.amended target=1 data={"subject":"甲"})");
  auto before = canonical(view(id));
  reopen();
  EXPECT_EQ(canonical(view(id)), before);
}

TEST_F(OfficeTest, reports_a_region_as_the_sum_of_its_organs) {
  ASSERT_TRUE(tell(opening("A", "", "2020-01-01 organ.registered parent=JX")));
  for (auto* organ : {"JX", "A", "A"})
    ASSERT_TRUE(tell(opening(organ, "", "2025-03-02 request.received")));
  auto received_by = [&](const char* organ, Scope scope) {
    return office->read([&](const Register& reg) {
      auto report = make_report(reg, test::statutes(), {organ, 2025, {}, scope, {}}).value();
      return report.annual.requests.at("received").back();
    });
  };
  EXPECT_EQ(received_by("JX", Scope::organ), 1);
  EXPECT_EQ(received_by("A", Scope::organ), 2);
  EXPECT_EQ(received_by("JX", Scope::region), 3);
  EXPECT_EQ(received_by("A", Scope::region), 2);
}

TEST_F(OfficeTest, reports_only_in_an_edition_there_is) {
  auto code = [&](int year, const char* edition, const char* organ = "JX") {
    return office->read([&](const Register& reg) -> std::string {
      auto report = make_report(reg, test::statutes(), {organ, year, {}, Scope::organ, edition});
      return report ? report->annual.edition->code : report.error().code;
    });
  };
  EXPECT_EQ(code(2018, ""), "edition_needed");
  EXPECT_EQ(code(2018, "cn-2019"), "cn-2019");
  EXPECT_EQ(code(2019, ""), "cn-2019");
  EXPECT_EQ(code(2020, ""), "cn-2019");
  EXPECT_EQ(code(2021, ""), "cn-2021");
  EXPECT_EQ(code(2026, ""), "cn-2021");
  EXPECT_EQ(code(2020, "cn-1999"), "unknown_edition");
  EXPECT_EQ(code(2020, "", "NO"), "unknown_organ");
}

} // namespace
} // namespace mingce
