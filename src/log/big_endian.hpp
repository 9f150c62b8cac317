#pragma once
// Numbers as bytes, the most significant first. For .cpp files.

#include <concepts>
#include <cstdint>
#include <string>
#include <string_view>

namespace mingce {

template <std::unsigned_integral T>
std::string big_endian(T value) {
  std::string out(sizeof value, '\0');
  for (auto byte = out.rbegin(); byte != out.rend(); ++byte, value = T(value >> 8))
    *byte = char(value & 0xff);
  return out;
}

/// From the first bytes; there are enough of them.
template <std::unsigned_integral T>
T read_big_endian(std::string_view bytes) {
  T value = 0;
  for (char c : bytes.substr(0, sizeof value)) value = T(value << 8 | std::uint8_t(c));
  return value;
}

} // namespace mingce
