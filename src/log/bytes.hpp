#pragma once
// Numbers as bytes, the most significant first, so that keys sort as numbers.

#include "log/big_endian.hpp"

namespace mingce {

inline std::string be64(std::uint64_t value) { return big_endian(value); }
inline std::string be32(std::uint32_t value) { return big_endian(value); }
/// The first eight (four) bytes.
inline std::uint64_t read_be64(std::string_view bytes) {
  return read_big_endian<std::uint64_t>(bytes.substr(0, 8));
}
inline std::uint32_t read_be32(std::string_view bytes) {
  return read_big_endian<std::uint32_t>(bytes.substr(0, 4));
}

} // namespace mingce
