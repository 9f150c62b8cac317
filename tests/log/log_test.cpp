#include "log_fixture.hpp"

#include <sys/wait.h>
#include <unistd.h>

namespace mingce {
namespace {

using test::all_entries;
using test::append_of;
using test::draft;
using test::keyed;
using test::open_log;
using test::stream;
using test::TemporaryDirectory;
using test::TestClock;

class LogTest : public testing::Test {
protected:
  std::string failure_of(Result<Appended> result) { return result ? "" : result.error().code; }
  void reopen() {
    log.reset();
    log = open_log(directory / "data", clock);
  }

  TemporaryDirectory directory;
  TestClock clock;
  std::unique_ptr<Log> log = open_log(directory / "data", clock);
};

// ---- appending and reading ----------------------------------------------------------------------

TEST_F(LogTest, is_empty_at_first) {
  EXPECT_EQ(log->size(), 0u);
  EXPECT_TRUE(all_entries(*log).empty());
  EXPECT_TRUE(log->read_stream(stream("1"), 99, LogView::Half::both)->empty());
  EXPECT_FALSE(*log->find_key(sha256("k")));
  EXPECT_TRUE(log->is_writable());
}

TEST_F(LogTest, numbers_its_entries_without_a_gap) {
  auto first = log->append(append_of({draft("1", 1), draft("2", 1), draft("1", 2)})).value();
  auto second = log->append(append_of({draft("2", 2)})).value();
  EXPECT_EQ(first.first_seq, 1u);
  EXPECT_EQ(first.count, 3u);
  EXPECT_EQ(second.first_seq, 4u);
  auto entries = all_entries(*log);
  ASSERT_EQ(entries.size(), 4u);
  for (std::size_t i = 0; i < entries.size(); ++i) {
    EXPECT_EQ(entries[i].seq, i + 1);
    EXPECT_EQ(canonical(*entries[i].body), R"({"closed":"x"})");
  }
  EXPECT_EQ(entries[2].version, 2u);
}

TEST_F(LogTest, reads_a_range_and_stops_when_told) {
  for (std::uint32_t version = 1; version <= 9; ++version)
    (void)log->append(append_of({draft("1", version)}));
  auto seqs = [&](std::uint64_t from, std::uint64_t to, std::size_t most) {
    std::vector<std::uint64_t> out;
    EXPECT_TRUE(log->scan(from, to, LogView::Half::open, [&](Entry&& entry) {
      EXPECT_FALSE(entry.body);
      EXPECT_TRUE(entry.commitment);
      out.push_back(entry.seq);
      return out.size() < most;
    }));
    return out;
  };
  using Seqs = std::vector<std::uint64_t>;
  EXPECT_EQ(seqs(3, 5, 99), (Seqs{3, 4, 5}));
  EXPECT_EQ(seqs(0, 2, 99), (Seqs{1, 2}));
  EXPECT_EQ(seqs(8, 99, 99), (Seqs{8, 9}));
  EXPECT_EQ(seqs(5, 4, 99), Seqs{});
  EXPECT_EQ(seqs(10, 12, 99), Seqs{});
  EXPECT_EQ(seqs(1, 9, 2), (Seqs{1, 2}));
}

TEST_F(LogTest, reads_one_stream_up_to_a_position) {
  for (std::uint32_t version = 1; version <= 3; ++version)
    (void)log->append(append_of({draft("1", version), draft("2", version)}));
  auto versions = [&](std::uint64_t up_to) {
    std::vector<std::uint64_t> out;
    auto entries = log->read_stream(stream("1"), up_to, LogView::Half::both).value();
    for (auto& entry : entries) {
      EXPECT_EQ(entry.stream, stream("1"));
      EXPECT_EQ(entry.version, out.size() + 1);
      EXPECT_TRUE(entry.body);
      out.push_back(entry.seq);
    }
    return out;
  };
  using Seqs = std::vector<std::uint64_t>;
  EXPECT_EQ(versions(99), (Seqs{1, 3, 5}));
  EXPECT_EQ(versions(4), (Seqs{1, 3}));
  EXPECT_EQ(versions(0), Seqs{});
}

// ---- versions -----------------------------------------------------------------------------------

TEST_F(LogTest, refuses_a_version_that_is_not_the_next) {
  (void)log->append(append_of({draft("1", 1), draft("1", 2)}));
  for (std::uint32_t version : {0u, 1u, 2u, 4u}) {
    auto refused = log->append(append_of({draft("1", version)}));
    ASSERT_FALSE(refused) << version;
    EXPECT_EQ(refused.error().kind, FailureKind::precondition);
    EXPECT_EQ(refused.error().version, 2u);
  }
  EXPECT_EQ(log->append(append_of({draft("9", 2)})).error().version, 0u);
  EXPECT_EQ(log->size(), 2u);
  EXPECT_TRUE(log->append(append_of({draft("1", 3)})));
}

TEST_F(LogTest, appends_to_several_streams_together_or_not_at_all) {
  (void)log->append(append_of({draft("1", 1)}));
  EXPECT_FALSE(log->append(append_of({draft("2", 1), draft("3", 1), draft("1", 1)})));
  EXPECT_EQ(log->size(), 1u);
  EXPECT_TRUE(log->read_stream(stream("2"), 99, LogView::Half::open)->empty());
  EXPECT_TRUE(log->append(append_of({draft("2", 1), draft("3", 1), draft("1", 2)})));
  EXPECT_EQ(log->size(), 4u);
}

// ---- idempotency keys ---------------------------------------------------------------------------

TEST_F(LogTest, answers_a_key_it_knows_with_its_first_answer) {
  (void)log->append(append_of({draft("0", 1)}));
  auto first =
      log->append(keyed(append_of({draft("1", 1), draft("1", 2)}), "k", "content")).value();
  EXPECT_FALSE(first.replayed);
  (void)log->append(append_of({draft("2", 1)}));
  for (int round = 0; round < 2; ++round) {
    auto again = log->append(keyed(append_of({draft("3", 1)}), "k", "content")).value();
    EXPECT_TRUE(again.replayed);
    EXPECT_EQ(again.first_seq, 2u);
    EXPECT_EQ(again.count, 2u);
    EXPECT_EQ(log->size(), 4u);
    reopen();
  }
  auto kept = log->find_key(sha256("k")).value();
  ASSERT_TRUE(kept);
  EXPECT_EQ(kept->first_seq, 2u);
  EXPECT_EQ(kept->count, 2u);
  EXPECT_EQ(kept->fingerprint, sha256("content"));
}

TEST_F(LogTest, refuses_a_key_with_other_content) {
  (void)log->append(keyed(append_of({draft("1", 1)}), "k", "content"));
  auto refused = log->append(keyed(append_of({draft("2", 1)}), "k", "other"));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, FailureKind::reused_key);
  EXPECT_EQ(log->size(), 1u);
}

TEST_F(LogTest, does_not_keep_the_key_of_what_it_refused) {
  EXPECT_FALSE(log->append(keyed(append_of({draft("1", 7)}), "k", "content")));
  EXPECT_FALSE(*log->find_key(sha256("k")));
  EXPECT_TRUE(log->append(keyed(append_of({draft("1", 1)}), "k", "other")));
}

TEST_F(LogTest, knows_a_key_before_it_looks_at_versions) {
  (void)log->append(keyed(append_of({draft("1", 1)}), "k", "content"));
  auto again = log->append(keyed(append_of({draft("1", 1)}), "k", "content"));
  ASSERT_TRUE(again);
  EXPECT_TRUE(again->replayed);
}

// ---- recorded_at --------------------------------------------------------------------------------

TEST_F(LogTest, never_lets_recorded_at_decrease) {
  clock.set("2026-03-02T10:00:00Z");
  (void)log->append(append_of({draft("1", 1)}));
  clock.set("2020-01-01T00:00:00Z");
  (void)log->append(append_of({draft("1", 2), draft("1", 3)}));
  reopen();
  clock.set("2021-01-01T00:00:00Z");
  (void)log->append(append_of({draft("1", 4)}));
  clock.set("2026-03-02T10:00:01Z");
  (void)log->append(append_of({draft("1", 5)}));
  Instant last{};
  for (auto& entry : all_entries(*log)) {
    EXPECT_GE(entry.recorded_at, last);
    last = entry.recorded_at;
  }
  EXPECT_EQ(to_string(all_entries(*log)[3].recorded_at), "2026-03-02T10:00:00.000Z");
  EXPECT_EQ(to_string(last), "2026-03-02T10:00:01.000Z");
}

TEST_F(LogTest, takes_over_the_instants_of_another_log) {
  auto old = draft("1", 1);
  old.recorded_at = test::instant("2019-05-15T00:00:00Z");
  (void)log->append(append_of({old}));
  EXPECT_EQ(to_string(all_entries(*log)[0].recorded_at), "2019-05-15T00:00:00.000Z");
}

// ---- who may use the directory ------------------------------------------------------------------

TEST_F(LogTest, is_the_same_after_reopening) {
  for (std::uint32_t version = 1; version <= 5; ++version)
    (void)log->append(append_of({draft("1", version, std::to_string(version))}));
  for (int round = 0; round < 3; ++round) {
    reopen();
    ASSERT_EQ(log->size(), 5u + std::uint64_t(round));
    auto entries = all_entries(*log);
    EXPECT_EQ(canonical(entries[4].event), R"({"open":"5"})");
    EXPECT_TRUE(log->append(append_of({draft("2", std::uint32_t(round + 1))})));
  }
}

TEST_F(LogTest, has_one_writer) {
  auto second = Log::open(directory / "data", {.now = [] { return Instant{}; }});
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().kind, FailureKind::unusable);
  EXPECT_EQ(second.error().code, "in_use");
  EXPECT_TRUE(log->append(append_of({draft("1", 1)}))); // the first one is not disturbed
  log.reset();
  EXPECT_TRUE(Log::open(directory / "data", {.now = [] { return Instant{}; }}));
}

TEST_F(LogTest, refuses_a_second_writer_from_another_process) {
  auto child = ::fork();
  if (child == 0) {
    auto second = Log::open(directory / "data", {.now = [] { return Instant{}; }});
    ::_exit(!second && second.error().code == "in_use" ? 0 : 1);
  }
  int status = 0;
  ASSERT_EQ(::waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST_F(LogTest, refuses_a_newer_format) {
  log.reset();
  test::write_file(directory / "data" / "format", "mingce-log 3\nhash sha256\n");
  for (auto failure : {Log::open(directory / "data", {.now = [] { return Instant{}; }}).error(),
                       LogView::open(directory / "data").error()}) {
    EXPECT_EQ(failure.kind, FailureKind::unusable);
    EXPECT_EQ(failure.code, "newer_format");
  }
  test::write_file(directory / "data" / "format", "mingce-log 1\n");
  EXPECT_EQ(LogView::open(directory / "data").error().code, "older_format");
  test::write_file(directory / "data" / "format", "mingce-log 2\nhash md5\n");
  EXPECT_EQ(LogView::open(directory / "data").error().code, "data_directory");
}

TEST_F(LogTest, refuses_what_is_not_its_own) {
  auto code = [&](const test::fs::path& path) {
    auto opened = Log::open(path, {.now = [] { return Instant{}; }});
    if (opened) return std::string("opened");
    EXPECT_EQ(opened.error().kind, FailureKind::unusable) << path;
    return opened.error().code;
  };
  test::fs::create_directories(directory / "foreign");
  test::write_file(directory / "foreign" / "letter.txt", "do not touch");
  EXPECT_EQ(code(directory / "foreign"), "not_a_register");
  EXPECT_EQ(test::read_file(directory / "foreign" / "letter.txt"), "do not touch");
  EXPECT_FALSE(test::fs::exists(directory / "foreign" / "ledger"));

  test::write_file(directory / "file", "x");
  EXPECT_EQ(code(directory / "file"), "data_directory");
  test::fs::create_directories(directory / "other");
  test::write_file(directory / "other" / "format", "something-else 1\n");
  EXPECT_EQ(code(directory / "other"), "data_directory");

  test::fs::create_directories(directory / "empty" / "lost+found");
  EXPECT_EQ(code(directory / "empty"), "opened");
  EXPECT_EQ(code(directory / "deep" / "er"), "opened");
}

TEST_F(LogTest, is_not_made_by_a_reader) {
  for (auto* name : {"nothing", "empty"}) {
    if (name == std::string("empty")) test::fs::create_directories(directory / name);
    auto view = LogView::open(directory / name);
    ASSERT_FALSE(view) << name;
    EXPECT_EQ(view.error().kind, FailureKind::unusable);
  }
  EXPECT_FALSE(test::fs::exists(directory / "nothing"));
  EXPECT_TRUE(test::fs::is_empty(directory / "empty"));
}

// ---- stopping, running full ---------------------------------------------------------------------

TEST_F(LogTest, refuses_to_write_on_a_nearly_full_disk) {
  log.reset();
  log = open_log(directory / "data", clock, {.now = {}, .space = {.for_any = ~0ull}});
  auto refused = log->append(append_of({draft("1", 1)}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, FailureKind::no_space);
  EXPECT_EQ(log->size(), 0u);
  EXPECT_TRUE(log->is_writable()); // it may have room again later
  reopen();
  EXPECT_TRUE(log->append(append_of({draft("1", 1)})));
}

TEST_F(LogTest, refuses_new_business_before_it_refuses_all) {
  log.reset();
  log = open_log(directory / "data", clock, {.now = {}, .space = {.for_new = ~0ull, .for_any = 0}});
  auto opening = append_of({draft("1", 1)});
  opening.can_wait = true;
  auto refused = log->append(opening);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "little_space");
  opening.can_wait = false;
  EXPECT_TRUE(log->append(opening));
}

/// Nothing is written, not even a checkpoint; one that covers everything is given again.
TEST_F(LogTest, signs_nothing_on_a_full_disk) {
  (void)log->append(append_of({draft("1", 1)}));
  auto note = log->sign_checkpoint();
  ASSERT_TRUE(note);
  log.reset();
  log = open_log(directory / "data", clock, {.now = {}, .space = {.for_any = ~0ull}});
  EXPECT_EQ(log->sign_checkpoint()->text, note->text);
  log.reset();
  log = open_log(directory / "data", clock, {.now = {}, .space = {.for_any = 0}});
  (void)log->append(append_of({draft("1", 2)}));
  EXPECT_NE(log->sign_checkpoint()->text, note->text);
}

TEST_F(LogTest, refuses_after_it_was_stopped) {
  (void)log->append(append_of({draft("1", 1)}));
  log->stop();
  log->stop();
  EXPECT_FALSE(log->is_writable());
  auto refused = log->append(append_of({draft("1", 2)}));
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, FailureKind::busy);
  EXPECT_EQ(all_entries(*log).size(), 1u);
}

TEST_F(LogTest, tells_its_follower_both_halves) {
  log.reset();
  std::vector<Entry> followed;
  log = open_log(directory / "data", clock,
                 {.now = {}, .on_commit = [&](std::span<const Entry> entries) {
                    followed.insert(followed.end(), entries.begin(), entries.end());
                  }});
  (void)log->append(append_of({draft("1", 1), draft("2", 1)}));
  auto entries = all_entries(*log);
  ASSERT_EQ(followed.size(), 2u);
  for (std::size_t i = 0; i < followed.size(); ++i) {
    EXPECT_EQ(followed[i].seq, entries[i].seq);
    EXPECT_EQ(followed[i].recorded_at, entries[i].recorded_at);
    EXPECT_EQ(canonical(followed[i].event), canonical(entries[i].event));
    EXPECT_EQ(canonical(*followed[i].body), canonical(*entries[i].body));
  }
}

} // namespace
} // namespace mingce
