#include "log/snapshot.hpp"

#include "log/files.hpp"
#include "log/store.hpp"
#include "log/wal_tail.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/inotify.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>

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
};

std::optional<Manifest> manifest_of(const fs::path& ledger) {
  auto current = read_file(ledger / "CURRENT");
  if (!current) return std::nullopt;
  Manifest manifest{*current, current->substr(0, current->find('\n'))};
  std::error_code ec;
  manifest.size = fs::file_size(ledger / manifest.name, ec);
  if (ec) return std::nullopt;
  return manifest;
}

bool is_table(const fs::path& name) { return name.extension() == ".sst"; }

/// What comes into a directory and what goes, as the kernel tells it (inotify(7)). Both are told
/// under the lock that reading the directory takes: who does not find a file there is told why.
class DirectoryWatch {
public:
  enum class Change { came, went };

  explicit DirectoryWatch(const fs::path& directory)
      : events_(::inotify_init1(IN_NONBLOCK | IN_CLOEXEC)) {
    if (::inotify_add_watch(events_.get(), directory.c_str(),
                            IN_CREATE | IN_DELETE | IN_MOVED_FROM | IN_ONLYDIR) < 0)
      events_ = Descriptor();
  }
  explicit operator bool() const { return bool(events_); }

  /// Each change since the last call; false: there were more than the kernel keeps.
  bool each_change(const std::function<void(const std::string&, Change)>& visit) {
    alignas(inotify_event) std::array<char, 16 << 10> buffer;
    for (;;) {
      auto size = ::read(events_.get(), buffer.data(), buffer.size());
      if (size <= 0) return size < 0 && errno == EAGAIN;
      for (auto* at = buffer.data(); at < buffer.data() + size;) {
        auto* event = reinterpret_cast<const inotify_event*>(at);
        if (event->mask & IN_Q_OVERFLOW) return false;
        if (event->len > 0)
          visit(event->name, event->mask & IN_CREATE ? Change::came : Change::went);
        at += sizeof(inotify_event) + event->len;
      }
    }
  }

private:
  Descriptor events_;
};

/// A file whose content only grows, and its copy. Held open: its name may go meanwhile.
class Growing {
public:
  explicit Growing(const fs::path& file) : file_(::open(file.c_str(), O_RDONLY | O_CLOEXEC)) {}
  explicit operator bool() const { return bool(file_); }

  /// Of a write-ahead log: what it holds. A batch that is just being written is not of it.
  Result<std::uint64_t> end_of_batches(WalState state) const {
    auto read = [this](std::uint64_t at, std::size_t size) -> Result<std::string> {
      std::string bytes(size, '\0');
      std::size_t got = 0;
      while (got < size) {
        auto more = ::pread(file_.get(), bytes.data() + got, size - got, off_t(at + got));
        if (more < 0) return cannot_copy();
        if (more == 0) break;
        got += std::size_t(more);
      }
      bytes.resize(got);
      return bytes;
    };
    return mingce::end_of_batches(read, state);
  }
  /// Its first bytes; what was copied is on stable storage in the file itself as well.
  Result<void> copy_to(const fs::path& copy, std::uint64_t size) const {
    Descriptor to(::open(copy.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    if (!to) return cannot_copy();
    for (off_t in = 0, out = 0; std::uint64_t(in) < size;)
      if (::copy_file_range(file_.get(), &in, to.get(), &out, size - std::uint64_t(in), 0) <= 0)
        return cannot_copy();
    if (::fdatasync(file_.get()) != 0) return cannot_copy();
    return {};
  }

private:
  Descriptor file_;
};

/// Copies a ledger beside its writer. First everything is held, tables by a second name and what
/// grows by an open file; that takes a moment, and what is held cannot be lost any more. Only a
/// file that went in just this moment makes it begin anew, and then there is less left to hold.
class LedgerCopy {
public:
  LedgerCopy(const fs::path& from, const fs::path& to) : from_(from), to_(to), watch_(from) {}

  Result<void> begin() const {
    std::error_code ec;
    fs::remove_all(to_, ec);
    if (!fs::create_directory(to_, ec) || !watch_) return cannot_copy();
    return {};
  }

  /// False: a file that the manifest may name went before it was held.
  Result<bool> attempt() {
    bool is_told = watch_.each_change([](auto&, auto) {});
    auto manifest = manifest_of(from_);
    if (!manifest) return false; // just being replaced
    auto is_held = hold_all();
    if (!is_held || !*is_held) return is_held;
    if (Growing file(from_ / manifest->name); file && is_told && !has_missed()) {
      if (auto copied = copy(file, *manifest); !copied) return copied.error();
      return true;
    }
    return false;
  }

private:
  /// The directory as it is now; false: a file went while it was looked at.
  Result<bool> hold_all() {
    std::error_code ec;
    in_directory_.clear();
    for (auto& file : fs::directory_iterator(from_, ec)) {
      auto name = file.path().filename().string();
      in_directory_.insert(name);
      if (is_table(name)) {
        // A table never changes: a second name keeps it also when the writer drops the first.
        if (tables_.contains(name)) continue;
        fs::create_hard_link(file.path(), to_ / name, ec);
        if (ec == std::errc::no_such_file_or_directory) return false;
        if (ec) return cannot_copy();
        tables_.insert(name);
      } else if (is_write_ahead_log(name)) {
        if (logs_.contains(name)) continue;
        Growing log(file.path());
        if (!log && errno == ENOENT) return false;
        if (!log) return cannot_copy();
        logs_.emplace(name, std::move(log));
      }
    }
    if (ec) return cannot_copy();
    return true;
  }

  /// A table that came since the manifest was read is not named there. A log that came may have
  /// come before another that was found: the one is of no use without the other.
  bool has_missed() {
    bool missed = false;
    bool is_told = watch_.each_change([&](const std::string& name, DirectoryWatch::Change change) {
      if (tables_.contains(name) || logs_.contains(name))
        in_directory_.insert(name);
      else
        missed = missed || is_write_ahead_log(name) ||
                 (is_table(name) && change == DirectoryWatch::Change::went);
    });
    return missed || !is_told;
  }

  Result<void> copy(const Growing& manifest, const Manifest& seen) {
    for (auto& table : tables_) // of earlier attempts, and dropped since
      if (std::error_code ec; !in_directory_.contains(table) && !fs::remove(to_ / table, ec))
        return cannot_copy();
    // The oldest first: only the last one can still grow, so that what is written meanwhile is
    // missing at the end and nowhere else. Their names are numbers of equal length.
    std::erase_if(logs_, [&](auto& log) { return !in_directory_.contains(log.first); });
    for (auto& [name, log] : logs_) {
      bool is_last = name == logs_.rbegin()->first;
      auto size = log.end_of_batches(is_last ? WalState::growing : WalState::at_rest);
      if (!size) return size.error();
      if (auto copied = log.copy_to(to_ / name, *size); !copied) return copied;
    }
    if (auto copied = manifest.copy_to(to_ / seen.name, seen.size); !copied) return copied;
    return write_file(to_ / "CURRENT", seen.current);
  }

  const fs::path from_, to_;
  DirectoryWatch watch_;
  std::set<std::string> tables_;        ///< that have a second name
  std::map<std::string, Growing> logs_; ///< that are held open
  std::set<std::string> in_directory_;  ///< since the manifest was read last
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
  constexpr int attempts = 1'000; // hardly ever more than two
  for (int attempt = 0; attempt < attempts; ++attempt) {
    auto copied = copy.attempt();
    if (!copied) return copied.error();
    if (!*copied) continue;
    fs::copy_file(format_path(directory), format_path(at), fs::copy_options::overwrite_existing,
                  ec);
    if (ec) return cannot_copy();
    return snapshot;
  }
  return Failure{FailureKind::busy,
                 "snapshot_overtaken",
                 {"数据文件更替过快，快照未能完成，请稍后重试",
                  "the files are replaced faster than they can be held: retry later"}};
}

Snapshot::Snapshot(Snapshot&& other) noexcept
    : directory_(std::exchange(other.directory_, {})), lock_(std::move(other.lock_)) {}

Snapshot::~Snapshot() {
  std::error_code ec;
  if (!directory_.empty()) fs::remove_all(directory_, ec);
}

} // namespace mingce
