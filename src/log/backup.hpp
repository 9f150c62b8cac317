#pragma once
// Backups of a log, and back. A directory of backups holds RocksDB's own format (BackupEngine):
// each backup is whole by itself, and tables that several have are there once. Keys are never in
// it: `DIR.keys` is backed up apart, so that a copy of the data alone reads no person.

#include "log/verify.hpp"

#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

namespace mingce {

struct Backup {
  std::uint32_t id = 0;    ///< ascending within its directory; never used twice
  Instant made_at{};       ///< whole seconds
  std::uint64_t bytes = 0; ///< of all its files, those included that other backups share
  std::uint64_t entries = 0;
  Digest root{};        ///< of the tree over those entries
  std::string format{}; ///< the file `DIR/format`
};

/// What stays when a backup has been added: each one that either rule keeps, and the newest in any
/// case. Neither rule: all.
struct BackupRetention {
  std::optional<std::uint32_t> count{};
  std::optional<std::chrono::days> age{};
};

struct BackupMade {
  Backup backup;
  std::vector<std::uint32_t> dropped; ///< ids that the retention let go
};

/// Adds a backup of the register to a directory, which is made if it is not there. May run beside a
/// writer, which is not asked and not kept waiting. What is copied must go on from the newest
/// backup there and from the anchor (`entries_missing`, `forked_log`: `corrupt`); when it is there
/// it is read again and its checksums compared; only then does anything go. One at a time (`busy`).
Result<BackupMade> back_up(const LogPlace& place, const std::filesystem::path& to,
                           const BackupRetention& retention, Instant now);

/// The backups that are whole as far as can be told without reading them, the oldest first.
Result<std::vector<Backup>> list_backups(const std::filesystem::path& from);

struct Restored {
  Backup backup;
  Verified verified;                       ///< all that was restored
  std::optional<LogCheckpoint> checkpoint; ///< the newest that is signed within it
  std::optional<LogCheckpoint> anchor;     ///< of DIR.keys, if that is there

  /// Entries that were signed and are not in the backup.
  std::uint64_t missing() const {
    return anchor && anchor->size > verified.entries ? anchor->size - verified.entries : 0;
  }
};

/// Into a directory that is empty or not there (`not_empty`); `DIR.keys` is left as it is. The
/// newest backup unless one is named. Its checksums are compared before, and every entry, index,
/// tile and checkpoint after (`each`: as verify_log). Interrupted, it leaves what is no register:
/// remove it, begin again.
Result<Restored> restore_backup(const std::filesystem::path& from, std::optional<std::uint32_t> id,
                                const LogPlace& to, const std::function<void(Entry&&)>& each = {});

} // namespace mingce
