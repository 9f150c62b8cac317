#pragma once
// The log's files as they are at one instant, taken beside a process that may be writing them and
// without asking it: what a power cut at that instant would leave, and so what recovery is made
// for. Tables are hard links; what grows (write-ahead log, manifest) is copied. Private to src/log.

#include "base/descriptor.hpp"
#include "base/result.hpp"

#include <filesystem>

namespace mingce {

class Snapshot {
public:
  /// In `DIR/snapshot`, on the same file system. One at a time: another one is `busy`, code
  /// `snapshot_running`; what a killed one has left is cleared away. All that was acknowledged
  /// before the call is in it, and nothing that is not on stable storage in DIR as well.
  static Result<Snapshot> take(const std::filesystem::path& directory);

  Snapshot(Snapshot&& other) noexcept;
  Snapshot& operator=(Snapshot&&) = delete;
  ~Snapshot(); ///< removes it

  /// A data directory of its own: `format` and `ledger/`.
  const std::filesystem::path& directory() const { return directory_; }

private:
  Snapshot() = default;
  std::filesystem::path directory_;
  Descriptor lock_;
};

} // namespace mingce
