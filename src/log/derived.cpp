#include "log/derived.hpp"

#include "base/json_reader.hpp"
#include "log/build_id.hpp"
#include "log/bytes.hpp"
#include "log/files.hpp"

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

/// The object in the first line, where the second is its seal.
std::optional<json::value> sealed_object(const std::string& text, const Digest& key) {
  auto end = text.find('\n');
  if (end == text.npos) return {};
  auto line = std::string_view(text).substr(0, end);
  auto rest = std::string_view(text).substr(end + 1);
  if (rest != to_hex(hmac_sha256(as_text(key), line)) + "\n") return {};
  auto parsed = parse_json(line);
  return parsed ? std::optional(std::move(*parsed)) : std::nullopt;
}

std::uint64_t count_in(const JsonReader& member) {
  auto count = member.integer().value_or(0);
  if (count < 0) member.complain({"不得为负", "must not be negative"});
  return std::uint64_t(count);
}

} // namespace

Failure bad_derived() {
  return {FailureKind::corrupt,
          "bad_derived",
          {"由日志推导的数据不符，须重新推导",
           "what was derived from the log does not hold and has to be derived again"}};
}

std::string DerivedBlocks::seal(std::string_view name, const Block& block,
                                std::string_view bytes) const {
  return to_hex(hmac(HashSuite::sha256, as_text(key_),
                     {be64(block.position), be64(name.size()), name, bytes}));
}

std::optional<DerivedBlocks> DerivedBlocks::open(const LogView& log) {
  DerivedBlocks found;
  found.directory_ = directory_of(log.place());
  auto key = sealing_key(log);
  auto text = key ? read_file(found.directory_ / "head") : Result<std::string>(Failure{});
  if (!text) return {};
  found.key_ = *key;
  auto head = sealed_object(*text, *key);
  if (!head || build_id().empty()) return {};
  std::vector<FieldError> errors;
  JsonReader in(*head, errors);
  bool is_ours =
      in.member("format").integer() == derived_format && in.member("program").text() == build_id();
  found.position_ = count_in(in.member("position"));
  found.root_ = in.member("root").text();
  for (auto& [name, block] : in.member("blocks").members())
    found.blocks_[name] = {count_in(block.member("position")), count_in(block.member("bytes")),
                           block.member("seal").text()};
  if (!is_ours || !errors.empty() || root_at(log, found.position_) != found.root_) return {};
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
  return bad_derived();
}

std::string DerivedBlocks::head() const {
  json::object blocks;
  for (auto& [name, block] : blocks_)
    blocks[name] = json::object{{"bytes", std::int64_t(block.bytes)},
                                {"position", std::int64_t(block.position)},
                                {"seal", block.seal}};
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
    bool is_named =
        block != next.blocks_.end() && name == file_name(block->first, block->second.position);
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
