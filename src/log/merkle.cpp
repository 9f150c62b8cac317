#include "log/merkle.hpp"

#include <bit>
#include <optional>
#include <string>

namespace mingce {
namespace {

/// The largest power of two below n; n ≥ 2.
std::uint64_t split_point(std::uint64_t n) { return std::bit_floor(n - 1); }

/// The root over leaves [begin, begin + size); begin is a multiple of the power of two at or above
/// size, as every range is that comes from splitting a tree.
Digest range_root(std::uint64_t begin, std::uint64_t size, const SubtreeHash& hash) {
  if (std::has_single_bit(size)) {
    auto level = unsigned(std::countr_zero(size));
    return hash(level, begin >> level);
  }
  auto left = split_point(size);
  return hash_node(range_root(begin, left, hash), range_root(begin + left, size - left, hash));
}

/// RFC 6962, 2.1.1: PATH(m, D[n]).
void add_path(std::uint64_t index, std::uint64_t begin, std::uint64_t size, const SubtreeHash& hash,
              std::vector<Digest>& proof) {
  if (size == 1) return;
  auto left = split_point(size);
  if (index < left) {
    add_path(index, begin, left, hash, proof);
    proof.push_back(range_root(begin + left, size - left, hash));
  } else {
    add_path(index - left, begin + left, size - left, hash, proof);
    proof.push_back(range_root(begin, left, hash));
  }
}

/// RFC 6962, 2.1.2: SUBPROOF(m, D[n], b). `whole`: the verifier knows the root of this subtree.
void add_subproof(std::uint64_t from, std::uint64_t begin, std::uint64_t size, bool whole,
                  const SubtreeHash& hash, std::vector<Digest>& proof) {
  if (from == size) {
    if (!whole) proof.push_back(range_root(begin, size, hash));
    return;
  }
  auto left = split_point(size);
  if (from <= left) {
    add_subproof(from, begin, left, whole, hash, proof);
    proof.push_back(range_root(begin + left, size - left, hash));
  } else {
    add_subproof(from - left, begin + left, size - left, false, hash, proof);
    proof.push_back(range_root(begin, left, hash));
  }
}

/// Takes a proof from its end, as the recursion that made it put it together.
class ProofReader {
public:
  explicit ProofReader(std::span<const Digest> proof) : left_(proof) {}
  std::optional<Digest> last() {
    if (left_.empty()) return std::nullopt;
    auto digest = left_.back();
    left_ = left_.first(left_.size() - 1);
    return digest;
  }
  bool is_used_up() const { return left_.empty(); }

private:
  std::span<const Digest> left_;
};

std::optional<Digest> root_by_path(const Digest& leaf, std::uint64_t index, std::uint64_t size,
                                   ProofReader& proof) {
  if (size == 1) return leaf;
  auto left = split_point(size);
  auto sibling = proof.last();
  if (!sibling) return std::nullopt;
  if (index < left) {
    auto below = root_by_path(leaf, index, left, proof);
    return below ? std::optional{hash_node(*below, *sibling)} : std::nullopt;
  }
  auto below = root_by_path(leaf, index - left, size - left, proof);
  return below ? std::optional{hash_node(*sibling, *below)} : std::nullopt;
}

struct TwoRoots {
  Digest from, to;
};

/// Both roots of a subtree as the proof has them.
std::optional<TwoRoots> roots_by_subproof(std::uint64_t from, std::uint64_t size,
                                          const Digest* known, ProofReader& proof) {
  if (from == size) {
    auto digest = known ? std::optional{*known} : proof.last();
    return digest ? std::optional{TwoRoots{*digest, *digest}} : std::nullopt;
  }
  auto left = split_point(size);
  auto sibling = proof.last();
  if (!sibling) return std::nullopt;
  if (from <= left) {
    auto below = roots_by_subproof(from, left, known, proof);
    if (!below) return std::nullopt;
    return TwoRoots{below->from, hash_node(below->to, *sibling)};
  }
  auto below = roots_by_subproof(from - left, size - left, nullptr, proof);
  if (!below) return std::nullopt;
  return TwoRoots{hash_node(*sibling, below->from), hash_node(*sibling, below->to)};
}

} // namespace

Digest hash_leaf(std::string_view leaf) {
  std::string bytes(1, '\0');
  bytes += leaf;
  return sha256(bytes);
}

Digest hash_node(const Digest& left, const Digest& right) {
  std::array<char, 1 + 2 * sizeof(Digest)> bytes;
  bytes[0] = 1;
  std::copy(left.begin(), left.end(), bytes.begin() + 1);
  std::copy(right.begin(), right.end(), bytes.begin() + 1 + left.size());
  return sha256({bytes.data(), bytes.size()});
}

Digest tree_root(std::uint64_t size, const SubtreeHash& hash) {
  return size == 0 ? sha256("") : range_root(0, size, hash);
}

std::vector<Digest> inclusion_proof(std::uint64_t index, std::uint64_t size,
                                    const SubtreeHash& hash) {
  std::vector<Digest> proof;
  add_path(index, 0, size, hash, proof);
  return proof;
}

std::vector<Digest> consistency_proof(std::uint64_t from, std::uint64_t to,
                                      const SubtreeHash& hash) {
  std::vector<Digest> proof;
  if (from > 0 && from < to) add_subproof(from, 0, to, true, hash, proof);
  return proof;
}

bool verify_inclusion(const Digest& leaf, std::uint64_t index, std::uint64_t size,
                      std::span<const Digest> proof, const Digest& root) {
  if (index >= size) return false;
  ProofReader reader(proof);
  auto computed = root_by_path(leaf, index, size, reader);
  return computed && reader.is_used_up() && *computed == root;
}

bool verify_consistency(std::uint64_t from, std::uint64_t to, std::span<const Digest> proof,
                        const Digest& from_root, const Digest& to_root) {
  if (from > to) return false;
  // Every tree begins with the empty one, and with itself.
  if (from == 0) return proof.empty() && from_root == sha256("");
  if (from == to) return proof.empty() && from_root == to_root;
  ProofReader reader(proof);
  auto roots = roots_by_subproof(from, to, &from_root, reader);
  return roots && reader.is_used_up() && roots->from == from_root && roots->to == to_root;
}

void Frontier::append(const Digest& leaf) {
  auto digest = leaf;
  // Each trailing one of the size is a complete subtree that the new leaf makes twice as large.
  for (auto size = size_; size & 1; size >>= 1) {
    digest = hash_node(peaks_.back(), digest);
    peaks_.pop_back();
  }
  peaks_.push_back(digest);
  ++size_;
}

Digest Frontier::root() const {
  if (peaks_.empty()) return sha256("");
  auto digest = peaks_.back();
  for (auto peak = std::next(peaks_.rbegin()); peak != peaks_.rend(); ++peak)
    digest = hash_node(*peak, digest);
  return digest;
}

} // namespace mingce
