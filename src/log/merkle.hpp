#pragma once
// The Merkle tree of RFC 6962 over the leaves of a log: roots, inclusion and consistency proofs,
// and their verification. Pure: where the hashes come from is the caller's affair.

#include "log/digest.hpp"

#include <cstdint>
#include <functional>
#include <span>
#include <string_view>
#include <vector>

namespace mingce {

/// SHA-256(0x00 ‖ leaf).
Digest hash_leaf(std::string_view leaf);
/// SHA-256(0x01 ‖ left ‖ right).
Digest hash_node(const Digest& left, const Digest& right);

/// The hash of the complete subtree over leaves [index·2^level, (index + 1)·2^level). Level 0 are
/// the leaves' own hashes. Asked only for subtrees that lie within the tree in question.
using SubtreeHash = std::function<Digest(unsigned level, std::uint64_t index)>;

/// The root over the first `size` leaves; of no leaf: SHA-256 of nothing.
Digest tree_root(std::uint64_t size, const SubtreeHash& hash);

/// Shows that leaf `index` is in the tree of `size` leaves; index < size.
std::vector<Digest> inclusion_proof(std::uint64_t index, std::uint64_t size,
                                    const SubtreeHash& hash);
/// Shows that the tree of `to` leaves begins with that of `from`; from ≤ to.
std::vector<Digest> consistency_proof(std::uint64_t from, std::uint64_t to,
                                      const SubtreeHash& hash);

bool verify_inclusion(const Digest& leaf, std::uint64_t index, std::uint64_t size,
                      std::span<const Digest> proof, const Digest& root);
bool verify_consistency(std::uint64_t from, std::uint64_t to, std::span<const Digest> proof,
                        const Digest& from_root, const Digest& to_root);

/// Grows with the log in constant space: the roots of the complete subtrees that make it up.
class Frontier {
public:
  void append(const Digest& leaf);
  std::uint64_t size() const { return size_; }
  Digest root() const;

private:
  std::uint64_t size_ = 0;
  std::vector<Digest> peaks_; ///< from the largest subtree to the smallest
};

} // namespace mingce
