#include "log/derived.hpp"

#include "base/json.hpp"
#include "log/build_id.hpp"
#include "log/bytes.hpp"
#include "log/files.hpp"

#include <algorithm>

namespace mingce {
namespace {

namespace fs = std::filesystem;

constexpr int derived_format = 1;

fs::path directory_of(const LogPlace& place) { return place.directory / "spine"; }

std::string file_name(std::string_view name, std::uint64_t position) {
  return std::string(name) + "-" + std::to_string(position);
}

/// Handles of persons are blinded with the same secret: the second step keeps the two apart.
std::optional<Digest> sealing_key(const LogView& log) {
  auto& ring = log.keys();
  if (!ring) return {};
  constexpr std::string_view purpose = "derived blocks";
  return hmac_sha256(as_text((*ring)->blind(purpose)), purpose);
}

std::optional<std::string> root_at(const LogView& log, std::uint64_t position) {
  if (position > log.size()) return {};
  auto root = log.tree().root(position);
  return root ? std::optional(to_hex(*root)) : std::nullopt;
}

std::optional<Digest> read_digest(std::string_view hex) {
  auto first = StreamId::parse(hex.substr(0, 32));
  auto second = hex.size() == 64 ? StreamId::parse(hex.substr(32)) : std::nullopt;
  if (!first || !second) return {};
  Digest digest;
  std::ranges::copy(second->bytes, std::ranges::copy(first->bytes, digest.begin()).out);
  return digest;
}

std::optional<std::uint64_t> number_member(const json::object& in, const char* name) {
  auto* value = in.if_contains(name);
  if (!value || !value->is_int64() || value->get_int64() < 0) return {};
  return std::uint64_t(value->get_int64());
}

std::string_view text_member(const json::object& in, const char* name) {
  auto* value = in.if_contains(name);
  return value && value->is_string() ? std::string_view(value->get_string()) : std::string_view{};
}

/// The object in the first line, where the second is its seal.
std::optional<json::object> sealed_object(const std::string& text, const Digest& key) {
  auto end = text.find('\n');
  if (end == text.npos) return {};
  auto line = std::string_view(text).substr(0, end);
  auto rest = std::string_view(text).substr(end + 1);
  if (rest != to_hex(hmac_sha256(as_text(key), line)) + "\n") return {};
  auto parsed = parse_json(line);
  if (!parsed || !parsed->is_object()) return {};
  return std::move(parsed->get_object());
}

} // namespace

Digest DerivedBlocks::seal(std::string_view name, const Block& block,
                           std::string_view bytes) const {
  return hmac(HashSuite::sha256, as_text(key_),
              {be64(block.position), be64(name.size()), name, bytes});
}

std::optional<DerivedBlocks> DerivedBlocks::open(const LogView& log) {
  DerivedBlocks found;
  found.directory_ = directory_of(log.place());
  auto key = sealing_key(log);
  auto text = key ? read_file(found.directory_ / "head") : Result<std::string>(Failure{});
  if (!text) return {};
  found.key_ = *key;
  auto head = sealed_object(*text, *key);
  if (!head || number_member(*head, "format") != std::uint64_t(derived_format) ||
      text_member(*head, "program") != build_id() || build_id().empty())
    return {};
  auto position = number_member(*head, "position");
  auto root = position ? root_at(log, *position) : std::nullopt;
  if (!root || text_member(*head, "root") != *root) return {};
  found.position_ = *position;
  found.root_ = *root;
  auto* blocks = head->if_contains("blocks");
  if (!blocks || !blocks->is_object()) return {};
  for (auto& member : blocks->get_object()) {
    auto* object = member.value().if_object();
    auto at = object ? number_member(*object, "position") : std::nullopt;
    auto bytes = object ? number_member(*object, "bytes") : std::nullopt;
    auto seal = object ? read_digest(text_member(*object, "seal")) : std::nullopt;
    if (!at || !bytes || !seal) return {};
    found.blocks_[member.key()] = {*at, *bytes, *seal};
  }
  return found;
}

Result<std::string> DerivedBlocks::read(std::string_view name) const {
  auto found = blocks_.find(name);
  if (found != blocks_.end()) {
    auto bytes = read_file(directory_ / file_name(name, found->second.position));
    if (bytes && bytes->size() == found->second.bytes &&
        seal(name, found->second, *bytes) == found->second.seal)
      return bytes;
  }
  return Failure{FailureKind::corrupt,
                 "bad_derived",
                 {"由日志推导的数据不符，须重新推导",
                  "what was derived from the log does not hold and has to be derived again"}};
}

std::string DerivedBlocks::head() const {
  json::object blocks;
  for (auto& [name, block] : blocks_)
    blocks[name] = json::object{{"bytes", std::int64_t(block.bytes)},
                                {"position", std::int64_t(block.position)},
                                {"seal", to_hex(block.seal)}};
  json::object head{{"blocks", std::move(blocks)},
                    {"format", derived_format},
                    {"position", std::int64_t(position_)},
                    {"program", build_id()},
                    {"root", root_}};
  auto line = json::serialize(head);
  return line + "\n" + to_hex(hmac_sha256(as_text(key_), line)) + "\n";
}

Result<DerivedBlocks> DerivedBlocks::replace(const LogView& log,
                                             const std::optional<DerivedBlocks>& old,
                                             std::uint64_t position,
                                             const std::vector<Change>& changes) {
  auto key = sealing_key(log);
  auto root = root_at(log, position);
  if (!key || !root)
    return Failure{FailureKind::unusable,
                   "no_keys",
                   {"没有密钥，不能封存推导数据", "without the keys nothing can be sealed"}};
  DerivedBlocks next;
  next.directory_ = directory_of(log.place());
  next.key_ = *key;
  next.position_ = position;
  next.root_ = *root;
  if (old) next.blocks_ = old->blocks_;
  if (auto made = make_private_directory(next.directory_); !made) return made.error();
  for (auto& [name, bytes] : changes) {
    Block block{position, bytes.size(), {}};
    block.seal = next.seal(name, block, bytes);
    next.blocks_[name] = block;
    auto written = replace_file(next.directory_ / file_name(name, position), bytes);
    if (!written) return written.error();
  }
  if (auto written = replace_file(next.directory_ / "head", next.head()); !written)
    return written.error();
  // What no head names any more; a reader that still wants it reads the entries.
  std::error_code ec;
  for (fs::directory_iterator files(next.directory_, ec), end; !ec && files != end;
       files.increment(ec)) {
    auto name = files->path().filename().string();
    auto dash = name.rfind('-');
    auto block = next.blocks_.find(name.substr(0, dash));
    bool is_named = block != next.blocks_.end() && name == file_name(block->first,
                                                                     block->second.position);
    std::error_code ignored;
    if (!is_named && name != "head") fs::remove(files->path(), ignored);
  }
  return next;
}

void DerivedBlocks::discard(const LogPlace& place) {
  std::error_code ec;
  fs::remove_all(directory_of(place), ec);
}

} // namespace mingce
