#pragma once
// A disk that goes wrong at one chosen operation: for RocksDB, in the place of the real one. What
// is written but not synced, and which names have not reached their directory, is known, so that a
// power cut can be played exactly.

#include <rocksdb/env.h>
#include <rocksdb/file_system.h>

#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <map>
#include <mutex>
#include <optional>
#include <ranges>
#include <set>
#include <string>
#include <vector>

namespace mingce::test {

enum class Fault {
  error,    ///< the operation fails and does nothing; later ones work again
  full,     ///< the same, for want of space: what RocksDB wants to recover from by itself
  torn,     ///< an append writes half and fails; other operations as `error`
  gone,     ///< it fails, and so does everything after it
  lie,      ///< it does nothing and says that all is well
  kill,     ///< the process ends before it
  cut,      ///< power is cut before it: what is not synced is lost
  torn_cut, ///< the same, but of what is not synced in each file every second sector, and of what
            ///< has made it longer the first half, has reached the disk
};

/// Thread-safe; one operation at a time.
class FaultyDisk : public rocksdb::FileSystemWrapper {
public:
  static constexpr int killed = 9; ///< exit code of the process whose end is the fault

  using Options = rocksdb::IOOptions;
  using Debug = rocksdb::IODebugContext;
  using IOStatus = rocksdb::IOStatus;
  using Slice = rocksdb::Slice;

  /// The operation with that number, from 1, goes wrong.
  FaultyDisk(Fault fault, std::uint64_t at)
      : FileSystemWrapper(rocksdb::FileSystem::Default()), fault_(fault), at_(at) {}
  const char* Name() const override { return "FaultyDisk"; }

  bool has_struck() const { return seen_ >= at_; }

  IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* file, Debug* debug) override {
    return change(
        [&] {
          std::unique_ptr<rocksdb::FSWritableFile> opened;
          auto done = target()->NewWritableFile(name, options, &opened, debug);
          if (!done.ok()) return done;
          unsynced_[name] = {};
          unnamed_.emplace(name, std::nullopt);
          *file = std::make_unique<File>(*this, name, std::move(opened));
          return done;
        },
        /*can_lie=*/false);
  }

  IOStatus RenameFile(const std::string& from, const std::string& to, const Options& options,
                      Debug* debug) override {
    return change([&] {
      auto before = content_of(to);
      auto done = target()->RenameFile(from, to, options, debug);
      if (!done.ok()) return done;
      if (auto found = unsynced_.extract(from)) {
        found.key() = to;
        unsynced_[to] = std::move(found.mapped());
      }
      unnamed_.erase(from);
      unnamed_[to] = before;
      return done;
    });
  }

  IOStatus DeleteFile(const std::string& name, const Options& options, Debug* debug) override {
    return change([&] {
      unsynced_.erase(name);
      unnamed_.erase(name);
      return target()->DeleteFile(name, options, debug);
    });
  }

  IOStatus Truncate(const std::string& name, size_t size, const Options& options,
                    Debug* debug) override {
    return change([&] { return target()->Truncate(name, size, options, debug); });
  }

  IOStatus NewDirectory(const std::string& name, const Options& options,
                        std::unique_ptr<rocksdb::FSDirectory>* directory, Debug* debug) override {
    std::unique_ptr<rocksdb::FSDirectory> opened;
    auto done = target()->NewDirectory(name, options, &opened, debug);
    if (done.ok()) *directory = std::make_unique<Directory>(*this, name, std::move(opened));
    return done;
  }

private:
  struct File : rocksdb::FSWritableFileOwnerWrapper {
    File(FaultyDisk& of, std::string called, std::unique_ptr<rocksdb::FSWritableFile>&& file)
        : FSWritableFileOwnerWrapper(std::move(file)), disk(of), name(std::move(called)) {}

    IOStatus Append(const Slice& data, const Options& options, Debug* debug) override {
      return disk.append(*this, data, options, debug);
    }
    IOStatus Append(const Slice& data, const Options& options, const rocksdb::DataVerificationInfo&,
                    Debug* debug) override {
      return disk.append(*this, data, options, debug);
    }
    IOStatus PositionedAppend(const Slice& data, uint64_t at, const Options& options,
                              Debug* debug) override {
      return disk.change([&] {
        disk.note(name, at, data.size());
        return target()->PositionedAppend(data, at, options, debug);
      });
    }
    IOStatus Sync(const Options& options, Debug* debug) override {
      return disk.sync(name, [&] { return target()->Sync(options, debug); });
    }
    IOStatus Fsync(const Options& options, Debug* debug) override {
      return disk.sync(name, [&] { return target()->Fsync(options, debug); });
    }
    IOStatus Truncate(uint64_t size, const Options& options, Debug* debug) override {
      return disk.change([&] { return target()->Truncate(size, options, debug); });
    }

    FaultyDisk& disk;
    const std::string name;
    std::uint64_t end = 0; ///< of what was appended
  };

  struct Directory : rocksdb::FSDirectoryWrapper {
    Directory(FaultyDisk& of, std::string called, std::unique_ptr<rocksdb::FSDirectory>&& opened)
        : FSDirectoryWrapper(std::move(opened)), disk(of), name(std::move(called)) {}

    IOStatus Fsync(const Options& options, Debug* debug) override {
      return disk.sync_names(name, [&] { return FSDirectoryWrapper::Fsync(options, debug); });
    }
    IOStatus FsyncWithDirOptions(const Options& options, Debug* debug,
                                 const rocksdb::DirFsyncOptions& more) override {
      return disk.sync_names(
          name, [&] { return FSDirectoryWrapper::FsyncWithDirOptions(options, debug, more); });
    }

    FaultyDisk& disk;
    const std::string name;
  };

  static std::optional<std::string> content_of(const std::string& name) {
    std::ifstream in(name, std::ios::binary);
    if (!in) return std::nullopt;
    return std::string(std::istreambuf_iterator<char>(in), {});
  }

  /// One operation that changes the disk: the chosen one goes wrong.
  template <class Do>
  IOStatus change(Do act, bool can_lie = true) {
    std::lock_guard lock(mutex_);
    bool now = ++seen_ == at_;
    if (fault_ == Fault::gone && seen_ >= at_) return IOStatus::IOError("the disk is gone");
    if (!now) return act();
    if (fault_ == Fault::kill) ::_exit(killed);
    if (fault_ == Fault::cut || fault_ == Fault::torn_cut) cut_power();
    if (fault_ == Fault::lie && can_lie) return IOStatus::OK();
    return fault_ == Fault::full ? IOStatus::NoSpace("injected") : IOStatus::IOError("injected");
  }

  IOStatus append(File& file, const Slice& data, const Options& options, Debug* debug) {
    {
      std::lock_guard lock(mutex_);
      if (fault_ == Fault::torn && seen_ + 1 == at_) {
        ++seen_;
        (void)file.target()->Append(Slice(data.data(), data.size() / 2), options, debug);
        return IOStatus::IOError("torn");
      }
    }
    return change([&] {
      note(file.name, file.end, data.size());
      file.end += data.size();
      return file.target()->Append(data, options, debug);
    });
  }

  /// Keeps what is about to be written over, so that it can come back.
  void note(const std::string& name, std::uint64_t at, std::size_t size) {
    std::string before(size, '\0');
    std::ifstream in(name, std::ios::binary);
    in.seekg(std::streamoff(at));
    in.read(before.data(), std::streamsize(size));
    before.resize(std::size_t(in.gcount()));
    if (!before.empty()) unsynced_[name].before.emplace_back(at, std::move(before));
  }

  template <class Do>
  IOStatus sync(const std::string& name, Do act) {
    return change([&] {
      auto done = act();
      std::error_code ec;
      if (done.ok()) unsynced_[name] = {std::filesystem::file_size(name, ec), {}};
      return done;
    });
  }

  template <class Do>
  IOStatus sync_names(const std::string& directory, Do act) {
    return change([&] {
      auto done = act();
      if (done.ok())
        std::erase_if(unnamed_, [&](auto& each) {
          return std::filesystem::path(each.first).parent_path() ==
                 std::filesystem::path(directory + "/").parent_path();
        });
      return done;
    });
  }

  /// The machine is dead; the disk has what was synced.
  [[noreturn]] void cut_power() {
    namespace fs = std::filesystem;
    std::error_code ec;
    for (auto& [name, unsynced] : unsynced_) {
      auto size = fs::file_size(name, ec);
      if (ec) continue;
      for (auto& [at, bytes] : unsynced.before | std::views::reverse) put_back(name, at, bytes);
      if (size <= unsynced.size) continue;
      auto grown = size - unsynced.size;
      fs::resize_file(name, unsynced.size + (fault_ == Fault::cut ? 0 : grown / 2), ec);
    }
    for (auto& [name, before] : unnamed_) {
      if (fault_ == Fault::torn_cut) break; // names have reached the disk before their content
      fs::remove(name, ec);
      if (before) std::ofstream(name, std::ios::binary) << *before;
    }
    ::_exit(killed);
  }

  /// A disk writes whole sectors; in which order, nobody knows.
  void put_back(const std::string& name, std::uint64_t at, const std::string& bytes) const {
    constexpr std::uint64_t sector = 512;
    std::fstream file(name, std::ios::in | std::ios::out | std::ios::binary);
    for (auto from = at; from < at + bytes.size();) {
      auto to = std::min((from / sector + 1) * sector, at + bytes.size());
      file.seekp(std::streamoff(from));
      if (fault_ == Fault::cut || from / sector % 2 == 1)
        file.write(bytes.data() + (from - at), std::streamsize(to - from));
      from = to;
    }
  }

  /// What has been done to a file since it was synced.
  struct Unsynced {
    std::uint64_t size = 0; ///< that it had
    std::vector<std::pair<std::uint64_t, std::string>>
        before{}; ///< what was written over, in order
  };

  const Fault fault_;
  const std::uint64_t at_;
  std::mutex mutex_;
  std::atomic<std::uint64_t> seen_ = 0;
  std::map<std::string, Unsynced> unsynced_;
  std::map<std::string, std::optional<std::string>> unnamed_; ///< name → what it named before
};

} // namespace mingce::test
