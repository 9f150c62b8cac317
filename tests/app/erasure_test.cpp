#include "app_fixture.hpp"

namespace mingce {
namespace {

using test::following;
using test::opening;
using test::refusal_of;
using test::request_id;
using test::Told;

const char* const erasure = "2026-05-20 applicant.erased";

class ErasureTest : public test::OfficeTest {
protected:
  /// A concluded request.
  StreamId concluded(const std::string& number) {
    auto id = received(number);
    EXPECT_EQ(when(id, "2026-03-12 request.answered"), "");
    return id;
  }
  static Operation dispute(const std::string& ref, std::vector<std::string> requests,
                           const Told& told = "2026-04-01 reconsideration.accepted") {
    auto operation = opening("JX", ref, told);
    operation.requests = std::move(requests);
    return operation;
  }
  static StreamId dispute_id(const std::string& ref) { return StreamId::of("dispute", "JX", ref); }
};

// ---- disputes -----------------------------------------------------------------------------------

TEST_F(ErasureTest, waits_for_a_dispute_linked_at_its_opening) {
  auto id = concluded("1"), other = concluded("2");
  EXPECT_EQ(refusal_of(tell(dispute("复1", {id.hex()}))), "");
  EXPECT_EQ(when(id, erasure), "dispute_open");
  EXPECT_EQ(when(other, erasure), "");
  EXPECT_EQ(when(dispute_id("复1"), "2026-05-06 reconsideration.decided"), "");
  EXPECT_EQ(when(id, "2026-05-05 applicant.erased"), "dispute_open"); // it was open that day
  EXPECT_EQ(when(id, erasure), "");
}

TEST_F(ErasureTest, waits_for_a_dispute_linked_later) {
  auto id = concluded("1");
  EXPECT_EQ(refusal_of(tell(dispute("诉1", {}, "2026-04-01 litigation.filed"))), "");
  EXPECT_EQ(when(dispute_id("诉1"), "2026-04-02 dispute.linked requests=[\"" + id.hex() + "\"]"),
            "");
  EXPECT_EQ(when(id, erasure), "dispute_open");
  auto refused = tell(following(id, erasure));
  EXPECT_NE(refused.error().message.zh.find("诉1"), std::string::npos);
  EXPECT_EQ(when(dispute_id("诉1"), "2026-05-06 dispute.voided"), "");
  EXPECT_EQ(when(id, erasure), "");
}

TEST_F(ErasureTest, waits_for_an_appeal) {
  auto id = concluded("1");
  tell(dispute("诉1", {id.hex()}, "2026-04-01 litigation.filed"));
  EXPECT_EQ(when(dispute_id("诉1"), "2026-04-20 litigation.judged"), "");
  EXPECT_EQ(when(dispute_id("诉1"), "2026-05-06 litigation.appealed"), "");
  EXPECT_EQ(when(id, erasure), "dispute_open");
  EXPECT_EQ(
      when(dispute_id("诉1"), "2026-05-18 litigation.appeal_decided result=sustained effect=null"),
      "invalid_field /data/effect");
  auto sustained = following(dispute_id("诉1"), "2026-05-18 litigation.appeal_decided");
  sustained.data = json::object{{"result", "sustained"}};
  EXPECT_EQ(refusal_of(tell(sustained)), "");
  EXPECT_EQ(when(id, erasure), "");
}

/// Disputes of the same unit of work count as those of the register do.
TEST_F(ErasureTest, sees_the_disputes_of_its_own_batch) {
  auto id = concluded("1");
  auto open = dispute("复1", {id.hex()});
  auto erase = following(id, erasure);
  auto decide = following(dispute_id("复1"), "2026-05-06 reconsideration.decided");
  EXPECT_EQ(refusal_of(tell(std::vector{open, erase})), "dispute_open");
  EXPECT_EQ(refusal_of(tell(open)), "");
  EXPECT_EQ(refusal_of(tell(std::vector{erase, decide})), "dispute_open");
  EXPECT_EQ(refusal_of(tell(std::vector{decide, erase})), "");
}

// ---- the case itself ----------------------------------------------------------------------------

TEST_F(ErasureTest, is_refused_by_the_case_as_it_stands_whatever_its_day) {
  auto id = concluded("1");
  EXPECT_EQ(when(id, "2026-05-06 hold.placed"), "");
  EXPECT_EQ(view(id).at("legal_hold").as_bool(), true);
  EXPECT_EQ(when(id, "2026-04-01 applicant.erased"), "legal_hold");
  EXPECT_EQ(when(id, "2026-05-07 hold.lifted"), "");
  EXPECT_EQ(view(id).at("legal_hold").as_bool(), false);
  EXPECT_EQ(when(id, "2026-05-06 applicant.erased"), "legal_hold");
  EXPECT_EQ(when(id, "2026-05-08 applicant.erased"), "");
}

TEST_F(ErasureTest, comes_again_only_for_what_was_recorded_since) {
  auto id = concluded("1");
  EXPECT_EQ(when(id, erasure), "");
  EXPECT_EQ(when(id, "2026-05-21 applicant.erased"), "already_erased");
  EXPECT_EQ(when(id, "2026-05-21 receipt.issued"), "");
  EXPECT_EQ(when(id, "2026-05-21 applicant.erased"), "already_erased");
  EXPECT_EQ(when(id, "2026-03-05 note.added"), ""); // late, but recorded after the erasure
  EXPECT_EQ(when(id, "2026-05-21 applicant.erased"), "");
  EXPECT_EQ(view(id).at("erased_on").as_string(), "2026-05-21");
}

TEST_F(ErasureTest, is_final) {
  auto id = concluded("1");
  EXPECT_EQ(when(id, erasure), "");
  EXPECT_EQ(when(id, "2026-05-21 event.retracted target=3"), "erasure_is_final");
  EXPECT_EQ(when(id, "2026-05-21 note.added"), "");
  EXPECT_EQ(when(id, "2026-05-21 event.retracted target=4"), "");
}

TEST_F(ErasureTest, of_a_void_registration_is_possible) {
  auto id = received("1");
  EXPECT_EQ(when(id, "2026-03-12 request.voided"), "");
  EXPECT_EQ(when(id, "2026-03-11 hold.placed"), "");
  EXPECT_EQ(when(id, erasure), "legal_hold");
  EXPECT_EQ(when(id, "2026-03-12 hold.lifted"), "");
  EXPECT_EQ(when(id, erasure), "");
  EXPECT_EQ(when(id, "2026-05-21 request.assigned"), "case_voided");
}

TEST_F(ErasureTest, before_the_conclusion_is_irregular) {
  auto id = received("1");
  EXPECT_EQ(when(id, "2026-03-03 applicant.erased"), "");
  auto listed = view(id).at("irregularities").as_array();
  ASSERT_EQ(listed.size(), 1u);
  EXPECT_EQ(listed[0].at("code").as_string(), "erased_before_conclusion");
  EXPECT_EQ(listed[0].at("article").as_string(), "个人信息保护法47");
}

TEST_F(ErasureTest, leaves_nothing_of_the_person_to_see) {
  auto id = request_id("1");
  auto full = opening("JX", "1", "2026-03-02 request.received");
  full.data = test::full_example("request.received");
  ASSERT_EQ(refusal_of(tell(full)), "");
  for (auto* told : {"2026-03-03 request.assigned unit=办公室 person=钱八",
                     "2026-03-03 applicant.updated name=张三丰", "2026-03-12 request.answered",
                     "2026-05-20 applicant.erased", "2026-03-04 period.extended"})
    EXPECT_EQ(when(id, told), "") << told;
  auto shown = view(id);
  EXPECT_TRUE(shown.at("subject").is_null());
  EXPECT_EQ(canonical(shown.at("applicant")),
            R"({"kind":"natural_person","kind_provisional":true})");
  EXPECT_EQ(canonical(shown.at("items")), R"([{"id":"1"},{"id":"2"}])");
  EXPECT_EQ(canonical(shown.at("assignee")), R"({"unit":"办公室"})");
  for (auto* member : {"description", "form", "delivery"}) EXPECT_FALSE(shown.contains(member));
  auto found = office->read([](const Register& reg) { return reg.requests_of("p-1").size(); });
  EXPECT_EQ(found, 0u);
  reopen();
  EXPECT_EQ(canonical(view(id)), canonical(shown));
}

// ---- papers -------------------------------------------------------------------------------------

TEST_F(ErasureTest, the_name_of_a_paper_never_stands_in_the_leaf) {
  auto id = received("1");
  auto note = following(id, "2026-03-03 note.added text=密");
  auto receipt = following(id, "2026-03-03 receipt.issued");
  auto digest = std::string(64, 'a');
  for (auto* operation : {&note, &receipt})
    operation->documents = {{"扫描件", {}, digest, 3, digest, "张三申请表.pdf"},
                            {"封面", {}, digest, 4, {}, {}}};
  ASSERT_EQ(refusal_of(tell(std::vector{note, receipt})), "");
  auto all = entries();
  for (auto entry = all.end() - 2; entry != all.end(); ++entry) {
    EXPECT_EQ(canonical(entry->event).find("张三"), std::string::npos);
    ASSERT_TRUE(entry->body);
    EXPECT_EQ(canonical(entry->body->at("documents")), R"([{"name":"张三申请表.pdf"},{}])");
    auto shown = event_view(*entry);
    EXPECT_EQ(shown.at("documents").at(0).at("name").as_string(), "张三申请表.pdf");
    EXPECT_EQ(shown.at("documents").at(0).at("sm3").as_string(), digest);
    EXPECT_FALSE(shown.at("data").as_object().contains("documents"));
    entry->body.reset();
    EXPECT_EQ(canonical(event_view(*entry)).find("张三"), std::string::npos);
  }
  // The stream is read again, names and all.
  EXPECT_EQ(when(id, "2026-03-04 event.amended target=2 on=2026-03-02"), "");
}

} // namespace
} // namespace mingce
