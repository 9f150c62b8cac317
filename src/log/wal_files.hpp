#pragma once
// The files of the write-ahead log as RocksDB sees them. Private to src/log.
//
// A sync of a file that has grown must also write its new length, through the file system's journal
// and so through another thread. So the file is filled with zeros ahead of what is written, 1 MiB
// at a time, and a sync finds a file that has its length and its blocks already: one write instead
// of two or three, and nobody to wait for. What is promised stays the same. Reading ends where the
// last whole batch does (wal_tail.hpp); whatever lies behind is not seen.

#include "log/wal_tail.hpp"

#include <rocksdb/env.h>

#include <memory>

namespace mingce {

/// The file system of `base`, which must outlive it, with the write-ahead logs as above. Reading a
/// damaged one is `Corruption`.
std::unique_ptr<rocksdb::Env> wal_env(rocksdb::Env* base, WalState state);

} // namespace mingce
