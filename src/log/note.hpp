#pragma once
// Signed notes and checkpoints (C2SP signed-note, tlog-checkpoint): a text that says how large the
// log was and which root it had, with signatures that anybody can check who knows the log's key.

#include "base/result.hpp"
#include "log/base64.hpp"
#include "log/digest.hpp"
#include "log/signer.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mingce {

struct Note {
  struct Signature {
    std::string name;
    std::uint32_t key_id = 0;
    std::string bytes;
  };
  std::string text; ///< ends with a line feed
  std::vector<Signature> signatures;

  /// Nothing: another form, or more than 100 signatures. Says nothing about who signed.
  static std::optional<Note> parse(std::string_view bytes);
  /// The bytes that were read, or that `parse` will read.
  std::string to_string() const;
  Result<void> sign(const Signer& signer);
  /// There is a signature in the name of that key; not whether it holds.
  bool names(const VerifierKey& key) const;
  /// There is a signature of that key, and each one of it holds. Those of other keys do not matter.
  bool is_signed_by(const VerifierKey& key) const;
  /// When the witness with that key saw the checkpoint, latest; nothing unless it signed.
  std::optional<date::sys_seconds> cosigned_at(const VerifierKey& key) const;
};

/// The text of a checkpoint: origin, size, root, extensions, one a line.
struct LogCheckpoint {
  std::string origin;
  std::uint64_t size = 0;
  Digest root{};
  std::vector<std::string> extensions{}; ///< none is empty; C2SP advises against any

  static std::optional<LogCheckpoint> parse(std::string_view text);
  std::string to_string() const;
};

} // namespace mingce
