// The same small story on a disk that goes wrong at its Nth operation, for every N and every way to
// go wrong. What was acknowledged is there afterwards, once, in its place; what was not is there or
// not, and the same key finds out.
//
// Each story is told by a process of its own, which may die of it, and examined by another: this
// process never opens a database.

#include "faulty_disk.hpp"
#include "log/log_fixture.hpp"
#include "log/verify.hpp"

#include <sys/mman.h>
#include <sys/wait.h>

#include <thread>

namespace mingce {
namespace {

using test::Fault;
using test::FaultyDisk;
using test::TestClock;

// ---- the story ----------------------------------------------------------------------------------

/// Twelve appends to three streams, each under a key; the fifth erases a stream, which flushes and
/// compacts. Entry i is in stream i mod 3.
constexpr std::uint32_t length = 12, streams = 3, erasing = 4;

std::string name_of(std::uint32_t stream) { return std::string(1, char('1' + stream)); }
std::string text_of(std::uint32_t i) { return "entry " + std::to_string(i); }
std::string key_of(std::uint32_t i) { return "key " + std::to_string(i); }

Append told(std::uint32_t i) {
  auto entry = test::draft(name_of(i % streams), i / streams + 1, text_of(i));
  entry.erases = i == erasing;
  return test::keyed(test::append_of({entry}), key_of(i), text_of(i));
}

/// What the processes tell each other.
struct Shared {
  std::uint32_t acknowledged = 0; ///< entries; they are written one after the other
  bool has_struck = false;
  char complaint[512] = "";

  void complain(const std::string& what) {
    std::snprintf(complaint, sizeof complaint, "%s", what.c_str());
  }
};

LogOptions options(const TestClock& clock, rocksdb::Env* env = nullptr) {
  return {.now = [&clock] { return clock.look(); }, .space = {.for_any = 0}, .env = env};
}

/// Goes on to the end, whatever happens, as a server would until it is told to stop.
void write_story(Log& log, Shared& shared) {
  bool failed = false;
  for (std::uint32_t i = 0; i < length; ++i) {
    auto appended = log.append(told(i));
    // An erasure may be on record though its keys have not left the disk yet: a start finishes it.
    bool recorded = appended || appended.error().code == "erasure_unfinished";
    if (recorded && failed) return shared.complain("an append after a failed one was acknowledged");
    if (recorded) shared.acknowledged = i + 1;
    // Whatever the library does on its own now, it may do.
    if (!recorded && !failed) std::this_thread::sleep_for(std::chrono::milliseconds(20));
    failed |= !recorded;
    if (i % 4 == 3) (void)log.sign_checkpoint();
  }
  if (failed && log.sign_checkpoint()) shared.complain("a checkpoint was signed after a failure");
}

void tell(const test::fs::path& directory, Fault fault, std::uint64_t at, Shared& shared) {
  auto disk = std::make_shared<FaultyDisk>(fault, at);
  auto env = rocksdb::NewCompositeEnv(disk);
  TestClock clock;
  for (int opening = 0; opening < 2; ++opening) { // the second finds what the first has left
    auto log = Log::open(directory, options(clock, env.get()));
    if (!log) break;
    if (opening == 0) write_story(**log, shared);
    (*log)->stop();
  }
  shared.has_struck = disk->has_struck();
}

// ---- its examination ----------------------------------------------------------------------------

std::string complaint_about(const Log& log, std::uint32_t least) {
  auto entries = test::all_entries(log);
  if (entries.size() < least) return "acknowledged entries are lost";
  if (entries.size() > length) return "entries are there twice";
  for (std::uint32_t i = 0; i < entries.size(); ++i) {
    auto& entry = entries[i];
    if (entry.seq != i + 1 || entry.version != i / streams + 1 ||
        !(entry.stream == test::stream(name_of(i % streams))))
      return "entry " + std::to_string(i) + " is not in its place";
    if (entry.event.at("open").as_string() != text_of(i)) return "another text";
    bool is_erased = i < erasing && i % streams == erasing % streams && entries.size() > erasing;
    if (is_erased != entry.is_erased || (!is_erased && !entry.body)) return "another private half";
  }
  return "";
}

/// The log opens, has what it must have, takes the rest under the same keys, and is sound.
std::string examine(const test::fs::path& directory, std::uint32_t acknowledged) {
  TestClock clock;
  {
    auto log = Log::open(directory, options(clock));
    if (!log) return "refused: " + log.error().code;
    if (auto wrong = complaint_about(**log, acknowledged); !wrong.empty()) return wrong;
    auto entries = (*log)->size();
    for (std::uint32_t i = 0; i < length; ++i) { // as a client does: the key is looked up first
      auto known = (*log)->find_key(sha256(key_of(i)));
      if (!known) return "looking: " + known.error().code;
      if (*known ? (*known)->first_seq != i + 1 : i < entries) return "a key tells another place";
      if (*known) continue;
      if (auto again = (*log)->append(told(i)); !again) return "again: " + again.error().code;
    }
    if (auto wrong = complaint_about(**log, length); !wrong.empty()) return "then: " + wrong;
    if (auto note = (*log)->sign_checkpoint(); !note) return "signing: " + note.error().code;
  }
  auto view = LogView::open(directory);
  if (!view) return "reading: " + view.error().code;
  auto verified = verify_log(**view);
  if (!verified) return "verifying: " + verified.error().code;
  return verified->faults.empty() ? "" : "found: " + verified->faults.front().code;
}

/// What was not written though the disk said so is gone. That must be told; but that the very last
/// write is missing, nothing that is on the disk can tell.
std::string examine_after_lie(const test::fs::path& directory, std::uint32_t acknowledged) {
  {
    auto view = LogView::open(directory);
    auto verified = view ? verify_log(**view) : Result<Verified>(view.error());
    if (!verified || !verified->faults.empty()) return "";
  }
  return examine(directory, acknowledged == 0 ? 0 : acknowledged - 1);
}

// ---- every N ------------------------------------------------------------------------------------

class EveryOperation : public testing::TestWithParam<Fault> {
protected:
  EveryOperation() {
    auto* memory =
        ::mmap(nullptr, sizeof(Shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    shared = new (memory) Shared;
  }

  /// How a process that does this has ended, as waitpid tells it.
  template <class Do>
  static int in_process(Do act) {
    auto child = ::fork();
    if (child == 0) {
      std::freopen("/dev/null", "w", stderr); // assertions of the library
      act();
      ::_exit(0);
    }
    int status = 0;
    ::waitpid(child, &status, 0);
    return status;
  }

  Shared* shared;
};

TEST_P(EveryOperation, loses_and_doubles_nothing) {
  // In memory: what is synced is known without waiting for a disk.
  if (test::fs::is_directory("/dev/shm")) ::setenv("TMPDIR", "/dev/shm", 1);
  int aborted = 0, unopened = 0;
  // Each in turn where there is time, else some.
  const unsigned step = std::getenv("MINGCE_SLOW_TESTS") ? 1 : 9;
  std::uint64_t at = 1;
  for (;; at += step) {
    test::TemporaryDirectory directory;
    *shared = Shared{};
    auto ended = in_process([&] { tell(directory / "data", GetParam(), at, *shared); });
    bool is_killed = WIFEXITED(ended) && WEXITSTATUS(ended) == FaultyDisk::killed;
    aborted += WIFSIGNALED(ended);
    ASSERT_STREQ(shared->complaint, "") << "operation " << at;
    if (!shared->has_struck && !is_killed && !WIFSIGNALED(ended)) break; // the story was over
    unopened += shared->acknowledged == 0;
    auto acknowledged = shared->acknowledged;
    auto examined = in_process([&] {
      shared->complain("died");
      auto look = GetParam() == Fault::lie ? examine_after_lie : examine;
      shared->complain(look(directory / "data", acknowledged));
    });
    ASSERT_STREQ(shared->complaint, "") << "operation " << at << ", acknowledged " << acknowledged;
    ASSERT_EQ(examined, 0);
  }
  EXPECT_GT(at, 150u) << "the story has become very short";
  EXPECT_EQ(shared->acknowledged, length); // of the story without a fault
  RecordProperty("operations", int((at - 1) / step));
  RecordProperty("aborted", aborted);
  std::printf("%d operations tried, %d before anything was acknowledged, %d aborts of the library\n",
              int((at - 1) / step), unopened, aborted);
}

std::string name_of_fault(const testing::TestParamInfo<Fault>& info) {
  static const char* const names[] = {"error", "full", "torn", "gone",
                                      "lie",   "kill", "cut",  "torn_cut"};
  return names[int(info.param)];
}

INSTANTIATE_TEST_SUITE_P(Disk, EveryOperation,
                         testing::Values(Fault::error, Fault::full, Fault::torn, Fault::gone,
                                         Fault::lie, Fault::kill, Fault::cut, Fault::torn_cut),
                         name_of_fault);

} // namespace
} // namespace mingce
