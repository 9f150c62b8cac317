#include "log/digest.hpp"

#include "log/openssl.hpp"
#include "log/random.hpp"

#include <openssl/core_names.h>
#include <openssl/params.h>

#include <algorithm>
#include <array>

namespace mingce {
namespace {

using openssl::bytes_of;
using openssl::MacContext;
using openssl::require;

MacContext mac_context(const char* digest) {
  EVP_MAC* hmac = EVP_MAC_fetch(nullptr, "HMAC", nullptr);
  MacContext context(EVP_MAC_CTX_new(hmac));
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, const_cast<char*>(digest), 0),
      OSSL_PARAM_construct_end()};
  require(context && EVP_MAC_CTX_set_params(context.get(), params) == 1, "HMAC");
  EVP_MAC_free(hmac);
  return context;
}

// One context a thread and suite: setting it back costs a third less than making one.

EVP_MD_CTX* digest_context(HashSuite suite) {
  thread_local const auto sha256 = openssl::digest_context("SHA256"),
                          sm3 = openssl::digest_context("SM3");
  return (suite == HashSuite::sm3 ? sm3 : sha256).get();
}

EVP_MAC_CTX* mac_context(HashSuite suite) {
  thread_local const auto sha256 = mac_context("SHA256"), sm3 = mac_context("SM3");
  return (suite == HashSuite::sm3 ? sm3 : sha256).get();
}

} // namespace

Digest hash(HashSuite suite, std::initializer_list<std::string_view> parts) {
  Digest out;
  auto* context = digest_context(suite);
  bool ok = EVP_DigestInit_ex2(context, nullptr, nullptr) == 1;
  for (auto part : parts) ok = ok && EVP_DigestUpdate(context, part.data(), part.size()) == 1;
  require(ok && EVP_DigestFinal_ex(context, out.data(), nullptr) == 1, "hashing");
  return out;
}

Digest hmac(HashSuite suite, std::string_view key, std::initializer_list<std::string_view> parts) {
  // To the library, no pointer means the key of last time, even where the length is nought.
  if (key.empty()) key = "";
  Digest out;
  std::size_t size = 0;
  auto* context = mac_context(suite);
  bool ok = EVP_MAC_init(context, bytes_of(key), key.size(), nullptr) == 1;
  for (auto part : parts) ok = ok && EVP_MAC_update(context, bytes_of(part), part.size()) == 1;
  require(ok && EVP_MAC_final(context, out.data(), &size, out.size()) == 1 && size == out.size(),
          "HMAC");
  return out;
}

Digest random_digest() {
  Digest out;
  fill_random(out);
  return out;
}

namespace {

constexpr char digits[] = "0123456789abcdef";

/// The two digits of every byte.
constexpr auto digit_pairs = [] {
  std::array<std::array<char, 2>, 256> table{};
  for (std::size_t byte = 0; byte < table.size(); ++byte)
    table[byte] = {digits[byte >> 4], digits[byte & 15]};
  return table;
}();

} // namespace

bool is_hex_of(std::string_view hex, std::span<const std::uint8_t> bytes) {
  bool fits = hex.size() == 2 * bytes.size();
  for (std::size_t i = 0; fits && i < bytes.size(); ++i)
    fits = hex[2 * i] == digits[bytes[i] >> 4] && hex[2 * i + 1] == digits[bytes[i] & 15];
  return fits;
}

std::string to_hex(std::span<const std::uint8_t> bytes) {
  std::string out(bytes.size() * 2, '\0');
  auto* at = out.data();
  for (auto byte : bytes) at = std::ranges::copy(digit_pairs[byte], at).out;
  return out;
}

} // namespace mingce
