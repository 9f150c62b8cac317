#pragma once
// Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint): a text that says how large the
// log was and which root it had, with signatures that anybody can check who knows the log's key.

#include "base/result.hpp"
#include "log/digest.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mingce {

std::string to_base64(std::string_view bytes);
/// Nothing but the one canonical encoding is read.
std::optional<std::string> from_base64(std::string_view text);

/// `name+hex key id+base64(0x01 ‖ public key)`: what a verifier needs to know (Ed25519).
struct VerifierKey {
  std::string name;
  std::uint32_t id = 0;
  std::string public_key; ///< 32 bytes

  static std::optional<VerifierKey> parse(std::string_view text);
  static VerifierKey of(std::string name, std::string public_key);
  std::string to_string() const;
  /// Whether `signature` is this key's over `text`.
  bool verifies(std::string_view text, std::string_view signature) const;
};

/// Whoever can sign in the name of the log: a key file, one day a card or a service.
class Signer {
public:
  virtual ~Signer() = default;
  virtual VerifierKey key() const = 0;
  virtual Result<std::string> sign(std::string_view text) const = 0;
};

/// A signer with an Ed25519 key in memory, from its 32 secret bytes.
std::unique_ptr<Signer> ed25519_signer(std::string name, std::string_view secret);

struct Note {
  struct Signature {
    std::string name;
    std::uint32_t key_id = 0;
    std::string bytes;
  };
  std::string text; ///< ends with a line feed
  std::vector<Signature> signatures;

  static std::optional<Note> parse(std::string_view bytes);
  std::string to_string() const;
  Result<void> sign(const Signer& signer);
  /// A signature of that key is there and holds; signatures of unknown keys do not matter.
  bool is_signed_by(const VerifierKey& key) const;
};

/// The text of a checkpoint: origin, size, root, one a line.
struct LogCheckpoint {
  std::string origin;
  std::uint64_t size = 0;
  Digest root{};

  static std::optional<LogCheckpoint> parse(std::string_view text);
  std::string to_string() const;
};

} // namespace mingce
