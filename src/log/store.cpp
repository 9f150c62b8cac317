#include "log/store.hpp"

#include "base/joined.hpp"
#include "log/families.hpp"
#include "log/files.hpp"
#include "log/wal_files.hpp"

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

// ---- directory ----------------------------------------------------------------------------------

constexpr std::string_view format_word = "mingce-log ";

struct Format {
  int number = log_format;
  std::vector<HashSuite> suites{HashSuite::sha256};

  std::string to_string() const {
    return std::string(format_word) + std::to_string(number) + "\nhash sha256" +
           (suites.size() > 1 ? " sm3" : "") + "\n";
  }
};

/// What `DIR/format` says; nothing if that file is not there.
Result<std::optional<Format>> format_of(const fs::path& directory) {
  std::error_code ec;
  if (!fs::exists(format_path(directory), ec)) return std::optional<Format>{};
  std::ifstream in(format_path(directory));
  std::string line, hashes;
  if (!std::getline(in, line) || !line.starts_with(format_word)) return cannot_use_directory();
  Format format{std::atoi(line.c_str() + format_word.size())};
  if (format.number < 1) return cannot_use_directory();
  if (format.number != log_format) return std::optional{format};
  std::getline(in, hashes);
  if (hashes == "hash sha256 sm3") format.suites.push_back(HashSuite::sm3);
  if (format.to_string() != line + '\n' + hashes + '\n') return cannot_use_directory();
  return std::optional{format};
}

Result<void> refuse_other_formats(int format) {
  if (format == log_format) return {};
  if (format < log_format)
    return unusable("older_format", "数据目录由发布前的版本写成，本程序不能读取",
                    "the data directory was written before the first release: it cannot be read");
  auto theirs = std::to_string(format), ours = std::to_string(log_format);
  return unusable("newer_format",
                  "数据目录的格式（" + theirs + "）比本程序支持的（" + ours +
                      "）新，请使用较新的 mingce",
                  "the data directory has format " + theirs + ", newer than the " + ours +
                      " this program knows: use a newer mingce");
}

bool holds_foreign_files(const fs::path& directory) {
  for (auto& item : fs::directory_iterator(directory)) {
    auto name = item.path().filename();
    if (name != "lost+found" && name != "format.new" && name != "writer") return true;
  }
  return false;
}

/// The keys of a register that is being made: those that were laid out for it, or new ones.
Result<std::shared_ptr<KeyRing>> keys_for_new(const LogPlace& place, const KeyProfile& profile,
                                              const std::function<Instant()>& now) {
  auto ring = KeyRing::load(place);
  if (!ring && ring.error().code == "no_keys") return KeyRing::create(place, profile, now());
  return ring;
}

/// The format of the directory, which is made where it is not there; nothing where it is empty.
Result<std::optional<Format>> look_into(const fs::path& directory) {
  std::error_code ec;
  fs::create_directories(directory, ec);
  if (ec || !fs::is_directory(directory, ec)) return cannot_use_directory();
  auto format = format_of(directory);
  if (!format) return format;
  if (*format) {
    if (auto known = refuse_other_formats((*format)->number); !known) return known.error();
  } else if (holds_foreign_files(directory)) {
    return unusable("not_a_register", "该目录不是 mingce 数据目录，且非空",
                    "the directory is not empty and not a mingce data directory");
  }
  return format;
}

/// A directory that can be written: what it says of itself, and its keys.
struct Founded {
  Format format;
  std::shared_ptr<KeyRing> ring;
};
/// What an empty directory becomes; the keys are made where none were laid out for it.
Result<Founded> found_register(const LogPlace& place, const KeyProfile& profile,
                               const std::function<Instant()>& now) {
  auto ring = keys_for_new(place, profile, now);
  if (!ring) return ring.error();
  auto anchor = anchor_of(place, ring);
  if (!anchor) return anchor.error();
  if (*anchor && (*anchor)->size > 0)
    return Failure{FailureKind::corrupt,
                   "entries_missing",
                   {"数据目录为空，但其锚表明登记册曾有记录；如要另建登记册，请先移走锚所在的目录",
                    "the data directory is empty, but its anchor says that there was a register; "
                    "to begin another, move the anchor's directory away"}};
  Founded founded{{}, *ring};
  if ((*ring)->is_national()) founded.format.suites.push_back(HashSuite::sm3);
  auto written = replace_file(format_path(place.directory), founded.format.to_string(), 0644);
  if (!written) return written.error();
  return founded;
}

Result<Founded> opened_register(const LogPlace& place, Format format) {
  auto ring = KeyRing::load(place);
  if (!ring) return ring.error();
  return Founded{std::move(format), *ring};
}

Result<fs::path> scratch_directory() {
  std::error_code ec;
  auto pattern = (fs::temp_directory_path(ec) / "mingce-reader-XXXXXX").string();
  if (ec || !::mkdtemp(pattern.data()))
    return unusable("scratch_directory", "无法创建临时目录", "cannot create a temporary directory");
  return fs::path(pattern);
}

/// Opens a database for as long as `use` runs.
Result<void> use_database(
    const rocksdb::DBOptions& options, const fs::path& path,
    const std::vector<rocksdb::ColumnFamilyDescriptor>& of,
    const std::function<Result<void>(rocksdb::DB&,
                                     const std::vector<rocksdb::ColumnFamilyHandle*>&)>& use) {
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* opened = nullptr;
  auto status = rocksdb::DB::Open(options, path, of, &handles, &opened);
  if (!status.ok()) return storage_failure(status);
  std::unique_ptr<rocksdb::DB> db(opened);
  auto used = use(*db, handles);
  for (auto* handle : handles) db->DestroyColumnFamilyHandle(handle);
  return used;
}

} // namespace

fs::path database_path(const fs::path& directory) { return directory / "ledger"; }
fs::path format_path(const fs::path& directory) { return directory / "format"; }

bool is_empty_directory(const fs::path& directory) {
  std::error_code ec;
  for (auto& item : fs::directory_iterator(directory, ec))
    // The last is all that a process leaves which was killed while it founded something there.
    if (auto name = item.path().filename(); name != "lost+found" && name != "format.new")
      return false;
  return !ec;
}

Failure storage_failure(const rocksdb::Status& status) {
  if (status.IsCorruption() || status.IsNotFound())
    return {FailureKind::corrupt,
            "corrupt_log",
            {"日志数据已损坏，读取未通过校验", "the log is damaged: a checksum does not hold"}};
  return {
      FailureKind::unusable, "storage", {"存储读写失败", "the storage cannot be read or written"}};
}

Failure entries_missing(std::uint64_t wanted, std::uint64_t found) {
  auto expected = std::to_string(wanted), there = std::to_string(found);
  return {FailureKind::corrupt,
          "entries_missing",
          {"日志缺失：应有 " + expected + " 条，仅存 " + there + " 条",
           "entries are missing from the log: " + there + " of " + expected + " are there"}};
}

Failure forked() {
  return {FailureKind::corrupt,
          "forked_log",
          {"日志与其已签名的检查点不符：历史已被改动",
           "the log is not the one that its signed checkpoint vouches for: history was changed"}};
}

Result<std::optional<Note>> anchored_note(const LogPlace& place,
                                          const Result<std::shared_ptr<KeyRing>>& ring) {
  auto text = read_file(place.anchor());
  if (!text) return std::optional<Note>{};
  auto note = Note::parse(*text);
  auto checkpoint = note ? LogCheckpoint::parse(note->text) : std::nullopt;
  bool is_ours = checkpoint && (!ring || std::ranges::any_of((*ring)->verifiers(), [&](auto& key) {
                   return note->is_signed_by(key);
                 }));
  if (is_ours) return note;
  return Failure{FailureKind::corrupt,
                 "bad_anchor",
                 {"锚文件不是本登记册签署的检查点",
                  "the anchor is not a checkpoint that this register has signed"}};
}

Result<std::optional<LogCheckpoint>> anchor_of(const LogPlace& place,
                                               const Result<std::shared_ptr<KeyRing>>& ring) {
  auto note = anchored_note(place, ring);
  if (!note) return note.error();
  if (!*note) return std::optional<LogCheckpoint>{};
  return LogCheckpoint::parse((*note)->text);
}

std::string stream_key(const StreamId& stream, std::uint32_t version) {
  return joined({as_text(stream.bytes), be32(version)});
}

std::string tile_row(unsigned level, std::uint64_t index) { return char(level) + be64(index); }

// ---- writer mark --------------------------------------------------------------------------------

WriterMark::WriterMark(WriterMark&& other) noexcept
    : file_(std::move(other.file_)), size_(std::exchange(other.size_, nullptr)) {}

WriterMark::~WriterMark() {
  if (size_) ::munmap(size_, sizeof *size_);
}

Result<WriterMark> WriterMark::lock(const fs::path& directory) {
  WriterMark mark;
  auto path = directory / "writer";
  mark.file_ = Descriptor(::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640));
  if (!mark.file_) return cannot_use_directory();
  struct flock whole {
    .l_type = F_WRLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 0, .l_pid = 0
  };
  auto file = mark.file_.get();
  if (::fcntl(file, F_OFD_SETLK, &whole) != 0)
    return unusable("in_use", "数据目录正由另一个进程写入",
                    "another process is writing the data directory");
  if (::ftruncate(file, sizeof *mark.size_) != 0) return cannot_use_directory();
  void* at = ::mmap(nullptr, sizeof *mark.size_, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  if (at == MAP_FAILED) return cannot_use_directory();
  mark.size_ = static_cast<std::uint64_t*>(at);
  return mark;
}

WriterMark::Seen WriterMark::look(const fs::path& directory) {
  Seen seen;
  Descriptor file(::open((directory / "writer").c_str(), O_RDONLY | O_CLOEXEC));
  if (!file) return seen;
  struct flock whole {
    .l_type = F_RDLCK, .l_whence = SEEK_SET, .l_start = 0, .l_len = 0, .l_pid = 0
  };
  seen.is_writing = ::fcntl(file.get(), F_OFD_GETLK, &whole) == 0 && whole.l_type != F_UNLCK;
  if (::pread(file.get(), &seen.size, sizeof seen.size, 0) != sizeof seen.size) seen.size = 0;
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

Result<std::unique_ptr<LogView::Store>> LogView::Store::open_to_write(const LogPlace& place,
                                                                      const LogOptions& wanted) {
  if (auto looked = look_into(place.directory); !looked) return looked.error();
  auto store = std::make_unique<Store>(place);
  auto mark = WriterMark::lock(place.directory);
  if (!mark) return mark.error();
  store->mark.emplace(std::move(*mark));
  // Once more, now that nobody else can be making it.
  auto format = look_into(place.directory);
  if (!format) return format.error();
  auto founded = *format ? opened_register(place, std::move(**format))
                         : found_register(place, wanted.profile, wanted.now);
  if (!founded) return founded.error();
  store->suites = founded->format.suites;
  if (!has_room_to_recover(database_path(place.directory))) return refused_for(Room::none);
  store->env = wal_env(wanted.env ? wanted.env : rocksdb::Env::Default(), WalState::at_rest);
  auto options = database_options(*store->env);
  options.create_if_missing = options.create_missing_column_families = true;
  std::vector<rocksdb::ColumnFamilyHandle*> handles;
  rocksdb::DB* db = nullptr;
  auto status =
      rocksdb::DB::Open(options, database_path(place.directory), families(), &handles, &db);
  if (!status.ok()) return storage_failure(status);
  store->adopt(db, handles, founded->ring);
  if (auto ready = store->vault->make_own_key(); !ready) return ready.error();
  return store;
}

Result<std::unique_ptr<LogView::Store>> LogView::Store::open_to_read(const LogPlace& place) {
  auto format = format_of(place.directory);
  if (!format) return format.error();
  if (!*format)
    return unusable("no_register", "该目录没有 mingce 数据",
                    "there is no mingce register in that directory");
  if (auto known = refuse_other_formats((*format)->number); !known) return known.error();
  auto scratch = scratch_directory();
  if (!scratch) return scratch.error();
  auto store = std::make_unique<Store>(place);
  store->suites = (*format)->suites;
  store->scratch = *scratch;
  // A writer may drop a file between our reading its name and opening it: look again.
  rocksdb::Status status;
  for (int attempt = 0; attempt < 5; ++attempt) {
    std::vector<rocksdb::ColumnFamilyHandle*> handles;
    rocksdb::DB* db = nullptr;
    bool is_writing = WriterMark::look(place.directory).is_writing;
    store->env =
        wal_env(rocksdb::Env::Default(), is_writing ? WalState::growing : WalState::at_rest);
    status =
        rocksdb::DB::OpenAsSecondary(database_options(*store->env), database_path(place.directory),
                                     store->scratch, families(), &handles, &db);
    if (!status.ok()) continue;
    store->adopt(db, handles, KeyRing::load(place));
    return store;
  }
  return storage_failure(status);
}

void LogView::Store::adopt(rocksdb::DB* opened,
                           const std::vector<rocksdb::ColumnFamilyHandle*>& handles,
                           Result<std::shared_ptr<KeyRing>> ring) {
  db.reset(opened);
  db->DestroyColumnFamilyHandle(handles.back());
  std::copy_n(handles.begin(), family_count, family.begin());
  vault.emplace(*db, *family[sealing_keys], std::move(ring));
}

// The head: size, latest instant, number of idempotency keys, and for every suite the roots of the
// complete subtrees.

Result<LogView::Store::Head> LogView::Store::head() const {
  Head head;
  for (auto suite : suites) head.trees.emplace_back(suite);
  auto value = get(meta, "head");
  if (!value) return value.error();
  if (!*value) return head;
  std::string_view bytes = **value;
  constexpr std::size_t fixed = 24;
  if (bytes.size() < fixed) return storage_failure(rocksdb::Status::Corruption());
  head.size = read_be64(bytes);
  head.recorded_at = Instant{std::chrono::milliseconds{std::int64_t(read_be64(bytes.substr(8)))}};
  head.keys = read_be64(bytes.substr(16));
  bytes.remove_prefix(fixed);
  auto peaks = std::size_t(std::popcount(head.size));
  if (bytes.size() != peaks * digest_bytes * suites.size())
    return storage_failure(rocksdb::Status::Corruption());
  for (auto& tree : head.trees) {
    std::vector<Digest> hashes;
    for (std::size_t i = 0; i < peaks; ++i) hashes.push_back(hash_in(bytes, i));
    bytes.remove_prefix(peaks * digest_bytes);
    tree = Frontier::from_peaks(head.size, std::move(hashes), tree.suite());
  }
  return head;
}

std::string encode_head(const LogView::Store::Head& head) {
  auto out = be64(head.size) + be64(std::uint64_t(head.recorded_at.time_since_epoch().count())) +
             be64(head.keys);
  for (auto& tree : head.trees)
    for (auto& peak : tree.peaks()) out += as_text(peak);
  return out;
}

Result<std::optional<KeptKey>> LogView::Store::kept_key(const Digest& key) const {
  auto value = get(idempotency, as_text(key));
  if (!value) return value.error();
  if (!*value) return std::optional<KeptKey>{};
  KeptKey kept;
  std::string_view bytes = **value;
  if (bytes.size() != kept.fingerprint.size() + 12)
    return storage_failure(rocksdb::Status::Corruption());
  std::copy_n(bytes.begin(), kept.fingerprint.size(), kept.fingerprint.begin());
  bytes.remove_prefix(kept.fingerprint.size());
  kept.first_seq = read_be64(bytes);
  kept.count = read_be32(bytes.substr(8));
  return std::optional{kept};
}

Result<std::optional<std::string>> LogView::Store::get(Family from, std::string_view key) const {
  std::string value;
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  auto status = db->Get(options, family[from], key, &value);
  if (status.IsNotFound()) return std::optional<std::string>{};
  if (!status.ok()) return storage_failure(status);
  return std::optional{std::move(value)};
}

Result<void> LogView::Store::put(Family into, std::string_view key, std::string_view value) {
  rocksdb::WriteOptions options;
  options.sync = true;
  if (auto status = db->Put(options, family[into], key, value); !status.ok())
    return storage_failure(status);
  return {};
}

Result<void> LogView::Store::remove(Family from, std::string_view key) {
  rocksdb::WriteOptions options;
  options.sync = true;
  if (auto status = db->Delete(options, family[from], key); !status.ok())
    return storage_failure(status);
  return {};
}

Room LogView::Store::room(const SpaceLimits& limits) const {
  std::uint64_t in_memory = 0;
  db->GetAggregatedIntProperty(rocksdb::DB::Properties::kCurSizeAllMemTables, &in_memory);
  return room_at(place.directory, limits, in_memory);
}

void LogView::Store::flush() {
  db->Flush(rocksdb::FlushOptions{}, {family.begin(), family.end()}).PermitUncheckedError();
}

Result<void> LogView::Store::scrub_keys() {
  // All families at once: only then can the write-ahead log be dropped.
  auto status = db->Flush(rocksdb::FlushOptions{}, {family.begin(), family.end()});
  if (!status.ok()) return storage_failure(status);
  rocksdb::CompactRangeOptions options;
  options.bottommost_level_compaction = rocksdb::BottommostLevelCompaction::kForce;
  status = db->CompactRange(options, family[sealing_keys], nullptr, nullptr);
  if (!status.ok()) return storage_failure(status);
  return {};
}

Result<void> scan_what_is_left(const fs::path& copied_ledger,
                               const std::function<void(std::string_view)>& each) {
  auto env = wal_env(rocksdb::Env::Default(), WalState::growing);
  auto options = database_options(*env);
  options.wal_recovery_mode = rocksdb::WALRecoveryMode::kPointInTimeRecovery;
  options.paranoid_checks = false;
  return use_database(options, copied_ledger, families(), [&](auto& db, auto& handles) {
    std::unique_ptr<rocksdb::Iterator> leaves(db.NewIterator({}, handles[LogView::Store::entries]));
    std::uint64_t seq = 0;
    for (leaves->SeekToFirst(); leaves->Valid(); leaves->Next()) {
      if (read_be64(leaves->key().ToStringView()) != ++seq) break;
      if (!read_leaf(seq, leaves->value().ToStringView())) break;
      each(leaves->value().ToStringView());
    }
    return Result<void>{};
  });
}

Result<void> use_copy(const fs::path& copied_ledger,
                      const std::function<Result<void>(rocksdb::DB&)>& use) {
  auto env = wal_env(rocksdb::Env::Default(), WalState::at_rest);
  auto kept_tables = families();
  for (auto& family : kept_tables) family.options.disable_auto_compactions = true;
  return use_database(database_options(*env), copied_ledger, kept_tables,
                      [&](auto& db, auto&) { return use(db); });
}

} // namespace mingce
