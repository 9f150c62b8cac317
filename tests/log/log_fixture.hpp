#pragma once
// A directory that goes away with the test, a clock that the test holds, and short words for what
// a log is asked to do.

#include "files.hpp"
#include "log/log.hpp"
#include "log/wal_tail.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <filesystem>
#include <string>
#include <vector>

namespace mingce::test {

namespace fs = std::filesystem;

class TemporaryDirectory {
public:
  TemporaryDirectory() {
    auto pattern = (fs::temp_directory_path() / "mingce-test-XXXXXX").string();
    if (!::mkdtemp(pattern.data())) throw std::runtime_error("no temporary directory");
    root_ = pattern;
  }
  TemporaryDirectory(const TemporaryDirectory&) = delete;
  TemporaryDirectory& operator=(const TemporaryDirectory&) = delete;
  ~TemporaryDirectory() {
    std::error_code ec;
    fs::remove_all(root_, ec);
  }
  fs::path operator/(const std::string& name) const { return root_ / name; }

private:
  fs::path root_;
};

inline Instant instant(const char* text) { return parse_instant(text).value(); }

/// One second later at every look, unless the test sets it.
class TestClock {
public:
  Instant look() const { return Instant{std::chrono::milliseconds{at_.fetch_add(1000)}}; }
  void set(const char* text) { at_ = instant(text).time_since_epoch().count(); }

private:
  mutable std::atomic<std::int64_t> at_ =
      instant("2026-03-02T01:00:00Z").time_since_epoch().count();
};

inline StreamId stream(const std::string& number) { return StreamId::of("request", "JX", number); }

/// A draft with something in both halves.
inline Draft draft(const std::string& number, std::uint32_t version, std::string text = "x") {
  Draft out;
  out.stream = stream(number);
  out.version = version;
  out.actor = "test";
  out.event = json::object{{"open", json::string(text)}};
  out.body = json::object{{"closed", json::string(text)}};
  return out;
}

inline Append append_of(std::initializer_list<Draft> drafts) {
  Append out;
  for (auto& each : drafts) out.entries.push_back(prepare(each).value());
  return out;
}

inline Append keyed(Append append, const std::string& key, const std::string& content) {
  append.keys.emplace_back(sha256(key),
                           KeptKey{sha256(content), 0, std::uint32_t(append.entries.size())});
  return append;
}

inline std::unique_ptr<Log> open_log(const fs::path& directory, const TestClock& clock,
                                     LogOptions options = {}) {
  options.now = [&clock] { return clock.look(); };
  auto log = Log::open(directory, std::move(options));
  if (!log) throw std::runtime_error("log: " + log.error().code);
  return std::move(*log);
}

inline std::vector<Entry> all_entries(const LogView& log) {
  std::vector<Entry> entries;
  auto scanned = log.scan(1, log.size(), LogView::Half::both, [&](Entry&& entry) {
    entries.push_back(std::move(entry));
    return true;
  });
  if (!scanned) throw std::runtime_error("scan: " + scanned.error().code);
  return entries;
}

/// Of a write-ahead log with these bytes.
inline Result<std::uint64_t> end_of_batches_in(const std::string& bytes, WalState state) {
  auto read = [&](std::uint64_t at, std::size_t size) -> Result<std::string> {
    return bytes.substr(std::min<std::size_t>(at, bytes.size()), size);
  };
  return end_of_batches(read, state);
}

} // namespace mingce::test
