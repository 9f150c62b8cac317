#include "register_fixture.hpp"

#include <random>

namespace mingce {
namespace {

using test::Book;

std::int64_t sum(const ByKind& kinds) {
  std::int64_t total = 0;
  for (auto each : kinds) total += each;
  return total;
}

/// `received carried_in concluded carried_out` of table 三.
std::string table(const Book& book, const OrganSet& organs, int year) {
  auto counts = count(book.live, organs, Period::of_year(year), {}).requests;
  std::int64_t concluded = 0;
  for (auto& row : counts.concluded) concluded += sum(row);
  EXPECT_EQ(sum(counts.received) + sum(counts.carried_in), concluded + sum(counts.carried_out));
  return std::to_string(sum(counts.received)) + " " + std::to_string(sum(counts.carried_in)) + " " +
         std::to_string(concluded) + " " + std::to_string(sum(counts.carried_out));
}

/// `upheld corrected other pending` of the block of reconsiderations.
std::string disputes(const Book& book, const OrganSet& organs, int year) {
  auto counts = count(book.live, organs, Period::of_year(year), {}).disputes[0];
  std::string out;
  for (auto each : counts) out += (out.empty() ? "" : " ") + std::to_string(each);
  return out;
}

Book& with_organs(Book& book) {
  for (auto* code : {"A", "B", "C"}) book.tell(code, "2019-01-01 organ.registered");
  return book;
}

// ---- hand-overs ---------------------------------------------------------------------------------

TEST(HandOver, moves_the_open_cases_of_the_day_into_the_successors_carried_in) {
  Book book;
  with_organs(book);
  book.tell("A:done", {"2020-03-02 request.received", "2020-03-20 request.answered"});
  book.tell("A:open", {"2020-05-06 request.received", "2020-07-20 request.answered"});
  book.tell("A:old", "2019-12-02 request.received");
  book.tell("A:later", {"2020-06-02 request.received", "2020-06-20 request.answered"});
  book.tell("A", "2020-06-01 competence.transferred to=B");
  EXPECT_EQ(table(book, {"A"}, 2019), "1 0 0 1");
  EXPECT_EQ(table(book, {"A"}, 2020), "3 1 2 2");
  EXPECT_EQ(table(book, {"B"}, 2020), "0 2 1 1");
  EXPECT_EQ(table(book, {"A"}, 2021), "0 0 0 0");
  EXPECT_EQ(table(book, {"B"}, 2021), "0 1 0 1");
}

TEST(HandOver, may_name_the_cases_that_go) {
  Book book;
  with_organs(book);
  book.tell("A:1", "2020-05-06 request.received");
  book.tell("A:2", "2020-05-06 request.received");
  book.tell("A",
            R"(2020-06-01 competence.transferred to=B requests=[")" + book.id("A:1") + R"("])");
  EXPECT_EQ(table(book, {"A"}, 2020), "2 0 0 2");
  EXPECT_EQ(table(book, {"B"}, 2020), "0 1 0 1");
  EXPECT_EQ(table(book, {"A"}, 2021), "0 1 0 1");
}

TEST(HandOver, of_a_case_concluded_that_day_does_not_happen) {
  Book book;
  with_organs(book);
  book.tell("A:1", {"2020-05-06 request.received", "2020-06-01 request.answered"});
  book.tell("A", "2020-06-01 competence.transferred to=B");
  EXPECT_EQ(table(book, {"A"}, 2020), "1 0 1 0");
  EXPECT_EQ(table(book, {"B"}, 2020), "0 0 0 0");
}

TEST(HandOver, may_go_on_and_come_back) {
  Book book;
  with_organs(book);
  book.tell("A:1", {"2020-02-03 request.received", "2021-02-01 request.answered"});
  book.tell("A", "2020-03-02 competence.transferred to=B");
  book.tell("B", "2020-04-01 competence.transferred to=C");
  book.tell("C", "2020-05-06 competence.transferred to=A");
  EXPECT_EQ(holder(book.live, book.live.requests().at(0)), "A");
  EXPECT_EQ(tenures(book.live, book.live.requests().at(0)).size(), 4u);
  EXPECT_EQ(table(book, {"A"}, 2020), "1 1 0 2");
  EXPECT_EQ(table(book, {"B"}, 2020), "0 1 0 1");
  EXPECT_EQ(table(book, {"C"}, 2020), "0 1 0 1");
  EXPECT_EQ(table(book, {"A"}, 2021), "0 1 1 0");
}

TEST(HandOver, by_merger_takes_cases_and_pending_disputes) {
  Book book;
  with_organs(book);
  book.tell("A:1", "2020-05-06 request.received");
  book.tell("A:r1", {"2020-05-06 reconsideration.accepted", "2020-05-20 reconsideration.decided"});
  book.tell("A:r2", {"2020-05-06 reconsideration.accepted", "2020-07-20 reconsideration.decided"});
  book.tell("A:r3", "2020-05-06 reconsideration.accepted");
  book.tell("A", "2020-06-01 organ.merged into=B");
  EXPECT_EQ(table(book, {"A"}, 2020), "1 0 0 1");
  EXPECT_EQ(table(book, {"B"}, 2020), "0 1 0 1");
  EXPECT_EQ(disputes(book, {"A"}, 2020), "1 0 0 0");
  EXPECT_EQ(disputes(book, {"B"}, 2020), "1 0 0 1");
}

TEST(HandOver, of_competence_leaves_disputes_where_they_are) {
  Book book;
  with_organs(book);
  book.tell("A:r", "2020-05-06 reconsideration.accepted");
  book.tell("A", "2020-06-01 competence.transferred to=B");
  EXPECT_EQ(disputes(book, {"A"}, 2020), "0 0 0 1");
  EXPECT_EQ(disputes(book, {"B"}, 2020), "0 0 0 0");
}

TEST(HandOver, retracted_never_was) {
  Book book;
  with_organs(book);
  book.tell("A:1", "2020-05-06 request.received");
  book.tell("A", {"2020-06-01 competence.transferred to=B", "2020-06-02 event.retracted target=2"});
  EXPECT_EQ(table(book, {"A"}, 2020), "1 0 0 1");
  EXPECT_EQ(table(book, {"B"}, 2020), "0 0 0 0");
}

/// contract §3: an organ's registration date bounds nothing.
TEST(HandOver, may_go_to_an_organ_registered_later) {
  Book book;
  book.tell("A", "2019-01-01 organ.registered");
  book.tell("N", "2026-01-01 organ.registered");
  book.tell("A:1", "2020-05-06 request.received");
  book.tell("A", "2020-06-01 competence.transferred to=N");
  EXPECT_EQ(table(book, {"N"}, 2020), "0 1 0 1");
}

// ---- what counts --------------------------------------------------------------------------------

TEST(Count, leaves_out_what_never_was_a_request_for_disclosure) {
  Book book;
  with_organs(book);
  book.tell("A:1", "2020-03-02 request.submitted");
  book.tell("A:2", "2020-03-02 request.received matter=record_correction");
  book.tell("A:3", {"2020-03-02 request.received", "2021-03-02 request.voided"});
  book.tell("A:4", {"2020-03-02 request.received", "2020-03-03 request.split"});
  EXPECT_EQ(table(book, {"A"}, 2020), "0 0 0 0");
  EXPECT_EQ(table(book, {"A"}, 2021), "0 0 0 0");
  // The note stands where the case stood, and where it was found to be a mistake.
  for (int year : {2020, 2021})
    for (auto& row : book.live.requests())
      EXPECT_EQ(is_voided_in(book.live, row, {"A"}, Period::of_year(year)), row.register_no == "3");
}

TEST(Count, moves_a_reclassified_case_in_every_year) {
  Book book;
  with_organs(book);
  book.tell("A:1", {"2020-12-02 request.received", "2021-02-01 request.answered",
                    "2022-02-01 applicant.reclassified kind=research_institution"});
  auto column = std::size_t(ApplicantKind::research_institution);
  auto of_2020 = count(book.live, {"A"}, Period::of_year(2020), {}).requests;
  EXPECT_EQ(of_2020.received[column], 1);
  EXPECT_EQ(of_2020.carried_out[column], 1);
  EXPECT_EQ(sum(of_2020.received), 1);
}

TEST(Count, sums_figures_before_and_in_the_period) {
  Book book;
  with_organs(book);
  auto figure = [&](const char* number, const char* on, const char* quantity) {
    book.tell(std::string("A:") + number,
              std::string(on) + " figure.recorded item=fees.amount quantity=" + quantity);
  };
  figure("f1", "2019-12-31", "1.5");
  figure("f2", "2020-01-01", "2.25");
  figure("f3", "2020-12-31", "-0.75");
  figure("f4", "2021-01-01", "100");
  auto sums = count(book.live, {"A"}, Period::of_year(2020), {}).figures.at("fees.amount");
  EXPECT_EQ(to_string(sums.before), "1.5");
  EXPECT_EQ(to_string(sums.in_period), "1.5");
  EXPECT_EQ(to_string(sums.to_end()), "3");
  EXPECT_TRUE(count(book.live, {"B"}, Period::of_year(2020), {}).figures.empty());
}

/// For a region every number is the sum over its organs, whatever moves between them; and without
/// a hand-over what one year carries out the next carries in.
TEST(Count, of_a_region_is_the_sum_over_its_organs) {
  for (unsigned seed = 1; seed <= 10; ++seed) {
    std::mt19937 random(seed);
    Book book;
    with_organs(book);
    auto day_of = [&](const char* from, unsigned within) {
      return to_string(test::day(from) + date::days{random() % within});
    };
    for (int number = 0; number < 60; ++number) {
      auto name = std::string(1, "ABC"[random() % 3]) + ":" + std::to_string(number);
      auto received = day_of("2019-06-01", 600);
      book.tell(name, received + " request.received");
      if (random() % 4) book.tell(name, day_of(received.c_str(), 200) + " request.answered");
    }
    auto add_up = [&](int year) {
      auto whole = count(book.live, {"A", "B", "C"}, Period::of_year(year), {}).requests;
      RequestCounts parts;
      for (auto* organ : {"A", "B", "C"}) {
        auto part = count(book.live, {organ}, Period::of_year(year), {}).requests;
        for (std::size_t kind = 0; kind < part.received.size(); ++kind) {
          parts.received[kind] += part.received[kind];
          parts.carried_in[kind] += part.carried_in[kind];
          parts.carried_out[kind] += part.carried_out[kind];
          for (std::size_t outcome = 0; outcome < part.concluded.size(); ++outcome)
            parts.concluded[outcome][kind] += part.concluded[outcome][kind];
        }
        table(book, {organ}, year); // the identity
      }
      EXPECT_EQ(whole.received, parts.received) << seed;
      EXPECT_EQ(whole.carried_in, parts.carried_in) << seed;
      EXPECT_EQ(whole.carried_out, parts.carried_out) << seed;
      EXPECT_EQ(whole.concluded, parts.concluded) << seed;
    };
    for (int year = 2019; year <= 2021; ++year) {
      add_up(year);
      for (auto* organ : {"A", "B", "C"}) {
        auto now = count(book.live, {organ}, Period::of_year(year), {}).requests;
        auto next = count(book.live, {organ}, Period::of_year(year + 1), {}).requests;
        EXPECT_EQ(now.carried_out, next.carried_in) << seed;
      }
    }
    book.tell("A", day_of("2020-01-01", 366) + " competence.transferred to=B");
    book.tell("B", day_of("2020-01-01", 366) + " organ.merged into=C");
    for (int year = 2019; year <= 2021; ++year) add_up(year);
  }
}

} // namespace
} // namespace mingce
