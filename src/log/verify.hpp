#pragma once
// Whether a log is what it says: every leaf, index, tile, key and checkpoint against each other,
// from the bytes on disk. Says what is wrong and where; never repairs.

#include "log/proof.hpp"
#include "log/static_log.hpp"

#include <functional>
#include <string>
#include <vector>

namespace mingce {

/// One thing that is wrong; `code` is stable.
struct LogFault {
  std::string code;
  Text message;
};

struct Verified {
  std::uint64_t entries = 0;
  std::uint64_t checkpoints = 0;
  std::uint64_t bodies = 0, erased = 0; ///< private halves that were opened; that are erased
  bool has_keys = false;                ///< without them private halves are not opened
  Digest root{};
  std::vector<LogFault> faults; ///< at most 100
};

/// What somebody who verifies has from elsewhere, and trusts more than what lies beside the log.
struct Outside {
  std::vector<VerifierKey> keys{}; ///< the log's, as published: one must have signed last
  std::vector<Note> checkpoints{}; ///< of this log, kept since: it must go on from each
};

/// What may be done on the way of a verification.
struct OnTheWay {
  std::function<void(std::uint64_t seq)> progress{};
  /// Is handed every entry whose leaf can be read, without its private half, so that who folds them
  /// need not read them again. Without it events are hashed and not read.
  std::function<void(Entry&&)> each{};
};

/// The whole data directory, in one pass. A failure means that it could not even be read to its
/// end.
Result<Verified> verify_log(const LogView& log, const OnTheWay& on_the_way = {},
                            Outside outside = {});

/// A static export against its checkpoint; `outside.keys`: whose signature must be there.
Result<Verified> verify_export(const StaticLog& log, const Outside& outside);

/// What a receipt says once it holds.
struct VerifiedReceipt {
  std::uint64_t seq = 0;
  LogCheckpoint checkpoint;
  std::string leaf;
  VerifierKey key;         ///< whose signature was found
  bool is_trusted = false; ///< the key was given, not taken from the receipt itself
};
/// `keys` empty: the signature is checked against the key that the receipt itself names.
/// `corrupt` when it does not hold.
Result<VerifiedReceipt> verify_receipt(std::string_view text, const std::vector<VerifierKey>& keys);

} // namespace mingce
