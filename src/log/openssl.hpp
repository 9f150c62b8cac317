#pragma once
// What the files of this layer that call OpenSSL share: owned handles, and the end of the program
// where the library fails at something that cannot fail. For .cpp files only.

#include <openssl/evp.h>
#include <openssl/kdf.h>

#include <cstdio>
#include <cstdlib>
#include <memory>
#include <string>
#include <string_view>

namespace mingce::openssl {

/// Without hashes, keys and random bytes nothing here can be trusted: no caller could go on.
inline void require(bool ok, const char* what) {
  if (ok) return;
  std::fprintf(stderr, "mingce: OpenSSL: %s failed\n", what);
  std::abort();
}

/// unique_ptr that ends its object with the library's own function.
template <auto free>
struct Freed {
  template <class T>
  void operator()(T* object) const {
    free(object);
  }
};
using Key = std::unique_ptr<EVP_PKEY, Freed<EVP_PKEY_free>>;
using KeyContext = std::unique_ptr<EVP_PKEY_CTX, Freed<EVP_PKEY_CTX_free>>;
using DigestContext = std::unique_ptr<EVP_MD_CTX, Freed<EVP_MD_CTX_free>>;
using CipherContext = std::unique_ptr<EVP_CIPHER_CTX, Freed<EVP_CIPHER_CTX_free>>;
using MacContext = std::unique_ptr<EVP_MAC_CTX, Freed<EVP_MAC_CTX_free>>;
using KdfContext = std::unique_ptr<EVP_KDF_CTX, Freed<EVP_KDF_CTX_free>>;

/// Set to a hash, and set back to its beginning without a type. The context keeps what was fetched;
/// the implicit fetch of EVP_sha256() is repeated at every use.
inline DigestContext digest_context(const char* name) {
  EVP_MD* md = EVP_MD_fetch(nullptr, name, nullptr);
  DigestContext context(EVP_MD_CTX_new());
  require(md && context && EVP_DigestInit_ex2(context.get(), md, nullptr) == 1, name);
  EVP_MD_free(md);
  return context;
}

inline const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
inline unsigned char* bytes_of(std::string& text) {
  return reinterpret_cast<unsigned char*>(text.data());
}

} // namespace mingce::openssl
