#pragma once
// How RocksDB keeps the log: the options of the database and of its column families. Which family
// holds what is said in README.md. Private to src/log.

#include <rocksdb/db.h>

#include <vector>

namespace mingce {

/// Of whoever opens the database, through an `env` (wal_files.hpp) that outlives it; it is not said
/// whether it may be made.
rocksdb::DBOptions database_options(rocksdb::Env& env);
/// Every family there is; they share one cache of blocks.
std::vector<rocksdb::ColumnFamilyDescriptor> families();

} // namespace mingce
