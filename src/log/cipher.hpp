#pragma once
// Authenticated encryption: whoever holds the key reads what was sealed, and nobody changes a bit
// of it unseen. From OpenSSL; a failure of the library aborts. Safe from any thread.
//
// Sealed bytes are nonce ‖ ciphertext ‖ tag; the ciphertext is as long as the plaintext.
//
// aes_256_gcm       nonce 12 random bytes, tag 16 (NIST SP 800-38D). One key seals at most 2^32
//                   texts: beyond that, two equal nonces are no longer out of the question, and
//                   two texts under one nonce can be read and forged.
// sm4_ctr_hmac_sm3  nonce 16 random bytes, the first counter block (GB/T 32907); tag 32,
//                   HMAC-SM3(be64(aad length) ‖ aad ‖ nonce ‖ ciphertext). Both keys come from the
//                   secret key by HKDF-SM3 (RFC 5869, no salt), with the infos
//                   "mingce/sm4-ctr" (16 bytes) and "mingce/hmac-sm3" (32 bytes).

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mingce {

/// How something is sealed. The numbers stand on disk and are never given to another.
enum class CipherSuite : std::uint8_t { aes_256_gcm = 1, sm4_ctr_hmac_sm3 = 2 };

/// 32 bytes nobody can guess. Whoever keeps one wipes it.
using SecretKey = std::array<std::uint8_t, 32>;

/// `aad` is not in the result, but the same must be given to open it. Either text is at most
/// 2^31 - 1 bytes long.
std::string seal(CipherSuite suite, const SecretKey& key, std::string_view aad,
                 std::string_view plaintext);
/// Nothing: not sealed with this suite, key and aad, or changed since.
std::optional<std::string> unseal(CipherSuite suite, const SecretKey& key, std::string_view aad,
                                  std::string_view sealed);
/// By how many bytes sealed is longer than plain.
std::size_t overhead(CipherSuite suite);

/// Overwrites a secret, also where the compiler sees nobody reading it any more.
void wipe(SecretKey& key);
void wipe(std::string& secret);

/// From the system's generator, of the kind for secrets.
SecretKey random_key();
/// HKDF-SHA-256 of a key, without salt; the label is the info. From the derived
/// key neither `from` nor any other derived key can be told.
SecretKey derive_key(const SecretKey& from, std::string_view label);

} // namespace mingce
