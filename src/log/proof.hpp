#pragma once
// The file `.tlog-proof` (c2sp.org/tlog-proof@v1): with it anybody who knows the log's key sees
// that an entry is in the log, without asking it.
//
//   c2sp.org/tlog-proof@v1
//   extra BASE64            may be missing
//   index N
//   BASE64                  the inclusion proof, one hash a line
//
//   the checkpoint, a signed note

#include "log/digest.hpp"
#include "log/note.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mingce {

struct LogProof {
  std::optional<std::string> extra; ///< not empty; no signature covers it
  std::uint64_t index = 0;          ///< of the entry, from 0
  std::vector<Digest> hashes;       ///< for `verify_inclusion`; at most 63
  Note checkpoint;                  ///< its text is that of a `LogCheckpoint`

  /// Nothing: another form. Checks no signature and no hash.
  static std::optional<LogProof> parse(std::string_view bytes);
  /// The bytes that were read, or that `parse` will read.
  std::string to_string() const;
};

} // namespace mingce
