#include "log/store.hpp"

#include <rocksdb/cache.h>
#include <rocksdb/file_checksum.h>
#include <rocksdb/filter_policy.h>
#include <rocksdb/slice_transform.h>
#include <rocksdb/table.h>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <bit>
#include <cstdlib>
#include <fstream>

namespace mingce {
namespace {

namespace fs = std::filesystem;

Failure unusable(const char* code, std::string zh, std::string en) {
  return {FailureKind::unusable, code, {std::move(zh), std::move(en)}};
}

Failure cannot_use_directory() {
  return unusable("data_directory", "数据目录无法使用", "the data directory cannot be used");
}

// ---- options ------------------------------------------------------------------------------------

rocksdb::DBOptions database_options() {
  rocksdb::DBOptions options;
  // A torn tail is what a power cut leaves of a write that nobody was told about; damage anywhere
  // else must refuse to open. The default mode would open and silently drop what follows.
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kTolerateCorruptedTailRecords;
  options.max_bgerror_resume_count = 0; // after a write error we restart; no silent second try
  options.max_total_wal_size = 64ull << 20;
  options.max_background_jobs = 2;
  options.max_open_files = -1; // readers in other processes need every file open
  options.bytes_per_sync = 1 << 20;
  options.recycle_log_file_num = 0;
  options.keep_log_file_num = 5;
  options.max_log_file_size = 4 << 20;
  options.stats_dump_period_sec = 0;
  options.paranoid_checks = true;
  options.flush_verify_memtable_count = true;
  options.file_checksum_gen_factory = rocksdb::GetFileChecksumGenCrc32cFactory();
  return options;
}

rocksdb::BlockBasedTableOptions table_options(const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::BlockBasedTableOptions table;
  table.format_version = 5;
  table.checksum = rocksdb::kXXH3;
  table.block_size = 16 << 10;
  table.block_cache = cache;
  table.cache_index_and_filter_blocks = true;
  table.pin_l0_filter_and_index_blocks_in_cache = true;
  return table;
}

enum class Access { sequential, by_prefix, by_key };

rocksdb::ColumnFamilyOptions family_options(Access access,
                                            const std::shared_ptr<rocksdb::Cache>& cache) {
  rocksdb::ColumnFamilyOptions options;
  auto table = table_options(cache);
  options.write_buffer_size = (access == Access::sequential ? 32ull : 16ull) << 20;
  options.max_write_buffer_number = 2;
  options.target_file_size_base = 64ull << 20;
  options.memtable_protection_bytes_per_key = 8;
  options.paranoid_file_checks = true;
  options.force_consistency_checks = true;
  if (access == Access::sequential) {
    options.compression = rocksdb::kZSTD;
    options.compression_opts.max_dict_bytes = 16 << 10;
    options.compression_opts.zstd_max_train_bytes = 1600 << 10;
  } else {
    options.compression = rocksdb::kLZ4Compression;
    table.filter_policy.reset(rocksdb::NewBloomFilterPolicy(10));
  }
  if (access == Access::by_prefix) {
    options.prefix_extractor.reset(rocksdb::NewFixedPrefixTransform(sizeof(StreamId::bytes)));
    options.memtable_prefix_bloom_size_ratio = 0.1;
    table.whole_key_filtering = false;
  }
  options.table_factory.reset(rocksdb::NewBlockBasedTableFactory(table));
  return options;
}

std::vector<rocksdb::ColumnFamilyDescriptor> families() {
  auto cache = rocksdb::NewLRUCache(32 << 20);
  std::vector<rocksdb::ColumnFamilyDescriptor> out{
      {"log", family_options(Access::sequential, cache)},
      {"body", family_options(Access::sequential, cache)},
      {"stream", family_options(Access::by_prefix, cache)},
      {"idem", family_options(Access::by_key, cache)},
      {"meta", family_options(Access::by_key, cache)},
      // RocksDB insists on this one; nothing is kept in it.
      {rocksdb::kDefaultColumnFamilyName, rocksdb::ColumnFamilyOptions{}}};
  return out;
}

// ---- directory ----------------------------------------------------------------------------------

constexpr std::string_view format_word = "mingce-log ";

fs::path database_path(const fs::path& directory) { return directory / "ledger"; }

/// The format named by `DIR/format`; nothing if that file is not there.
Result<std::optional<int>> format_of(const fs::path& directory) {
  std::error_code ec;
  if (!fs::exists(directory / "format", ec)) return std::optional<int>{};
  std::ifstream in(directory / "format");
  std::string line;
  if (!std::getline(in, line) || !line.starts_with(format_word)) return cannot_use_directory();
  int format = std::atoi(line.c_str() + format_word.size());
  if (format < 1) return cannot_use_directory();
  return std::optional{format};
}

Result<void> refuse_newer(int format) {
  if (format <= log_format) return {};
  auto theirs = std::to_string(format), ours = std::to_string(log_format);
  return unusable("newer_format",
                  "数据目录的格式（" + theirs + "）比本程序支持的（" + ours +
                      "）新，请使用较新的 mingce",
                  "the data directory has format " + theirs + ", newer than the " + ours +
                      " this program knows: use a newer mingce");
}

bool sync_path(const fs::path& path) {
  int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return false;
  bool ok = ::fsync(file) == 0;
  ::close(file);
  return ok;
}

/// Written under another name, synced and renamed: the directory has a format or it has none.
Result<void> write_format(const fs::path& directory) {
  auto temporary = directory / "format.new";
  {
    std::ofstream out(temporary);
    out << format_word << log_format << '\n';
  }
  std::error_code ec;
  if (!sync_path(temporary)) return cannot_use_directory();
  fs::rename(temporary, directory / "format", ec);
  if (ec || !sync_path(directory)) return cannot_use_directory();
  return {};
}

bool holds_foreign_files(const fs::path& directory) {
  for (auto& item : fs::directory_iterator(directory)) {
    auto name = item.path().filename();
    if (name != "lost+found" && name != "format.new" && name != "writer") return true;
  }
  return false;
}

Result<void> prepare_directory(const fs::path& directory) {
  std::error_code ec;
  fs::create_directories(directory, ec);
  if (ec || !fs::is_directory(directory, ec)) return cannot_use_directory();
  auto format = format_of(directory);
  if (!format) return format.error();
  if (*format) return refuse_newer(**format);
  if (holds_foreign_files(directory))
    return unusable("not_a_register", "该目录不是 mingce 数据目录，且非空",
                    "the directory is not empty and not a mingce data directory");
  return write_format(directory);
}

Result<fs::path> scratch_directory() {
  std::error_code ec;
  auto pattern = (fs::temp_directory_path(ec) / "mingce-reader-XXXXXX").string();
  if (ec || !::mkdtemp(pattern.data()))
    return unusable("scratch_directory", "无法创建临时目录", "cannot create a temporary directory");
  return fs::path(pattern);
}

} // namespace

// ---- numbers ------------------------------------------------------------------------------------

std::string be64(std::uint64_t value) {
  std::string out(8, '\0');
  for (int i = 7; i >= 0; --i, value >>= 8) out[std::size_t(i)] = char(value & 0xff);
  return out;
}

std::string be32(std::uint32_t value) { return be64(value).substr(4); }

std::uint64_t read_be64(std::string_view bytes) {
  std::uint64_t value = 0;
  for (char c : bytes.substr(0, 8)) value = value << 8 | std::uint8_t(c);
  return value;
}

std::uint32_t read_be32(std::string_view bytes) {
  return std::uint32_t(read_be64(bytes.substr(0, 4)));
}

Failure storage_failure(const rocksdb::Status& status) {
  if (status.IsCorruption() || status.IsNotFound())
    return {FailureKind::corrupt,
            "corrupt_log",
            {"日志数据已损坏，读取未通过校验", "the log is damaged: a checksum does not hold"}};
  return {
      FailureKind::unusable, "storage", {"存储读写失败", "the storage cannot be read or written"}};
}

// ---- writer mark --------------------------------------------------------------------------------

WriterMark::WriterMark(WriterMark&& other) noexcept
    : file_(std::exchange(other.file_, -1)), size_(std::exchange(other.size_, nullptr)) {}

WriterMark::~WriterMark() {
  if (size_) ::munmap(size_, sizeof *size_);
  if (file_ >= 0) ::close(file_); // releases the lock
}

Result<WriterMark> WriterMark::lock(const fs::path& directory) {
  WriterMark mark;
  mark.file_ = ::open((directory / "writer").c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  if (mark.file_ < 0) return cannot_use_directory();
  struct flock whole {
    .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 0, .l_pid = 0
  };
  if (::fcntl(mark.file_, F_OFD_SETLK, &whole) != 0)
    return unusable("in_use", "数据目录正由另一个进程写入",
                    "another process is writing the data directory");
  if (::ftruncate(mark.file_, sizeof *mark.size_) != 0) return cannot_use_directory();
  void* at = ::mmap(nullptr, sizeof *mark.size_, PROT_READ | PROT_WRITE, MAP_SHARED, mark.file_, 0);
  if (at == MAP_FAILED) return cannot_use_directory();
  mark.size_ = static_cast<std::uint64_t*>(at);
  return mark;
}

WriterMark::Seen WriterMark::look(const fs::path& directory) {
  Seen seen;
  int file = ::open((directory / "writer").c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return seen;
  struct flock whole {
    .l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 0, .l_pid = 0
  };
  seen.is_writing = ::fcntl(file, F_OFD_GETLK, &whole) == 0 && whole.l_type != F_UNLCK;
  if (::pread(file, &seen.size, sizeof seen.size, 0) != sizeof seen.size) seen.size = 0;
  ::close(file);
  return seen;
}

std::uint64_t WriterMark::size() const {
  return std::atomic_ref<std::uint64_t>(*size_).load(std::memory_order_acquire);
}

void WriterMark::set(std::uint64_t size) {
  std::atomic_ref<std::uint64_t>(*size_).store(size, std::memory_order_release);
}

// ---- store --------------------------------------------------------------------------------------

LogView::Store::~Store() {
  if (db) {
    for (auto* handle : family)
      if (handle) db->DestroyColumnFamilyHandle(handle);
    db->Close();
    db.reset();
  }
  std::error_code ec;
  if (!scratch.empty()) fs::remove_all(scratch, ec);
}

Result<std::unique_ptr<LogView::Store>> LogView::Store::open_to_write(const fs::path& directory) {
  if (auto prepared = prepare_directory(directory); !prepared) return prepared.error();
  auto store = std::make_unique<Store>();
  auto mark = WriterMark::lock(directory);
  if (!mark) return mark.error();
  store->mark.emplace(std::move(*mark));
  auto options = database_options();
  options.create_if_missing = options.create_missing_column_families = true;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  auto status = rocksdb::DB::Open(options, database_path(directory), families(), &handles, &db);
  if (!status.ok()) return storage_failure(status);
  store->db.reset(db);
  db->DestroyColumnFamilyHandle(handles.back());
  std::copy_n(handles.begin(), family_count, store->family.begin());
  return store;
}

Result<std::unique_ptr<LogView::Store>> LogView::Store::open_to_read(const fs::path& directory) {
  auto format = format_of(directory);
  if (!format) return format.error();
  if (!*format)
    return unusable("no_register", "该目录没有 mingce 数据",
                    "there is no mingce register in that directory");
  if (auto known = refuse_newer(**format); !known) return known.error();
  auto scratch = scratch_directory();
  if (!scratch) return scratch.error();
  auto store = std::make_unique<Store>();
  store->scratch = *scratch;
  // A writer may drop a file between our reading its name and opening it: look again.
  rocksdb::Status status;
  for (int attempt = 0; attempt < 5; ++attempt) {
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* db = nullptr;
    status = rocksdb::DB::OpenAsSecondary(database_options(), database_path(directory),
                                          store->scratch, families(), &handles, &db);
    if (!status.ok()) continue;
    store->db.reset(db);
    db->DestroyColumnFamilyHandle(handles.back());
    std::copy_n(handles.begin(), family_count, store->family.begin());
    return store;
  }
  return storage_failure(status);
}

Result<LogView::Store::Head> LogView::Store::head() const {
  std::string value;
  auto status = db->Get({}, family[meta], "head", &value);
  if (status.IsNotFound()) return Head{};
  if (!status.ok() || value.size() != 16) return storage_failure(status);
  auto milliseconds = std::chrono::milliseconds{std::int64_t(read_be64(value.substr(8)))};
  return Head{read_be64(value), Instant{milliseconds}};
}

void LogView::Store::flush() {
  db->Flush({}, std::vector<rocksdb::ColumnFamilyHandle*>(family.begin(), family.end()))
      .PermitUncheckedError();
}

std::string encode_head(const LogView::Store::Head& head) {
  return be64(head.size) + be64(std::uint64_t(head.recorded_at.time_since_epoch().count()));
}

} // namespace mingce
