// What damage does: the log refuses, or it serves everything; it never serves less.

#include "log_fixture.hpp"

namespace mingce {
namespace {

using test::append_of;
using test::draft;
using test::open_log;
using test::stream;
using test::TemporaryDirectory;
using test::TestClock;
using test::fs::path;

constexpr std::uint32_t entry_count = 40;

/// Everything a log has to say, as one text; nothing when it cannot be read.
std::optional<std::string> told_by(const LogView& log) {
  std::string text;
  auto scanned = log.scan(1, log.size(), LogView::Half::both, [&](Entry&& entry) {
    text += std::to_string(entry.seq) + canonical(entry.event) +
            (entry.body ? canonical(*entry.body) : "-");
    return true;
  });
  auto entries = log.read_stream(stream("1"), log.size(), LogView::Half::both);
  if (!scanned || !entries) {
    EXPECT_EQ((scanned ? entries.error() : scanned.error()).kind, FailureKind::corrupt);
    return {};
  }
  return text + std::to_string(entries->size());
}

class Damage : public testing::Test {
protected:
  void SetUp() override {
    auto log = open_log(directory / "live", clock);
    for (std::uint32_t version = 1; version <= entry_count; ++version)
      ASSERT_TRUE(log->append(append_of({draft("1", version, std::string(version, 'x'))})));
    undamaged = told_by(*log).value();
    // As a kill would leave it: a clean stop moves everything into tables.
    copy_register(directory / "live", original());
  }
  /// The directory and the keys beside it.
  static void copy_register(const path& from, const path& to) {
    for (auto* beside : {"", ".keys"}) {
      test::fs::remove_all(to.string() + beside);
      test::fs::copy(from.string() + beside, to.string() + beside,
                     test::fs::copy_options::recursive);
    }
  }
  void stop_cleanly() { open_log(original(), clock)->stop(); }
  path original() const { return directory / "data"; }

  std::vector<path> files(const std::string& extension) const {
    std::vector<path> out;
    for (auto& file : test::fs::directory_iterator(original() / "ledger"))
      if (file.path().extension() == extension && file.file_size() > 0)
        out.push_back(file.path().filename());
    return out;
  }

  struct WriteAheadLog {
    path name;
    std::string bytes;
    std::size_t end; ///< of what was written
  };
  WriteAheadLog write_ahead_log() const {
    WriteAheadLog log{files(".log").at(0), {}, 0};
    log.bytes = test::read_file(original() / "ledger" / log.name);
    log.end = std::size_t(test::end_of_batches_in(log.bytes, WalState::at_rest).value());
    return log;
  }

  enum class Verdict { whole, refused, less };

  /// A copy of the directory with other bytes in one file, opened and read.
  Verdict verdict_on(const path& file, const std::string& bytes) {
    auto copy = directory / "copy";
    copy_register(original(), copy);
    test::write_file(copy / "ledger" / file, bytes);
    auto log = Log::open(copy, {.now = [] { return Instant{}; }});
    if (!log) {
      EXPECT_TRUE(log.error().kind == FailureKind::corrupt ||
                  log.error().kind == FailureKind::unusable);
      return Verdict::refused;
    }
    auto told = told_by(**log);
    if (!told) return Verdict::refused;
    return *told == undamaged ? Verdict::whole : Verdict::less;
  }

  TemporaryDirectory directory;
  TestClock clock;
  std::string undamaged;
};

TEST_F(Damage, of_nothing_is_none) {
  auto [wal, bytes, end] = write_ahead_log();
  EXPECT_EQ(verdict_on(wal, bytes), Verdict::whole);
  EXPECT_EQ(verdict_on(wal, bytes.substr(0, end)), Verdict::whole); // zeros behind it mean nothing
}

TEST_F(Damage, of_one_bit_of_the_write_ahead_log_is_refused) {
  ASSERT_EQ(files(".log").size(), 1u);
  auto [wal, bytes, end] = write_ahead_log();
  // Every 23rd byte: heads, lengths, checksums and contents of records all get their turn.
  for (std::size_t at = 0; at < end; at += 23) {
    auto flipped = bytes;
    flipped[at] = char(flipped[at] ^ (1 << at % 8));
    EXPECT_EQ(verdict_on(wal, flipped), Verdict::refused) << "byte " << at << " of " << end;
  }
}

TEST_F(Damage, of_one_sector_of_the_write_ahead_log_is_refused) {
  auto [wal, bytes, end] = write_ahead_log();
  for (std::size_t at = 0; at < end; at += 512) {
    auto damaged = bytes;
    std::fill_n(damaged.begin() + std::ptrdiff_t(at), std::min<std::size_t>(512, end - at), '\0');
    EXPECT_EQ(verdict_on(wal, damaged), Verdict::refused) << "byte " << at << " of " << end;
  }
}

/// The records of acknowledged entries cut off at the end look like the torn tail of a power cut.
/// They are not: the writer's mark says how many entries were durable.
TEST_F(Damage, by_cutting_off_acknowledged_entries_is_refused) {
  auto [wal, bytes, end] = write_ahead_log();
  for (auto size : {std::size_t(0), end / 4, end / 2, end - 1}) {
    auto cut = bytes.substr(0, size);
    EXPECT_EQ(verdict_on(wal, cut), Verdict::refused) << size << " bytes left";
    cut.resize(bytes.size(), '\0');
    EXPECT_EQ(verdict_on(wal, cut), Verdict::refused) << size << " bytes left, then zeros";
  }
}

/// A torn write that nobody was told about is what a power cut leaves behind.
TEST_F(Damage, by_a_torn_tail_beyond_the_acknowledged_entries_is_none) {
  auto [wal, bytes, end] = write_ahead_log();
  for (std::size_t more : {3, 11, 40}) {
    auto torn = bytes.substr(0, end) + bytes.substr(0, more);
    EXPECT_EQ(verdict_on(wal, torn), Verdict::whole) << more << ", then the file ends";
    torn.resize(bytes.size(), '\0');
    EXPECT_EQ(verdict_on(wal, torn), Verdict::whole) << more << ", then zeros";
  }
}

TEST_F(Damage, of_one_bit_of_a_table_is_never_served) {
  stop_cleanly();
  ASSERT_GE(files(".sst").size(), 3u);
  std::size_t refused = 0, whole = 0;
  for (auto& table : files(".sst")) {
    auto bytes = test::read_file(original() / "ledger" / table);
    for (std::size_t at = 0; at < bytes.size(); at += 41) {
      auto flipped = bytes;
      flipped[at] = char(flipped[at] ^ (1 << at % 8));
      auto verdict = verdict_on(table, flipped);
      EXPECT_NE(verdict, Verdict::less) << table << " byte " << at << " of " << bytes.size();
      ++(verdict == Verdict::refused ? refused : whole);
    }
  }
  EXPECT_GT(refused, whole); // what is whole is a byte that nothing reads, such as a statistic
}

TEST_F(Damage, by_losing_a_file_is_refused) {
  stop_cleanly();
  for (auto& table : files(".sst")) {
    auto copy = directory / "copy";
    copy_register(original(), copy);
    test::fs::remove(copy / "ledger" / table);
    EXPECT_FALSE(Log::open(copy, {.now = [] { return Instant{}; }})) << table;
    // A reader opens as far as it can; then every entry is there or it says that one is not.
    auto view = LogView::open(copy);
    if (!view) continue;
    std::uint64_t seen = 0;
    auto scanned = (*view)->scan(1, ~0ull, LogView::Half::open, [&](Entry&&) { return ++seen; });
    EXPECT_TRUE(!scanned || seen == entry_count) << table;
  }
}

/// What is done to a file of the database, and what must come of it. A log that opens must say all
/// that it said before: `whole`. The write-ahead log holds everything here, the manifest what has
/// become of the families, CURRENT which manifest it is; what no program reads may be anything.
struct Injury {
  const char* file; ///< how its name begins or ends
  std::string (*injure)(std::string bytes);
  bool is_refused;
};

std::string flipped_in_the_middle(std::string bytes) {
  bytes[bytes.size() / 2] ^= 1;
  return bytes;
}
std::string flipped_at_the_end(std::string bytes) {
  bytes.back() = char(bytes.back() ^ 1);
  return bytes;
}
std::string halved(std::string bytes) { return bytes.substr(0, bytes.size() / 2); }
std::string cut_by_one(std::string bytes) { return bytes.substr(0, bytes.size() - 1); }
std::string emptied(std::string) { return ""; }
std::string zeroed(std::string bytes) { return std::string(bytes.size(), '\0'); }
std::string doubled(std::string bytes) { return bytes + bytes; }

constexpr Injury injuries[] = {
    {".log", flipped_in_the_middle, true},
    {".log", flipped_at_the_end, true},
    {".log", halved, true},
    {".log", cut_by_one, true},
    {".log", emptied, true},
    {".log", zeroed, true},
    {"MANIFEST", flipped_in_the_middle, true},
    {"MANIFEST", flipped_at_the_end, true},
    {"MANIFEST", halved, true},
    {"MANIFEST", emptied, true},
    {"MANIFEST", zeroed, true},
    {"CURRENT", flipped_in_the_middle, true},
    {"CURRENT", flipped_at_the_end, true},
    {"CURRENT", halved, true},
    {"CURRENT", emptied, true},
    {"CURRENT", zeroed, true},
    {"CURRENT", doubled, true},
    {"OPTIONS", flipped_in_the_middle, false},
    {"OPTIONS", emptied, false},
    {"IDENTITY", flipped_in_the_middle, false},
    {"IDENTITY", emptied, false},
    {"LOG", emptied, false},
};

TEST_F(Damage, does_what_the_table_says) {
  for (auto& injury : injuries)
    for (auto& file : test::fs::directory_iterator(original() / "ledger")) {
      auto name = file.path().filename().string();
      bool is_meant =
          injury.file[0] == '.' ? name.ends_with(injury.file) : name.starts_with(injury.file);
      auto bytes = test::read_file(file.path());
      if (name.ends_with(".log")) bytes.resize(write_ahead_log().end);
      if (!is_meant || bytes.empty()) continue;
      auto verdict = verdict_on(name, injury.injure(bytes));
      EXPECT_EQ(verdict, injury.is_refused ? Verdict::refused : Verdict::whole)
          << name << ", injury " << &injury - injuries;
    }
}

TEST_F(Damage, by_losing_the_whole_ledger_is_refused) {
  test::fs::remove_all(original() / "ledger");
  EXPECT_FALSE(LogView::open(original()));
  EXPECT_FALSE(Log::open(original(), {.now = [] { return Instant{}; }}));
}

} // namespace
} // namespace mingce
