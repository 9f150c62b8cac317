#include "log/snapshot.hpp"

#include "log/files.hpp"
#include "log/store.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace mingce {
namespace {

namespace fs = std::filesystem;

Failure cannot_copy() {
  return {FailureKind::unusable,
          "snapshot",
          {"无法在数据目录中建立快照（权限、空间或文件系统不支持硬链接）",
           "no snapshot can be made in the data directory: permissions, space, or a file system "
           "without hard links"}};
}

/// What stands in the manifest is the database; it only grows, until another takes its place.
struct Manifest {
  std::string current; ///< the file CURRENT: which manifest it is
  std::string name;
  std::uint64_t size = 0;
  friend bool operator==(const Manifest&, const Manifest&) = default;
};

Result<Manifest> manifest_of(const fs::path& ledger) {
  auto current = read_file(ledger / "CURRENT");
  if (!current) return current.error();
  Manifest manifest{*current, current->substr(0, current->find('\n'))};
  std::error_code ec;
  manifest.size = fs::file_size(ledger / manifest.name, ec);
  if (ec) return cannot_copy();
  return manifest;
}

/// A file that only grows, and its copy. Kept open: it can be synced also when its name is gone.
class Growing {
public:
  Growing(const fs::path& from, const fs::path& to)
      : from_(::open(from.c_str(), O_RDONLY | O_CLOEXEC)),
        to_(::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600)) {}

  /// Copies what has come up to that size.
  Result<void> copy_up_to(std::uint64_t size) {
    if (!from_ || !to_) return cannot_copy();
    while (copied_ < size) {
      auto in = off_t(copied_), out = in;
      auto moved = ::copy_file_range(from_.get(), &in, to_.get(), &out, size - copied_, 0);
      if (moved <= 0) return cannot_copy();
      copied_ += std::uint64_t(moved);
    }
    return {};
  }
  Result<void> sync() const {
    if (::fdatasync(from_.get()) != 0) return cannot_copy();
    return {};
  }

private:
  Descriptor from_, to_;
  std::uint64_t copied_ = 0;
};

/// Copies a ledger beside its writer. An attempt that the writer has overtaken is not lost: the
/// next one adds what has come since, and has less to do each time.
class LedgerCopy {
public:
  LedgerCopy(const fs::path& from, const fs::path& to) : from_(from), to_(to) {}

  Result<void> begin() const {
    std::error_code ec;
    fs::remove_all(to_, ec);
    if (!fs::create_directory(to_, ec)) return cannot_copy();
    return {};
  }

  /// False: the writer has put other tables in the place of these meanwhile.
  Result<bool> attempt() {
    auto before = manifest_of(from_);
    if (!before) return false; // just being replaced
    names_.clear();
    auto tables = link_tables();
    auto logs = copy_write_ahead_logs();
    auto manifest = grow(before->name, before->size);
    // Tables are added to the manifest before it is synced and before what they replace is dropped:
    // as long as it is the same, nothing it names is gone.
    auto after = manifest_of(from_);
    if (!after || *after != *before) return false;
    for (auto* done : {&tables, &logs, &manifest})
      if (!*done) return done->error();
    if (auto finished = finish(before->current); !finished) return finished.error();
    return true;
  }

private:
  /// Tables never change: a second name keeps one also when the writer drops the first.
  Result<void> link_tables() {
    std::error_code ec;
    for (auto& file : fs::directory_iterator(from_, ec)) {
      if (file.path().extension() != ".sst") continue;
      auto name = file.path().filename().string();
      names_.insert(name);
      fs::create_hard_link(file.path(), to_ / name, ec);
      if (ec && ec != std::errc::file_exists && ec != std::errc::no_such_file_or_directory)
        return cannot_copy();
    }
    return {};
  }

  /// The oldest first: only the last of those that were there can still grow, so that what was
  /// written while they were copied is missing at the end and nowhere else.
  Result<void> copy_write_ahead_logs() {
    std::error_code ec;
    std::vector<fs::path> logs; // their names are numbers of equal length
    for (auto& file : fs::directory_iterator(from_, ec))
      if (file.path().extension() == ".log") logs.push_back(file.path());
    std::ranges::sort(logs);
    for (auto& log : logs) {
      auto size = fs::file_size(log, ec);
      if (ec) continue; // dropped meanwhile: then the manifest has changed as well
      if (auto copied = grow(log.filename().string(), size); !copied) return copied;
    }
    return {};
  }

  Result<void> grow(const std::string& name, std::uint64_t size) {
    names_.insert(name);
    return growing_.try_emplace(name, from_ / name, to_ / name).first->second.copy_up_to(size);
  }

  Result<void> finish(const std::string& current) {
    std::error_code ec;
    for (auto& file : fs::directory_iterator(to_, ec)) { // what the writer has dropped since
      if (names_.contains(file.path().filename().string())) continue;
      if (!fs::remove(file.path(), ec)) return cannot_copy();
    }
    // Only now: a sync takes longer than all that must happen before the writer's next table.
    for (auto& [name, file] : growing_)
      if (names_.contains(name))
        if (auto synced = file.sync(); !synced) return synced;
    return write_file(to_ / "CURRENT", current);
  }

  const fs::path from_, to_;
  std::set<std::string> names_; ///< of the files that the latest attempt has found
  std::map<std::string, Growing> growing_;
};

} // namespace

Result<Snapshot> Snapshot::take(const fs::path& directory) {
  std::error_code ec;
  if (!fs::exists(format_path(directory), ec))
    return Failure{FailureKind::unusable,
                   "no_register",
                   {"该目录没有 mingce 数据", "there is no mingce register in that directory"}};
  Snapshot snapshot;
  auto at = directory / "snapshot";
  if (auto made = make_private_directory(at); !made) return made.error();
  snapshot.lock_ = Descriptor(::open(at.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
  if (!snapshot.lock_) return cannot_copy();
  if (::flock(snapshot.lock_.get(), LOCK_EX | LOCK_NB) != 0)
    return Failure{FailureKind::busy,
                   "snapshot_running",
                   {"另一个备份正在进行", "another backup of this directory is running"}};
  snapshot.directory_ = at;
  if (!has_room_to_recover(database_path(directory), /*copies=*/1)) return refused_for(Room::none);
  LedgerCopy copy(database_path(directory), database_path(at));
  if (auto begun = copy.begin(); !begun) return begun.error();
  constexpr int attempts = 10'000; // each takes about a millisecond
  for (int attempt = 0; attempt < attempts; ++attempt) {
    auto copied = copy.attempt();
    if (!copied) return copied.error();
    if (!*copied) continue;
    fs::copy_file(format_path(directory), format_path(at), fs::copy_options::overwrite_existing,
                  ec);
    if (ec) return cannot_copy();
    return snapshot;
  }
  return cannot_copy();
}

Snapshot::Snapshot(Snapshot&& other) noexcept
    : directory_(std::exchange(other.directory_, {})), lock_(std::move(other.lock_)) {}

Snapshot::~Snapshot() {
  std::error_code ec;
  if (!directory_.empty()) fs::remove_all(directory_, ec);
}

} // namespace mingce
