#pragma once
// The least log on RocksDB: three rows an event in one column family. What ceilings.cpp writes by
// itself and bare_log.cpp behind HTTP, so that the two may be compared.

#include <rocksdb/db.h>
#include <rocksdb/options.h>
#include <rocksdb/write_batch.h>

#include <cstdint>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

namespace mingce::bench {

inline void check(const rocksdb::Status& status) {
  if (!status.ok()) throw std::runtime_error(status.ToString());
}

inline std::string be64(std::uint64_t value) {
  std::string out(8, '\0');
  for (int i = 7; i >= 0; --i, value >>= 8) out[std::size_t(i)] = char(value & 255);
  return out;
}

inline std::unique_ptr<rocksdb::DB> open(const std::string& directory,
                                         const rocksdb::Options& options) {
  rocksdb::DB* db = nullptr;
  check(rocksdb::DB::Open(options, directory, &db));
  return std::unique_ptr<rocksdb::DB>(db);
}

inline std::unique_ptr<rocksdb::DB> open_to_append(const std::string& directory) {
  rocksdb::Options options;
  options.create_if_missing = true;
  options.write_buffer_size = std::size_t{256} << 20; // nothing is flushed while it is measured
  options.compression = rocksdb::kLZ4Compression;
  options.avoid_flush_during_shutdown = true;
  return open(directory, options);
}

/// The entry, its place in its stream, the head of the stream.
inline void put_entry(rocksdb::WriteBatch& batch, std::uint64_t seq, std::uint64_t stream,
                      std::uint64_t version, std::string_view leaf) {
  auto place = be64(seq), of = be64(stream), as = be64(version);
  check(batch.Put("L" + place, leaf));
  check(batch.Put("S" + of + as, place));
  check(batch.Put("H" + of, as + place));
}

inline const rocksdb::WriteOptions synced = [] {
  rocksdb::WriteOptions options;
  options.sync = true;
  return options;
}();

} // namespace mingce::bench
