#include "log/families.hpp"

#include "log/stream_id.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/file_checksum.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/listener.h>
#include <rocksdb/memtablerep.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

namespace mingce {
namespace {

/// On a full disk RocksDB tries to recover by itself, whatever `max_bgerror_resume_count` says: it
/// flushes the families, without the batch that failed but stands in the write-ahead log. The next
/// start would then read that batch for some families and not for others. We restart instead.
class NoRecovery : public rocksdb::EventListener {
public:
  void OnErrorRecoveryBegin(rocksdb::BackgroundErrorReason, rocksdb::Status,
                            bool* auto_recovery) override {
    *auto_recovery = false;
  }
};

rocksdb::BlockBasedTableOptions table_options(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.format_version = 5;
  table.checksum = rocksdb::kXXH3;
  table.block_size = 16 << 10;
  table.block_cache = cache;
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  return table;
}

enum class Access { sequential, by_prefix, by_key, by_digest, hashes };

constexpr std::size_t digests_in_memory = 1 << 16; ///< buckets: some two digests in each

rocksdb::ColumnFamilyOptions family_options(Access access,
                                            const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions options;
  auto table = table_options(cache);
  options.write_buffer_size = (access == Access::sequential ? 32ull : 16ull) << 20;
  options.max_write_buffer_number = 2;
  options.target_file_size_base = 64ull << 20;
  options.memtable_protection_bytes_per_key = 8;
  options.paranoid_file_checks = true;
  options.force_consistency_checks = true;
  if (access == Access::sequential) {
    // Entries come in the order of their keys: each goes behind the one before it.
    options.memtable_insert_with_hint_prefix_extractor.reset(rocksdb::NewCappedPrefixTransform(4));
    options.compression = rocksdb::kZSTD;
    options.compression_opts.max_dict_bytes = 16 << 10;
    options.compression_opts.zstd_max_train_bytes = 400 << 10;
  } else if (access == Access::hashes) {
    options.compression = rocksdb::kNoCompression;
  } else {
    options.compression = rocksdb::kLZ4Compression;
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  }
  if (access == Access::by_digest) {
    // Digests are scattered: each has a place of its own in memory instead of a way to be found.
    options.prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(8));
    options.memtable_prefix_bloom_size_ratio = 0.02; // about 16 bits a key, nearly all new
    options.memtable_factory.reset(rocksdb::NewHashLinkListRepFactory(digests_in_memory));
    table.whole_key_filtering = false;
  }
  if (access == Access::by_prefix) {
    options.prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(sizeof(StreamId::bytes)));
    // The next version of a stream goes behind the one before it.
    options.memtable_insert_with_hint_prefix_extractor = options.prefix_extractor;
    options.memtable_prefix_bloom_size_ratio = 0.1;
    table.whole_key_filtering = false;
  }
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

} // namespace

rocksdb::DBOptions database_options(rocksdb::Env& env) {
  rocksdb::DBOptions options;
  options.env = &env;
  // Damage must refuse to open; the default mode would open and silently drop what follows. What a
  // power cut has torn is not seen here: the log ends before it (wal_files.hpp).
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.max_bgerror_resume_count = 0; // after a write error we restart; no silent second try
  options.listeners.push_back(std::make_shared<NoRecovery>());
  options.max_total_wal_size = 64ull << 20;
  options.max_background_jobs = 2;
  options.allow_concurrent_memtable_write = false; // writes come one by one
  options.max_open_files = -1; // readers in other processes need every file open
  options.bytes_per_sync = 1 << 20;
  options.recycle_log_file_num = 0;
  options.keep_log_file_num = 5;
  options.max_log_file_size = 4 << 20;
  options.stats_dump_period_sec = 0;
  options.paranoid_checks = true;
  options.flush_verify_memtable_count = true;
  options.file_checksum_gen_factory = rocksdb::GetFileChecksumGenCrc32cFactory();
  return options;
}

std::vector<rocksdb::ColumnFamilyDescriptor> families() {
  // A part of the cache must have room for the largest filter, which is that of a full table and
  // some 1 MiB: what has none is read from its file each time. By default it has 512 KiB.
  auto cache = rocksdb::NewLRUCache(32 << 20, /*num_shard_bits=*/2);
  std::vector<rocksdb::ColumnFamilyDescriptor> out{
      {"log", family_options(Access::sequential, cache)},
      {"body", family_options(Access::sequential, cache)},
      {"stream", family_options(Access::by_prefix, cache)},
      {"idem", family_options(Access::by_digest, cache)},
      {"key", family_options(Access::hashes, cache)},
      {"tile", family_options(Access::hashes, cache)},
      {"ckpt", family_options(Access::by_key, cache)},
      {"meta", family_options(Access::by_key, cache)},
      // RocksDB insists on this one; nothing is kept in it.
      {rocksdb::kDefaultColumnFamilyName, rocksdb::ColumnFamilyOptions{}}};
  return out;
}

} // namespace mingce
