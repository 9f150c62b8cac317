#pragma once
// Texts looked at sixteen bytes at a time: whether any byte is of some kind, in a few instructions
// for all sixteen.

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace mingce::byte_blocks {

/// An operation on it is one on each of its bytes.
using Block = unsigned char __attribute__((vector_size(16)));

/// 0xff for each byte that is meant, 0 for the others.
inline Block below(Block block, unsigned char limit) { return Block(block < limit); }
inline Block equal_to(Block block, char byte) {
  return Block(block == static_cast<unsigned char>(byte));
}

inline Block block_at(const char* text) {
  Block block;
  std::memcpy(&block, text, sizeof block);
  return block;
}

/// Of a text shorter than a block: what is left over is blank, or said twice.
inline Block block_of(std::string_view text) {
  constexpr auto half = sizeof(Block) / 2;
  std::array<std::uint64_t, 2> words;
  words.fill(0x2020'2020'2020'2020);
  if (text.size() >= half) {
    std::memcpy(&words[0], text.data(), half);
    std::memcpy(&words[1], text.data() + text.size() - half, half);
  } else {
    for (char c : text) words[0] = words[0] << 8 | static_cast<unsigned char>(c);
  }
  return std::bit_cast<Block>(words);
}

/// Whether any byte of the text is meant: `meant` marks them in a block, and never a blank.
template <class Meant>
bool any(std::string_view text, Meant meant) {
  auto finds = [&](Block block) {
    auto words = std::bit_cast<std::array<std::uint64_t, 2>>(Block(meant(block)));
    return (words[0] | words[1]) != 0;
  };
  if (text.size() < sizeof(Block)) return finds(block_of(text));
  for (std::size_t at = 0; at + sizeof(Block) <= text.size(); at += sizeof(Block))
    if (finds(block_at(text.data() + at))) return true;
  return finds(block_at(text.data() + text.size() - sizeof(Block))); // overlaps what has been seen
}

} // namespace mingce::byte_blocks
