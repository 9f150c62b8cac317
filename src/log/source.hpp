#pragma once
// Where entries are read from: the log on RocksDB, or a static export of it.

#include "log/leaf.hpp"

#include <functional>
#include <vector>

namespace mingce {

class EntrySource {
public:
  virtual ~EntrySource() = default;

  /// Number of entries; the last one has this seq.
  virtual std::uint64_t size() const = 0;

  enum class Half { open, both };
  /// Entries from..to inclusive, in order, until `each` says false. Checksums are verified. Both
  /// halves need the keys (`no_keys`).
  virtual Result<void> scan(std::uint64_t from, std::uint64_t to, Half half,
                            const std::function<bool(Entry&&)>& each) const = 0;
  /// The entries of one stream with seq ≤ `up_to`, version 1 first; empty if there is none.
  virtual Result<std::vector<Entry>> read_stream(const StreamId& stream, std::uint64_t up_to,
                                                 Half half) const = 0;
};

} // namespace mingce
