#pragma once
// SHA-256, HMAC-SHA-256 and random bytes, from OpenSSL. Any failure of the library aborts: without
// them nothing here can be trusted.

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>

namespace mingce {

using Digest = std::array<std::uint8_t, 32>;

Digest sha256(std::string_view bytes);
Digest hmac_sha256(std::string_view key, std::string_view bytes);
/// From the system's generator.
Digest random_digest();

std::string to_hex(std::span<const std::uint8_t> bytes);

inline std::string_view as_text(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

} // namespace mingce
