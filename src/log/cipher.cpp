#include "log/cipher.hpp"

#include "log/big_endian.hpp"
#include "log/digest.hpp"
#include "log/openssl.hpp"
#include "log/random.hpp"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/params.h>
#include <openssl/rand.h>

#include <algorithm>
#include <climits>
#include <span>

namespace mingce {
namespace {

using openssl::bytes_of;
using openssl::CipherContext;
using openssl::KdfContext;
using openssl::require;

struct Sizes {
  std::size_t nonce, tag;
};

constexpr Sizes sizes_of(CipherSuite suite) {
  return suite == CipherSuite::aes_256_gcm ? Sizes{12, 16} : Sizes{16, 32};
}

// ---- keys ---------------------------------------------------------------------------------------

void derive(const char* digest, const SecretKey& from, std::string_view label,
            std::span<unsigned char> out) {
  static EVP_KDF* const hkdf = EVP_KDF_fetch(nullptr, "HKDF", nullptr);
  KdfContext context(EVP_KDF_CTX_new(hkdf));
  const OSSL_PARAM params[] = {
      OSSL_PARAM_construct_utf8_string(OSSL_KDF_PARAM_DIGEST, const_cast<char*>(digest), 0),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_KEY, const_cast<unsigned char*>(from.data()),
                                        from.size()),
      OSSL_PARAM_construct_octet_string(OSSL_KDF_PARAM_INFO, const_cast<char*>(label.data()),
                                        label.size()),
      OSSL_PARAM_construct_end()};
  require(context && EVP_KDF_derive(context.get(), out.data(), out.size(), params) == 1, "HKDF");
}

/// The two keys that the suite with SM4 needs; wiped at the end.
struct Sm4Keys {
  explicit Sm4Keys(const SecretKey& key) {
    derive("SM3", key, "mingce/sm4-ctr", cipher);
    derive("SM3", key, "mingce/hmac-sm3", mac);
  }
  ~Sm4Keys() { OPENSSL_cleanse(this, sizeof *this); }
  Sm4Keys(const Sm4Keys&) = delete;
  Sm4Keys& operator=(const Sm4Keys&) = delete;

  std::array<unsigned char, 16> cipher;
  std::array<unsigned char, 32> mac;
};

// ---- ciphers ------------------------------------------------------------------------------------

CipherContext cipher_context(const char* name) {
  EVP_CIPHER* cipher = EVP_CIPHER_fetch(nullptr, name, nullptr);
  CipherContext context(EVP_CIPHER_CTX_new());
  require(cipher && context &&
              EVP_CipherInit_ex2(context.get(), cipher, nullptr, nullptr, 1, nullptr) == 1,
          name);
  EVP_CIPHER_free(cipher);
  return context;
}

enum class Direction { opening, sealing };

/// Where the parts of a sealed text lie while one is made or opened.
struct Parts {
  const unsigned char* nonce;
  std::string_view from; ///< plain when sealing, cipher when opening
  unsigned char* to;
  unsigned char* tag;
};

/// Writes the tag when sealing, compares it when opening; false: it is another.
bool run_gcm(Direction direction, const SecretKey& key, std::string_view aad, const Parts& parts) {
  thread_local const auto owned = cipher_context("AES-256-GCM");
  constexpr int tag_size = int(sizes_of(CipherSuite::aes_256_gcm).tag);
  auto* context = owned.get();
  bool sealing = direction == Direction::sealing;
  int written = 0;
  require(EVP_CipherInit_ex2(context, nullptr, key.data(), parts.nonce, sealing, nullptr) == 1 &&
              EVP_CipherUpdate(context, nullptr, &written, bytes_of(aad), int(aad.size())) == 1 &&
              EVP_CipherUpdate(context, parts.to, &written, bytes_of(parts.from),
                               int(parts.from.size())) == 1,
          "AES-256-GCM");
  auto ctrl = [&](int what) {
    require(EVP_CIPHER_CTX_ctrl(context, what, tag_size, parts.tag) == 1, "AES-256-GCM");
  };
  if (!sealing) ctrl(EVP_CTRL_AEAD_SET_TAG);
  bool ended = EVP_CipherFinal_ex(context, parts.to, &written) == 1;
  require(ended || !sealing, "AES-256-GCM");
  if (sealing) ctrl(EVP_CTRL_AEAD_GET_TAG);
  return ended;
}

void run_sm4(const Sm4Keys& keys, const unsigned char* nonce, std::string_view from,
             unsigned char* to) {
  thread_local const auto owned = cipher_context("SM4-CTR");
  auto* context = owned.get();
  int written = 0;
  require(EVP_CipherInit_ex2(context, nullptr, keys.cipher.data(), nonce, 1, nullptr) == 1 &&
              EVP_CipherUpdate(context, to, &written, bytes_of(from), int(from.size())) == 1,
          "SM4-CTR");
}

/// `sealed`: nonce ‖ ciphertext.
Digest sm4_tag(const Sm4Keys& keys, std::string_view aad, std::string_view sealed) {
  return hmac(HashSuite::sm3, as_text(keys.mac),
              {big_endian(std::uint64_t(aad.size())), aad, sealed});
}

void seal_sm4(const SecretKey& key, std::string_view aad, const Parts& parts) {
  Sm4Keys keys(key);
  run_sm4(keys, parts.nonce, parts.from, parts.to);
  std::string_view sealed(reinterpret_cast<const char*>(parts.nonce),
                          std::size_t(parts.tag - parts.nonce));
  std::ranges::copy(sm4_tag(keys, aad, sealed), parts.tag);
}

bool unseal_sm4(const SecretKey& key, std::string_view aad, std::string_view sealed,
                const Parts& parts) {
  Sm4Keys keys(key);
  auto tag = sm4_tag(keys, aad, sealed.substr(0, sealed.size() - sizeof(Digest)));
  if (CRYPTO_memcmp(tag.data(), parts.tag, tag.size()) != 0) return false;
  run_sm4(keys, parts.nonce, parts.from, parts.to);
  return true;
}

} // namespace

std::string seal(CipherSuite suite, const SecretKey& key, std::string_view aad,
                 std::string_view plaintext) {
  require(std::max(aad.size(), plaintext.size()) <= INT_MAX, "sealing so long a text");
  auto [nonce_size, tag_size] = sizes_of(suite);
  std::string out(nonce_size + plaintext.size() + tag_size, '\0');
  auto* nonce = bytes_of(out);
  auto* text = nonce + nonce_size;
  fill_random({nonce, nonce_size});
  Parts parts{nonce, plaintext, text, text + plaintext.size()};
  if (suite == CipherSuite::aes_256_gcm)
    run_gcm(Direction::sealing, key, aad, parts);
  else
    seal_sm4(key, aad, parts);
  return out;
}

std::optional<std::string> unseal(CipherSuite suite, const SecretKey& key, std::string_view aad,
                                  std::string_view sealed) {
  auto [nonce_size, tag_size] = sizes_of(suite);
  if (sealed.size() < nonce_size + tag_size || std::max(aad.size(), sealed.size()) > INT_MAX)
    return std::nullopt;
  std::array<unsigned char, 32> tag; // the library wants it writable
  std::copy_n(sealed.end() - std::ptrdiff_t(tag_size), tag_size, tag.begin());
  auto text = sealed.substr(nonce_size, sealed.size() - nonce_size - tag_size);
  std::string out(text.size(), '\0');
  Parts parts{bytes_of(sealed), text, bytes_of(out), tag.data()};
  bool opened = suite == CipherSuite::aes_256_gcm ? run_gcm(Direction::opening, key, aad, parts)
                                                  : unseal_sm4(key, aad, sealed, parts);
  if (!opened) return std::nullopt;
  return out;
}

std::size_t overhead(CipherSuite suite) { return sizes_of(suite).nonce + sizes_of(suite).tag; }

void wipe(SecretKey& key) { OPENSSL_cleanse(key.data(), key.size()); }
void wipe(std::string& secret) { OPENSSL_cleanse(secret.data(), secret.size()); }

SecretKey random_key() {
  SecretKey key;
  require(RAND_priv_bytes(key.data(), int(key.size())) == 1, "random bytes");
  return key;
}

SecretKey derive_key(const SecretKey& from, std::string_view label) {
  SecretKey key;
  derive("SHA256", from, label, key);
  return key;
}

} // namespace mingce
