#pragma once
// The Merkle tree of RFC 6962 over the leaves of a log: roots, inclusion and consistency proofs,
// and their verification. Pure: where the hashes come from is the caller's affair. The tree of the
// standard is that of SHA-256; a second one over the same leaves can be kept with SM3.

#include "log/digest.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace mingce {

/// Of 0x00 ‖ leaf.
Digest hash_leaf(std::string_view leaf, HashSuite suite = HashSuite::sha256);
/// Of 0x01 ‖ left ‖ right.
Digest hash_node(const Digest& left, const Digest& right, HashSuite suite = HashSuite::sha256);

/// The hash of the complete subtree over leaves [index·2^level, (index + 1)·2^level). Level 0 are
/// the leaves' own hashes. Asked only for subtrees that lie within the tree in question.
using SubtreeHash = std::function<Digest(unsigned level, std::uint64_t index)>;

/// The root over the first `size` leaves; of no leaf: the hash of nothing.
Digest tree_root(std::uint64_t size, const SubtreeHash& hash, HashSuite suite = HashSuite::sha256);

/// Shows that leaf `index` is in the tree of `size` leaves; index < size.
std::vector<Digest> inclusion_proof(std::uint64_t index, std::uint64_t size,
                                    const SubtreeHash& hash, HashSuite suite = HashSuite::sha256);
/// Shows that the tree of `to` leaves begins with that of `from`; from ≤ to.
std::vector<Digest> consistency_proof(std::uint64_t from, std::uint64_t to, const SubtreeHash& hash,
                                      HashSuite suite = HashSuite::sha256);

bool verify_inclusion(const Digest& leaf, std::uint64_t index, std::uint64_t size,
                      std::span<const Digest> proof, const Digest& root,
                      HashSuite suite = HashSuite::sha256);
bool verify_consistency(std::uint64_t from, std::uint64_t to, std::span<const Digest> proof,
                        const Digest& from_root, const Digest& to_root,
                        HashSuite suite = HashSuite::sha256);

/// Grows with the log in constant space: the roots of the complete subtrees that make it up. Not
/// for two threads at a time.
class Frontier {
public:
  explicit Frontier(HashSuite suite = HashSuite::sha256) : suite_(suite) {}
  /// The frontier that had these peaks. There is one for each bit set in the size.
  static Frontier from_peaks(std::uint64_t size, std::vector<Digest> peaks,
                             HashSuite suite = HashSuite::sha256);

  /// Calls `each(height, root)` for every subtree that this leaf completes, from itself (height 0)
  /// upwards.
  using EachSubtree = std::function<void(unsigned height, const Digest& root)>;
  /// `leaf`: its hash in the suite of the frontier.
  void append(const Digest& leaf, const EachSubtree& each = {});
  HashSuite suite() const { return suite_; }
  std::uint64_t size() const { return size_; }
  Digest root() const;
  /// From the largest subtree to the smallest; until the next `append`.
  std::span<const Digest> peaks() const { return peaks_; }

private:
  HashSuite suite_;
  std::uint64_t size_ = 0;
  std::vector<Digest> peaks_;
};

} // namespace mingce
