// What an auditor asks the register: which entries, what was changed, which cases, the whole file.

#include "app/dossier.hpp"
#include "app/event_query.hpp"
#include "app/revisions.hpp"
#include "app/sample.hpp"

#include "app_fixture.hpp"

namespace mingce {
namespace {

using test::following;
using test::instant;
using test::opening;
using test::request_id;
using test::statutes;

class AuditTest : public test::OfficeTest {
protected:
  std::vector<std::uint64_t> found(const EventQuery& query) const {
    std::vector<std::uint64_t> seqs;
    EXPECT_TRUE(each_event(office->log(), query, LogView::Half::open, [&](Entry&& entry) {
      seqs.push_back(entry.seq);
      return true;
    }));
    return seqs;
  }
  std::string fault(const EventQuery& query) const {
    auto known = office->read([&](const Register& reg) { return check_known(query, reg); });
    return known ? "" : known.error().code;
  }
  /// `seq kind`, one after the other.
  std::string revisions(RevisionQuery query = {}) const {
    if (query.up_to == 0) query.up_to = size();
    auto found = find_revisions(office->log(), query);
    EXPECT_TRUE(found);
    std::string out;
    for (auto& each : found.value())
      out += (out.empty() ? "" : ", ") + std::to_string(each.seq) + " " + to_word(each.kind);
    return out;
  }
  json::object file(const StreamId& request, LogView::Half half = LogView::Half::both,
                    const ProofSource& proofs = {}) const {
    return office->read([&](const Register& reg) {
      DossierQuery query{request, office->today(), Language::zh, half};
      return dossier(office->log(), reg, statutes().law, query, proofs).value();
    });
  }
};

// ---- which entries ------------------------------------------------------------------------------

TEST_F(AuditTest, all_that_is_asked_for_must_hold) {
  auto a = received("A"), b = received("B");
  ASSERT_EQ(when(a, "2026-03-03 note.added"), "");
  auto noted = following(b, "2026-03-03 note.added");
  noted.actor = "王科长";
  ASSERT_EQ(test::refusal_of(tell(noted)), "");
  using Seqs = std::vector<std::uint64_t>;
  EXPECT_EQ(found({}), (Seqs{1, 2, 3, 4, 5}));
  EXPECT_EQ(found({.organ = "JX", .type = "note.added"}), (Seqs{4, 5}));
  EXPECT_EQ(found({.type = "note.added", .actor = "王科长"}), (Seqs{5}));
  EXPECT_EQ(found({.request = a}), (Seqs{2, 4}));
  EXPECT_EQ(found({.request = a, .from = 3}), (Seqs{4}));
  EXPECT_EQ(found({.request = a, .to = 3}), (Seqs{2}));
  EXPECT_EQ(found({.actor = "nobody"}), Seqs{});
  EXPECT_EQ(found({.organ = "LX", .request = a}), Seqs{});
}

TEST_F(AuditTest, an_instant_is_a_position_and_counts_itself) {
  clock_at("2026-06-02T00:00:00Z");
  received("A");
  clock_at("2026-06-03T00:00:00Z");
  received("B");
  auto between = [&](std::optional<Instant> from, std::optional<Instant> to) {
    EventQuery query;
    EXPECT_TRUE(query.narrow(office->log(), from, to));
    return found(query).size();
  };
  auto recorded = entries().at(1).recorded_at;
  constexpr std::chrono::milliseconds moment{1};
  EXPECT_EQ(between(recorded, {}), 2u);
  EXPECT_EQ(between(recorded + moment, {}), 1u);
  EXPECT_EQ(between({}, recorded), 2u);
  EXPECT_EQ(between({}, recorded - moment), 1u);
  EXPECT_EQ(between(recorded, recorded), 1u);
  EXPECT_EQ(between(instant("2030-01-01T00:00:00Z"), {}), 0u);
  EXPECT_EQ(between({}, instant("2000-01-01T00:00:00Z")), 0u);
  auto backwards = EventQuery{}.narrow(office->log(), recorded, recorded - moment);
  EXPECT_EQ(backwards.error().fields.at(0).pointer, "/recorded_to");
}

TEST_F(AuditTest, who_is_asked_about_must_be_known) {
  auto a = received("A");
  EXPECT_EQ(fault({.organ = "JX", .request = a}), "");
  EXPECT_EQ(fault({.organ = "CN"}), "");
  EXPECT_EQ(fault({.organ = "nowhere"}), "unknown_organ");
  EXPECT_EQ(fault({.request = request_id("B")}), "not_found");
}

// ---- revisions ----------------------------------------------------------------------------------

TEST_F(AuditTest, a_fact_is_backdated_by_what_was_known_before_it) {
  auto a = received("A", "2026-05-28 request.received");                     // 2
  ASSERT_EQ(when(a, "2026-05-31 request.answered"), "");                     // 3
  ASSERT_EQ(when(a, "2026-05-30 note.added"), "");                           // 4: before the answer
  ASSERT_EQ(when(a, "2026-06-01 event.amended target=2 on=2026-05-29"), ""); // 5
  ASSERT_EQ(when(a, "2026-05-30 note.added"), "");               // 6: behind it, as amended
  ASSERT_EQ(when(a, "2026-06-01 event.retracted target=5"), ""); // 7
  ASSERT_EQ(when(a, "2026-05-29 note.added"), "");               // 8: the note of version 3
  ASSERT_EQ(when(a, "2026-05-30 note.added"), "");               // 9: the same day
  EXPECT_EQ(revisions(), "1 late, 4 backdated, 5 amended, 7 retracted, 8 backdated");
  EXPECT_EQ(revisions({.up_to = 6}), "1 late, 4 backdated, 5 amended");
  EXPECT_EQ(revisions({.kind = RevisionKind::retracted}), "7 retracted");
  EXPECT_EQ(revisions({.organs = OrganSet{"LX"}}), "");
}

TEST_F(AuditTest, a_period_is_of_recording_and_knows_what_came_before_it) {
  auto a = received("A", "2026-05-28 request.received");
  ASSERT_EQ(when(a, "2026-05-31 request.answered"), "");
  clock_at("2026-06-02T15:59:50.000Z"); // still the second of June in Shanghai
  ASSERT_EQ(when(a, "2026-05-30 note.added"), "");
  clock_at("2026-06-02T16:00:00.000Z");
  ASSERT_EQ(when(a, "2026-06-01 request.archived"), "");
  ASSERT_EQ(when(a, "2026-05-29 note.added"), "");
  auto on = [&](const char* first, const char* last) {
    return revisions({.recorded = Period{test::day(first), test::day(last)}});
  };
  EXPECT_EQ(on("2026-06-02", "2026-06-02"), "4 backdated");
  EXPECT_EQ(on("2026-06-03", "2026-06-30"), "6 backdated");
  EXPECT_EQ(on("2026-01-01", "2026-05-31"), "");
}

TEST_F(AuditTest, how_late_is_late_can_be_said) {
  received("A", "2026-05-28 request.received"); // four days
  EXPECT_EQ(revisions(), "1 late");
  EXPECT_EQ(revisions({.late_days = 4}), "1 late, 2 late");
  EXPECT_EQ(revisions({.late_days = 5}), "1 late");
}

TEST_F(AuditTest, a_revision_is_shown_without_reasons) {
  auto a = received("A", "2026-06-01 request.received");
  ASSERT_EQ(when(a, "2026-06-01 request.voided reason=重复登记"), "");
  auto found = find_revisions(office->log(), {.kind = RevisionKind::voided, .up_to = size()});
  auto row = office->read([&](const Register& reg) { return to_json(found->at(0), reg); });
  EXPECT_EQ(row.at("request"), "A");
  EXPECT_EQ(row.at("id"), a.hex().c_str());
  EXPECT_EQ(row.at("days"), 0);
  EXPECT_EQ(row.at("type"), "request.voided");
  EXPECT_FALSE(row.contains("target"));
  EXPECT_EQ(json::serialize(row).find("重复登记"), std::string::npos);
}

// ---- the sample ---------------------------------------------------------------------------------

TEST(Sample, draws_by_the_published_rule) {
  // hashlib.sha256("2026年".encode() + bytes(17)).hexdigest()
  EXPECT_EQ(to_hex(lot_of("2026年", StreamId{})),
            "c3e237cb076d71f58c984b0261c7611d527c174bb9bd37c3fa152bd6c25b5197");
  std::vector<StreamId> ids;
  for (int i = 0; i < 50; ++i) ids.push_back(request_id(std::to_string(i)));
  auto all = draw("seed", ids, 100);
  ASSERT_EQ(all.size(), ids.size());
  EXPECT_TRUE(std::ranges::is_sorted(all));
  auto few = draw("seed", ids, 10);
  EXPECT_TRUE(std::ranges::equal(few, std::span(all).first(10)));
  EXPECT_NE(draw("other", ids, 10), few);
  EXPECT_TRUE(draw("seed", {}, 10).empty());
}

TEST_F(AuditTest, a_sample_leaves_nothing_out_of_its_population) {
  received("A", "2026-03-02 request.received");
  auto b = received("B", "2026-03-03 request.received matter=complaint");
  received("C", "2025-12-31 request.received");
  ASSERT_EQ(when(b, "2026-03-04 request.voided"), "");
  ASSERT_EQ(test::refusal_of(tell(opening("JX", "D", "2026-03-02 request.submitted"))), "");
  auto drawn = [&](const char* organ, std::uint64_t size) {
    return office->read([&](const Register& reg) {
      return sample_view(reg, {organ, Scope::organ, Period::of_year(2026), size, "seed"});
    });
  };
  auto sample = drawn("JX", 10).value();
  EXPECT_EQ(sample.at("population"), 2u);
  EXPECT_EQ(sample.at("items").as_array().size(), 2u);
  EXPECT_EQ(sample.at("as_of").at("seq"), std::int64_t(size()));
  EXPECT_EQ(drawn("JX", 1)->at("items").at(0), sample.at("items").at(0));
  EXPECT_EQ(drawn("LX", 1).error().code, "unknown_organ");
  auto csv = render_sample(sample, ListFormat::csv);
  EXPECT_NE(csv.find(",seed,2," + std::to_string(size())), csv.npos);
}

// ---- the dossier --------------------------------------------------------------------------------

TEST_F(AuditTest, a_dossier_says_what_became_of_each_event) {
  auto a = received("A");
  ASSERT_EQ(when(a, "2026-03-20 request.answered outcome=disclosed.provided"), "");
  ASSERT_EQ(when(a, "2026-03-21 event.amended target=2 on=2026-03-19"), "");
  ASSERT_EQ(when(a, "2026-03-22 note.added"), "");
  ASSERT_EQ(when(a, "2026-03-23 event.retracted target=4"), "");
  auto events = file(a).at("events").as_array();
  ASSERT_EQ(events.size(), 5u);
  EXPECT_EQ(events.at(0).at("title"), "收到申请（登记）");
  EXPECT_FALSE(events.at(0).as_object().contains("amended"));
  EXPECT_EQ(events.at(1).at("on"), "2026-03-20");
  EXPECT_EQ(events.at(1).at("amended").at("on"), "2026-03-19");
  EXPECT_EQ(events.at(1).at("amended").at("by"), json::array{3});
  EXPECT_EQ(events.at(3).at("retracted").at("by"), 5);
}

TEST_F(AuditTest, a_dossier_holds_the_disputes_about_the_request) {
  auto a = received("A"), b = received("B");
  auto dispute = opening("JX", "复议-1", "2026-04-10 reconsideration.accepted");
  dispute.requests = {"A"};
  ASSERT_EQ(test::refusal_of(tell(dispute)), "");
  ASSERT_EQ(test::refusal_of(tell(opening("JX", "复议-2", "2026-04-11 reconsideration.accepted"))),
            "");
  auto second = StreamId::of("dispute", "JX", "复议-2");
  auto link = R"(2026-04-12 dispute.linked requests=[")" + a.hex() + R"("])";
  ASSERT_EQ(when(second, link), "");
  auto disputes = file(a).at("disputes").as_array();
  ASSERT_EQ(disputes.size(), 2u);
  EXPECT_EQ(disputes.at(0).at("ref"), "复议-1");
  EXPECT_EQ(disputes.at(1).at("events").as_array().size(), 2u);
  EXPECT_TRUE(file(b).at("disputes").as_array().empty());
}

TEST_F(AuditTest, a_dossier_reads_no_private_half_unless_asked) {
  auto a = received("A", "2026-03-02 request.received subject=征地批复");
  ASSERT_EQ(when(a, "2026-03-03 note.added text=电话沟通"), "");
  auto text = [&](LogView::Half half) { return json::serialize(file(a, half)); };
  for (auto* word : {"征地批复", "电话沟通"}) {
    EXPECT_EQ(text(LogView::Half::open).find(word), std::string::npos);
    EXPECT_NE(text(LogView::Half::both).find(word), std::string::npos);
  }
  EXPECT_EQ(file(a, LogView::Half::open).at("with_personal_data"), false);
}

TEST_F(AuditTest, proofs_are_asked_for_every_entry_that_is_shown) {
  auto a = received("A");
  received("B");
  auto dispute = opening("JX", "复议-1", "2026-04-10 reconsideration.accepted");
  dispute.requests = {"A"};
  ASSERT_EQ(test::refusal_of(tell(dispute)), "");
  EXPECT_TRUE(file(a).at("proofs").as_array().empty());
  std::vector<std::uint64_t> asked;
  auto proofs = file(a, LogView::Half::open, [&](std::uint64_t seq) {
                  asked.push_back(seq);
                  return seq == 2 ? json::value("证明") : json::value(nullptr);
                }).at("proofs");
  EXPECT_EQ(asked, (std::vector<std::uint64_t>{2, 4}));
  EXPECT_EQ(proofs, (json::array{json::object{{"seq", 2}, {"proof", "证明"}}}));
}

TEST_F(AuditTest, a_request_nobody_knows_has_no_dossier) {
  auto file = office->read([&](const Register& reg) {
    return dossier(office->log(), reg, statutes().law, {request_id("nobody"), office->today()});
  });
  EXPECT_EQ(file.error().kind, FailureKind::not_found);
}

} // namespace
} // namespace mingce
