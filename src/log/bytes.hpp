#pragma once
// Numbers as bytes, big-endian, so that keys sort as numbers.

#include <cstdint>
#include <string>
#include <string_view>

namespace mingce {

inline std::string be64(std::uint64_t value) {
  std::string out(8, '\0');
  for (int i = 7; i >= 0; --i, value >>= 8) out[std::size_t(i)] = char(value & 0xff);
  return out;
}
inline std::string be32(std::uint32_t value) { return be64(value).substr(4); }

/// The first eight (four) bytes.
inline std::uint64_t read_be64(std::string_view bytes) {
  std::uint64_t value = 0;
  for (char c : bytes.substr(0, 8)) value = value << 8 | std::uint8_t(c);
  return value;
}
inline std::uint32_t read_be32(std::string_view bytes) {
  return std::uint32_t(read_be64(bytes.substr(0, 4)));
}

} // namespace mingce
