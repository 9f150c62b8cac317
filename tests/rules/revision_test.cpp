// What an auditor looks at first, and what later entries make of earlier ones.

#include "rules/revision.hpp"

#include "fixture.hpp"

namespace mingce {
namespace {

using test::day;
using test::Told;

/// The kinds of one event, as words; recorded on that day, seven days being late.
std::string kinds_of(const Told& told, const char* recorded_on,
                     std::optional<const char*> latest = {}, Source source = Source::observed) {
  Envelope envelope;
  envelope.type = find_event_type(told.type);
  envelope.on = told.on;
  envelope.source = source;
  std::string words;
  auto before = latest ? std::optional{day(*latest)} : std::nullopt;
  for (auto kind : revisions_of(envelope, day(recorded_on), before, 7))
    words += (words.empty() ? "" : " ") + to_word(kind);
  return words;
}

TEST(Revision, is_late_from_so_many_days_on) {
  EXPECT_EQ(kinds_of("2026-03-02 request.received", "2026-03-08"), "");
  EXPECT_EQ(kinds_of("2026-03-02 request.received", "2026-03-09"), "late");
  EXPECT_EQ(kinds_of("2026-03-02 request.received", "2026-03-02"), "");
}

TEST(Revision, is_never_late_where_it_was_taken_over) {
  EXPECT_EQ(kinds_of("2020-03-02 request.received", "2026-03-09", {}, Source::asserted), "");
  EXPECT_EQ(kinds_of("2020-03-02 request.voided", "2026-03-09", "2020-03-03", Source::asserted),
            "backdated voided");
}

TEST(Revision, is_backdated_before_a_later_fact_but_not_on_the_same_day) {
  EXPECT_EQ(kinds_of("2026-03-02 note.added", "2026-03-05", "2026-03-03"), "backdated");
  EXPECT_EQ(kinds_of("2026-03-02 note.added", "2026-03-05", "2026-03-02"), "");
  EXPECT_EQ(kinds_of("2026-03-02 note.added", "2026-03-05", "2026-03-01"), "");
}

TEST(Revision, one_event_can_be_several) {
  EXPECT_EQ(kinds_of("2026-03-02 dispute.voided", "2026-03-20", "2026-03-10"),
            "late backdated voided");
  EXPECT_EQ(kinds_of("2026-03-02 event.amended", "2026-03-09"), "late amended");
  EXPECT_EQ(kinds_of("2026-03-02 event.retracted", "2026-03-03"), "retracted");
  EXPECT_EQ(kinds_of("2026-03-02 request.voided", "2026-03-02"), "voided");
}

std::vector<Fate> fates(const std::vector<Told>& told) { return fates_of(test::records_of(told)); }

TEST(Fate, of_what_nobody_touched_is_its_own_wording) {
  auto told = fates({"2026-03-02 request.received channel=web"});
  ASSERT_EQ(told.size(), 1u);
  EXPECT_EQ(told[0].retracted_by, 0u);
  EXPECT_TRUE(told[0].amended_by.empty());
  EXPECT_EQ(told[0].data.at("channel"), "web");
}

TEST(Fate, of_an_amended_event_is_its_last_wording) {
  auto told = fates({"2026-03-02 request.received",
                     "2026-03-20 request.answered outcome=disclosed.provided",
                     R"(2026-03-21 event.amended target=2 on=2026-03-19)",
                     R"(2026-03-22 event.amended target=2 data={"outcome":"partially_disclosed"})",
                     R"(2026-03-23 event.amended target=3 data={"on":"2026-03-18"})"});
  EXPECT_EQ(told[1].amended_by, (std::vector<std::uint32_t>{3, 4}));
  EXPECT_EQ(to_string(told[1].on), "2026-03-18");
  EXPECT_EQ(told[1].data.at("outcome"), "partially_disclosed");
  EXPECT_EQ(told[2].amended_by, std::vector<std::uint32_t>{5});
}

TEST(Fate, of_a_retracted_event_names_the_retraction_that_stands) {
  auto told = fates({"2026-03-02 request.received", "2026-03-20 request.answered",
                     "2026-03-21 event.retracted target=2", "2026-03-22 event.retracted target=3",
                     "2026-03-23 event.retracted target=2"});
  EXPECT_EQ(told[1].retracted_by, 5u);
  EXPECT_EQ(told[2].retracted_by, 4u);
  EXPECT_EQ(told[3].retracted_by, 0u);
}

TEST(Fate, a_retracted_amendment_changes_nothing) {
  auto told = fates({"2026-03-02 request.received", "2026-03-20 request.answered",
                     "2026-03-21 event.amended target=2 on=2026-03-19",
                     "2026-03-22 event.retracted target=3"});
  EXPECT_TRUE(told[1].amended_by.empty());
  EXPECT_EQ(to_string(told[1].on), "2026-03-20");
  EXPECT_EQ(told[2].retracted_by, 4u);
}

} // namespace
} // namespace mingce
