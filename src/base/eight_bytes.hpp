#pragma once
// Texts looked at eight bytes at a time: whether any byte is of some kind, in a few instructions
// for all eight. Of the words below, the highest bit of a byte says whether that byte is meant;
// when none is set, none is, but above one that is set the others may be wrong.

#include <cstdint>
#include <cstring>
#include <string_view>

namespace mingce::eight_bytes {

inline constexpr std::uint64_t each = 0x0101'0101'0101'0101;

/// Bytes below the limit, which is at most 0x80. Taking it away borrows from the highest bit, which
/// says nothing of bytes that have it set.
constexpr std::uint64_t below(std::uint64_t word, std::uint8_t limit) {
  return (word - each * limit) & ~word;
}
constexpr std::uint64_t equal_to(std::uint64_t word, char byte) {
  return below(word ^ each * static_cast<unsigned char>(byte), 1);
}

/// Whether `meant` finds a byte in the text. It must not find a blank.
template <class Meant>
constexpr bool any(std::string_view text, Meant meant) {
  auto finds = [&](std::uint64_t word) { return (meant(word) & each * 0x80) != 0; };
  auto word_at = [&](std::size_t at) {
    std::uint64_t word;
    std::memcpy(&word, text.data() + at, sizeof word);
    return word;
  };
  constexpr auto width = sizeof(std::uint64_t);
  if (text.size() < width) {
    auto word = each * ' ';
    for (char c : text) word = word << 8 | static_cast<unsigned char>(c);
    return finds(word);
  }
  for (std::size_t at = 0; at + width <= text.size(); at += width)
    if (finds(word_at(at))) return true;
  return finds(word_at(text.size() - width)); // overlaps what has been seen
}

} // namespace mingce::eight_bytes
