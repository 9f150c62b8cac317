#pragma once
// The secrets of a register, and what vouches for it, kept outside its data directory: who holds
// a copy of the data alone reads no person and signs nothing. README.md gives the files.

#include "log/cipher.hpp"
#include "log/note.hpp"
#include "log/stream_id.hpp"

#include "base/day.hpp"

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mingce {

/// A register on disk: its data directory and, where it is not the usual one, its key file.
struct LogPlace {
  std::filesystem::path directory;
  std::filesystem::path key_file{}; ///< empty: DIR.keys/keys

  LogPlace(std::filesystem::path data, std::filesystem::path keys = {})
      : directory(std::move(data)), key_file(std::move(keys)) {}
  LogPlace(const char* data) : directory(data) {}
  LogPlace(const std::string& data) : directory(data) {}

  /// `DIR.keys`, beside the data directory.
  std::filesystem::path keys_directory() const;
  std::filesystem::path keys() const;
  std::filesystem::path anchor() const { return keys_directory() / "anchor"; }
  std::filesystem::path erased() const { return keys_directory() / "erased"; }
  std::filesystem::path witnesses() const { return keys_directory() / "witnesses"; }
};

/// What is chosen when the keys are made and holds for as long as the register does.
struct KeyProfile {
  std::string origin{};  ///< the log's name in checkpoints; empty: one is drawn
  bool national = false; ///< 国密: SM4 and HMAC-SM3 for bodies, SM2 beside Ed25519, an SM3 root
};

/// Thread-safe.
class KeyRing {
public:
  /// `unusable`, code `no_keys`, when there is no key file; `bad_keys` when it cannot be read.
  static Result<std::shared_ptr<KeyRing>> load(const LogPlace& place);
  /// Makes the keys (0600, in a directory 0700) where there are none; `bad_keys` if there are.
  static Result<std::shared_ptr<KeyRing>> create(const LogPlace& place, const KeyProfile& profile,
                                                 Instant now);

  KeyRing(const KeyRing&) = delete;
  KeyRing& operator=(const KeyRing&) = delete;
  ~KeyRing(); ///< wipes what it holds

  bool is_new() const { return is_new_; } ///< made by this process
  const std::string& origin() const { return origin_; }
  bool is_national() const { return national_; }
  CipherSuite suite() const {
    return national_ ? CipherSuite::sm4_ctr_hmac_sm3 : CipherSuite::aes_256_gcm;
  }

  // ---- sealing
  std::uint32_t current_master() const;
  std::optional<SecretKey> master(std::uint32_t id) const;
  /// A keyed digest: equal texts are found, none can be guessed without the key.
  Digest blind(std::string_view text) const;

  // ---- signing
  /// Those that sign now: Ed25519, with the national profile SM2 as well, and after a rotation the
  /// former key once more.
  std::vector<std::unique_ptr<Signer>> signers() const;
  /// The Ed25519 key that signs now.
  VerifierKey verifier() const;
  /// Every Ed25519 key that ever signed, the present one first.
  std::vector<VerifierKey> verifiers() const;
  /// The same of SM2; none outside the national profile.
  std::vector<VerifierKey> national_verifiers() const;
  /// The keys of `DIR.keys/witnesses`, one a line; lines that are none are passed over.
  std::vector<VerifierKey> witnesses() const;

  // ---- erasure
  /// Bodies of that stream up to this version are erased, whatever key an old copy of the data may
  /// still hold; 0: none.
  std::uint32_t erased_up_to(const StreamId& stream) const;
  struct Erasure {
    StreamId stream;
    std::uint32_t up_to = 0;
  };
  /// Adds to `DIR.keys/erased`, synced.
  Result<void> note_erased(std::span<const Erasure> erasures);

  // ---- rotation
  Result<void> add_master(Instant now);
  Result<void> add_signer(Instant now);
  /// Forgets all masters but the present one; what is wrapped under them can never be read again.
  Result<void> drop_former_masters();

private:
  struct Master {
    std::uint32_t id = 0;
    SecretKey key{};
    std::string created_at;
  };
  struct Signing {
    std::string ed25519, sm2; ///< secret bytes; sm2 empty outside the national profile
    std::string created_at;
  };

  explicit KeyRing(LogPlace place) : place_(std::move(place)) {}
  Result<void> read_erased();
  bool read(const std::string& text);
  Result<void> write() const;

  const LogPlace place_;
  bool is_new_ = false;
  std::string origin_;
  bool national_ = false;
  SecretKey search_{};
  mutable std::mutex mutex_;
  std::vector<Master> masters_;  ///< ascending; the last one is used
  std::vector<Signing> signing_; ///< in order of making; the last one signs
  std::map<StreamId, std::uint32_t> erased_;
};

} // namespace mingce
