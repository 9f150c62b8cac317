#pragma once
// The Merkle tree of the log in tiles (C2SP tlog-tiles): 256 hashes a tile, eight levels of the
// tree between two levels of tiles. Level 0 holds the hashes of the leaves, level L + 1 the roots
// of the full tiles of level L.

#include "base/result.hpp"
#include "log/merkle.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mingce {

constexpr unsigned tile_height = 8;
constexpr std::uint64_t tile_width = 256;
constexpr std::size_t digest_bytes = sizeof(Digest);

/// How many hashes the tile has in a tree of that size: 0 when it is not there, 256 when it is
/// full.
std::uint64_t width_of_tile(unsigned level, std::uint64_t index, std::uint64_t size);
/// How many levels of tiles a tree of that size has.
unsigned tile_levels(std::uint64_t size);
/// `tile/<L>/<N>[.p/<W>]`, `tile/entries/<N>[.p/<W>]` for nullopt; N as `x001/x234/067`.
std::string tile_path(std::optional<unsigned> level, std::uint64_t index, std::uint64_t width);
struct TileName {
  std::optional<unsigned> level; ///< nullopt: a bundle of entries
  std::uint64_t index = 0;
  std::uint64_t width = tile_width;
};
/// Reads what follows `tile/`; nothing but the one form of each name.
std::optional<TileName> parse_tile_path(std::string_view path);

/// The i-th hash of a tile.
Digest hash_in(std::string_view tile, std::uint64_t i);
/// The root of the subtree over these hashes; their number is a power of two.
Digest root_of(std::string_view hashes);

/// The rightmost tile of every level above 0, as the tree grows. A tile of level 0 is the hashes of
/// 256 leaves: whoever has the leaves has it.
class GrowingTiles {
public:
  /// Told the tiles that a leaf changes, however full they are.
  using Put = std::function<void(unsigned level, std::uint64_t index, std::string_view hashes)>;

  /// Appends a leaf to the tree and to its tiles, so that each node is hashed once. The tree is of
  /// SHA-256 and has grown with the tiles.
  void append(Frontier& tree, const Digest& leaf, const Put& put);

  /// Where another process left off: `tail(level)` gives the hashes of the rightmost tile there.
  static Result<GrowingTiles>
  resume(std::uint64_t size, const std::function<Result<std::string>(unsigned level)>& tail);

private:
  void add(unsigned level, const Digest& hash, std::uint64_t size, const Put& put);

  std::vector<std::string> rightmost_; ///< of level 1, of level 2 …
};

/// Where a tree is read from: a log, or its static export.
class TreeSource {
public:
  virtual ~TreeSource() = default;
  /// The first `width` hashes of a tile that the tree has.
  virtual Result<std::string> read_tile(unsigned level, std::uint64_t index,
                                        std::uint64_t width) const = 0;
};

/// Proofs over the first leaves of a source. One thread.
class Tree {
public:
  /// The source must outlive the tree and have at least `size` leaves.
  Tree(const TreeSource& source, std::uint64_t size) : source_(source), size_(size) {}

  std::uint64_t size() const { return size_; }
  Result<Digest> root() const { return root(size_); }
  Result<Digest> root(std::uint64_t size) const;
  Result<Digest> leaf_hash(std::uint64_t index) const;
  /// Of the leaf `index`, counted from 0, in the tree of `size` leaves.
  Result<std::vector<Digest>> inclusion(std::uint64_t index, std::uint64_t size) const;
  Result<std::vector<Digest>> consistency(std::uint64_t from, std::uint64_t to) const;
  /// The frontier after `size` leaves, to go on hashing from.
  Result<Frontier> frontier(std::uint64_t size) const;

private:
  template <class Answer>
  Result<Answer> answer(const std::function<Answer(const SubtreeHash&)>& ask) const;
  Result<Digest> subtree(unsigned level, std::uint64_t index) const;

  const TreeSource& source_;
  std::uint64_t size_;
  mutable std::map<std::pair<unsigned, std::uint64_t>, std::string> read_;
};

} // namespace mingce
