#include "log/merkle.hpp"

#include <algorithm>
#include <bit>
#include <cassert>
#include <iterator>
#include <optional>
#include <utility>

namespace mingce {
namespace {

/// The largest power of two below n; n ≥ 2.
std::uint64_t split_point(std::uint64_t n) { return std::bit_floor(n - 1); }

/// Makes proofs, as RFC 6962 describes them. `begin` is a multiple of the power of two at or above
/// `size` throughout, as it is in every range that comes from splitting a tree.
class Prover {
public:
  Prover(const SubtreeHash& hash, HashSuite suite) : hash_(hash), suite_(suite) {}

  /// Over leaves [begin, begin + size).
  Digest root(std::uint64_t begin, std::uint64_t size) const {
    if (std::has_single_bit(size)) {
      auto level = unsigned(std::countr_zero(size));
      return hash_(level, begin >> level);
    }
    auto left = split_point(size);
    return hash_node(root(begin, left), root(begin + left, size - left), suite_);
  }

  /// 2.1.1: PATH(m, D[n]).
  void add_path(std::uint64_t index, std::uint64_t begin, std::uint64_t size) {
    if (size == 1) return;
    auto left = split_point(size);
    if (index < left) {
      add_path(index, begin, left);
      proof.push_back(root(begin + left, size - left));
    } else {
      add_path(index - left, begin + left, size - left);
      proof.push_back(root(begin, left));
    }
  }

  /// 2.1.2: SUBPROOF(m, D[n], b). `whole`: the verifier knows the root of this subtree.
  void add_subproof(std::uint64_t from, std::uint64_t begin, std::uint64_t size, bool whole) {
    if (from == size) {
      if (!whole) proof.push_back(root(begin, size));
      return;
    }
    auto left = split_point(size);
    if (from <= left) {
      add_subproof(from, begin, left, whole);
      proof.push_back(root(begin + left, size - left));
    } else {
      add_subproof(from - left, begin + left, size - left, false);
      proof.push_back(root(begin, left));
    }
  }

  std::vector<Digest> proof;

private:
  const SubtreeHash& hash_;
  HashSuite suite_;
};

struct TwoRoots {
  Digest from, to;
};

/// Computes roots from a proof. Takes it from its end, as the recursion that made it put it
/// together.
class Verifier {
public:
  Verifier(std::span<const Digest> proof, HashSuite suite) : left_(proof), suite_(suite) {}

  std::optional<Digest> root_by_path(const Digest& leaf, std::uint64_t index, std::uint64_t size) {
    if (size == 1) return leaf;
    auto left = split_point(size);
    auto sibling = last();
    if (!sibling) return std::nullopt;
    if (index < left) {
      auto below = root_by_path(leaf, index, left);
      return below ? std::optional{node(*below, *sibling)} : std::nullopt;
    }
    auto below = root_by_path(leaf, index - left, size - left);
    return below ? std::optional{node(*sibling, *below)} : std::nullopt;
  }

  /// Both roots of a subtree as the proof has them. `known`: what the earlier one must be.
  std::optional<TwoRoots> roots_by_subproof(std::uint64_t from, std::uint64_t size,
                                            const Digest* known) {
    if (from == size) {
      auto digest = known ? std::optional{*known} : last();
      return digest ? std::optional{TwoRoots{*digest, *digest}} : std::nullopt;
    }
    auto left = split_point(size);
    auto sibling = last();
    if (!sibling) return std::nullopt;
    if (from <= left) {
      auto below = roots_by_subproof(from, left, known);
      if (!below) return std::nullopt;
      return TwoRoots{below->from, node(below->to, *sibling)};
    }
    auto below = roots_by_subproof(from - left, size - left, nullptr);
    if (!below) return std::nullopt;
    return TwoRoots{node(*sibling, below->from), node(*sibling, below->to)};
  }

  bool is_used_up() const { return left_.empty(); }

private:
  Digest node(const Digest& left, const Digest& right) const {
    return hash_node(left, right, suite_);
  }
  std::optional<Digest> last() {
    if (left_.empty()) return std::nullopt;
    auto digest = left_.back();
    left_ = left_.first(left_.size() - 1);
    return digest;
  }

  std::span<const Digest> left_;
  HashSuite suite_;
};

} // namespace

Digest hash_leaf(std::string_view leaf, HashSuite suite) {
  return hash(suite, {std::string_view("\0", 1), leaf});
}

Digest hash_node(const Digest& left, const Digest& right, HashSuite suite) {
  // One piece: three cost a fifth more.
  std::array<char, 1 + 2 * sizeof(Digest)> bytes;
  bytes[0] = 1;
  std::copy(left.begin(), left.end(), bytes.begin() + 1);
  std::copy(right.begin(), right.end(), bytes.begin() + 1 + left.size());
  return hash(suite, std::string_view(bytes.data(), bytes.size()));
}

Digest tree_root(std::uint64_t size, const SubtreeHash& hash, HashSuite suite) {
  return size == 0 ? mingce::hash(suite, "") : Prover(hash, suite).root(0, size);
}

std::vector<Digest> inclusion_proof(std::uint64_t index, std::uint64_t size,
                                    const SubtreeHash& hash, HashSuite suite) {
  Prover prover(hash, suite);
  prover.add_path(index, 0, size);
  return std::move(prover.proof);
}

std::vector<Digest> consistency_proof(std::uint64_t from, std::uint64_t to, const SubtreeHash& hash,
                                      HashSuite suite) {
  Prover prover(hash, suite);
  if (from > 0 && from < to) prover.add_subproof(from, 0, to, true);
  return std::move(prover.proof);
}

bool verify_inclusion(const Digest& leaf, std::uint64_t index, std::uint64_t size,
                      std::span<const Digest> proof, const Digest& root, HashSuite suite) {
  if (index >= size) return false;
  Verifier verifier(proof, suite);
  auto computed = verifier.root_by_path(leaf, index, size);
  return computed && verifier.is_used_up() && *computed == root;
}

bool verify_consistency(std::uint64_t from, std::uint64_t to, std::span<const Digest> proof,
                        const Digest& from_root, const Digest& to_root, HashSuite suite) {
  if (from > to) return false;
  // Every tree begins with the empty one, and with itself.
  if (from == 0 && (!proof.empty() || from_root != hash(suite, ""))) return false;
  if (from == to) return proof.empty() && from_root == to_root;
  if (from == 0) return true;
  Verifier verifier(proof, suite);
  auto roots = verifier.roots_by_subproof(from, to, &from_root);
  return roots && verifier.is_used_up() && roots->from == from_root && roots->to == to_root;
}

Frontier Frontier::from_peaks(std::uint64_t size, std::vector<Digest> peaks, HashSuite suite) {
  assert(peaks.size() == std::size_t(std::popcount(size)));
  Frontier frontier(suite);
  frontier.size_ = size;
  frontier.peaks_ = std::move(peaks);
  return frontier;
}

void Frontier::append(const Digest& leaf, const EachSubtree& each) {
  auto digest = leaf;
  if (each) each(0, digest);
  // Each trailing one of the size is a complete subtree that the new leaf makes twice as large.
  unsigned height = 0;
  for (auto size = size_; size & 1; size >>= 1) {
    digest = hash_node(peaks_.back(), digest, suite_);
    peaks_.pop_back();
    ++height;
    if (each) each(height, digest);
  }
  peaks_.push_back(digest);
  ++size_;
}

Digest Frontier::root() const {
  if (peaks_.empty()) return hash(suite_, "");
  auto digest = peaks_.back();
  for (auto peak = std::next(peaks_.rbegin()); peak != peaks_.rend(); ++peak)
    digest = hash_node(*peak, digest, suite_);
  return digest;
}

} // namespace mingce
