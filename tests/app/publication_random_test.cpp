// Random registers, published, changed and looked at again: nothing published moves unseen, and
// under `next_open_year` what is printed balances, year by year.

#include "app/publishing.hpp"
#include "app/restatement.hpp"
#include "app_fixture.hpp"
#include "memory_book.hpp"
#include "projection/replay.hpp"

namespace mingce {
namespace {

using test::MemoryBook;

constexpr int first_year = 2023, last_year = 2025;

/// Tells what comes to its mind; the same seed tells the same.
class RandomTale {
public:
  RandomTale(MemoryBook& book, unsigned seed, bool hand_overs)
      : book_(book), random_(seed), hand_overs_(hand_overs) {
    book.tell("A", "2020-01-01 organ.registered kind=government");
    for (auto* code : {"B", "C"}) book.tell(code, "2020-01-01 organ.registered parent=A");
    book.tell("D", "2020-01-01 organ.registered parent=B");
  }

  void go_on(int events, int up_to_year) {
    up_to_year_ = up_to_year;
    for (; events > 0; --events) one_event();
  }

private:
  int below(int n) { return std::uniform_int_distribution<>(0, n - 1)(random_); }
  std::string some_organ() { return std::string(1, "ABCD"[below(4)]); }
  std::string some_kind() { return wire_words<ApplicantKind>()[std::size_t(below(3))]; }
  std::string some_day(Day from = first_day_of(first_year)) {
    auto days = (last_day_of(up_to_year_) - from).count() + 1;
    return to_string(from + date::days{days > 0 ? below(int(days)) : 0});
  }

  std::string some_day_until(Day last) {
    auto first = first_day_of(first_year);
    return to_string(first + date::days{below(int((last - first).count()) + 1)});
  }

  void one_event() {
    auto what = below(20);
    if (what < 6) return open_case();
    if (what < 15) return change_case();
    if (what < 17) return change_dispute();
    if (what < 19 || !hand_overs_) return change_figure();
    auto from = some_organ(), to = some_organ();
    if (from != to) book_.tell(from, some_day() + " competence.transferred to=" + to);
  }

  void open_case() {
    auto name = some_organ() + ":" + std::to_string(++numbers_);
    book_.tell(name, some_day() + R"( request.received applicant={"kind":")" + some_kind() +
                         R"(","name":"某"})");
    cases_.push_back(name);
  }

  void change_case() {
    if (cases_.empty()) return open_case();
    auto& name = cases_[std::size_t(below(int(cases_.size())))];
    auto& state = book_.reg.find_request(book_.id(name))->state;
    if (state.voided || !state.received_on) return;
    switch (below(9)) {
    case 0:
      return void(book_.tell(name, some_day(*state.received_on) + " request.voided"));
    case 1:
    case 2:
      return void(book_.tell(name, some_day() + " applicant.reclassified kind=" + some_kind()));
    case 3: // a receipt moves to an earlier day, or the case is of another matter
      if (below(2))
        return void(book_.tell(
            name, some_day() + " event.amended target=1 on=" + some_day_until(*state.received_on)));
      return void(
          book_.tell(name, some_day() + R"( event.amended target=1 data={"matter":"complaint"})"));
    default:
      break;
    }
    if (!state.conclusion)
      return void(book_.tell(name, some_day(*state.received_on) + " request.answered outcome=" +
                                       (below(2) ? "disclosed.provided" : "refused.state_secret")));
    auto version = conclusion_version(name);
    if (below(2))
      book_.tell(name, some_day() + " event.retracted target=" + std::to_string(version));
    else
      book_.tell(name, some_day() + " event.amended target=" + std::to_string(version) +
                           R"( data={"outcome":"partially_disclosed"} on=)" +
                           some_day(*state.received_on));
  }

  std::uint32_t conclusion_version(const std::string& name) const {
    auto& row = *book_.reg.find_request(book_.id(name));
    auto entries = book_.log.read_stream(row.id, book_.log.size(), EntrySource::Half::open);
    for (auto& entry : *entries)
      if (entry.seq == row.state.conclusion->seq) return entry.version;
    return 0;
  }

  void change_dispute() {
    if (disputes_.empty() || below(2)) {
      disputes_.push_back(some_organ() + ":D" + std::to_string(++numbers_));
      return void(book_.tell(disputes_.back(), some_day() + " reconsideration.accepted"));
    }
    auto& name = disputes_[std::size_t(below(int(disputes_.size())))];
    auto& state = book_.reg.find_dispute(book_.id(name))->state;
    if (state.voided) return;
    if (state.turns.back().column == DisputeColumn::pending && below(4))
      return void(book_.tell(name, some_day(*state.opened_on) +
                                       " reconsideration.decided decision=revoked"));
    book_.tell(name, some_day(*state.opened_on) + " dispute.voided");
  }

  void change_figure() {
    static constexpr const char* items[] = {"licences.decisions", "normative_documents.issued",
                                            "fees.amount"};
    if (figures_.empty() || below(3)) {
      figures_.push_back(some_organ() + ":F" + std::to_string(++numbers_));
      return void(book_.tell(figures_.back(), some_day() +
                                                  " figure.recorded item=" + items[below(3)] +
                                                  " quantity=" + std::to_string(below(50))));
    }
    auto& name = figures_[std::size_t(below(int(figures_.size())))];
    if (!book_.reg.find_figure(book_.id(name))->stands) return;
    if (below(3))
      book_.tell(name, some_day() + R"( event.amended target=1 data={"quantity":)" +
                           std::to_string(below(50)) + "} on=" + some_day());
    else
      book_.tell(name, some_day() + " event.retracted target=1");
  }

  MemoryBook& book_;
  std::mt19937 random_;
  bool hand_overs_;
  int up_to_year_ = last_year;
  int numbers_ = 0;
  std::vector<std::string> cases_, disputes_, figures_;
};

struct Series {
  std::string organ;
  Scope scope;
};

Tables printed(const MemoryBook& book, const Series& series, int year) {
  auto report = make_report(book.reg, test::statutes(), {series.organ, year, {}, series.scope});
  for (auto& check : report.value().checks)
    if (check.id == "C01" || check.id == "C02" || check.id == "C03" || check.id == "C05") {
      EXPECT_EQ(check.status, CheckStatus::pass) << check.id << " of " << year;
    }
  return tables_of(report->annual);
}

/// What follows from the year before as it was published: 上年结转 and what was pending (C04, C06).
void expect_to_follow(const MemoryBook& book, const Series& series, int year) {
  auto report = make_report(book.reg, test::statutes(), {series.organ, year, {}, series.scope});
  for (auto& check : report.value().checks)
    if (check.id == "C04" || check.id == "C06") {
      EXPECT_EQ(check.status, CheckStatus::pass) << check.id << " of " << year;
    }
}

/// Publishes whatever the checks say: they are not what is tested here.
Tables publish(MemoryBook& book, const Series& series, int year, bool correction = false) {
  for (int check = 1; check <= 20; ++check) {
    auto id = (check < 10 ? "C0" : "C") + std::to_string(check);
    book.tell(series.organ + ":" + report_number(year, series.scope),
              "2026-01-02 check.disposed year=" + std::to_string(year) +
                  " scope=" + to_word(series.scope) + " check=" + id);
  }
  Publishing publishing{.report = {series.organ, year, {}, series.scope},
                        .on = test::day("2026-01-20"),
                        .correction = correction};
  auto tables =
      tables_of(make_open_report(book.reg, test::statutes(), publishing.report).value().annual);
  book.tell(plan_publication(book.reg, test::statutes(), publishing).value());
  return tables;
}

void expect_same(const Tables& one, const Tables& other, const std::string& what) {
  for (auto& [cell, value] : one.cells) EXPECT_EQ(value, other.at(cell)) << what << ' ' << cell;
}

/// published + listed differences = by all that is known, in every cell; each told with its events.
void expect_reconciled(const MemoryBook& book, const Series& series, int year, Tables published) {
  auto moved = restatement(book.reg, book.log, test::statutes(), series.organ, year, series.scope);
  auto reg = replay(book.log, book.log.size());
  auto current = tables_of(counted_report(
      *reg, test::statutes(), {series.organ, year, {}, series.scope},
      *test::statutes().editions.in_force(year), present_basis(*reg, series.organ, series.scope)));
  for (auto& each : moved.value()) {
    EXPECT_EQ(published.cells.at(each.cell), each.published);
    published.cells[each.cell] += Decimal{each.current.hundredths - each.published.hundredths};
    EXPECT_FALSE(each.events.empty()) << each.cell;
    EXPECT_TRUE(each.recorded_at) << each.cell;
  }
  expect_same(published, current, "reconciled");
}

/// What the register keeps of the past is what a replay up to there gives.
void expect_kept(const MemoryBook& book) {
  for (auto& report : book.reg.reports())
    for (auto& version : report.file.versions) {
      auto then = replay(book.log, version.position);
      for (auto& row : then->requests()) {
        auto* now = book.reg.find_request(row.id);
        auto* kept = book.reg.state_at(*now, version.position);
        ASSERT_TRUE(kept);
        EXPECT_EQ(kept->latest, row.state.latest);
        EXPECT_EQ(kept->voided, row.state.voided);
        EXPECT_EQ(kept->conclusion.has_value(), row.state.conclusion.has_value());
      }
    }
}

int seeds() { return std::getenv("MINGCE_SLOW_TESTS") ? 20'000 : 1'000; }

Series series_of(int seed) {
  return seed % 2 ? Series{"A", Scope::region} : Series{"B", Scope::organ};
}

TEST(RandomPublication, what_was_published_and_what_is_listed_make_what_is_known) {
  for (int seed = 0; seed < seeds() && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    MemoryBook book;
    RandomTale tale(book, unsigned(seed), /*hand_overs=*/seed % 4 > 1);
    auto series = series_of(seed);
    tale.go_on(10 + seed % 31, last_year);
    auto published = publish(book, series, 2024);
    tale.go_on(10 + seed % 17, last_year);
    expect_reconciled(book, series, 2024, published);
    // A restated year prints what is known; its difference from what was published is told.
    auto current = printed(book, series, 2024);
    auto report = make_report(book.reg, test::statutes(), {series.organ, 2024, {}, series.scope});
    for (auto& each : report->annual.notes.publication.value().differences)
      EXPECT_EQ(current.at(each.cell), each.current);
    expect_kept(book);
  }
}

TEST(RandomPublication, under_next_open_year_every_printed_year_balances_and_begins_as_published) {
  for (int seed = 0; seed < seeds() && !testing::Test::HasFailure(); ++seed) {
    SCOPED_TRACE("seed " + std::to_string(seed));
    MemoryBook book;
    bool hand_overs = seed % 4 > 1;
    RandomTale tale(book, unsigned(seed), hand_overs);
    auto series = series_of(seed);
    // Now and then the policy comes after the first publication: that one was counted without it.
    auto set_policy = [&] {
      book.tell(series.organ, "2024-01-01 policy.set late_fact=next_open_year report_by=01-20");
    };
    if (seed % 3) set_policy();
    tale.go_on(8 + seed % 13, 2023 + seed % 3);
    std::map<int, Tables> published{{2023, publish(book, series, 2023)}};
    tale.go_on(8 + seed % 11, 2024);
    if (seed % 3 == 0) set_policy();
    published[2024] = publish(book, series, 2024);
    tale.go_on(8 + seed % 19, last_year);
    if (seed % 5 == 0) published[2024] = publish(book, series, 2024, /*correction=*/true);
    tale.go_on(5, last_year);

    for (auto& [year, tables] : published) {
      expect_same(tables, printed(book, series, year), std::to_string(year));
      expect_reconciled(book, series, year, tables);
      auto after = printed(book, series, year + 1);
      // A case handed over in the year is carried out once by each of its holders.
      if (hand_overs) continue;
      for (auto& column : test::statutes().editions.in_force(year)->requests.columns)
        EXPECT_EQ(after.at("requests/carried_in/" + column.code),
                  tables.at("requests/carried_out/" + column.code))
            << year << ' ' << column.code;
      expect_to_follow(book, series, year + 1);
    }
    printed(book, series, 2026);
    expect_kept(book);
  }
}

} // namespace
} // namespace mingce
