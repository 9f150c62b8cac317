// RFC 6962: the tree, by its published vectors and exhaustively for small trees.

#include "log/merkle.hpp"

#include <gtest/gtest.h>

#include <string>

namespace mingce {
namespace {

/// The leaves of the reference vectors, and one byte of zero for each further leaf.
std::vector<std::string> reference_leaves() {
  std::vector<std::string> leaves;
  for (auto* hex : {"", "00", "10", "2021", "3031", "40414243", "5051525354555657",
                    "606162636465666768696a6b6c6d6e6f"}) {
    std::string bytes;
    for (auto* at = hex; *at; at += 2) bytes += char(std::stoi(std::string(at, 2), nullptr, 16));
    leaves.push_back(bytes);
  }
  return leaves;
}

/// All levels of the tree over so many leaves, by the plainest means.
class Tree {
public:
  explicit Tree(std::uint64_t size) {
    levels_.emplace_back();
    for (std::uint64_t i = 0; i < size; ++i) levels_[0].push_back(hash_leaf(std::to_string(i)));
    while (levels_.back().size() > 1) {
      std::vector<Digest> above;
      for (std::size_t i = 0; i + 1 < levels_.back().size(); i += 2)
        above.push_back(hash_node(levels_.back()[i], levels_.back()[i + 1]));
      levels_.push_back(std::move(above));
    }
  }
  Digest leaf(std::uint64_t index) const { return levels_[0][index]; }
  SubtreeHash hashes() const {
    return [this](unsigned level, std::uint64_t index) { return levels_.at(level).at(index); };
  }
  /// RFC 6962, 2.1, word for word.
  Digest root(std::uint64_t begin, std::uint64_t end) const {
    auto size = end - begin;
    if (size == 0) return sha256("");
    if (size == 1) return leaf(begin);
    std::uint64_t k = 1;
    while (2 * k < size) k *= 2;
    return hash_node(root(begin, begin + k), root(begin + k, end));
  }

private:
  std::vector<std::vector<Digest>> levels_;
};

TEST(Merkle, has_the_published_roots) {
  const char* roots[] = {"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                         "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
                         "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
                         "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
                         "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
                         "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
                         "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
                         "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
                         "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"};
  Frontier frontier;
  EXPECT_EQ(to_hex(frontier.root()), roots[0]);
  auto leaves = reference_leaves();
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    frontier.append(hash_leaf(leaves[i]));
    EXPECT_EQ(to_hex(frontier.root()), roots[i + 1]) << i + 1;
  }
}

TEST(Merkle, of_every_size_up_to_1000_has_the_root_of_its_definition) {
  Tree tree(1000);
  Frontier frontier;
  for (std::uint64_t size = 0; size <= 1000; ++size) {
    ASSERT_EQ(frontier.root(), tree.root(0, size)) << size;
    ASSERT_EQ(tree_root(size, tree.hashes()), frontier.root()) << size;
    if (size < 1000) frontier.append(tree.leaf(size));
  }
}

TEST(Frontier, goes_on_from_its_peaks) {
  Tree tree(200);
  Frontier frontier;
  for (std::uint64_t size = 0; size < 200; ++size) {
    auto peaks = frontier.peaks();
    auto other = Frontier::from_peaks(size, {peaks.begin(), peaks.end()});
    EXPECT_EQ(other.size(), size);
    EXPECT_EQ(other.root(), frontier.root());
    frontier.append(tree.leaf(size));
    other.append(tree.leaf(size));
    EXPECT_EQ(other.root(), frontier.root());
  }
}

TEST(Merkle, proves_every_leaf_of_every_size_up_to_1000) {
  Tree tree(1000);
  auto hashes = tree.hashes();
  for (std::uint64_t size = 1; size <= 1000; ++size) {
    auto root = tree_root(size, hashes);
    // All of them up to 64, then a stride that is no power of two.
    for (std::uint64_t index = 0; index < size; index += size <= 64 ? 1 : 7) {
      auto proof = inclusion_proof(index, size, hashes);
      ASSERT_TRUE(verify_inclusion(tree.leaf(index), index, size, proof, root));
      ASSERT_FALSE(verify_inclusion(tree.leaf((index + 1) % 1000), index, size, proof, root));
    }
  }
}

TEST(Merkle, proves_every_pair_of_sizes_up_to_200_and_a_grid_up_to_1000) {
  Tree tree(1000);
  auto hashes = tree.hashes();
  auto check = [&](std::uint64_t from, std::uint64_t to) {
    auto proof = consistency_proof(from, to, hashes);
    return verify_consistency(from, to, proof, tree_root(from, hashes), tree_root(to, hashes));
  };
  for (std::uint64_t to = 0; to <= 200; ++to)
    for (std::uint64_t from = 0; from <= to; ++from) ASSERT_TRUE(check(from, to)) << from << to;
  for (std::uint64_t to = 201; to <= 1000; to += 3)
    for (std::uint64_t from = 0; from <= to; from += 11) ASSERT_TRUE(check(from, to)) << from << to;
}

/// Every bit of every part of a proof, turned over in turn.
TEST(Merkle, refuses_a_proof_with_one_bit_changed) {
  Tree tree(23);
  auto hashes = tree.hashes();
  auto root = tree_root(23, hashes);
  auto each_bit = [](Digest& digest, const std::function<void()>& look) {
    for (std::size_t bit = 0; bit < digest.size() * 8; ++bit) {
      digest[bit / 8] ^= std::uint8_t(1 << bit % 8);
      look();
      digest[bit / 8] ^= std::uint8_t(1 << bit % 8);
    }
  };
  for (std::uint64_t index = 0; index < 23; ++index) {
    auto proof = inclusion_proof(index, 23, hashes);
    auto leaf = tree.leaf(index);
    auto refused = [&] { ASSERT_FALSE(verify_inclusion(leaf, index, 23, proof, root)); };
    for (auto& digest : proof) each_bit(digest, refused);
    each_bit(leaf, refused);
    each_bit(root, refused);
    for (std::uint64_t other = 0; other < 23; ++other)
      if (other != index) {
        ASSERT_FALSE(verify_inclusion(leaf, other, 23, proof, root));
      }
  }
  for (std::uint64_t from = 1; from < 23; ++from) {
    auto proof = consistency_proof(from, 23, hashes);
    auto old = tree_root(from, hashes);
    auto refused = [&] { ASSERT_FALSE(verify_consistency(from, 23, proof, old, root)); };
    for (auto& digest : proof) each_bit(digest, refused);
    each_bit(old, refused);
    each_bit(root, refused);
  }
}

TEST(Merkle, refuses_proofs_that_are_too_short_or_too_long) {
  Tree tree(40);
  auto hashes = tree.hashes();
  auto root = tree_root(40, hashes);
  for (std::uint64_t at = 1; at < 40; ++at) {
    auto inclusion = inclusion_proof(at, 40, hashes),
         consistency = consistency_proof(at, 40, hashes);
    auto old = tree_root(at, hashes);
    inclusion.push_back(root);
    EXPECT_FALSE(verify_inclusion(tree.leaf(at), at, 40, inclusion, root));
    inclusion.resize(inclusion.size() - 2);
    EXPECT_FALSE(verify_inclusion(tree.leaf(at), at, 40, inclusion, root));
    consistency.push_back(root);
    EXPECT_FALSE(verify_consistency(at, 40, consistency, old, root));
    consistency.resize(consistency.size() - 2);
    EXPECT_FALSE(verify_consistency(at, 40, consistency, old, root));
  }
  EXPECT_FALSE(verify_inclusion(root, 1, 1, {}, root));
  EXPECT_FALSE(verify_consistency(2, 1, {}, root, root));
  EXPECT_FALSE(verify_consistency(1, 1, {}, root, tree.leaf(0)));
}

} // namespace
} // namespace mingce
