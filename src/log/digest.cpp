#include "log/digest.hpp"

#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/rand.h>

#include <cstdio>
#include <cstdlib>

namespace mingce {
namespace {

void require(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "mingce: OpenSSL: %s failed\n", what);
  std::abort();
}

const EVP_MD* fetched_sha256() {
  // Fetched once: the implicit fetch of EVP_sha256() is repeated at every use.
  static const EVP_MD* const md = EVP_MD_fetch(nullptr, "SHA256", nullptr);
  require(md != nullptr, "fetching SHA-256");
  return md;
}

} // namespace

Digest sha256(std::string_view bytes) {
  Digest out;
  require(EVP_Digest(bytes.data(), bytes.size(), out.data(), nullptr, fetched_sha256(), nullptr) ==
              1,
          "SHA-256");
  return out;
}

Digest hmac_sha256(std::string_view key, std::string_view bytes) {
  Digest out;
  require(HMAC(fetched_sha256(), key.data(), int(key.size()),
               reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), out.data(),
               nullptr) != nullptr,
          "HMAC-SHA-256");
  return out;
}

Digest random_digest() {
  Digest out;
  require(RAND_bytes(out.data(), int(out.size())) == 1, "random bytes");
  return out;
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
  static constexpr char digits[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (auto byte : bytes) {
    out += digits[byte >> 4];
    out += digits[byte & 15];
  }
  return out;
}

} // namespace mingce
