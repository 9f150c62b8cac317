#pragma once
// SHA-256, SM3, HMAC and random bytes, from OpenSSL. Any failure of the library aborts: without
// them nothing here can be trusted. Safe from any thread: what is reused is the thread's own.

#include <array>
#include <cstdint>
#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace mingce {

using Digest = std::array<std::uint8_t, 32>;

/// Which hash. The numbers may stand on disk and are never given to another.
enum class HashSuite : std::uint8_t { sha256 = 1, sm3 = 2 };

/// Of the parts, one behind the other without a mark between them.
Digest hash(HashSuite suite, std::initializer_list<std::string_view> parts);
/// RFC 2104.
Digest hmac(HashSuite suite, std::string_view key, std::initializer_list<std::string_view> parts);

inline Digest hash(HashSuite suite, std::string_view bytes) { return hash(suite, {bytes}); }
inline Digest sha256(std::string_view bytes) { return hash(HashSuite::sha256, {bytes}); }
inline Digest hmac_sha256(std::string_view key, std::string_view bytes) {
  return hmac(HashSuite::sha256, key, {bytes});
}

/// From the system's generator.
Digest random_digest();

std::string to_hex(std::span<const std::uint8_t> bytes);
/// Whether `hex` is how these bytes are written.
bool is_hex_of(std::string_view hex, std::span<const std::uint8_t> bytes);

inline std::string_view as_text(std::span<const std::uint8_t> bytes) {
  return {reinterpret_cast<const char*>(bytes.data()), bytes.size()};
}

} // namespace mingce
