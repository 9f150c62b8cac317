// What the disk, RocksDB and the hash allow by themselves: no rules, no server, no proofs. The
// goals of the product are ratios to these, measured in the same run.

#include "least_log.hpp"
#include "sample.hpp"
#include "scratch.hpp"

#include <benchmark/benchmark.h>
#include <openssl/evp.h>
#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/table.h>
#include <rocksdb/write_batch.h>

#include <array>
#include <atomic>
#include <fcntl.h>
#include <filesystem>
#include <memory>
#include <stdexcept>
#include <string_view>
#include <unistd.h>
#include <vector>

namespace mingce::bench {
namespace {

namespace fs = std::filesystem;

void put_sample(rocksdb::WriteBatch& batch, std::uint64_t n) {
  auto entry = sample_entry(n);
  put_entry(batch, n, entry.stream, entry.version, entry.leaf);
}

/// One fdatasync of so many bytes appended to a file whose space is there.
void disk_sync(benchmark::State& state) {
  auto path = scratch("sync");
  int fd = ::open(path.c_str(), O_CREAT | O_WRONLY, 0600);
  std::string bytes(std::size_t(state.range(0)), 'x');
  if (fd < 0 || ::posix_fallocate(fd, 0, off_t{1} << 30) != 0)
    throw std::runtime_error("no room for 1 GiB");
  for (auto _ : state)
    if (::write(fd, bytes.data(), bytes.size()) < 0 || ::fdatasync(fd) != 0)
      throw std::runtime_error("write");
  ::close(fd);
  fs::remove(path);
  state.SetItemsProcessed(state.iterations());
}

/// An ideal committer: as many entries as there are clients in every synced batch, none waiting.
void append_ideal(benchmark::State& state) {
  auto db = open_to_append(scratch("append"));
  std::uint64_t n = 0;
  for (auto _ : state) {
    rocksdb::WriteBatch batch;
    for (std::int64_t i = 0; i < state.range(0); ++i) put_sample(batch, n++);
    check(db->Write(synced, &batch));
  }
  state.SetItemsProcessed(std::int64_t(n));
}

/// As many threads as there are clients, each with its own synced batch: RocksDB groups them.
class AppendOwnGroups : public benchmark::Fixture {
public:
  void SetUp(const benchmark::State& state) override {
    if (state.thread_index() != 0) return;
    db_ = open_to_append(scratch("append"));
    next_ = 0;
  }
  void TearDown(const benchmark::State& state) override {
    if (state.thread_index() == 0) db_.reset();
  }

protected:
  std::unique_ptr<rocksdb::DB> db_;
  std::atomic<std::uint64_t> next_ = 0;
};

BENCHMARK_DEFINE_F(AppendOwnGroups, append_own_groups)(benchmark::State& state) {
  for (auto _ : state) {
    rocksdb::WriteBatch batch;
    put_sample(batch, next_++);
    check(db_->Write(synced, &batch));
  }
  state.SetItemsProcessed(state.iterations());
}

/// A store of entries to be read again, in table files, as a log that was closed.
class Stored : public benchmark::Fixture {
public:
  void SetUp(const benchmark::State& state) override {
    if (db_) return;
    rocksdb::Options options;
    options.create_if_missing = true;
    options.compression = rocksdb::kZSTD; // as the family `log`
    rocksdb::BlockBasedTableOptions table;
    table.block_size = 64 << 10;
    options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
    db_ = open(scratch("stored"), options);
    rocksdb::WriteBatch batch;
    for (std::int64_t n = 0; n < state.range(0); ++n) {
      check(batch.Put(be64(std::uint64_t(n)), sample_entry(std::uint64_t(n)).leaf));
      if (n % 1000 == 999) {
        check(db_->Write({}, &batch));
        batch.Clear();
      }
    }
    check(db_->Write({}, &batch));
    check(db_->CompactRange({}, nullptr, nullptr));
  }

  /// Before RocksDB's own statics go.
  static void close() { db_.reset(); }

protected:
  std::unique_ptr<rocksdb::Iterator> all() const {
    rocksdb::ReadOptions options;
    options.fill_cache = false;
    options.readahead_size = 2 << 20;
    std::unique_ptr<rocksdb::Iterator> rows(db_->NewIterator(options));
    rows->SeekToFirst();
    return rows;
  }
  static inline std::unique_ptr<rocksdb::DB> db_;
};

BENCHMARK_DEFINE_F(Stored, iterate)(benchmark::State& state) {
  for (auto _ : state) {
    std::size_t bytes = 0;
    auto rows = all();
    for (; rows->Valid(); rows->Next()) bytes += rows->value().size();
    check(rows->status());
    benchmark::DoNotOptimize(bytes);
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

using Hash = std::array<unsigned char, 32>;

/// RFC 6962 over the stored entries, each read and hashed: the least a verifier can do.
class MerkleRoot {
public:
  MerkleRoot() : context_(EVP_MD_CTX_new(), EVP_MD_CTX_free) {}

  void append(std::string_view leaf) {
    auto hash = digest(0, leaf, {});
    for (auto n = size_++; n & 1; n >>= 1) {
      hash = digest(1, view(peaks_.back()), view(hash));
      peaks_.pop_back();
    }
    peaks_.push_back(hash);
  }
  Hash root() {
    auto hash = peaks_.back();
    for (auto i = peaks_.size() - 1; i-- > 0;) hash = digest(1, view(peaks_[i]), view(hash));
    return hash;
  }

private:
  static std::string_view view(const Hash& hash) {
    return {reinterpret_cast<const char*>(hash.data()), hash.size()};
  }
  Hash digest(unsigned char prefix, std::string_view first, std::string_view second) {
    Hash out;
    EVP_DigestInit_ex2(context_.get(), sha256_, nullptr);
    EVP_DigestUpdate(context_.get(), &prefix, 1);
    EVP_DigestUpdate(context_.get(), first.data(), first.size());
    EVP_DigestUpdate(context_.get(), second.data(), second.size());
    EVP_DigestFinal_ex(context_.get(), out.data(), nullptr);
    return out;
  }

  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> context_;
  static inline EVP_MD* sha256_ = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  std::uint64_t size_ = 0;
  std::vector<Hash> peaks_;
};

BENCHMARK_DEFINE_F(Stored, merkle_replay)(benchmark::State& state) {
  for (auto _ : state) {
    MerkleRoot tree;
    auto rows = all();
    for (; rows->Valid(); rows->Next()) tree.append(rows->value().ToStringView());
    check(rows->status());
    benchmark::DoNotOptimize(tree.root());
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}

BENCHMARK(disk_sync)->Arg(300)->Arg(16 << 10)->MinTime(0.3)->UseRealTime();
BENCHMARK(append_ideal)->Arg(64)->Arg(1)->MinTime(1.5)->UseRealTime();
BENCHMARK_REGISTER_F(AppendOwnGroups, append_own_groups)->Threads(64)->MinTime(1.5)->UseRealTime();
BENCHMARK_REGISTER_F(Stored, iterate)->Arg(1'000'000)->UseRealTime();
BENCHMARK_REGISTER_F(Stored, merkle_replay)->Arg(1'000'000)->UseRealTime();

int run(int argc, char** argv) {
  benchmark::Initialize(&argc, argv);
  if (benchmark::ReportUnrecognizedArguments(argc, argv)) return 2;
  benchmark::RunSpecifiedBenchmarks();
  Stored::close();
  return 0;
}

} // namespace
} // namespace mingce::bench

int main(int argc, char** argv) { return mingce::bench::run(argc, argv); }
