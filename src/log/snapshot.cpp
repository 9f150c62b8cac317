#include "log/snapshot.hpp"

#include "log/files.hpp"
#include "log/store.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <algorithm>

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

/// A file that is being copied, kept open: it can be synced also when its name is gone.
class Source {
public:
  explicit Source(const fs::path& path) : file_(::open(path.c_str(), O_RDONLY | O_CLOEXEC)) {}
  Source(Source&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  Source& operator=(Source&&) = delete;
  ~Source() {
    if (file_ >= 0) ::close(file_);
  }

  /// The first `size` bytes as they are now.
  Result<void> copy_start(const fs::path& to, std::uint64_t size) const {
    int out = ::open(to.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
    bool copied = file_ >= 0 && out >= 0;
    while (copied && size > 0) {
      auto moved = ::copy_file_range(file_, nullptr, out, nullptr, size, 0);
      copied = moved > 0;
      size -= std::uint64_t(std::max<ssize_t>(moved, 0));
    }
    if (out >= 0) ::close(out);
    if (!copied) return cannot_copy();
    return {};
  }
  Result<void> sync() const {
    if (::fdatasync(file_) != 0) return cannot_copy();
    return {};
  }

private:
  int file_;
};
using Sources = std::vector<Source>;

/// Tables never change: a second name keeps one also when the writer drops the first.
Result<void> link_tables(const fs::path& from, const fs::path& to) {
  std::error_code ec;
  for (auto& file : fs::directory_iterator(from, ec)) {
    if (file.path().extension() != ".sst") continue;
    fs::create_hard_link(file.path(), to / file.path().filename(), ec);
    if (ec && ec != std::errc::no_such_file_or_directory) return cannot_copy();
  }
  return {};
}

/// The oldest first: only the last of those that were there can still grow, so that what was
/// written while they were copied is missing at the end and nowhere else.
Result<void> copy_write_ahead_logs(const fs::path& from, const fs::path& to, Sources& sources) {
  std::error_code ec;
  std::vector<fs::path> logs; // their names are numbers of equal length
  for (auto& file : fs::directory_iterator(from, ec))
    if (file.path().extension() == ".log") logs.push_back(file.path());
  std::ranges::sort(logs);
  for (auto& log : logs) {
    auto size = fs::file_size(log, ec);
    if (ec) continue; // dropped meanwhile: then the manifest has changed as well
    auto& source = sources.emplace_back(log);
    if (auto copied = source.copy_start(to / log.filename(), size); !copied) return copied;
  }
  return {};
}

/// False: the writer has put other tables in the place of these meanwhile.
Result<bool> copy_ledger(const fs::path& from, const fs::path& to) {
  std::error_code ec;
  fs::remove_all(to, ec);
  if (!fs::create_directory(to, ec)) return cannot_copy();
  auto before = manifest_of(from);
  if (!before) return false; // just being replaced
  Sources sources;
  auto tables = link_tables(from, to);
  auto logs = copy_write_ahead_logs(from, to, sources);
  auto& manifest_source = sources.emplace_back(from / before->name);
  auto manifest = manifest_source.copy_start(to / before->name, before->size);
  // Tables are added to the manifest before it is synced and before what they replace is dropped:
  // as long as it is the same, nothing it names is gone.
  auto after = manifest_of(from);
  if (!after || *after != *before) return false;
  for (auto* done : {&tables, &logs, &manifest})
    if (!*done) return done->error();
  // Only now: a sync takes longer than all that must happen before the writer's next table.
  for (auto& source : sources)
    if (auto synced = source.sync(); !synced) return synced.error();
  if (auto written = write_file(to / "CURRENT", before->current); !written) return written.error();
  return true;
}

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
  snapshot.lock_ = ::open(at.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (snapshot.lock_ < 0) return cannot_copy();
  if (::flock(snapshot.lock_, LOCK_EX | LOCK_NB) != 0)
    return Failure{FailureKind::busy,
                   "snapshot_running",
                   {"另一个备份正在进行", "another backup of this directory is running"}};
  snapshot.directory_ = at;
  if (!has_room_to_recover(database_path(directory), /*copies=*/1)) return refused_for(Room::none);
  constexpr int attempts = 100;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    auto copied = copy_ledger(database_path(directory), database_path(at));
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
    : directory_(std::exchange(other.directory_, {})), lock_(std::exchange(other.lock_, -1)) {}

Snapshot::~Snapshot() {
  std::error_code ec;
  if (!directory_.empty()) fs::remove_all(directory_, ec);
  if (lock_ >= 0) ::close(lock_);
}

} // namespace mingce
