// Backups beside a writer that keeps moving its files; what the retention lets go.

#include "log/backup.hpp"
#include "log_fixture.hpp"

#include <semaphore>
#include <thread>

namespace mingce {
namespace {

using test::append_of;
using test::draft;
using test::open_log;
using test::TemporaryDirectory;
using test::TestClock;

class Backups : public testing::Test {
protected:
  BackupMade made(const BackupRetention& retention = {}, std::chrono::days later = {}) {
    auto done = back_up(directory / "data", directory / "backups", retention, now() + later);
    if (!done) throw std::runtime_error("backup: " + done.error().code);
    return *done;
  }
  static Instant now() {
    return date::floor<std::chrono::milliseconds>(std::chrono::system_clock::now());
  }
  std::vector<std::uint32_t> ids() const {
    std::vector<std::uint32_t> out;
    for (auto& backup : list_backups(directory / "backups").value()) out.push_back(backup.id);
    return out;
  }

  TemporaryDirectory directory;
  TestClock clock;
};

using Ids = std::vector<std::uint32_t>;

TEST_F(Backups, are_kept_by_number_or_by_age_and_the_newest_always) {
  auto log = open_log(directory / "data", clock);
  ASSERT_TRUE(log->append(append_of({draft("1", 1)})));
  for (int i = 0; i < 4; ++i) EXPECT_TRUE(made().dropped.empty());
  EXPECT_EQ(ids(), (Ids{1, 2, 3, 4}));
  EXPECT_EQ(made({.count = 3}).dropped, (Ids{1, 2}));
  EXPECT_TRUE(made({.age = std::chrono::days(7)}, std::chrono::days(6)).dropped.empty());
  EXPECT_EQ(made({.count = 3, .age = std::chrono::days(7)}, std::chrono::days(8)).dropped,
            (Ids{3, 4}));
  EXPECT_EQ(made({.age = std::chrono::days(7)}, std::chrono::days(8)).dropped, (Ids{5, 6, 7}));
  EXPECT_EQ(ids(), (Ids{8}));
}

/// Erasures flush every family and compact: files come and go all the time.
TEST_F(Backups, have_all_that_was_acknowledged_wherever_the_writer_is) {
  auto log = open_log(directory / "data", clock);
  std::atomic<std::uint64_t> acknowledged = 0;
  std::counting_semaphore streams(0); // else the log would outgrow a slow reader
  std::jthread writer([&](std::stop_token stopping) {
    for (int number = 1; streams.acquire(), !stopping.stop_requested(); ++number) {
      auto name = std::to_string(number);
      ASSERT_TRUE(log->append(append_of({draft(name, 1, std::string(2000, 'x'))})));
      auto erasing = draft(name, 2);
      erasing.erases = number % 3 == 0;
      auto appended = log->append(append_of({erasing}));
      ASSERT_TRUE(appended);
      acknowledged = appended->first_seq;
    }
  });
  std::uint64_t last = 0;
  for (int round = 0; round < 40; ++round) {
    streams.release(100);
    auto least = acknowledged.load();
    auto backup = made({.count = 2}).backup;
    EXPECT_GE(backup.entries, least);
    last = backup.entries;
  }
  writer.request_stop();
  streams.release();
  writer.join();
  log->stop();
  log.reset();
  auto restored = restore_backup(directory / "backups", {}, directory / "back");
  ASSERT_TRUE(restored);
  EXPECT_EQ(restored->verified.entries, last);
  EXPECT_TRUE(restored->verified.faults.empty());
}

TEST_F(Backups, of_a_register_put_back_to_an_older_state_are_refused) {
  {
    auto log = open_log(directory / "data", clock);
    ASSERT_TRUE(log->append(append_of({draft("1", 1)})));
  }
  made();
  test::fs::copy(directory / "data", directory / "old", test::fs::copy_options::recursive);
  {
    auto log = open_log(directory / "data", clock);
    ASSERT_TRUE(log->append(append_of({draft("1", 2)})));
  }
  made();
  auto refused = back_up(directory / "old", directory / "backups", {.count = 1}, now());
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "entries_missing");
  EXPECT_EQ(ids(), (Ids{1, 2}));
}

} // namespace
} // namespace mingce
