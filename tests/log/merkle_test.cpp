// RFC 6962: the tree, by its published vectors and exhaustively for small trees.

#include "log/merkle.hpp"

#include <gtest/gtest.h>

#include <span>
#include <string>
#include <vector>

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
  explicit Tree(std::uint64_t size, HashSuite suite = HashSuite::sha256) {
    levels_.emplace_back();
    for (std::uint64_t i = 0; i < size; ++i)
      levels_[0].push_back(hash_leaf(std::to_string(i), suite));
    while (levels_.back().size() > 1) {
      std::vector<Digest> above;
      for (std::size_t i = 0; i + 1 < levels_.back().size(); i += 2)
        above.push_back(hash_node(levels_.back()[i], levels_.back()[i + 1], suite));
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

/// RFC 6962, 2.1, word for word, in another suite.
Digest naive_root(std::span<const std::string> entries, HashSuite suite) {
  if (entries.empty()) return hash(suite, "");
  if (entries.size() == 1) return hash(suite, std::string(1, '\0') + entries[0]);
  std::size_t k = 1;
  while (2 * k < entries.size()) k *= 2;
  auto left = naive_root(entries.first(k), suite), right = naive_root(entries.subspan(k), suite);
  return hash(suite, "\1" + std::string(as_text(left)) + std::string(as_text(right)));
}

TEST(Merkle, of_sm3_has_the_root_of_its_definition_and_proves_by_it) {
  constexpr auto sm3 = HashSuite::sm3;
  Tree tree(200, sm3);
  auto hashes = tree.hashes();
  std::vector<std::string> entries;
  for (int i = 0; i < 200; ++i) entries.push_back(std::to_string(i));
  Frontier frontier(sm3);
  for (std::uint64_t size = 0; size <= 200; ++size) {
    auto root = naive_root(std::span(entries).first(size), sm3);
    ASSERT_EQ(frontier.root(), root) << size;
    ASSERT_EQ(tree_root(size, hashes, sm3), root) << size;
    auto peaks = frontier.peaks();
    ASSERT_EQ(Frontier::from_peaks(size, {peaks.begin(), peaks.end()}, sm3).root(), root) << size;
    for (std::uint64_t at = 0; at < size; ++at) {
      auto inclusion = inclusion_proof(at, size, hashes, sm3),
           consistency = consistency_proof(at, size, hashes, sm3);
      auto old = tree_root(at, hashes, sm3);
      ASSERT_TRUE(verify_inclusion(tree.leaf(at), at, size, inclusion, root, sm3));
      ASSERT_TRUE(verify_consistency(at, size, consistency, old, root, sm3));
      // The other suite computes another root; where it computes none, it cannot tell.
      ASSERT_EQ(verify_inclusion(tree.leaf(at), at, size, inclusion, root), size == 1);
      ASSERT_FALSE(verify_consistency(at, size, consistency, old, root));
    }
    if (size < 200) frontier.append(tree.leaf(size));
  }
}

// ---- everything up to 1000 leaves ---------------------------------------------------------------

std::string entry(std::uint64_t index) { return std::to_string(index); }

/// A generator with the same numbers everywhere.
class Dice {
public:
  std::uint64_t below(std::uint64_t bound) {
    state_ = state_ * 6364136223846793005u + 1442695040888963407u;
    return (state_ >> 33) % bound;
  }

private:
  std::uint64_t state_ = 2026;
};

void flip(std::span<std::uint8_t> bytes, std::size_t bit) {
  bytes[bit / 8] ^= std::uint8_t(1 << bit % 8);
}

/// Turns over one bit, looks, and turns it back.
template <class Look>
bool with_bit_flipped(std::span<std::uint8_t> bytes, std::size_t bit, const Look& look) {
  flip(bytes, bit);
  auto seen = look();
  flip(bytes, bit);
  return seen;
}

/// One item of what a verifier is shown, by its bytes.
using Items = std::vector<std::span<std::uint8_t>>;

/// Whether the verifier refuses when a bit of any one item is another: a bit that the dice choose,
/// or each in turn.
template <class Verify>
bool refuses_each(const Items& items, Dice* dice, const Verify& verify) {
  for (auto item : items) {
    auto bits = item.size() * 8;
    auto first = dice ? dice->below(bits) : 0, last = dice ? first + 1 : bits;
    for (auto bit = first; bit < last; ++bit)
      if (with_bit_flipped(item, bit, verify)) return false;
  }
  return true;
}

constexpr std::uint64_t every_bit_up_to = 40;

TEST(Merkle, proves_every_leaf_of_every_size_up_to_1000_and_refuses_changed_ones) {
  Tree tree(1000);
  auto hashes = tree.hashes();
  Dice dice;
  for (std::uint64_t size = 1; size <= 1000; ++size) {
    auto root = tree_root(size, hashes);
    for (std::uint64_t index = 0; index < size; ++index) {
      auto proof = inclusion_proof(index, size, hashes);
      auto text = entry(index);
      auto verify = [&] { return verify_inclusion(hash_leaf(text), index, size, proof, root); };
      ASSERT_TRUE(verify()) << index << " of " << size;
      Items items{root, {reinterpret_cast<std::uint8_t*>(text.data()), text.size()}};
      if (size > every_bit_up_to && !proof.empty())
        items.push_back(proof[dice.below(proof.size())]);
      if (size <= every_bit_up_to) items.insert(items.end(), proof.begin(), proof.end());
      ASSERT_TRUE(refuses_each(items, size <= every_bit_up_to ? nullptr : &dice, verify))
          << index << " of " << size;
    }
  }
}

TEST(Merkle, proves_every_pair_of_sizes_up_to_1000_and_refuses_changed_ones) {
  Tree tree(1000);
  auto hashes = tree.hashes();
  Dice dice;
  std::vector<Digest> roots;
  for (std::uint64_t size = 0; size <= 1000; ++size) roots.push_back(tree_root(size, hashes));
  for (std::uint64_t to = 0; to <= 1000; ++to)
    for (std::uint64_t from = 0; from <= to; ++from) {
      auto proof = consistency_proof(from, to, hashes);
      auto verify = [&] { return verify_consistency(from, to, proof, roots[from], roots[to]); };
      ASSERT_TRUE(verify()) << from << " to " << to;
      // Of a tree that begins with the empty one, or is the old one, there is no more to say.
      if (from == 0 || from == to) continue;
      Items items{roots[from], roots[to]};
      if (to > every_bit_up_to) items.push_back(proof[dice.below(proof.size())]);
      if (to <= every_bit_up_to) items.insert(items.end(), proof.begin(), proof.end());
      ASSERT_TRUE(refuses_each(items, to <= every_bit_up_to ? nullptr : &dice, verify))
          << from << " to " << to;
    }
}

TEST(Merkle, refuses_a_proof_for_another_place_or_size) {
  Tree tree(41);
  auto hashes = tree.hashes();
  for (std::uint64_t size = 1; size <= 40; ++size)
    for (std::uint64_t at = 0; at < size; ++at) {
      auto inclusion = inclusion_proof(at, size, hashes);
      auto root = tree_root(size, hashes);
      for (std::uint64_t other = 0; other <= size; ++other) {
        if (other == at) continue;
        ASSERT_FALSE(verify_inclusion(tree.leaf(at), other, size, inclusion, root));
        ASSERT_FALSE(verify_inclusion(tree.leaf(other), at, size, inclusion, root));
        auto consistency = consistency_proof(at, size, hashes);
        ASSERT_FALSE(verify_consistency(at, size, consistency, tree_root(other, hashes), root));
      }
    }
}

TEST(Merkle, of_no_leaf_has_one_root) {
  auto empty = sha256(""), other = sha256("x");
  EXPECT_TRUE(verify_consistency(0, 0, {}, empty, empty));
  EXPECT_FALSE(verify_consistency(0, 0, {}, empty, other));
  EXPECT_FALSE(verify_consistency(0, 0, {}, other, other));
  EXPECT_FALSE(verify_consistency(0, 3, {}, other, other));
  EXPECT_FALSE(verify_consistency(0, 3, std::vector{other}, empty, other));
  EXPECT_FALSE(verify_inclusion(other, 0, 0, {}, other));
}

TEST(Merkle, refuses_proofs_that_are_too_short_or_too_long) {
  Tree tree(40);
  auto hashes = tree.hashes();
  auto root = tree_root(40, hashes);
  for (std::uint64_t at = 1; at < 40; ++at) {
    auto old = tree_root(at, hashes);
    // With one hash more, or without one of them, at every place.
    auto refused = [&](const std::vector<Digest>& proof, const auto& verify) {
      for (std::size_t place = 0; place <= proof.size(); ++place) {
        auto other = proof;
        other.insert(other.begin() + std::ptrdiff_t(place), root);
        EXPECT_FALSE(verify(other)) << at << ": one more at " << place;
        if (place == proof.size()) break;
        other = proof;
        other.erase(other.begin() + std::ptrdiff_t(place));
        EXPECT_FALSE(verify(other)) << at << ": without that at " << place;
      }
    };
    refused(inclusion_proof(at, 40, hashes), [&](const std::vector<Digest>& proof) {
      return verify_inclusion(tree.leaf(at), at, 40, proof, root);
    });
    refused(consistency_proof(at, 40, hashes), [&](const std::vector<Digest>& proof) {
      return verify_consistency(at, 40, proof, old, root);
    });
  }
  EXPECT_FALSE(verify_inclusion(root, 1, 1, {}, root));
  EXPECT_FALSE(verify_consistency(2, 1, {}, root, root));
  EXPECT_FALSE(verify_consistency(1, 1, {}, root, tree.leaf(0)));
}

} // namespace
} // namespace mingce
