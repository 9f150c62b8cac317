// What proofs and sealing cost an entry, measured on the product's own code. There is no switch in
// the product that leaves them out; so the tree is built here alone, and the log is filled once
// with private halves and once with the same text in the open.

#include "scratch.hpp"

#include "log/bytes.hpp"
#include "log/log.hpp"

#include <benchmark/benchmark.h>
#include <rocksdb/db.h>
#include <rocksdb/write_batch.h>

#include <atomic>
#include <memory>
#include <stdexcept>

namespace mingce::bench {
namespace {

constexpr std::uint32_t story = 10; // entries a stream; every second one has a private half

Draft draft(std::uint64_t n, bool sealed) {
  Draft out;
  out.stream = StreamId::of("request", "load", std::to_string(n / story));
  out.version = std::uint32_t(n % story) + 1;
  out.actor = "bench";
  out.event = json::object{{"type", "note.added"}, {"on", "2026-03-09"}};
  json::object text{{"text", "已电话联系申请人，说明检索范围，申请人表示同意，材料归档"}};
  if (n % 2 != 0)
    out.event.as_object()["data"] = json::object{{"document_no", "政公开告知〔2026〕12号"}};
  else if (sealed)
    out.body = std::move(text);
  else
    out.event.as_object()["data"] = std::move(text);
  return out;
}

/// One caller after the other waits for the disk; what counts is the CPU time of the process.
class FilledLog : public benchmark::Fixture {
public:
  void SetUp(const benchmark::State& state) override {
    if (state.thread_index() != 0) return;
    LogOptions options;
    options.now = [] {
      return std::chrono::time_point_cast<std::chrono::milliseconds>(
          std::chrono::system_clock::now());
    };
    auto opened = Log::open(scratch("shares"), std::move(options));
    if (!opened) throw std::runtime_error(opened.error().code);
    log_ = std::move(*opened);
    next_ = 0;
  }
  void TearDown(const benchmark::State& state) override {
    if (state.thread_index() == 0) log_.reset();
  }

protected:
  void fill(benchmark::State& state, bool sealed) {
    for (auto _ : state) {
      auto first = next_.fetch_add(story); // each thread has streams of its own
      for (std::uint64_t n = first; n < first + story; ++n) {
        Append append;
        append.entries.push_back(prepare(draft(n, sealed)).value());
        if (!log_->append(std::move(append))) throw std::runtime_error("refused");
      }
    }
    state.SetItemsProcessed(state.iterations() * story);
  }
  std::unique_ptr<Log> log_;
  std::atomic<std::uint64_t> next_ = 0;
};

BENCHMARK_DEFINE_F(FilledLog, append_sealed)(benchmark::State& state) { fill(state, true); }
BENCHMARK_DEFINE_F(FilledLog, append_open)(benchmark::State& state) { fill(state, false); }

/// Hashing, the frontier, the tiles, and their way into the database, in batches of 64 entries.
void tree(benchmark::State& state) {
  rocksdb::Options options;
  options.create_if_missing = true;
  rocksdb::DB* opened = nullptr;
  if (!rocksdb::DB::Open(options, scratch("tree").string(), &opened).ok())
    throw std::runtime_error("no database");
  std::unique_ptr<rocksdb::DB> db(opened);
  std::string leaf = prepare(draft(0, true)).value().leaf(Instant{});
  Frontier frontier;
  GrowingTiles tiles;
  constexpr int batch_size = 64;
  for (auto _ : state) {
    rocksdb::WriteBatch batch;
    for (int i = 0; i < batch_size; ++i) {
      auto hash = hash_leaf(leaf);
      tiles.append(frontier, hash, [&](unsigned level, std::uint64_t index, auto hashes) {
        batch.Put(std::string(1, char(level)) + be64(index), hashes);
      });
    }
    if (!db->Write({}, &batch).ok()) throw std::runtime_error("write");
  }
  state.SetItemsProcessed(state.iterations() * batch_size);
}

BENCHMARK_REGISTER_F(FilledLog, append_sealed)
    ->Threads(64)
    ->MinTime(1)
    ->MeasureProcessCPUTime()
    ->UseRealTime();
BENCHMARK_REGISTER_F(FilledLog, append_open)
    ->Threads(64)
    ->MinTime(1)
    ->MeasureProcessCPUTime()
    ->UseRealTime();
BENCHMARK(tree);

} // namespace
} // namespace mingce::bench
