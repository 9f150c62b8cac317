// Where a write-ahead log ends, on the bytes that RocksDB has written: whatever a power cut has
// left of the last batch, the batches before it are there; what was whole once is never given up.

#include "log_fixture.hpp"

#include <random>

namespace mingce {
namespace {

using test::draft;
using test::end_of_batches_in;

constexpr std::uint64_t sector = 512;

class WalTail : public testing::Test {
protected:
  /// Batches of all sizes: many within a block, and one of several blocks, among them and last.
  void SetUp() override {
    auto log = test::open_log(directory / "data", clock);
    std::uint32_t version = 0;
    begin = end_in_place(); // what a new log writes by itself
    for (std::size_t entries : {1, 1, 9, 1, 40, 2, 1, 3, 1, 50}) {
      Append batch;
      for (std::size_t i = 0; i < entries; ++i)
        batch.entries.push_back(prepare(draft("1", ++version, noise(entries * 50))).value());
      ASSERT_TRUE(log->append(std::move(batch)));
      ends.push_back(end_in_place());
    }
    bytes = test::read_file(wal());
  }

  static std::string noise(std::size_t size) {
    static std::mt19937 random(20);
    std::string text(size, ' ');
    for (auto& each : text) each = char('a' + random() % 26);
    return text;
  }
  test::fs::path wal() const {
    test::fs::path newest;
    for (auto& file : test::fs::directory_iterator(directory / "data" / "ledger"))
      if (file.path().extension() == ".log") newest = std::max(newest, file.path());
    return newest;
  }
  std::uint64_t end_in_place() const {
    return end_of_batches_in(test::read_file(wal()), WalState::growing).value();
  }

  /// At rest; 0: damaged. No log here ends at 0.
  static std::uint64_t end_at_rest(const std::string& content) {
    auto end = end_of_batches_in(content, WalState::at_rest);
    if (end) return *end;
    EXPECT_EQ(end.error().kind, FailureKind::corrupt);
    return 0;
  }

  std::uint64_t begin_of(std::size_t batch) const { return batch == 0 ? begin : ends[batch - 1]; }
  std::size_t last() const { return ends.size() - 1; }

  /// As if the sector had not been written since the batch was begun.
  static void unwrite(std::string& content, std::uint64_t nth, std::uint64_t from) {
    auto first = std::max(nth * sector, from),
         end = std::min<std::uint64_t>((nth + 1) * sector, content.size());
    for (auto at = first; at < end; ++at) content[at] = '\0';
  }

  test::TemporaryDirectory directory;
  test::TestClock clock;
  std::uint64_t begin = 0;
  std::vector<std::uint64_t> ends; ///< of each batch
  std::string bytes;               ///< of the file, which is longer
};

TEST_F(WalTail, is_where_the_last_batch_ends_and_not_where_the_file_does) {
  EXPECT_GT(begin, 0u);
  EXPECT_TRUE(std::ranges::is_sorted(ends));
  EXPECT_EQ(bytes.size(), 1u << 20);
  EXPECT_TRUE(std::ranges::all_of(bytes.substr(ends.back()), [](char c) { return c == 0; }));
  EXPECT_EQ(end_at_rest(bytes), ends.back());
  EXPECT_EQ(end_at_rest(bytes.substr(0, ends.back())), ends.back());
}

TEST_F(WalTail, is_at_the_beginning_of_a_file_that_nothing_was_written_to) {
  for (std::size_t size : {0u, 3u, 7u, 600u, 1u << 20}) {
    auto end = end_of_batches_in(std::string(size, '\0'), WalState::at_rest);
    ASSERT_TRUE(end) << size;
    EXPECT_EQ(*end, 0u);
  }
}

TEST_F(WalTail, is_after_each_batch_while_the_next_is_not_there) {
  for (std::size_t batch = 0; batch < ends.size(); ++batch) {
    auto content = bytes;
    std::fill(content.begin() + std::ptrdiff_t(ends[batch]), content.end(), '\0');
    EXPECT_EQ(end_at_rest(content), ends[batch]);
    EXPECT_EQ(end_at_rest(content.substr(0, ends[batch])), ends[batch]);
  }
}

TEST_F(WalTail, does_not_have_a_last_batch_of_which_any_sector_is_missing) {
  for (auto batch : {last(), std::size_t(1), std::size_t(4)}) {
    auto content = bytes;
    std::fill(content.begin() + std::ptrdiff_t(ends[batch]), content.end(), '\0');
    auto from = begin_of(batch);
    for (auto nth = from / sector; nth * sector < ends[batch]; ++nth) {
      auto torn = content;
      unwrite(torn, nth, from);
      EXPECT_EQ(end_at_rest(torn), from) << "batch " << batch << ", sector " << nth;
    }
  }
}

TEST_F(WalTail, does_not_have_a_last_batch_of_which_any_sectors_are_missing) {
  std::mt19937 random(7);
  auto from = begin_of(last());
  for (int round = 0; round < 2'000; ++round) {
    auto torn = bytes;
    bool is_torn = false;
    for (auto nth = from / sector; nth * sector < ends.back(); ++nth)
      if (random() % (round % 9 + 2) == 0) {
        unwrite(torn, nth, from);
        is_torn = true;
      }
    EXPECT_EQ(end_at_rest(torn), is_torn ? from : ends.back()) << "round " << round;
  }
}

TEST_F(WalTail, does_not_have_a_last_batch_that_stops_short) {
  for (std::uint64_t left = 0; begin_of(last()) + left < ends.back(); left += left < 70 ? 1 : 997) {
    auto torn = bytes.substr(0, begin_of(last()) + left);
    EXPECT_EQ(end_at_rest(torn), begin_of(last())) << left << " bytes, then the file ends";
    // The last few bytes of a record may be zero by chance; no write stops there but at a sector.
    if (std::min(ends.back(), torn.size() / 32768 * 32768 + 32768) - torn.size() < 8) continue;
    torn.resize(bytes.size(), '\0');
    EXPECT_EQ(end_at_rest(torn), begin_of(last())) << left << " bytes, then zeros";
  }
}

TEST_F(WalTail, is_not_before_a_batch_that_others_follow) {
  for (std::size_t batch = 0; batch < last(); ++batch) {
    auto from = begin_of(batch);
    for (auto nth = from / sector; nth * sector < ends[batch]; ++nth) {
      auto damaged = bytes;
      unwrite(damaged, nth, from);
      // With the head of the last batch it looks like a last batch that began here and was torn:
      // that acknowledged entries are missing is for the mark and the anchor to tell.
      if ((nth + 1) * sector > begin_of(last())) continue;
      // A batch whose head is there is stepped over: what is within is the database's to find.
      auto end = end_at_rest(damaged);
      EXPECT_TRUE(end == 0 || end == ends.back()) << "batch " << batch << ", sector " << nth;
    }
  }
}

TEST_F(WalTail, is_not_before_a_batch_that_was_changed) {
  auto length_at = [&](std::uint64_t at) { // of the last record: any other is longer than its block
    auto head = std::max(begin_of(last()), ends.back() / 32768 * 32768);
    return at == head + 4 || at == head + 5;
  };
  for (auto at = begin_of(last()); at < ends.back(); at += at % 32768 < 40 ? 1 : 41) {
    if (length_at(at)) continue;
    for (int bit : {0, 5}) {
      auto damaged = bytes;
      damaged[at] = char(damaged[at] ^ 1 << bit);
      EXPECT_EQ(end_at_rest(damaged), 0u) << "byte " << at - begin_of(last()) << ", bit " << bit;
    }
  }
}

TEST_F(WalTail, of_a_log_that_grows_is_before_what_is_not_whole) {
  std::mt19937 random(3);
  for (std::size_t batch = 0; batch < ends.size(); ++batch)
    for (int round = 0; round < 50; ++round) {
      auto growing = bytes;
      auto size = ends[batch] - begin_of(batch);
      std::fill(growing.begin() + std::ptrdiff_t(begin_of(batch) + random() % size), growing.end(),
                '\0');
      auto end = end_of_batches_in(growing, WalState::growing);
      ASSERT_TRUE(end);
      EXPECT_EQ(*end, begin_of(batch));
    }
}

TEST_F(WalTail, passes_on_that_it_cannot_be_read) {
  auto read = [](std::uint64_t, std::size_t) -> Result<std::string> {
    return Failure{FailureKind::unusable, "storage", {}};
  };
  auto end = end_of_batches(read, WalState::at_rest);
  ASSERT_FALSE(end);
  EXPECT_EQ(end.error().code, "storage");
}

} // namespace
} // namespace mingce
