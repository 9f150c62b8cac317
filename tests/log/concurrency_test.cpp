#include "log_fixture.hpp"

#include <condition_variable>
#include <future>
#include <mutex>
#include <set>
#include <thread>

namespace mingce {
namespace {

using namespace std::chrono_literals;
using test::all_entries;
using test::append_of;
using test::draft;
using test::keyed;
using test::open_log;
using test::stream;
using test::TemporaryDirectory;
using test::TestClock;

/// A follower that waits at a gate before it lets an acknowledgement out.
class Gate {
public:
  std::function<void(std::span<const Entry>)> follower() {
    return [this](std::span<const Entry>) {
      std::unique_lock lock(mutex_);
      ++arrived_;
      changed_.notify_all();
      changed_.wait(lock, [this] { return let_through_ >= arrived_; });
    };
  }
  void wait_for(int batches) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [&] { return arrived_ >= batches; });
  }
  void let_through(int batches) {
    std::lock_guard lock(mutex_);
    let_through_ = batches;
    changed_.notify_all();
  }

private:
  std::mutex mutex_;
  std::condition_variable changed_;
  int arrived_ = 0, let_through_ = 0;
};

TEST(GroupCommit, keeps_every_acknowledged_entry_once) {
  constexpr int threads = 32, rounds = 40;
  TemporaryDirectory directory;
  TestClock clock;
  std::set<std::uint64_t> acknowledged;
  {
    auto log = open_log(directory / "data", clock);
    std::mutex mutex;
    std::vector<std::jthread> writers;
    for (int thread = 0; thread < threads; ++thread)
      writers.emplace_back([&, thread] {
        for (std::uint32_t version = 1; version <= rounds; ++version) {
          auto appended = log->append(append_of({draft(std::to_string(thread), version)}));
          std::lock_guard lock(mutex);
          ASSERT_TRUE(appended);
          ASSERT_TRUE(acknowledged.insert(appended->first_seq).second);
        }
      });
  }
  ASSERT_EQ(acknowledged.size(), std::size_t(threads * rounds));
  EXPECT_EQ(*acknowledged.begin(), 1u);
  EXPECT_EQ(*acknowledged.rbegin(), std::uint64_t(threads * rounds));
  auto log = open_log(directory / "data", clock);
  ASSERT_EQ(log->size(), acknowledged.size());
  std::map<StreamId, std::uint32_t> versions;
  for (auto& entry : all_entries(*log)) ASSERT_EQ(entry.version, ++versions[entry.stream]);
  EXPECT_EQ(versions.size(), std::size_t(threads));
}

TEST(GroupCommit, lets_one_of_many_rivals_have_a_version) {
  TemporaryDirectory directory;
  TestClock clock;
  auto log = open_log(directory / "data", clock);
  std::atomic<int> won = 0, lost = 0;
  for (std::uint32_t version = 1; version <= 20; ++version) {
    std::vector<std::jthread> rivals;
    for (int rival = 0; rival < 8; ++rival)
      rivals.emplace_back([&] {
        auto appended = log->append(append_of({draft("1", version)}));
        ++(appended ? won : lost);
        EXPECT_TRUE(appended || appended.error().kind == FailureKind::precondition);
      });
  }
  EXPECT_EQ(won, 20);
  EXPECT_EQ(lost, 140);
  EXPECT_EQ(log->size(), 20u);
}

TEST(GroupCommit, writes_a_key_once_however_many_send_it) {
  TemporaryDirectory directory;
  TestClock clock;
  auto log = open_log(directory / "data", clock);
  for (std::uint32_t version = 1; version <= 20; ++version) {
    std::vector<std::future<Appended>> answers;
    for (int sender = 0; sender < 8; ++sender)
      answers.push_back(std::async(std::launch::async, [&] {
        auto key = "k" + std::to_string(version);
        return log->append(keyed(append_of({draft("1", version)}), key, "content")).value();
      }));
    int fresh = 0;
    for (auto& answer : answers) {
      auto appended = answer.get();
      fresh += !appended.replayed;
      EXPECT_EQ(appended.first_seq, version);
    }
    EXPECT_EQ(fresh, 1);
  }
  EXPECT_EQ(log->size(), 20u);
}

/// log.hpp: the follower is called "before anyone is told".
TEST(GroupCommit, tells_nobody_before_its_follower) {
  TemporaryDirectory directory;
  TestClock clock;
  Gate gate;
  auto log = open_log(directory / "data", clock, {.now = {}, .on_commit = gate.follower()});
  auto answer =
      std::async(std::launch::async, [&] { return log->append(append_of({draft("1", 1)})); });
  gate.wait_for(1);
  EXPECT_EQ(answer.wait_for(100ms), std::future_status::timeout);
  EXPECT_EQ(log->size(), 1u); // durable already
  gate.let_through(1);
  EXPECT_TRUE(answer.get());
}

/// A replay of a key that came in the same batch is an acknowledgement like any other: not before
/// the batch is on stable storage and followed.
TEST(GroupCommit, tells_no_replay_before_the_first_answer) {
  TemporaryDirectory directory;
  TestClock clock;
  Gate gate;
  auto log = open_log(directory / "data", clock, {.now = {}, .on_commit = gate.follower()});
  auto send = [&](Append append) {
    return std::async(std::launch::async,
                      [&log, append = std::move(append)]() mutable { return log->append(append); });
  };
  auto before = send(append_of({draft("0", 1)}));
  gate.wait_for(1); // the sequencer is busy: what comes now makes one batch
  auto first = send(keyed(append_of({draft("1", 1)}), "k", "content"));
  auto again = send(keyed(append_of({draft("1", 1)}), "k", "content"));
  std::this_thread::sleep_for(200ms);
  gate.let_through(1);
  gate.wait_for(2);
  EXPECT_EQ(first.wait_for(200ms), std::future_status::timeout);
  EXPECT_EQ(again.wait_for(200ms), std::future_status::timeout);
  gate.let_through(99);
  EXPECT_TRUE(before.get());
  EXPECT_EQ(first.get()->first_seq, 2u);
  EXPECT_EQ(again.get()->first_seq, 2u);
}

TEST(Queue, is_bounded) {
  TemporaryDirectory directory;
  TestClock clock;
  Gate gate;
  auto log = open_log(directory / "data", clock,
                      {.now = {}, .on_commit = gate.follower(), .max_queued = 3});
  std::vector<std::future<Result<Appended>>> answers;
  auto send = [&](int number) {
    answers.push_back(std::async(std::launch::async, [&log, number] {
      return log->append(append_of({draft(std::to_string(number), 1)}));
    }));
  };
  send(0);
  gate.wait_for(1);
  for (int number = 1; number <= 8; ++number) send(number);
  std::this_thread::sleep_for(300ms);
  gate.let_through(99);
  int accepted = 0, busy = 0;
  for (auto& answer : answers) {
    auto result = answer.get();
    accepted += result.has_value();
    busy +=
        !result && result.error().kind == FailureKind::busy && result.error().code == "queue_full";
  }
  EXPECT_EQ(accepted, 4);
  EXPECT_EQ(busy, 5);
  EXPECT_EQ(log->size(), 4u);
}

TEST(Stop, finishes_what_was_accepted) {
  TemporaryDirectory directory;
  TestClock clock;
  std::atomic<std::uint64_t> acknowledged = 0;
  auto log = open_log(directory / "data", clock);
  {
    std::vector<std::jthread> writers;
    for (int thread = 0; thread < 8; ++thread)
      writers.emplace_back([&, thread] {
        for (std::uint32_t version = 1;; ++version) {
          auto appended = log->append(append_of({draft(std::to_string(thread), version)}));
          if (!appended) {
            EXPECT_EQ(appended.error().kind, FailureKind::busy);
            return;
          }
          ++acknowledged;
        }
      });
    std::this_thread::sleep_for(50ms);
    log->stop();
  }
  EXPECT_EQ(log->size(), acknowledged);
}

// ---- a reader beside the writer -----------------------------------------------------------------

TEST(Reader, sees_everything_acknowledged_before_it_opened) {
  TemporaryDirectory directory;
  TestClock clock;
  auto log = open_log(directory / "data", clock);
  std::atomic<std::uint32_t> acknowledged = 0;
  constexpr std::uint32_t most = 20'000; // a sanitizer makes a reader slower than the writer
  std::jthread writer([&](std::stop_token stopping) {
    for (std::uint32_t version = 1; !stopping.stop_requested() && version <= most; ++version) {
      ASSERT_TRUE(log->append(append_of({draft("1", version, std::string(200, 'x'))})));
      acknowledged = version;
    }
  });
  for (int round = 0; round < 40; ++round) {
    auto before = acknowledged.load();
    auto view = LogView::open(directory / "data");
    ASSERT_TRUE(view) << view.error().code;
    ASSERT_GE((*view)->size(), before);
    auto entries = all_entries(**view);
    ASSERT_EQ(entries.size(), (*view)->size());
    for (std::size_t i = 0; i < entries.size(); ++i) ASSERT_EQ(entries[i].version, i + 1);
    auto of_stream = (*view)->read_stream(stream("1"), (*view)->size(), LogView::Half::both);
    ASSERT_TRUE(of_stream);
    ASSERT_EQ(of_stream->size(), entries.size());
  }
}

TEST(Reader, needs_no_writer_and_does_not_change_under_one) {
  TemporaryDirectory directory;
  TestClock clock;
  auto log = open_log(directory / "data", clock);
  (void)log->append(append_of({draft("1", 1), draft("1", 2)}));
  auto beside = LogView::open(directory / "data").value();
  (void)log->append(append_of({draft("1", 3)}));
  EXPECT_EQ(beside->size(), 2u);
  EXPECT_EQ(all_entries(*beside).size(), 2u);
  EXPECT_EQ(beside->read_stream(stream("1"), 99, LogView::Half::open)->size(), 2u);
  log.reset();
  auto alone = LogView::open(directory / "data").value();
  EXPECT_EQ(alone->size(), 3u);
  EXPECT_EQ(all_entries(*alone).size(), 3u);
}

/// A reader that looks whether someone writes must not be taken for a writer.
TEST(Reader, never_keeps_a_writer_from_starting) {
  TemporaryDirectory directory;
  TestClock clock;
  open_log(directory / "data", clock);
  std::vector<std::jthread> readers;
  for (int reader = 0; reader < 2; ++reader)
    readers.emplace_back([&](std::stop_token stopping) {
      while (!stopping.stop_requested()) (void)LogView::open(directory / "data");
    });
  for (int round = 0; round < 20; ++round) {
    auto opened = Log::open(directory / "data", {.now = [] { return Instant{}; }});
    ASSERT_TRUE(opened) << round << ' ' << opened.error().code;
  }
}

} // namespace
} // namespace mingce
