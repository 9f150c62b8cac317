#include "log/vault.hpp"

#include "base/joined.hpp"
#include "log/bytes.hpp"
#include "log/store.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <set>

namespace mingce {
namespace {

// Rows of the family `key` (README.md gives the grammar).
constexpr char stream_row = 's', person_row = 'p';
// How a key is kept.
constexpr char destroyed = 0, under_master = 1, under_person = 2;
// Of a body: the suite, and whether it is sealed with the register's own key.
constexpr unsigned own_key_flag = 0x80;
constexpr std::size_t person_row_bytes = 1 + 16 + 8;

/// The register's own key, for what must outlive the key of its stream.
const StreamId register_itself{};

std::string stream_row_of(const StreamId& stream, std::uint32_t from_version) {
  return joined({{&stream_row, 1}, as_text(stream.bytes), be32(from_version)});
}

std::string person_prefix(const Digest& blinded) {
  return person_row + std::string(as_text(std::span(blinded).first(16)));
}

std::string body_context(const StreamId& stream, std::uint32_t version) {
  return joined({"body", as_text(stream.bytes), be32(version)});
}

Failure corrupt_key() {
  return {
      FailureKind::corrupt, "corrupt_key", {"封存密钥无法读取", "a sealing key cannot be read"}};
}

Failure corrupt_body() {
  return {FailureKind::corrupt,
          "corrupt_entry",
          {"日志的私密部分无法读取", "a private half of the log cannot be read"}};
}

/// An old copy of the directory has been put back, and goes on: what it would write now would be
/// taken for what was erased.
Failure erased_elsewhere() {
  return {FailureKind::impossible,
          "erased_elsewhere",
          {"该记录在本登记册较新的副本中已被删除",
           "a later copy of this register has erased this record"}};
}

/// Calls `each` with every row under the prefix; `each` says whether to go on.
template <class Each>
Result<void> scan_rows(rocksdb::DB& db, rocksdb::ColumnFamilyHandle& family,
                       const std::string& prefix, Each each) {
  rocksdb::ReadOptions options;
  options.verify_checksums = true;
  std::unique_ptr<rocksdb::Iterator> rows(db.NewIterator(options, &family));
  for (rows->Seek(prefix); rows->Valid() && rows->key().starts_with(prefix); rows->Next())
    if (Result<void> taken = each(rows->key().ToStringView(), rows->value().ToStringView()); !taken)
      return taken;
  if (!rows->status().ok()) return storage_failure(rows->status());
  return {};
}

} // namespace

/// Keys that are not in the database yet: one append may open a stream and go on with it.
struct Vault::Drawing {
  ~Drawing() {
    for (auto& [stream, key] : streams) wipe(key);
    for (auto& [ref, person] : persons) wipe(person.second);
  }

  Rows rows;
  std::set<StreamId> erased; ///< whose keys this append destroys
  std::map<StreamId, SecretKey> streams;
  std::map<std::string, std::pair<std::string, SecretKey>> persons;
};

Vault::Vault(rocksdb::DB& db, rocksdb::ColumnFamilyHandle& family,
             Result<std::shared_ptr<KeyRing>> ring)
    : db_(db), family_(family), ring_(std::move(ring)) {}

// ---- wrapping -----------------------------------------------------------------------------------

std::string Vault::wrap(char kind, std::string_view under, const SecretKey& by,
                        std::string_view row, const SecretKey& key) const {
  auto suite = (*ring_)->suite();
  const char suite_byte = char(suite);
  return joined({{&kind, 1}, under, {&suite_byte, 1}, mingce::seal(suite, by, row, as_text(key))});
}

/// nullopt: destroyed, or under the key of a person that is.
Result<std::optional<SecretKey>> Vault::unwrap(std::string_view row, std::string_view value) const {
  if (value.empty()) return corrupt_key();
  char kind = value.front();
  value.remove_prefix(1);
  if (kind == destroyed) return std::optional<SecretKey>{};
  if (!ring_) return ring_.error();
  std::optional<SecretKey> by;
  if (kind == under_master && value.size() > 4) {
    by = (*ring_)->master(read_be32(value));
    value.remove_prefix(4);
    if (!by) return corrupt_key(); // a master that was dropped, or never was
  } else if (kind == under_person && value.size() > person_row_bytes) {
    std::string person(value.substr(0, person_row_bytes)), wrapped;
    value.remove_prefix(person_row_bytes);
    auto status = db_.Get({}, &family_, person, &wrapped);
    if (status.IsNotFound()) return std::optional<SecretKey>{};
    if (!status.ok()) return storage_failure(status);
    auto key = unwrap(person, wrapped);
    if (!key || !*key) return key;
    by = *key;
  }
  if (!by || value.empty()) return corrupt_key();
  auto key = mingce::unseal(CipherSuite(value.front()), *by, row, value.substr(1));
  if (!key || key->size() != sizeof(SecretKey)) return corrupt_key();
  SecretKey out;
  std::copy_n(key->begin(), out.size(), out.begin());
  return std::optional{out};
}

// ---- keys of streams ----------------------------------------------------------------------------

Result<Vault::StreamKeys> Vault::read_keys(const StreamId& stream) const {
  StreamKeys keys;
  auto erased_up_to = ring_ ? (*ring_)->erased_up_to(stream) : 0;
  auto prefix = stream_row_of(stream, 0);
  prefix.resize(prefix.size() - 4);
  auto scanned = scan_rows(db_, family_, prefix, [&](auto row, auto value) -> Result<void> {
    auto from_version = read_be32(row.substr(prefix.size()));
    auto key = unwrap(row, value);
    if (!key) return key.error();
    bool erased = from_version <= erased_up_to;
    keys.push_back({from_version, erased ? std::nullopt : *key});
    return {};
  });
  if (!scanned) return scanned.error();
  return keys;
}

/// What `use` makes of the keys; those in memory are not copied for it.
template <class Use>
auto Vault::with_keys(const StreamId& stream, Use use) const -> decltype(use(StreamKeys{})) {
  std::uint64_t generation = 0;
  {
    std::shared_lock lock(mutex_);
    generation = generation_;
    if (auto found = known_.find(stream); found != known_.end()) return use(found->second);
  }
  auto keys = read_keys(stream);
  if (!keys) return keys.error();
  remember(stream, *keys, generation);
  return use(*keys);
}

Result<Vault::StreamKeys> Vault::keys_of(const StreamId& stream) const {
  return with_keys(stream, [](const StreamKeys& keys) { return Result<StreamKeys>(keys); });
}

/// Only what is whole: a key that is missing may have been drawn meanwhile.
void Vault::remember(const StreamId& stream, const StreamKeys& keys,
                     std::uint64_t generation) const {
  bool is_whole =
      !keys.empty() && std::ranges::all_of(keys, [](auto& each) { return each.key.has_value(); });
  if (!is_whole) return;
  std::unique_lock lock(mutex_);
  if (generation != generation_) return;
  if (known_.size() >= known_at_most_) drop_known();
  known_[stream] = keys;
}

Vault::~Vault() { drop_known(); }

void Vault::drop_known() const {
  for (auto& [stream, keys] : known_)
    for (auto& each : keys)
      if (each.key) wipe(*each.key);
  known_.clear();
}

void Vault::forget() {
  std::unique_lock lock(mutex_);
  drop_known();
  ++generation_;
}

Result<void> Vault::make_own_key() {
  auto row = stream_row_of(register_itself, 1);
  std::string value;
  auto status = db_.Get({}, &family_, row, &value);
  if (!ring_) return ring_.error();
  if (status.ok()) {
    if (unwrap(row, value)) return {};
    return Failure{FailureKind::unusable,
                   "bad_keys",
                   {"密钥不属于这个登记册", "the keys belong to another register"}};
  }
  if (!status.IsNotFound()) return storage_failure(status);
  auto id = (*ring_)->current_master();
  rocksdb::WriteOptions options;
  options.sync = true;
  status = db_.Put(options, &family_, row,
                   wrap(under_master, be32(id), *(*ring_)->master(id), row, random_key()));
  if (!status.ok()) return storage_failure(status);
  return {};
}

// ---- sealing ------------------------------------------------------------------------------------

Result<std::pair<std::string, SecretKey>> Vault::person_key(const std::string& ref,
                                                            Drawing& drawing) const {
  auto [found, fresh] = drawing.persons.try_emplace(ref);
  if (!fresh) return found->second;
  auto prefix = person_prefix((*ring_)->blind(ref));
  auto& [row, key] = found->second;
  auto scanned = scan_rows(db_, family_, prefix, [&](auto at, auto value) -> Result<void> {
    auto known = unwrap(at, value);
    if (!known) return known.error();
    if (*known) row = at, key = **known;
    return {};
  });
  if (!scanned) return scanned.error();
  if (!row.empty()) return found->second;
  auto drawn = random_digest();
  row = prefix + std::string(as_text(std::span(drawn).first(8)));
  key = random_key();
  auto id = (*ring_)->current_master();
  drawing.rows.emplace_back(row, wrap(under_master, be32(id), *(*ring_)->master(id), row, key));
  return found->second;
}

Result<SecretKey> Vault::key_to_seal(const PreparedEntry& entry, Drawing& drawing) const {
  auto stream = entry.erases ? register_itself : entry.stream;
  auto version = entry.erases ? 1 : entry.version;
  if (auto drawn = drawing.streams.find(stream); drawn != drawing.streams.end())
    return drawn->second;
  auto erased = (*ring_)->erased_up_to(stream);
  if (erased > 0 && version <= erased) return erased_elsewhere();
  bool is_opening = version == 1 && !entry.erases; // has none yet
  auto keys = is_opening ? Result<StreamKeys>{} : keys_of(stream);
  if (!keys) return keys.error();
  bool has_key = !keys->empty() && keys->back().key && !drawing.erased.contains(stream);
  if (has_key) return *keys->back().key;
  auto key = random_key();
  auto row = stream_row_of(stream, version);
  if (!entry.person.empty() && !entry.erases) {
    auto person = person_key(entry.person, drawing);
    if (!person) return person.error();
    drawing.rows.emplace_back(row, wrap(under_person, person->first, person->second, row, key));
  } else {
    auto id = (*ring_)->current_master();
    drawing.rows.emplace_back(row, wrap(under_master, be32(id), *(*ring_)->master(id), row, key));
  }
  drawing.streams[stream] = key;
  return key;
}

Result<Vault::Sealed> Vault::seal(std::span<const PreparedEntry> entries) {
  if (!ring_) return ring_.error();
  auto suite = (*ring_)->suite();
  Drawing drawing;
  Sealed out;
  out.generation = generation_;
  for (auto& entry : entries) {
    auto& body = out.bodies.emplace_back();
    if (entry.erases) {
      drawing.erased.insert(entry.stream);
      drawing.streams.erase(entry.stream);
    }
    if (entry.secret.empty()) continue;
    auto key = key_to_seal(entry, drawing);
    if (!key) return key.error();
    body = char(unsigned(suite) | (entry.erases ? own_key_flag : 0)) +
           mingce::seal(suite, *key, body_context(entry.stream, entry.version), entry.secret);
  }
  out.drawn = std::move(drawing.rows);
  for (auto& entry : entries)
    if (auto key = drawing.streams.find(entry.stream);
        entry.version == 1 && key != drawing.streams.end())
      out.opening.push_back({key->first, key->second});
  return out;
}

void Vault::remember(const Sealed& sealed) {
  for (auto& [stream, key] : sealed.opening) remember(stream, {{1, key}}, sealed.generation);
}

Result<std::optional<std::string>> Vault::unseal(const StreamId& stream, std::uint32_t version,
                                                 std::string_view body) const {
  if (body.empty()) return corrupt_body();
  auto scheme = std::uint8_t(body.front());
  bool own = (scheme & own_key_flag) != 0;
  auto suite = CipherSuite(scheme & ~own_key_flag);
  auto holder = own ? register_itself : stream;
  auto with = [&](const StreamKeys& keys) -> Result<std::optional<std::string>> {
    const StreamKey* fitting = nullptr;
    for (auto& each : keys)
      if (own || each.from_version <= version) fitting = &each; // the latest that may fit
    if (!fitting) return corrupt_key();
    if (!fitting->key) return std::optional<std::string>{};
    auto opened =
        mingce::unseal(suite, *fitting->key, body_context(stream, version), body.substr(1));
    if (!opened) return corrupt_body();
    return opened;
  };
  auto opened = with_keys(holder, with);
  if (opened) return opened;
  // A key may have been drawn since those in memory were read.
  auto keys = read_keys(holder);
  if (!keys) return keys.error();
  return with(*keys);
}

// ---- destruction and rotation -------------------------------------------------------------------

Result<Vault::Rows> Vault::destruction_of(const StreamId& stream) const {
  Rows rows;
  auto prefix = stream_row_of(stream, 0);
  prefix.resize(prefix.size() - 4);
  auto scanned = scan_rows(db_, family_, prefix, [&](auto row, auto value) -> Result<void> {
    if (value != std::string_view(&destroyed, 1)) rows.emplace_back(row, std::string(1, destroyed));
    return {};
  });
  if (!scanned) return scanned.error();
  return rows;
}

Result<std::vector<std::string>> Vault::keys_of_person(const std::string& ref) const {
  if (!ring_) return ring_.error();
  std::vector<std::string> rows;
  auto scanned = scan_rows(db_, family_, person_prefix((*ring_)->blind(ref)),
                           [&](auto row, auto) -> Result<void> {
                             rows.emplace_back(row);
                             return {};
                           });
  if (!scanned) return scanned.error();
  return rows;
}

Result<std::vector<StreamId>> Vault::streams_of_person(const std::string& ref) const {
  auto persons = keys_of_person(ref);
  if (!persons) return persons.error();
  std::vector<StreamId> streams;
  auto scanned = scan_rows(
      db_, family_, std::string(1, stream_row), [&](auto row, auto value) -> Result<void> {
        bool is_theirs =
            !value.empty() && value.front() == under_person &&
            std::ranges::find(*persons, value.substr(1, person_row_bytes)) != persons->end();
        if (!is_theirs) return {};
        auto& stream = streams.emplace_back();
        std::copy_n(row.begin() + 1, stream.bytes.size(), stream.bytes.begin());
        return {};
      });
  if (!scanned) return scanned.error();
  return streams;
}

Result<void> Vault::check_rows() const {
  {
    std::unique_lock lock(mutex_);
    known_at_most_ = std::numeric_limits<std::size_t>::max();
  }
  // The rows of a stream stand together: what is read here need not be read again to unseal.
  StreamId stream;
  StreamKeys keys;
  auto remember_stream = [&] {
    remember(stream, keys, generation_);
    keys.clear();
  };
  auto scanned = scan_rows(db_, family_, "", [&](auto row, auto value) -> Result<void> {
    auto key = unwrap(row, value);
    if (!key) return key.error();
    if (row.front() == person_row) return {};
    if (row.front() != stream_row || row.size() != 1 + sizeof stream.bytes + 4)
      return corrupt_key();
    if (row.substr(1, sizeof stream.bytes) != as_text(stream.bytes)) remember_stream();
    std::copy_n(row.begin() + 1, sizeof stream.bytes, stream.bytes.begin());
    auto from_version = read_be32(row.substr(1 + sizeof stream.bytes));
    bool erased = from_version <= (*ring_)->erased_up_to(stream);
    keys.push_back({from_version, erased ? std::nullopt : *key});
    return {};
  });
  remember_stream();
  return scanned;
}

Result<Vault::Rows> Vault::rewrapped() const {
  if (!ring_) return ring_.error();
  Rows rows;
  auto id = (*ring_)->current_master();
  auto master = *(*ring_)->master(id);
  auto scanned = scan_rows(db_, family_, "", [&](auto row, auto value) -> Result<void> {
    if (value.empty() || value.front() != under_master || read_be32(value.substr(1)) == id)
      return {};
    auto key = unwrap(row, value);
    if (!key) return key.error();
    rows.emplace_back(row, wrap(under_master, be32(id), master, row, **key));
    return {};
  });
  if (!scanned) return scanned.error();
  return rows;
}

} // namespace mingce
