#pragma once
// Sealed bodies: a key for every stream, kept in the family `key` under the key of the person whom
// the stream concerns, or under the master key outside the directory. Destroying a key erases what
// it sealed; nothing of the log itself changes. Private to src/log.
//
// Thread-safe. The keys of streams that were never erased are kept in memory once read, up to a
// limit.

#include "log/keys.hpp"
#include "log/leaf.hpp"

#include <rocksdb/db.h>

#include <atomic>
#include <shared_mutex>
#include <vector>

namespace mingce {

class Vault {
public:
  using Row = std::pair<std::string, std::string>; ///< of the family `key`
  using Rows = std::vector<Row>;

  Vault(rocksdb::DB& db, rocksdb::ColumnFamilyHandle& family,
        Result<std::shared_ptr<KeyRing>> ring);
  Vault(const Vault&) = delete;
  Vault& operator=(const Vault&) = delete;
  ~Vault();

  const Result<std::shared_ptr<KeyRing>>& ring() const { return ring_; }

  /// The register's own key, for what must outlive the key of its stream. It is there before
  /// anybody seals, so that no two of them draw it.
  Result<void> make_own_key();

  /// The sealed bodies of one append, in the order of its entries (empty where there is none), and
  /// the rows of keys that were drawn for them: they belong into the same batch.
  struct Sealed {
    std::vector<std::string> bodies;
    Rows drawn;
    /// The key of a stream that begins here; wiped at its end.
    struct Opening {
      StreamId stream;
      SecretKey key;
      ~Opening() { wipe(key); }
    };
    std::vector<Opening> opening;
    std::uint64_t generation = 0; ///< of the keys: a destruction since makes it worthless
  };
  Result<Sealed> seal(std::span<const PreparedEntry> entries);
  /// Once its rows are durable: what goes on with those streams need not read them.
  void remember(const Sealed& sealed);

  /// Salt and payload of a body; nullopt when its key has been destroyed. `corrupt` when the bytes
  /// are not what was sealed, `no_keys` without the key ring.
  Result<std::optional<std::string>> unseal(const StreamId& stream, std::uint32_t version,
                                            std::string_view body) const;

  /// What a batch writes to destroy every key of a stream; none if there is none left.
  Result<Rows> destruction_of(const StreamId& stream) const;
  /// The rows of the keys of a person, to be deleted.
  Result<std::vector<std::string>> keys_of_person(const std::string& ref) const;
  /// The streams that have a key under that person's.
  Result<std::vector<StreamId>> streams_of_person(const std::string& ref) const;
  /// To be called once a destruction is durable: forgets what is in memory and begins another
  /// generation of keys.
  void forget();
  std::uint64_t generation() const { return generation_; }

  /// `corrupt` when a row cannot be read with the keys there are. For who reads every body after
  /// that: from now on all keys are kept in memory, some 120 bytes a stream.
  Result<void> check_rows() const;
  /// Wraps every key under the present master; rows to be written.
  Result<Rows> rewrapped() const;

private:
  struct StreamKey {
    std::uint32_t from_version = 0;
    std::optional<SecretKey> key; ///< nullopt: destroyed
  };
  using StreamKeys = std::vector<StreamKey>;
  struct Drawing; ///< keys drawn for one append

  void remember(const StreamId& stream, const StreamKeys& keys, std::uint64_t generation) const;
  void drop_known() const; ///< under `mutex_`
  Result<StreamKeys> read_keys(const StreamId& stream) const;
  Result<StreamKeys> keys_of(const StreamId& stream) const;
  template <class Use>
  auto with_keys(const StreamId& stream, Use use) const -> decltype(use(StreamKeys{}));
  Result<SecretKey> key_to_seal(const PreparedEntry& entry, Drawing& drawing) const;
  Result<std::pair<std::string, SecretKey>> person_key(const std::string& ref,
                                                       Drawing& drawing) const;
  std::string wrap(char kind, std::string_view under, const SecretKey& by, std::string_view row,
                   const SecretKey& key) const;
  Result<std::optional<SecretKey>> unwrap(std::string_view row, std::string_view value) const;

  rocksdb::DB& db_;
  rocksdb::ColumnFamilyHandle& family_;
  Result<std::shared_ptr<KeyRing>> ring_;
  mutable std::shared_mutex mutex_;
  mutable MapOfStreams<StreamKeys> known_;
  mutable std::size_t known_at_most_ = 1 << 17; ///< streams
  std::atomic<std::uint64_t> generation_ = 0;   ///< what was read in an earlier one is stale
};

} // namespace mingce
