#include "projection/spine.hpp"

#include "log/files.hpp"
#include "register_fixture.hpp"

namespace mingce {
namespace {

using test::Book;
using test::describe;

/// A register with something of everything.
void tell_story(Book& book) {
  book.tell("JX", "2020-01-01 organ.registered name=甲");
  book.tell("JY", "2020-01-01 organ.registered name=乙");
  book.tell("JX:1", {"2026-03-02 request.received", "2026-03-04 correction.requested",
                     "2026-03-12 correction.received", "2026-03-13 consultation.opened",
                     "2026-03-20 consultation.closed", "2026-04-02 request.answered"});
  book.tell("JX:2", {"2025-11-03 request.received", "2025-11-20 fee.notified",
                     "2025-12-01 fee.paid", "2025-12-10 request.answered"});
  book.tell("JX:3", "2026-05-06 request.received");
  book.tell("JX:复议1", "2026-04-20 reconsideration.accepted");
  book.tell("JX:f", "2026-03-02 figure.recorded item=licences.decisions quantity=7");
}

std::string loaded(const Book& book, const std::optional<Period>& concerning = {}) {
  auto spine = Spine::open(*book.log);
  if (!spine) return "no spine";
  auto reg = spine->load(*book.log, book.log->size(), concerning);
  return reg ? describe(*reg) : reg.error().code;
}

std::filesystem::path folder(const Book& book) { return book.log->place().directory / "spine"; }

TEST(Spine, gives_the_register_that_the_entries_give) {
  Book book;
  tell_story(book);
  EXPECT_EQ(loaded(book), "no spine");
  ASSERT_TRUE(Spine::advance(*book.log));
  EXPECT_EQ(Spine::open(*book.log)->position(), book.log->size());
  EXPECT_EQ(loaded(book), describe(book.live));
  EXPECT_EQ(Spine::open(*book.log)->agrees(*book.log, book.live).value(), true);
}

TEST(Spine, takes_up_what_came_after_it) {
  Book book;
  tell_story(book);
  ASSERT_TRUE(Spine::advance(*book.log));
  book.tell("JX:3", {"2026-05-08 request.assigned", "2026-05-20 request.answered"});
  book.tell("JX:1", "2026-03-16 period.extended"); // late: its stream is folded again
  book.tell("JY:1", "2026-06-01 request.received");
  book.tell("JX", "2026-06-30 organ.renamed name=丙");
  EXPECT_EQ(loaded(book), describe(book.live));
  ASSERT_TRUE(Spine::advance(*book.log));
  EXPECT_EQ(Spine::open(*book.log)->position(), book.log->size());
  EXPECT_EQ(loaded(book), describe(book.live));
}

TEST(Spine, reads_for_a_report_only_what_concerns_it) {
  Book book;
  tell_story(book);
  ASSERT_TRUE(Spine::advance(*book.log));
  auto rows = [&](int year) {
    auto spine = Spine::open(*book.log);
    auto reg = spine->load(*book.log, book.log->size(), Period::of_year(year)).value();
    std::string numbers;
    for (auto& row : reg.requests()) numbers += row.register_no + " ";
    return numbers;
  };
  EXPECT_EQ(rows(2025), "2 ");
  EXPECT_EQ(rows(2026), "1 3 ");
  EXPECT_EQ(rows(2027), "3 "); // it is still open
  // What is spoken of afterwards is there as well, and in its place.
  book.tell("JX:2", "2026-06-02 request.archived archive_no=卷一");
  EXPECT_EQ(rows(2026), "1 2 3 ");
  auto spine = Spine::open(*book.log);
  auto reg = spine->load(*book.log, book.log->size(), Period::of_year(2026)).value();
  auto& row = *reg.find_request(book.stream_id("JX:2"));
  EXPECT_EQ(describe(row.state), describe(book.live.find_request(row.id)->state));
}

TEST(Spine, counts_only_where_it_holds) {
  Book book;
  tell_story(book);
  ASSERT_TRUE(Spine::advance(*book.log));
  for (auto& file : std::filesystem::directory_iterator(folder(book))) {
    auto whole = read_file(file.path()).value();
    for (std::size_t i = 0; i < whole.size(); i += 1 + whole.size() / 64) {
      auto changed = whole;
      changed[i] = char(changed[i] ^ 1);
      ASSERT_TRUE(write_file(file.path(), changed));
      auto told = loaded(book);
      EXPECT_TRUE(told == "no spine" || told == "bad_derived") << file.path() << ' ' << i;
      EXPECT_EQ(describe(load_register(*book.log, book.log->size()).value()), describe(book.live));
    }
    ASSERT_TRUE(write_file(file.path(), whole.substr(0, whole.size() / 2)));
    EXPECT_EQ(describe(load_register(*book.log, book.log->size()).value()), describe(book.live));
    ASSERT_TRUE(write_file(file.path(), whole));
  }
  EXPECT_EQ(loaded(book), describe(book.live));
}

TEST(Spine, one_that_does_not_hold_is_made_anew) {
  Book book;
  tell_story(book);
  ASSERT_TRUE(Spine::advance(*book.log));
  auto rows = folder(book) / ("rows-0-" + std::to_string(book.log->size()));
  ASSERT_TRUE(write_file(rows, "other"));
  book.tell("JX:3", "2026-05-20 request.answered");
  EXPECT_EQ(loaded(book), "bad_derived");
  ASSERT_TRUE(Spine::advance(*book.log));
  EXPECT_EQ(loaded(book), describe(book.live));
}

TEST(Spine, of_another_log_is_none) {
  Book one, other;
  tell_story(one);
  tell_story(other);
  ASSERT_TRUE(Spine::advance(*one.log));
  std::filesystem::copy(folder(one), folder(other));
  EXPECT_EQ(loaded(other), "no spine");
}

TEST(Spine, a_report_in_full_hashes_what_it_reads) {
  Book book;
  tell_story(book);
  EXPECT_EQ(describe(replay_in_full(*book.log, book.log->size()).value()), describe(book.live));
  EXPECT_EQ(describe(replay_in_full(*book.log, 7).value()), describe(book.replayed(7)));
}

} // namespace
} // namespace mingce
