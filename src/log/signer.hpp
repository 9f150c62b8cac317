#pragma once
// Keys that sign notes, and keys that check the signatures (C2SP signed-note, tlog-cosignature).

#include "base/day.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace mingce {

/// How a signature over a text is made. Each has its type bytes, which stand before the public key
/// and go into the key id.
enum class SignatureType {
  /// 01. 64 bytes over the text (RFC 8032). Public key: 32 bytes.
  ed25519,
  /// 04. be64(seconds since 1970) ‖ 64 bytes over "cosignature/v1\ntime T\n" ‖ text: a witness says
  /// when it saw the checkpoint, and that it follows from all it saw before. Public key: 32 bytes.
  cosignature_v1,
  /// ff ‖ "gov.cn/sm2sm3/v1". DER over the text (GB/T 32918.2 with SM3, user id
  /// "1234567812345678"). Public key: the point, uncompressed, 65 bytes.
  sm2_sm3,
};

/// Not empty, valid UTF-8, without spaces of any kind, control characters and `+`.
bool is_key_name(std::string_view name);

/// `name+hex key id+base64(type bytes ‖ public key)`: what a verifier needs to know.
struct VerifierKey {
  std::string name;
  std::uint32_t id = 0;
  std::string public_key; ///< in the form of its type, without the type bytes
  SignatureType type = SignatureType::ed25519;

  /// Nothing: another form, a type that is not known, or no key of that type.
  static std::optional<VerifierKey> parse(std::string_view text);
  static VerifierKey of(std::string name, std::string public_key,
                        SignatureType type = SignatureType::ed25519);
  std::string to_string() const;
  /// Whether `signature` is this key's over `text`.
  bool verifies(std::string_view text, std::string_view signature) const;
};

/// When the cosignature says it was made; not whether it holds. Nothing: not of that form.
std::optional<date::sys_seconds> time_of_cosignature(std::string_view signature);

/// Whoever can sign in the name of the log: a key file, one day a card or a service. Safe from any
/// thread.
class Signer {
public:
  virtual ~Signer() = default;
  virtual VerifierKey key() const = 0;
  /// Failure kind `unusable`.
  virtual Result<std::string> sign(std::string_view text) const = 0;
};

// Signers with a key in memory, from its 32 secret bytes. Nullptr: no key name, or no key.

std::unique_ptr<Signer> ed25519_signer(std::string name, std::string_view secret);
/// A key of its own: it must not sign anything else, and belongs to one witness.
std::unique_ptr<Signer> cosignature_signer(std::string name, std::string_view secret,
                                           std::function<Instant()> now);
/// `secret`: a number from 1 to n - 2, the most significant byte first.
std::unique_ptr<Signer> sm2_signer(std::string name, std::string_view secret);

} // namespace mingce
