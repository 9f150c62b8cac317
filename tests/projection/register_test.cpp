#include "register_fixture.hpp"

#include <random>
#include <set>

namespace mingce {
namespace {

using test::Book;
using test::describe;
using test::Told;

/// The case as folded from its whole stream, by nothing but the rules.
std::string from_scratch(const Book& book, const std::string& name) {
  auto entries = book.log->read_stream(book.stream_id(name), book.log->size(), LogView::Half::both);
  auto records = to_records(entries.value()).value();
  return describe(fold_case(resolve(records).value()));
}

std::string followed(const Book& book, const std::string& name) {
  return describe(book.live.find_request(book.stream_id(name))->state);
}

TEST(Register, knows_what_it_was_told) {
  Book book;
  book.tell("JX", "2020-01-01 organ.registered name=甲");
  book.tell("JX:2026-00007", "2026-03-02 request.received");
  book.tell("JX:复议1", "2026-03-02 reconsideration.accepted");
  book.tell("JX:f", "2026-03-02 figure.recorded item=licences.decisions quantity=7");
  auto& reg = book.live;
  EXPECT_EQ(reg.size(), 4u);
  EXPECT_EQ(reg.requests().at(0).register_no, "2026-00007");
  EXPECT_EQ(reg.disputes().at(0).ref, "复议1");
  EXPECT_EQ(to_string(reg.figures().at(0).quantity), "7");
  EXPECT_EQ(reg.organs().at("JX").name, "甲");
  EXPECT_EQ(reg.find_dispute(book.stream_id("JX:2026-00007")), nullptr);
  EXPECT_EQ(reg.find_request(StreamId{}), nullptr);
}

TEST(Register, remembers_the_highest_number_it_saw) {
  Book book;
  for (auto* number : {"2026-00007", "2026-00003", "2025-00099", "letter", "2026-123456", "2026-x"})
    book.tell(std::string("JX:") + number, "2026-03-02 request.received");
  book.tell("JY:2026-00042", "2026-03-02 request.received");
  auto last = [&](const char* organ, int year) {
    return book.live.last_number(StreamKind::request, organ, year);
  };
  EXPECT_EQ(last("JX", 2026), 123456u);
  EXPECT_EQ(last("JX", 2025), 99u);
  EXPECT_EQ(last("JX", 2024), 0u);
  EXPECT_EQ(last("JY", 2026), 42u);
  EXPECT_EQ(book.live.last_number(StreamKind::dispute, "JX", 2026), 0u);
  EXPECT_EQ(assigned_number(2026, 7), "2026-00007");
  EXPECT_EQ(assigned_number(2026, 123456), "2026-123456");
}

TEST(Register, folds_again_what_comes_late_or_changes_the_past) {
  Book book;
  const std::vector<Told> story = {
      "2026-03-02 request.received",
      "2026-03-25 request.answered",
      "2026-03-10 period.extended",                      // late
      "2026-03-05 consultation.opened consultation=a",   // later still
      "2026-04-01 event.amended target=2 on=2026-03-24", // changes the past
      "2026-04-02 applicant.reclassified kind=other_org",
      "2026-04-03 event.retracted target=5", // and takes it back
      "2026-04-04 event.amended target=1 on=2026-03-03",
      "2026-05-06 redo.ordered",
      "2026-05-07 event.retracted target=7",
  };
  for (auto& told : story) {
    book.tell("JX:1", told);
    EXPECT_EQ(followed(book, "JX:1"), from_scratch(book, "JX:1")) << told.type;
  }
}

TEST(Register, follows_figures_through_amendment_and_retraction) {
  Book book;
  auto figure = [&] {
    auto& row = book.live.figures().at(0);
    return row.stands ? to_string(row.on) + " " + to_string(row.quantity) : "-";
  };
  book.tell("JX:f", "2026-03-02 figure.recorded item=fees.amount quantity=7");
  book.tell("JX:f", R"(2026-03-03 event.amended target=1 on=2025-12-31 data={"quantity":"8.5"})");
  EXPECT_EQ(figure(), "2025-12-31 8.5");
  book.tell("JX:f", "2026-03-04 event.retracted target=1");
  EXPECT_EQ(figure(), "-");
  book.tell("JX:f", "2026-03-05 event.retracted target=3");
  EXPECT_EQ(figure(), "2025-12-31 8.5");
}

// ---- erasure ------------------------------------------------------------------------------------

/// A register with search text that follows the log; `missing` are seqs whose private half is gone.
Register with_text(const Book& book, const std::set<std::uint64_t>& missing = {}) {
  Register reg(
      [&book](const StreamId& stream, std::uint64_t up_to) {
        return book.log->read_stream(stream, up_to, LogView::Half::open);
      },
      SearchTexts(both_halves_of(*book.log)));
  auto scanned = book.log->scan(1, book.log->size(), LogView::Half::both, [&](Entry&& entry) {
    if (missing.contains(entry.seq)) entry.body.reset();
    EXPECT_TRUE(reg.apply(entry));
    return true;
  });
  EXPECT_TRUE(scanned);
  return reg;
}

std::string described_text(const Register& reg) {
  auto& text = *reg.text_of(reg.requests().at(0));
  auto out = text.subject + "|" + text.unit + "|" + text.person + "|" + text.ref;
  for (auto& name : text.names) out += "|" + name;
  for (auto& number : text.document_nos) out += "|" + number;
  return out;
}

const std::vector<Told> story_of_an_erasure = {
    R"(2026-03-02 request.received subject=征地 applicant={"kind":"other_org","name":"甲","ref":"p"})",
    "2026-03-03 applicant.updated name=乙 ref=q",
    "2026-03-04 request.assigned unit=办公室 person=丙",
    "2026-03-12 request.answered document_no=答复1号",
};

TEST(Register, forgets_the_text_of_what_was_erased) {
  Book book;
  book.tell("JX:1", story_of_an_erasure);
  {
    auto reg = with_text(book);
    EXPECT_EQ(described_text(reg), "征地|办公室|丙|q|甲|乙|答复1号");
    EXPECT_TRUE(reg.requests_of("p").empty());
    EXPECT_EQ(reg.requests_of("q").size(), 1u);
  }
  book.tell("JX:1", "2036-03-12 applicant.erased");
  auto reg = with_text(book);
  EXPECT_EQ(described_text(reg), "|办公室||");
  EXPECT_TRUE(reg.requests_of("q").empty());
  EXPECT_EQ(to_string(*reg.requests().at(0).state.erased_on), "2036-03-12");
}

/// Whether the bytes are gone by the time of the reading or not, nothing differs.
TEST(Register, is_the_same_with_the_private_halves_gone) {
  Book book;
  book.tell("JX:1", story_of_an_erasure);
  book.tell("JX:1", "2036-03-12 applicant.erased");
  book.tell("JX:1", "2036-03-13 note.added");
  book.tell("JX:1", "2026-03-05 period.extended"); // late: the stream is read again
  book.tell("JX:1", "2036-03-14 event.amended target=4 on=2026-03-11");
  book.tell("JX:1", R"(2036-03-15 event.amended target=1 data={"subject":"新"})");
  auto before = with_text(book), after = with_text(book, {1, 2, 3, 4});
  EXPECT_EQ(describe(before), describe(after));
  EXPECT_EQ(described_text(before), "新|办公室||");
  EXPECT_EQ(described_text(after), described_text(before));
}

/// Private text of earlier versions does not come back when the stream is read again.
TEST(Register, reads_no_private_half_that_an_erasure_covers) {
  Book book;
  book.tell("JX:1", story_of_an_erasure);
  book.tell("JX:1", "2036-03-12 applicant.erased");
  book.tell("JX:1", R"(2036-03-15 event.amended target=1 data={"subject":"新"})");
  auto entries = book.log->read_stream(book.stream_id("JX:1"), 6, LogView::Half::both).value();
  auto records = to_records(entries).value();
  EXPECT_EQ(canonical(records.at(0).data), R"({"applicant":{"kind":"other_org"},"channel":"web"})");
  EXPECT_TRUE(records.at(4).data.contains("reason"));
  auto facts = resolve(records).value();
  EXPECT_EQ(std::get<RequestReceived>(facts.at(0).event).subject.value, "新");
  EXPECT_EQ(std::get<RequestReceived>(facts.at(0).event).applicant.name.value, "");
}

// ---- random histories ---------------------------------------------------------------------------

Told random_event(std::mt19937& random, std::uint32_t version) {
  static const std::vector<std::string> types = [] {
    std::vector<std::string> out;
    for (auto& type : catalogue())
      if (type.info().stream == StreamKind::request) out.push_back(type.info().type);
    return out;
  }();
  auto pick = [&](std::uint32_t n) { return random() % n; };
  auto on = to_string(test::day("2026-03-02") + date::days{pick(30)});
  auto target = " target=" + std::to_string(1 + pick(version));
  switch (pick(5)) {
  case 0:
    return on + " event.amended" + target +
           " on=" + to_string(test::day("2026-03-02") + date::days{pick(30)});
  case 1:
    if (version > 1) return on + " event.retracted target=" + std::to_string(2 + pick(version - 1));
    [[fallthrough]];
  default:
    return on + " " + types[pick(std::uint32_t(types.size()))];
  }
}

/// Whatever is told, in whatever order: following it step by step, folding it from scratch and
/// replaying the log up to any position give the same register.
TEST(Register, is_the_same_whichever_way_it_is_folded) {
  for (unsigned seed = 1; seed <= 20; ++seed) {
    std::mt19937 random(seed);
    Book book;
    std::vector<std::string> as_it_was;
    for (auto* name : {"JX:1", "JX:2", "JX:3"}) book.tell(name, "2026-03-02 request.received");
    as_it_was.resize(book.log->size());
    as_it_was.back() = describe(book.live);
    for (int step = 0; step < 40; ++step) {
      auto name = "JX:" + std::to_string(1 + random() % 3);
      book.tell(name, random_event(random, book.version(name)));
      as_it_was.push_back(describe(book.live));
      ASSERT_EQ(followed(book, name), from_scratch(book, name)) << "seed " << seed;
    }
    for (auto position : {3u, 4u, 11u, 25u, 42u, 43u})
      ASSERT_EQ(describe(book.replayed(position)), as_it_was.at(position - 1))
          << "seed " << seed << " position " << position;
  }
}

TEST(Replay, up_to_a_position_knows_nothing_of_what_follows) {
  Book book;
  book.tell("JX", "2020-01-01 organ.registered name=甲");
  book.tell("JX:1", "2026-03-02 request.received");
  book.tell("JX:1", "2026-03-20 request.answered");
  auto before = describe(book.live);
  book.tell("JX:1", "2026-03-21 event.retracted target=2");
  book.tell("JX:2", "2026-03-02 request.received");
  book.tell("JX", "2026-03-22 organ.renamed name=乙");
  EXPECT_EQ(describe(book.replayed(3)), before);
  EXPECT_EQ(describe(book.replayed(99)), describe(book.live));
  EXPECT_EQ(book.replayed(0).requests().size(), 0u);
}

TEST(Replay, finds_the_position_of_an_instant) {
  // Its clock takes a second at each look: the keys are made at 01:00:00, entries from then on.
  Book book;
  for (int number = 1; number <= 5; ++number)
    book.tell("JX:" + std::to_string(number), "2026-03-02 request.received");
  const struct {
    const char* instant;
    std::uint64_t position;
  } cases[] = {{"2026-03-02T01:00:00.999Z", 0}, {"2026-03-02T01:00:01Z", 1},
               {"2026-03-02T01:00:01.999Z", 1}, {"2026-03-02T01:00:03Z", 3},
               {"2026-03-02T01:00:05Z", 5},     {"2030-01-01T00:00:00Z", 5}};
  for (auto& [instant, position] : cases)
    EXPECT_EQ(position_at(*book.log, test::instant(instant)).value(), position) << instant;
}

TEST(Replay, of_an_unknown_event_is_corrupt) {
  Book book;
  book.tell("JX:1", "2026-03-02 request.received");
  Draft strange;
  strange.stream = book.stream_id("JX:1");
  strange.version = 2;
  strange.event = parse_json(R"({"type":"request.dreamt","type_version":1,"on":"2026-03-02",
                                 "organ":"JX","source":"observed","data":{}})")
                      .value();
  ASSERT_TRUE(book.log->append({{prepare(strange).value()}}));
  auto replayed = replay(*book.log, 2);
  ASSERT_FALSE(replayed);
  EXPECT_EQ(replayed.error().kind, FailureKind::corrupt);
}

/// A lost table of the stream index must not turn an amended case into another one.
TEST(Register, refuses_a_stream_that_has_lost_an_entry) {
  Book book;
  book.tell("JX:1", {"2026-03-02 request.received", "2026-03-20 request.answered",
                     "2026-03-21 event.amended target=2 on=2026-03-19"});
  for (std::size_t lost = 0; lost <= 3; ++lost) {
    Register reg([&](const StreamId& stream, std::uint64_t up_to) {
      auto entries = book.log->read_stream(stream, up_to, LogView::Half::open);
      if (lost == 3)
        entries->clear();
      else
        entries->erase(entries->begin() + std::ptrdiff_t(lost));
      return entries;
    });
    Result<void> applied;
    ASSERT_TRUE(book.log->scan(1, 3, LogView::Half::open, [&](Entry&& entry) {
      applied = reg.apply(entry);
      return applied.has_value();
    }));
    ASSERT_FALSE(applied) << lost;
    EXPECT_EQ(applied.error().kind, FailureKind::corrupt);
  }
}

} // namespace
} // namespace mingce
