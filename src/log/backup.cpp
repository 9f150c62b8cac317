#include "log/backup.hpp"

#include "base/descriptor.hpp"
#include "base/json.hpp"
#include "log/base64.hpp"
#include "log/bytes.hpp"
#include "log/files.hpp"
#include "log/snapshot.hpp"
#include "log/store.hpp"

#include <rocksdb/utilities/backup_engine.h>

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <array>

namespace mingce {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view format_text = "mingce-backup 1\n";

Failure unusable(const char* code, const char* zh, const char* en) {
  return {FailureKind::unusable, code, {zh, en}};
}

/// RocksDB's words about a directory of backups.
Failure backup_failure(const rocksdb::Status& status) {
  if (status.IsCorruption())
    return {FailureKind::corrupt,
            "corrupt_backup",
            {"备份已损坏：文件缺失、长度或校验和不符",
             "the backup is damaged: a file is missing, or its length or checksum differs"}};
  if (status.IsNotFound())
    return {FailureKind::not_found, "unknown_backup", {"没有这个备份", "there is no such backup"}};
  if (status.IsNoSpace())
    return {FailureKind::no_space,
            "no_space",
            {"备份目录所在磁盘空间不足", "too little space on the disk of the backups"}};
  return unusable("backup_directory", "备份目录无法读写",
                  "the directory of backups cannot be read or written");
}

// ---- the directory of backups -------------------------------------------------------------------

/// Held while the directory is read or written: `TO/format` is locked.
class BackupLock {
public:
  BackupLock(const fs::path& directory, int kind)
      : file_(::open((directory / "format").c_str(), O_RDONLY | O_CLOEXEC)),
        held_(file_ && ::flock(file_.get(), kind | LOCK_NB) == 0) {}
  Result<void> held() const {
    if (held_) return {};
    return Failure{FailureKind::busy,
                   "backup_in_use",
                   {"备份目录正由另一个进程使用", "another process is using the backups"}};
  }

private:
  Descriptor file_;
  bool held_;
};

Result<void> check_is_ours(const fs::path& directory) {
  auto format = read_file(directory / "format");
  if (format && *format == format_text) return {};
  return unusable("no_backups", "该目录不是 mingce 备份目录", "the directory holds no backups");
}

/// Not within the data itself: both would be lost together, and one copied into the other.
bool is_within(const fs::path& inner, const fs::path& outer) {
  std::error_code ec;
  auto in = fs::weakly_canonical(inner, ec), out = fs::weakly_canonical(outer, ec);
  return std::ranges::mismatch(out, in).in1 == out.end();
}

Result<void> prepare_backups(const fs::path& to, const LogPlace& place) {
  if (is_within(to, place.directory) || is_within(to, place.keys_directory()) ||
      is_within(place.directory, to))
    return unusable("backup_directory", "备份目录不能在数据目录或密钥目录之内，也不能包含它们",
                    "the directory of backups must lie apart from the data and the keys");
  if (auto made = make_private_directory(to); !made) return made;
  if (is_empty_directory(to)) return replace_file(to / "format", format_text);
  return check_is_ours(to);
}

rocksdb::BackupEngineOptions engine_options(const fs::path& directory) {
  rocksdb::BackupEngineOptions options(directory);
  options.share_table_files = true;
  options.share_files_with_checksum = true;
  options.backup_log_files = true;
  options.sync = true;
  return options;
}

template <class Engine>
Result<std::unique_ptr<Engine>> open_engine(const fs::path& directory) {
  Engine* opened = nullptr;
  auto status = Engine::Open(engine_options(directory), rocksdb::Env::Default(), &opened);
  if (!status.ok()) return backup_failure(status);
  return std::unique_ptr<Engine>(opened);
}

// What RocksDB keeps with a backup for us: one JSON object.

std::string encode_metadata(const Backup& backup) {
  return canonical(json::object{{"entries", backup.entries},
                                {"root", to_base64(as_text(backup.root))},
                                {"format", backup.format}});
}

std::optional<Backup> decode(const rocksdb::BackupInfo& info) {
  Backup backup{.id = info.backup_id,
                .made_at = Instant{std::chrono::seconds{info.timestamp}},
                .bytes = info.size};
  auto value = parse_json(info.app_metadata);
  auto* object = value ? value->if_object() : nullptr;
  auto* entries = object ? object->if_contains("entries") : nullptr;
  auto* root = object ? object->if_contains("root") : nullptr;
  auto* format = object ? object->if_contains("format") : nullptr;
  if (!entries || !entries->is_int64() || !root || !root->is_string() || !format ||
      !format->is_string())
    return std::nullopt;
  auto bytes = from_base64(root->get_string());
  if (!bytes || bytes->size() != backup.root.size()) return std::nullopt;
  backup.entries = std::uint64_t(entries->get_int64());
  std::ranges::copy(*bytes, backup.root.begin());
  backup.format = format->get_string();
  return backup;
}

std::vector<Backup> backups_in(const rocksdb::BackupEngineReadOnlyBase& engine) {
  std::vector<rocksdb::BackupInfo> infos;
  engine.GetBackupInfo(&infos);
  std::vector<Backup> backups;
  for (auto& info : infos)
    if (auto backup = decode(info)) backups.push_back(std::move(*backup));
  std::ranges::sort(backups, {}, &Backup::id);
  return backups;
}

// ---- backing up ---------------------------------------------------------------------------------

/// A backup that is not of this register, or of one that was put back or rewritten, must never push
/// out those that are.
Result<void> goes_on_from(const LogView& log, std::uint64_t size, const Digest& root) {
  if (size > log.size()) return entries_missing(size, log.size());
  auto there = log.tree().root(size);
  if (!there) return there.error();
  if (*there != root) return forked();
  return {};
}

/// What the snapshot holds, once it is known to be the register that was signed and backed up.
Result<Backup> examine(const Snapshot& snapshot, std::uint64_t acknowledged,
                       const std::optional<LogCheckpoint>& anchor,
                       const std::vector<Backup>& before) {
  auto log = LogView::open_unchecked(snapshot.directory());
  if (!log) return log.error();
  if ((*log)->size() < acknowledged) return entries_missing(acknowledged, (*log)->size());
  Backup backup{.entries = (*log)->size()};
  auto root = (*log)->tree().root();
  if (!root) return root.error();
  auto head = (*log)->store().head();
  if (!head) return head.error();
  if (*root != head->trees.front().root()) return forked();
  backup.root = *root;
  if (anchor)
    if (auto held = goes_on_from(**log, anchor->size, anchor->root); !held) return held.error();
  if (!before.empty())
    if (auto held = goes_on_from(**log, before.back().entries, before.back().root); !held)
      return held.error();
  auto format = read_file(format_path(snapshot.directory()));
  if (!format) return format.error();
  backup.format = *format;
  return backup;
}

Result<Backup> add_backup(rocksdb::BackupEngine& engine, const Snapshot& snapshot,
                          const Backup& examined) {
  rocksdb::BackupID id = 0;
  auto copied = use_copy(database_path(snapshot.directory()), [&](auto& db) -> Result<void> {
    auto status = engine.CreateNewBackupWithMetadata(rocksdb::CreateBackupOptions{}, &db,
                                                     encode_metadata(examined), &id);
    if (!status.ok()) return backup_failure(status);
    return {};
  });
  if (!copied) return copied.error();
  rocksdb::BackupInfo info;
  rocksdb::Status status = engine.VerifyBackup(id, /*verify_with_checksum=*/true);
  if (status.ok()) status = engine.GetBackupInfo(id, &info);
  auto backup = status.ok() ? decode(info) : std::nullopt;
  if (backup) return *backup;
  engine.DeleteBackup(id).PermitUncheckedError();
  return backup_failure(status.ok() ? rocksdb::Status::Corruption() : status);
}

Result<std::vector<std::uint32_t>> drop_old(rocksdb::BackupEngine& engine,
                                            const BackupRetention& retention, Instant now) {
  std::vector<std::uint32_t> dropped;
  if (!retention.count && !retention.age) return dropped;
  auto backups = backups_in(engine);
  for (std::size_t i = 0; i + 1 < backups.size(); ++i) {
    bool is_recent = retention.age && backups[i].made_at + *retention.age > now;
    bool is_among_last = retention.count && i + *retention.count >= backups.size();
    if (is_recent || is_among_last) continue;
    auto status = engine.DeleteBackup(backups[i].id);
    if (!status.ok()) return backup_failure(status);
    dropped.push_back(backups[i].id);
  }
  return dropped;
}

} // namespace

Result<BackupMade> back_up(const LogPlace& place, const fs::path& to,
                           const BackupRetention& retention, Instant now) {
  // In this order, so that the snapshot has what the anchor and the mark vouch for.
  auto anchor = anchor_of(place, KeyRing::load(place));
  if (!anchor) return anchor.error();
  auto acknowledged = WriterMark::look(place.directory).size;
  auto snapshot = Snapshot::take(place.directory);
  if (!snapshot) return snapshot.error();
  if (auto ready = prepare_backups(to, place); !ready) return ready.error();
  BackupLock lock(to, LOCK_EX);
  if (auto held = lock.held(); !held) return held.error();
  auto engine = open_engine<rocksdb::BackupEngine>(to);
  if (!engine) return engine.error();
  auto examined = examine(*snapshot, acknowledged, *anchor, backups_in(**engine));
  if (!examined) return examined.error();
  auto backup = add_backup(**engine, *snapshot, *examined);
  if (!backup) return backup.error();
  auto dropped = drop_old(**engine, retention, now);
  if (!dropped) return dropped.error();
  return BackupMade{*backup, *dropped};
}

Result<std::vector<Backup>> list_backups(const fs::path& from) {
  if (auto ours = check_is_ours(from); !ours) return ours.error();
  BackupLock lock(from, LOCK_SH);
  if (auto held = lock.held(); !held) return held.error();
  auto engine = open_engine<rocksdb::BackupEngineReadOnly>(from);
  if (!engine) return engine.error();
  return backups_in(**engine);
}

// ---- restoring ----------------------------------------------------------------------------------

namespace {

Result<Backup> choose(const std::vector<Backup>& backups, std::optional<std::uint32_t> id) {
  if (backups.empty())
    return unusable("no_backups", "该目录中没有完整的备份",
                    "there is no whole backup in that directory");
  if (!id) return backups.back();
  auto found = std::ranges::find(backups, *id, &Backup::id);
  if (found == backups.end()) return backup_failure(rocksdb::Status::NotFound());
  return *found;
}

/// Without the file `format` a directory is no register: it comes last.
Result<void> copy_back(const rocksdb::BackupEngineReadOnly& engine, const Backup& backup,
                       const fs::path& directory) {
  rocksdb::Status status = engine.VerifyBackup(backup.id, /*verify_with_checksum=*/true);
  if (!status.ok()) return backup_failure(status);
  auto ledger = database_path(directory);
  status = engine.RestoreDBFromBackup(rocksdb::RestoreOptions{}, backup.id, ledger, ledger);
  if (!status.ok()) return backup_failure(status);
  Descriptor opened(::open(ledger.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!opened || ::syncfs(opened.get()) != 0) return storage_failure(rocksdb::Status::IOError());
  return replace_file(format_path(directory), backup.format, 0644);
}

/// The checkpoint over the last entries may have been signed after the backup was made. The anchor
/// is that checkpoint; what it vouches for is verified with all others.
Result<void> take_over_anchor(const LogPlace& to, std::uint64_t entries) {
  auto text = read_file(to.anchor());
  auto ring = KeyRing::load(to);
  auto anchor = anchor_of(to, ring);
  if (!anchor) return anchor.error();
  if (!text || !*anchor || (*anchor)->size > entries || !ring) return {};
  auto store = LogView::Store::open_to_write(to, {.now = [] { return Instant{}; }});
  if (!store) return store.error();
  auto row = be64((*anchor)->size);
  auto kept = (*store)->get(LogView::Store::checkpoints, row);
  if (!kept) return kept.error();
  if (*kept) return {};
  return (*store)->put(LogView::Store::checkpoints, row, *text);
}

/// That the register is older than its anchor is told apart, in `Restored::missing`.
void leave_out_what_came_later(Restored& restored) {
  if (restored.missing() == 0) return;
  std::erase_if(restored.verified.faults, [](const LogFault& fault) {
    return fault.code == "checkpoint_missing" || fault.code == "entries_missing";
  });
}

} // namespace

Result<Restored> restore_backup(const fs::path& from, std::optional<std::uint32_t> id,
                                const LogPlace& to, const std::function<void(Entry&&)>& each) {
  if (auto ours = check_is_ours(from); !ours) return ours.error();
  BackupLock lock(from, LOCK_SH);
  if (auto held = lock.held(); !held) return held.error();
  auto engine = open_engine<rocksdb::BackupEngineReadOnly>(from);
  if (!engine) return engine.error();
  auto backup = choose(backups_in(**engine), id);
  if (!backup) return backup.error();
  std::error_code ec;
  fs::create_directories(to.directory, ec);
  if (!is_empty_directory(to.directory))
    return unusable("not_empty", "只能恢复到空目录或不存在的目录",
                    "a backup is restored into an empty directory, or one that is not there");
  {
    auto writing = WriterMark::lock(to.directory); // no server begins a register here meanwhile
    if (!writing) return writing.error();
    if (auto copied = copy_back(**engine, *backup, to.directory); !copied) return copied.error();
    writing->set(backup->entries);
  }
  if (auto taken = take_over_anchor(to, backup->entries); !taken) return taken.error();
  auto log = LogView::open_unchecked(to);
  if (!log) return log.error();
  auto verified = verify_log(**log, {{}, each});
  if (!verified) return verified.error();
  Restored restored{*backup, std::move(*verified), {}, (*log)->anchor()};
  if (restored.verified.entries != backup->entries || restored.verified.root != backup->root)
    restored.verified.faults.push_back(
        {"corrupt_backup",
         {"恢复的条目与备份所记不符", "the entries restored are not those that the backup names"}});
  auto note = (*log)->latest_checkpoint();
  if (!note) return note.error();
  if (*note) restored.checkpoint = LogCheckpoint::parse((*note)->text);
  leave_out_what_came_later(restored);
  return restored;
}

} // namespace mingce
