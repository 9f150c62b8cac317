#pragma once
// The two halves of an entry on disk (README.md gives the grammar).
//
//   leaf  public, canonical JSON, at most 65,535 bytes: what proofs cover and tables derive from
//   body  private, beside it: salt and payload, sealed; erasable without touching the leaf
//
// The leaf commits to its body by HMAC-SHA-256(salt, payload): after erasure of salt and payload
// nothing about the person can be guessed from what stays. vault.hpp seals.

#include "base/day.hpp"
#include "base/json.hpp"
#include "base/result.hpp"
#include "log/digest.hpp"
#include "log/stream_id.hpp"

#include <cstdint>
#include <optional>
#include <string>

namespace mingce {

constexpr std::size_t max_leaf_bytes = 65'535; // C2SP tlog-tiles prefixes entries with 16 bits
constexpr std::size_t max_body_bytes = 1'048'576;

/// What a leaf says of its body.
struct Commitment {
  std::string hmac_hex;
  std::uint64_t length = 0;  ///< of the payload, bytes
  bool is_elsewhere = false; ///< the private half was never in this log, only in another
};

/// An entry as proposed: everything but its place and its instant.
struct Draft {
  StreamId stream;
  std::uint32_t version = 0; ///< must be the next of its stream
  std::string actor;
  json::value event;                    ///< public half; opaque here
  json::value body;                     ///< private half; null: none
  std::optional<Commitment> sealed{};   ///< of a body that stays elsewhere (taken-over entries)
  std::optional<Instant> recorded_at{}; ///< only for a log taken over as it was
  /// A caller's handle of the person whom the stream concerns: the key of a new stream is kept
  /// under that person's. Empty: under the master key alone.
  std::string person{};
  /// Destroys the keys of what the stream holds already. Its own body outlives them.
  bool erases = false;
};

/// An entry as read back.
struct Entry {
  std::uint64_t seq = 0;
  StreamId stream;
  std::uint32_t version = 0;
  Instant recorded_at{};
  std::string actor;
  json::object event;
  std::optional<Commitment> commitment{}; ///< there is, or was, a private half
  std::optional<json::value> body{};      ///< the private half, where it was asked for and is there
  bool is_erased = false;                 ///< the private half was asked for and has been erased
};

/// A draft turned into bytes, but for the instant, which the sequencer gives.
struct PreparedEntry {
  StreamId stream;
  std::uint32_t version = 0;
  std::optional<Instant> recorded_at{};
  std::string leaf_head, leaf_tail;
  std::string secret; ///< salt and payload of the body, in the clear; empty: none
  std::string person;
  bool erases = false;
  std::optional<Commitment> commitment{}; ///< to a body, here or elsewhere
  std::optional<Entry> parsed{}; ///< what reading the bytes would give, place and instant aside

  std::string leaf(Instant at) const;
};

/// Refused (`invalid`, code `too_large`) when a half exceeds its limit.
Result<PreparedEntry> prepare(const Draft& draft);
/// The same, for who follows the log: what was decided is handed on, and not read back.
Result<PreparedEntry> prepare_to_follow(Draft draft);

/// What stands around the event of a leaf.
struct LeafFrame {
  std::uint64_t seq = 0;
  StreamId stream;
  std::uint32_t version = 0;
  Instant recorded_at{};
  std::optional<Commitment> commitment{};
};
/// Reads the frame and passes over the event; `corrupt` where the bytes are not in canonical form.
/// Much cheaper than `read_leaf`, for who looks at every leaf there is.
Result<LeafFrame> read_frame(std::uint64_t seq, std::string_view leaf);

/// Reads a leaf; `corrupt` when the bytes are not one of a known format.
Result<Entry> read_leaf(std::uint64_t seq, std::string_view leaf);
/// Whether salt and payload are those that the leaf commits to.
bool opens(const Commitment& commitment, std::string_view secret);
/// Reads salt and payload and checks them against the leaf's commitment; `corrupt` when they
/// disagree.
Result<json::value> read_body(const Commitment& commitment, std::string_view secret);

} // namespace mingce
