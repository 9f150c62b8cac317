#pragma once
// 办公室: read, decide, append — the only writer. Everything a server does to the register goes
// through here; reading goes through `read`, which sees what has been acknowledged.

#include "app/operation.hpp"
#include "app/workspace.hpp"
#include "projection/year.hpp"
#include "report/format.hpp"
#include "rules/law.hpp"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <shared_mutex>
#include <span>
#include <stop_token>
#include <string>
#include <thread>
#include <variant>

namespace mingce {

/// The data that come with the program: law and report formats.
struct Statutes {
  Law law;
  Editions editions;
  Policy policy;
};

/// An Idempotency-Key with what it was sent with. The key itself is not kept, and the content only
/// as a digest keyed by it: neither can be guessed from the log.
struct IdempotencyKey {
  std::string scope; ///< keys of different scopes never meet
  std::string key;
  std::string content; ///< canonical: equal contents have equal bytes

  Digest digest() const;
  Digest fingerprint() const;
};

struct Recorded {
  std::uint64_t first_seq = 0;
  std::uint32_t count = 0;
  bool replayed = false;        ///< an earlier answer to the same Idempotency-Key
  std::vector<Entry> entries{}; ///< what was recorded
};

/// Thread-safe.
class Office {
public:
  /// Opens the directory for writing and folds the register.
  static Result<std::unique_ptr<Office>> open(const LogPlace& place, const Statutes& statutes,
                                              std::function<Instant()> now,
                                              const SpaceLimits& space = {});
  ~Office();

  /// Decides and appends all operations or none; blocks until they are durable. No operations:
  /// nothing is recorded but the key.
  Result<Recorded> record(std::span<const Operation> operations,
                          const std::optional<IdempotencyKey>& key = {});

  using Then = std::function<void(Result<Recorded>)>;
  /// Runs what it is given on a thread that may decide.
  using Later = std::function<void(std::function<void()>)>;
  /// The same without blocking, for what erases nothing: `then` is called once, from this thread or
  /// from the one that writes, which must not be kept. A decision that another writer has overtaken
  /// is taken anew, `later`.
  void record(std::vector<Operation> operations, std::optional<IdempotencyKey> key, Later later,
              Then then);

  /// The same decision, but nothing is recorded: the entries that would come next.
  Result<std::vector<Entry>> suppose(std::span<const Operation> operations) const;

  /// What erases every request of a person in one go: one `applicant.erased` each, told apart by
  /// nothing but the stream. `not_found` when the organ's register has none left to erase.
  Result<std::vector<Operation>> erasure_of_person(const std::string& organ, const std::string& ref,
                                                   const Operation& pattern) const;

  /// The signed checkpoint of all that was acknowledged before the call.
  Result<Note> checkpoint() { return log_->sign_checkpoint(); }
  Result<Note> keep_cosignatures(const Note& note) { return log_->keep_cosignatures(note); }
  /// Signs in the background: after so many entries, and after so long while there are new ones.
  void sign_every(std::uint64_t entries, std::chrono::seconds time);

  /// Reads what searches need, where the register came without it; blocks until it is there, or
  /// until somebody wants to stop.
  Result<void> read_texts(const std::stop_token& stopping = {});
  /// In the background, as long as the office is open: reads the texts, and moves the spine of the
  /// log on.
  void keep_up();

  /// Calls `look` with the register as acknowledged; it does not change meanwhile.
  template <class Look>
  auto read(Look look) const {
    std::unique_lock turn(turnstile_);
    std::shared_lock lock(mutex_);
    turn.unlock();
    return look(static_cast<const Register&>(register_));
  }

  const LogView& log() const { return *log_; }
  const Statutes& statutes() const { return statutes_; }
  Day today() const { return civil_day(now_()); }
  bool is_writable() const { return log_->is_writable(); }
  /// A write has failed: its outcome is unknown until the log is opened anew.
  bool has_failed() const { return log_->has_failed(); }
  void on_failure(std::function<void()> callback) { log_->on_failure(std::move(callback)); }
  /// Finishes what was accepted; later records are refused as `busy`.
  /// What was recorded is signed.
  void stop();

private:
  Office(std::unique_ptr<Log> log, Register reg, const Statutes& statutes,
         std::function<Instant()> now);
  class Recording;
  void follow(std::span<const Entry> entries);
  bool advance_spine(std::uint64_t tail, const std::stop_token& stopping);
  void sign_new(std::stop_token stopping, std::uint64_t entries, std::chrono::seconds time);
  std::string next_number(const Register& reg, StreamKind kind, const std::string& organ, int year);
  Result<std::optional<Recorded>> recorded_before(const Digest& key,
                                                  const Digest& fingerprint) const;
  Result<Recorded> recorded_at(std::uint64_t first_seq, std::uint32_t count) const;
  Result<Recorded> to_recorded(Result<Appended> appended) const;
  using Proposal = std::variant<Recorded, Append>; ///< the answer already, or what to append
  Result<Proposal> propose(std::span<const Operation> operations,
                           const std::optional<IdempotencyKey>& key);
  Result<Append> decide(std::span<const Operation> operations);

  const Statutes& statutes_;
  std::function<Instant()> now_;
  std::unique_ptr<Log> log_;
  Register register_;
  mutable std::shared_mutex mutex_;
  mutable std::mutex turnstile_; ///< readers queue behind a waiting writer, so it is never starved
  std::mutex signing_mutex_;
  std::condition_variable_any sign_now_;
  std::atomic<std::uint64_t> signed_ = 0; ///< entries that the latest checkpoint covers
  std::atomic<std::uint64_t> sign_after_ = std::numeric_limits<std::uint64_t>::max();
  std::mutex numbers_mutex_;
  std::map<std::tuple<StreamKind, std::string, int>, std::uint32_t> given_numbers_;
  std::jthread signing_, keeping_up_; ///< last: they end before what they use
};

} // namespace mingce
