#include "log/tree.hpp"

#include <algorithm>
#include <charconv>

namespace mingce {
namespace {

/// Tiles of one question are few; a walk over a whole tree must not keep them all.
constexpr std::size_t kept_tiles = 64;

std::uint64_t at_level(std::uint64_t size, unsigned level) {
  unsigned shift = tile_height * level;
  return shift < 64 ? size >> shift : 0;
}

std::string in_groups(std::uint64_t index) {
  auto digits = std::to_string(index);
  digits.insert(0, (3 - digits.size() % 3) % 3, '0');
  std::string out;
  for (std::size_t at = 0; at < digits.size(); at += 3)
    out += (at + 3 < digits.size() ? "x" : "") + digits.substr(at, 3) +
           (at + 3 < digits.size() ? "/" : "");
  return out;
}

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  auto end = text.data() + text.size();
  auto read = std::from_chars(text.data(), end, number);
  if (text.empty() || read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return number;
}

} // namespace

// ---- names --------------------------------------------------------------------------------------

std::uint64_t width_of_tile(unsigned level, std::uint64_t index, std::uint64_t size) {
  auto hashes = at_level(size, level);
  if (index > hashes / tile_width) return 0;
  return std::min(hashes - index * tile_width, tile_width);
}

unsigned tile_levels(std::uint64_t size) {
  unsigned levels = 0;
  while (at_level(size, levels) > 0) ++levels;
  return levels;
}

std::string tile_path(std::optional<unsigned> level, std::uint64_t index, std::uint64_t width) {
  auto path = "tile/" + (level ? std::to_string(*level) : "entries") + "/" + in_groups(index);
  return width == tile_width ? path : path + ".p/" + std::to_string(width);
}

std::optional<TileName> parse_tile_path(std::string_view path) {
  TileName name;
  auto slash = path.find('/');
  if (slash == path.npos) return std::nullopt;
  auto level = path.substr(0, slash);
  if (level != "entries") {
    auto number = number_in(level);
    if (!number || *number > 7) return std::nullopt;
    name.level = unsigned(*number);
  }
  auto rest = path.substr(slash + 1);
  if (auto partial = rest.find(".p/"); partial != rest.npos) {
    auto width = number_in(rest.substr(partial + 3));
    if (!width) return std::nullopt;
    name.width = *width;
    rest = rest.substr(0, partial);
  }
  std::string digits;
  for (char c : rest)
    if (c >= '0' && c <= '9') digits += c;
  auto index = number_in(digits);
  if (!index || name.width == 0 || name.width > tile_width) return std::nullopt;
  name.index = *index;
  if (tile_path(name.level, name.index, name.width) != "tile/" + std::string(path))
    return std::nullopt;
  return name;
}

// ---- hashes -------------------------------------------------------------------------------------

Digest hash_in(std::string_view tile, std::uint64_t i) {
  Digest out;
  std::copy_n(tile.begin() + std::ptrdiff_t(i * digest_bytes), digest_bytes, out.begin());
  return out;
}

Digest root_of(std::string_view hashes) {
  std::vector<Digest> level(hashes.size() / digest_bytes);
  for (std::size_t i = 0; i < level.size(); ++i) level[i] = hash_in(hashes, i);
  for (; level.size() > 1; level.resize(level.size() / 2))
    for (std::size_t i = 0; i < level.size() / 2; ++i)
      level[i] = hash_node(level[2 * i], level[2 * i + 1]);
  return level.front();
}

// ---- growing ------------------------------------------------------------------------------------

void GrowingTiles::append(Frontier& tree, const Digest& leaf, const Put& put) {
  auto size = tree.size() + 1;
  tree.append(leaf, [&](unsigned height, const Digest& root) {
    if (height > 0 && height % tile_height == 0) add(height / tile_height, root, size, put);
  });
}

void GrowingTiles::add(unsigned level, const Digest& hash, std::uint64_t size, const Put& put) {
  if (level > rightmost_.size()) rightmost_.emplace_back();
  auto& tile = rightmost_[level - 1];
  tile += as_text(hash);
  put(level, (at_level(size, level) - 1) / tile_width, tile);
  if (tile.size() == tile_width * digest_bytes) tile.clear();
}

Result<GrowingTiles>
GrowingTiles::resume(std::uint64_t size,
                     const std::function<Result<std::string>(unsigned level)>& tail) {
  GrowingTiles tiles;
  for (unsigned level = 1; level < tile_levels(size); ++level) {
    auto& tile = tiles.rightmost_.emplace_back();
    if (at_level(size, level) % tile_width == 0) continue;
    auto hashes = tail(level);
    if (!hashes) return hashes.error();
    tile = std::move(*hashes);
  }
  return tiles;
}

// ---- proofs -------------------------------------------------------------------------------------

Result<Digest> Tree::subtree(unsigned level, std::uint64_t index) const {
  unsigned of_tiles = level / tile_height, above = level % tile_height;
  auto first = index << above; // in hashes of that level of tiles
  auto tile = first / tile_width;
  auto found = read_.find({of_tiles, tile});
  if (found == read_.end()) {
    auto hashes = source_.read_tile(of_tiles, tile, width_of_tile(of_tiles, tile, size_));
    if (!hashes) return hashes.error();
    if (read_.size() >= kept_tiles) read_.clear();
    found = read_.emplace(std::pair{of_tiles, tile}, std::move(*hashes)).first;
  }
  auto from = (first % tile_width) * digest_bytes, bytes = (digest_bytes << above);
  if (from + bytes > found->second.size())
    return Failure{FailureKind::corrupt,
                   "corrupt_tree",
                   {"日志的哈希树不完整", "the log's hash tree is incomplete"}};
  return root_of(std::string_view(found->second).substr(from, bytes));
}

/// The arithmetic asks for hashes that cannot fail; the first failure is told instead.
template <class Answer>
Result<Answer> Tree::answer(const std::function<Answer(const SubtreeHash&)>& ask) const {
  std::optional<Failure> failure;
  auto answered = ask([&](unsigned level, std::uint64_t index) {
    if (failure) return Digest{};
    auto hash = subtree(level, index);
    if (!hash) failure = hash.error();
    return hash ? *hash : Digest{};
  });
  if (failure) return *failure;
  return answered;
}

Result<Digest> Tree::root(std::uint64_t size) const {
  return answer<Digest>([&](const SubtreeHash& hash) { return tree_root(size, hash); });
}

Result<Digest> Tree::leaf_hash(std::uint64_t index) const { return subtree(0, index); }

Result<std::vector<Digest>> Tree::inclusion(std::uint64_t index, std::uint64_t size) const {
  return answer<std::vector<Digest>>(
      [&](const SubtreeHash& hash) { return inclusion_proof(index, size, hash); });
}

Result<std::vector<Digest>> Tree::consistency(std::uint64_t from, std::uint64_t to) const {
  return answer<std::vector<Digest>>(
      [&](const SubtreeHash& hash) { return consistency_proof(from, to, hash); });
}

Result<Frontier> Tree::frontier(std::uint64_t size) const {
  auto peaks = answer<std::vector<Digest>>([&](const SubtreeHash& hash) {
    std::vector<Digest> out;
    std::uint64_t before = 0;
    for (unsigned level = 64; level-- > 0;)
      if (size >> level & 1) {
        out.push_back(hash(level, before >> level));
        before += std::uint64_t(1) << level;
      }
    return out;
  });
  if (!peaks) return peaks.error();
  return Frontier::from_peaks(size, std::move(*peaks));
}

} // namespace mingce
