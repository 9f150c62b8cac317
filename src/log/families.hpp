#pragma once
// How RocksDB keeps the log: the options of the database and of its column families. Which family
// holds what is said in README.md. Private to src/log.

#include <rocksdb/db.h>

#include <vector>

namespace mingce {

/// Of whoever opens the database; it is not said whether it may be made.
rocksdb::DBOptions database_options();
/// Every family there is; they share one cache of blocks.
std::vector<rocksdb::ColumnFamilyDescriptor> families();

} // namespace mingce
