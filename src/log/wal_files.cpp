#include "log/wal_files.hpp"

#include "log/store.hpp"

#include <rocksdb/file_system.h>

#include <algorithm>
#include <string>

namespace mingce {
namespace {

using rocksdb::IOStatus;
using rocksdb::Slice;
using Options = rocksdb::IOOptions;
using Debug = rocksdb::IODebugContext;

constexpr std::size_t step_bytes = 1 << 20; ///< some 1,700 events

/// Whoever appends says first how far that will reach: this is where the file is filled.
class FilledFile : public rocksdb::FSWritableFileOwnerWrapper {
public:
  using FSWritableFileOwnerWrapper::FSWritableFileOwnerWrapper;

  void PrepareWrite(std::size_t at, std::size_t size, const Options& options,
                    Debug* debug) override {
    static const std::string zeros(step_bytes, '\0');
    while (can_fill_ && at + size > filled_) {
      // Where there is no room, what is to be written may still fit.
      can_fill_ = target()->PositionedAppend(zeros, filled_, options, debug).ok();
      if (can_fill_) filled_ += zeros.size();
    }
  }
  /// Blocks that were written need not be set aside.
  IOStatus Allocate(std::uint64_t, std::uint64_t, const Options&, Debug*) override {
    return IOStatus::OK();
  }

  IOStatus Append(const Slice& data, const Options& options, Debug* debug) override {
    return counted(data, target()->Append(data, options, debug));
  }
  IOStatus Append(const Slice& data, const Options& options,
                  const rocksdb::DataVerificationInfo& info, Debug* debug) override {
    return counted(data, target()->Append(data, options, info, debug));
  }
  std::uint64_t GetFileSize(const Options&, Debug*) override { return written_; }

  IOStatus Close(const Options& options, Debug* debug) override {
    // Only to give the room back: a reader does not need it.
    if (filled_ > written_) target()->Truncate(written_, options, debug).PermitUncheckedError();
    return target()->Close(options, debug);
  }

private:
  IOStatus counted(const Slice& data, IOStatus appended) {
    if (appended.ok()) written_ += data.size();
    return appended;
  }

  bool can_fill_ = true;
  std::uint64_t filled_ = 0, written_ = 0;
};

class FileWithEnd : public rocksdb::FSSequentialFileOwnerWrapper {
public:
  FileWithEnd(std::unique_ptr<rocksdb::FSSequentialFile>&& file, std::uint64_t end)
      : FSSequentialFileOwnerWrapper(std::move(file)), left_(end) {}

  IOStatus Read(std::size_t size, const Options& options, Slice* result, char* scratch,
                Debug* debug) override {
    auto read =
        target()->Read(std::min<std::uint64_t>(size, left_), options, result, scratch, debug);
    if (read.ok()) left_ -= result->size();
    return read;
  }
  IOStatus Skip(std::uint64_t size) override {
    size = std::min(size, left_);
    left_ -= size;
    return target()->Skip(size);
  }

private:
  std::uint64_t left_;
};

class WalFileSystem : public rocksdb::FileSystemWrapper {
public:
  WalFileSystem(const std::shared_ptr<rocksdb::FileSystem>& base, WalState state)
      : FileSystemWrapper(base), state_(state) {}
  const char* Name() const override { return "mingce.WalFileSystem"; }

  IOStatus NewWritableFile(const std::string& name, const rocksdb::FileOptions& options,
                           std::unique_ptr<rocksdb::FSWritableFile>* file, Debug* debug) override {
    auto opened = target()->NewWritableFile(name, options, file, debug);
    if (opened.ok() && is_write_ahead_log(name))
      *file = std::make_unique<FilledFile>(std::move(*file));
    return opened;
  }

  IOStatus NewSequentialFile(const std::string& name, const rocksdb::FileOptions& options,
                             std::unique_ptr<rocksdb::FSSequentialFile>* file,
                             Debug* debug) override {
    auto opened = target()->NewSequentialFile(name, options, file, debug);
    if (!opened.ok() || !is_write_ahead_log(name)) return opened;
    std::unique_ptr<rocksdb::FSRandomAccessFile> content;
    opened = target()->NewRandomAccessFile(name, options, &content, debug);
    if (!opened.ok()) return opened;
    auto end = end_of(*content, debug);
    if (!end && end.error().kind == FailureKind::corrupt)
      return IOStatus::Corruption("a batch of the write-ahead log is damaged");
    if (!end) return IOStatus::IOError("the write-ahead log cannot be read");
    *file = std::make_unique<FileWithEnd>(std::move(*file), *end);
    return opened;
  }

private:
  Result<std::uint64_t> end_of(rocksdb::FSRandomAccessFile& content, Debug* debug) const {
    auto read = [&](std::uint64_t at, std::size_t size) -> Result<std::string> {
      std::string bytes(size, '\0');
      Slice got;
      auto status = content.Read(at, size, {}, &got, bytes.data(), debug);
      if (!status.ok()) return storage_failure(status);
      return got.ToString();
    };
    return end_of_batches(read, state_);
  }

  const WalState state_;
};

} // namespace

std::unique_ptr<rocksdb::Env> wal_env(rocksdb::Env* base, WalState state) {
  return rocksdb::NewCompositeEnv(std::make_shared<WalFileSystem>(base->GetFileSystem(), state));
}

} // namespace mingce
