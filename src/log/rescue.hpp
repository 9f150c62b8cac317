#pragma once
// What can still be read of a log that does not open. Works on a copy; changes nothing, restores
// nothing: what was acknowledged and is gone comes back from a backup or not at all.

#include "log/log.hpp"

namespace mingce {

struct Rescue {
  std::uint64_t readable = 0;  ///< entries in front of the first damage
  std::uint64_t expected = 0;  ///< entries that the mark or the anchor vouch for
  Digest root{};               ///< of what is readable
  bool is_anchored_log = true; ///< as far as can be told, what is readable is what was signed

  bool is_whole() const { return readable >= expected && is_anchored_log; }
};

/// Needs as much free space in $TMPDIR as the directory takes.
Result<Rescue> look_for_rescue(const LogPlace& place);

} // namespace mingce
