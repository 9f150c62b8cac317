#include "projection/period_tally.hpp"

#include "register_fixture.hpp"

#include <random>

namespace mingce {
namespace {

using test::Book;

std::string describe(const ByKind& kinds) {
  std::string out;
  for (auto each : kinds) out += std::to_string(each) + " ";
  return out;
}

std::string describe(const PeriodTally& tally, const Register& reg) {
  std::string out;
  for (auto& [organ, counts] : tally.requests) {
    out += organ + ": " + describe(counts.received) + "| " + describe(counts.carried_in) + "| " +
           describe(counts.carried_out);
    for (auto& row : counts.concluded) out += "| " + describe(row);
    out += "\n";
  }
  auto name = [&](std::string what, const CaseSet& cases) {
    out += what + ":";
    cases.each([&](std::size_t n) { out += " " + reg.requests()[n].register_no; });
    out += "\n";
  };
  for (auto* by_code : {&tally.irregular, &tally.gaps})
    for (auto& [code, found] : *by_code) name(code + " (" + found.article + ")", found.cases);
  name("voided", tally.voided);
  name("received twice", tally.received_twice);
  name("overdue", tally.overdue);
  name("provisional", tally.provisional);
  return out;
}

/// Something that may happen to a case, in its order or not.
std::string some_event(std::mt19937& random, const std::string& on, std::uint32_t version) {
  auto target = std::to_string(random() % version + 1);
  switch (random() % 10) {
  case 0:
    return on + " period.extended working_days=20";
  case 1:
    return on + " request.answered outcome=unavailable.not_held";
  case 2:
    return on + " request.voided";
  case 3:
    return on + " redo.ordered due_on=2020-12-20";
  case 4:
    return on + " applicant.reclassified kind=legal_service_org";
  case 5:
    return version > 1 ? on + " event.retracted target=" + target : on + " request.answered";
  case 6:
    return on + " correction.requested respond_by=2020-12-30";
  case 7:
    return on + " correction.received";
  default:
    return on + " request.answered";
  }
}

/// Whatever is recorded, what was kept and taken further is what a register that has just been
/// folded tells.
TEST(PeriodTally, that_was_kept_is_the_one_made_anew) {
  for (unsigned seed = 1; seed <= 6; ++seed) {
    std::mt19937 random(seed);
    Book book;
    for (auto* code : {"A", "B", "C"}) book.tell(code, "2019-01-01 organ.registered");
    std::vector<std::string> names;
    auto day = [&] { return to_string(test::day("2019-09-01") + date::days{random() % 600}); };
    struct Question {
      OrganSet organs;
      int year;
      Day on;
    };
    std::vector<Question> questions{{{"A"}, 2020, test::day("2020-12-31")},
                                    {{"A", "B"}, 2020, test::day("2020-07-01")},
                                    {{"B", "C"}, 2021, test::day("2020-07-01")}};
    for (int entry = 0; entry < 160; ++entry) {
      if (entry == 60) book.tell("A", "2020-06-01 competence.transferred to=B");
      if (entry == 120) book.tell("B", "2020-08-01 organ.merged into=C");
      if (names.size() < 12 || random() % 4 == 0) {
        names.push_back(std::string(1, "ABC"[random() % 3]) + ":" + std::to_string(entry));
        book.tell(names.back(), day() + " request.received");
      } else {
        auto& name = names[random() % names.size()];
        if (auto event = some_event(random, day(), book.version(name)); !event.empty())
          book.tell(name, event);
      }
      bool is_due = entry % 20 == 19 || entry == 61;
      auto anew = is_due ? std::optional(book.replayed(book.live.size())) : std::nullopt;
      for (auto& [organs, year, on] : questions) {
        auto ask = [&, &organs = organs, year = year, on = on](const Register& reg) {
          return describe(tally(reg, test::law(), {}, {organs}, Period::of_year(year), on), reg);
        };
        auto kept = ask(book.live);
        if (anew) {
          EXPECT_EQ(kept, ask(*anew)) << seed << " after " << entry;
        }
      }
    }
  }
}

TEST(PeriodTally, counts_what_a_walk_over_all_cases_counts) {
  Book book;
  book.tell("A", "2019-01-01 organ.registered");
  book.tell("B", "2019-01-01 organ.registered");
  book.tell("A:1", {"2020-03-02 request.received", "2020-03-20 request.answered"});
  book.tell("A:2", "2020-05-06 request.received");
  auto period = Period::of_year(2020);
  auto requests = [&] {
    return tally(book.live, test::law(), {}, {{"A", "B"}}, period, period.to).requests;
  };
  EXPECT_EQ(requests(), count_requests(book.live, {{"A", "B"}}, period, {}));
  book.tell("A", "2020-06-01 competence.transferred to=B");
  EXPECT_EQ(requests(), count_requests(book.live, {{"A", "B"}}, period, {}));
  EXPECT_EQ(requests().at("B").carried_in[0], 1);
  book.tell("A:2", "2020-06-20 request.answered");
  EXPECT_EQ(requests(), count_requests(book.live, {{"A", "B"}}, period, {}));
  EXPECT_EQ(requests().at("B").carried_out[0], 0);
}

} // namespace
} // namespace mingce
