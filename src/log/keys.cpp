#include "log/keys.hpp"

#include "base/json.hpp"
#include "log/files.hpp"

#include <algorithm>
#include <fstream>
#include <sstream>

namespace mingce {
namespace {

namespace fs = std::filesystem;

constexpr int key_format = 1;

Failure no_keys() {
  return {FailureKind::unusable,
          "no_keys",
          {"找不到该登记册的密钥文件", "the key file of this register is not there"}};
}

Failure bad_keys() {
  return {FailureKind::unusable, "bad_keys", {"密钥文件无法使用", "the key file cannot be used"}};
}

/// A secret of 32 bytes in base64; empty when it is none.
std::string secret_of(const json::object& in, const char* name) {
  auto bytes = from_base64(text_member(in, name));
  return bytes && bytes->size() == sizeof(SecretKey) ? *bytes : std::string{};
}

SecretKey to_key(std::string_view bytes) {
  SecretKey key;
  std::copy_n(bytes.begin(), key.size(), key.begin());
  return key;
}

std::string fresh_secret() {
  auto key = random_key();
  return std::string(as_text(key));
}

std::vector<const json::object*> objects_in(const json::object& in, const char* name) {
  std::vector<const json::object*> out;
  if (auto* list = in.if_contains(name); list && list->is_array())
    for (auto& each : list->get_array())
      if (auto* object = each.if_object()) out.push_back(object);
  return out;
}

} // namespace

// ---- places -------------------------------------------------------------------------------------

fs::path LogPlace::keys_directory() const {
  auto path = fs::absolute(directory).lexically_normal();
  if (!path.has_filename()) path = path.parent_path(); // DIR/ is DIR
  return path += ".keys";
}

fs::path LogPlace::keys() const { return key_file.empty() ? keys_directory() / "keys" : key_file; }

// ---- the key file -------------------------------------------------------------------------------

Result<std::shared_ptr<KeyRing>> KeyRing::load(const LogPlace& place) {
  std::error_code ec;
  if (!fs::exists(place.keys(), ec)) return no_keys();
  std::shared_ptr<KeyRing> ring(new KeyRing(place));
  auto text = read_file(place.keys());
  if (!text || !ring->read(*text) || !ring->read_erased()) return bad_keys();
  return ring;
}

Result<std::shared_ptr<KeyRing>> KeyRing::create(const LogPlace& place, const KeyProfile& profile,
                                                 Instant now) {
  std::error_code ec;
  if (fs::exists(place.keys(), ec)) return bad_keys();
  std::shared_ptr<KeyRing> ring(new KeyRing(place));
  ring->is_new_ = true;
  ring->national_ = profile.national;
  if (!profile.origin.empty() && !is_key_name(profile.origin))
    return invalid(
        "/origin",
        {"日志名称不得为空，不得含空格或加号", "the log's name has no space and no plus"},
        "bad_origin");
  auto drawn = random_digest();
  ring->origin_ =
      profile.origin.empty() ? "mingce/" + to_hex(std::span(drawn).first(8)) : profile.origin;
  ring->search_ = random_key();
  if (!ring->read_erased()) return bad_keys();
  if (auto added = ring->add_master(now); !added) return added.error();
  if (auto added = ring->add_signer(now); !added) return added.error();
  return ring;
}

KeyRing::~KeyRing() {
  wipe(search_);
  for (auto& each : masters_) wipe(each.key);
  for (auto& each : signing_) wipe(each.ed25519), wipe(each.sm2);
}

bool KeyRing::read(const std::string& text) {
  auto value = parse_json(text);
  auto* in = value ? value->if_object() : nullptr;
  if (!in || !in->contains("format") || in->at("format") != key_format) return false;
  origin_ = text_member(*in, "origin");
  national_ = text_member(*in, "profile") == "national";
  auto search = secret_of(*in, "search");
  if (origin_.empty() || search.empty()) return false;
  search_ = to_key(search);
  for (auto* each : objects_in(*in, "masters")) {
    auto key = secret_of(*each, "key");
    auto* id = each->if_contains("id");
    if (key.empty() || !id || !id->is_int64()) return false;
    masters_.push_back({std::uint32_t(id->get_int64()), to_key(key), text_member(*each, "created_at")});
  }
  for (auto* each : objects_in(*in, "signing"))
    signing_.push_back(
        {secret_of(*each, "ed25519"), secret_of(*each, "sm2"), text_member(*each, "created_at")});
  return !masters_.empty() && !signing_.empty() && std::ranges::none_of(signing_, [&](auto& key) {
    return key.ed25519.empty() || key.sm2.empty() == national_;
  });
}

Result<void> KeyRing::write() const {
  json::array masters, signing;
  for (auto& each : masters_)
    masters.push_back(json::object{{"id", std::int64_t(each.id)},
                                   {"key", to_base64(as_text(each.key))},
                                   {"created_at", each.created_at}});
  for (auto& each : signing_) {
    json::object line{{"ed25519", to_base64(each.ed25519)}, {"created_at", each.created_at}};
    if (!each.sm2.empty()) line["sm2"] = to_base64(each.sm2);
    signing.push_back(std::move(line));
  }
  json::object out{{"format", key_format},
                   {"origin", origin_},
                   {"profile", national_ ? "national" : "international"},
                   {"masters", std::move(masters)},
                   {"signing", std::move(signing)},
                   {"search", to_base64(as_text(search_))}};
  if (auto made = make_private_directory(place_.keys_directory()); !made) return made;
  if (auto made = make_private_directory(place_.keys().parent_path()); !made) return made;
  return replace_file(place_.keys(), json::serialize(out) + '\n');
}

// ---- sealing ------------------------------------------------------------------------------------

std::uint32_t KeyRing::current_master() const {
  std::lock_guard lock(mutex_);
  return masters_.back().id;
}

std::optional<SecretKey> KeyRing::master(std::uint32_t id) const {
  std::lock_guard lock(mutex_);
  auto found = std::ranges::find(masters_, id, &Master::id);
  return found == masters_.end() ? std::nullopt : std::optional{found->key};
}

Digest KeyRing::blind(std::string_view text) const { return hmac_sha256(as_text(search_), text); }

// ---- signing ------------------------------------------------------------------------------------

std::vector<std::unique_ptr<Signer>> KeyRing::signers() const {
  std::lock_guard lock(mutex_);
  std::vector<std::unique_ptr<Signer>> out;
  auto& now = signing_.back();
  out.push_back(ed25519_signer(origin_, now.ed25519));
  if (national_) out.push_back(sm2_signer(origin_, now.sm2));
  // Who knows only the former key can go on from it to the new one.
  if (signing_.size() > 1) out.push_back(ed25519_signer(origin_, signing_.end()[-2].ed25519));
  return out;
}

VerifierKey KeyRing::verifier() const { return verifiers().front(); }

std::vector<VerifierKey> KeyRing::verifiers() const {
  std::lock_guard lock(mutex_);
  std::vector<VerifierKey> out;
  for (auto each = signing_.rbegin(); each != signing_.rend(); ++each)
    out.push_back(ed25519_signer(origin_, each->ed25519)->key());
  return out;
}

std::vector<VerifierKey> KeyRing::national_verifiers() const {
  std::lock_guard lock(mutex_);
  std::vector<VerifierKey> out;
  if (!national_) return out;
  for (auto each = signing_.rbegin(); each != signing_.rend(); ++each)
    out.push_back(sm2_signer(origin_, each->sm2)->key());
  return out;
}

std::vector<VerifierKey> KeyRing::witnesses() const {
  std::vector<VerifierKey> out;
  std::ifstream in(place_.witnesses());
  for (std::string line; std::getline(in, line);)
    if (auto key = VerifierKey::parse(line)) out.push_back(std::move(*key));
  return out;
}

// ---- erasure ------------------------------------------------------------------------------------

/// Line by line: one that a power cut has torn says nothing of those after it.
Result<void> KeyRing::read_erased() {
  std::error_code ec;
  if (!fs::exists(place_.erased(), ec)) return {};
  auto text = read_file(place_.erased());
  if (!text) return text.error();
  std::istringstream lines(*text);
  for (std::string line; std::getline(lines, line);) {
    std::istringstream words(line);
    std::string stream;
    std::uint32_t up_to = 0;
    if (!(words >> stream >> up_to)) continue;
    if (auto id = StreamId::parse(stream)) erased_[*id] = std::max(erased_[*id], up_to);
  }
  return {};
}

std::uint32_t KeyRing::erased_up_to(const StreamId& stream) const {
  std::lock_guard lock(mutex_);
  auto found = erased_.find(stream);
  return found == erased_.end() ? 0 : found->second;
}

Result<void> KeyRing::note_erased(std::span<const Erasure> erasures) {
  std::string lines = "\n"; // ends a line that may have been torn
  for (auto& each : erasures) lines += each.stream.hex() + ' ' + std::to_string(each.up_to) + '\n';
  if (auto added = append_to_file(place_.erased(), lines); !added) return added;
  std::lock_guard lock(mutex_);
  for (auto& each : erasures) erased_[each.stream] = std::max(erased_[each.stream], each.up_to);
  return {};
}

// ---- rotation -----------------------------------------------------------------------------------

Result<void> KeyRing::add_master(Instant now) {
  std::lock_guard lock(mutex_);
  auto id = masters_.empty() ? 1 : masters_.back().id + 1;
  masters_.push_back({id, random_key(), to_string(now)});
  return write();
}

Result<void> KeyRing::add_signer(Instant now) {
  std::lock_guard lock(mutex_);
  signing_.push_back({fresh_secret(), national_ ? fresh_secret() : "", to_string(now)});
  return write();
}

Result<void> KeyRing::drop_former_masters() {
  std::lock_guard lock(mutex_);
  masters_.erase(masters_.begin(), masters_.end() - 1);
  return write();
}

} // namespace mingce
