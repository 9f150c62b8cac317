#include "app/office.hpp"

#include "projection/replay.hpp"
#include "projection/spine.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <utility>

namespace mingce {

Digest IdempotencyKey::digest() const {
  return hash(HashSuite::sha256, {scope, std::string_view("\0", 1), key});
}

Digest IdempotencyKey::fingerprint() const { return hmac_sha256(key, content); }

Office::Office(std::unique_ptr<Log> log, Register reg, const Statutes& statutes,
               std::function<Instant()> now)
    : statutes_(statutes), now_(std::move(now)), log_(std::move(log)), register_(std::move(reg)) {}

Office::~Office() { stop(); }

Result<std::unique_ptr<Office>> Office::open(const LogPlace& place, const Statutes& statutes,
                                             std::function<Instant()> now,
                                             const SpaceLimits& space) {
  auto log = Log::open(place, {.now = now, .space = space});
  if (!log) return log.error();
  auto reg = load_register(**log, (*log)->size());
  if (!reg) return reg.error();
  std::unique_ptr<Office> office(
      new Office(std::move(*log), std::move(*reg), statutes, std::move(now)));
  office->log_->on_commit(
      [self = office.get()](std::span<const Entry> entries) { self->follow(entries); });
  constexpr std::uint64_t short_log = 200'000; // its texts are there before anybody asks
  if (office->log_->size() <= short_log)
    if (auto texts = office->read_texts(); !texts) return texts.error();
  return office;
}

// ---- in the background --------------------------------------------------------------------------

namespace {

/// Each costs four syncs, and whoever asks for a checkpoint gets a new one at any time.
constexpr std::chrono::seconds between_signatures{1};

void pause_for(const std::stop_token& stopping, std::chrono::seconds time) {
  std::mutex mutex;
  std::condition_variable_any never;
  std::unique_lock lock(mutex);
  never.wait_for(lock, stopping, time, [] { return false; });
}

} // namespace

Result<void> Office::read_texts(const std::stop_token& stopping) {
  if (read([](auto& reg) { return reg.has_texts(); })) return {};
  SearchTextReader reader(*log_);
  auto go_on = [&] { return !stopping.stop_requested(); };
  // The rest is read while nobody else looks, so there must not be much of it.
  constexpr std::uint64_t little = 256;
  while (go_on() && log_->size() - reader.position() > little)
    if (auto texts = reader.read_to(log_->size(), go_on); !texts) return texts;
  std::unique_lock turn(turnstile_);
  std::unique_lock lock(mutex_);
  if (!go_on()) return {};
  if (auto texts = reader.read_to(register_.size()); !texts) return texts;
  register_.adopt(reader.take());
  return {};
}

bool Office::advance_spine(std::uint64_t tail, const std::stop_token& stopping) {
  auto advanced = Spine::keep_up(*log_, tail, [&] { return !stopping.stop_requested(); });
  // It saves work and holds nothing of its own: the server goes on without it.
  if (!advanced) std::fprintf(stderr, "mingce: %s\n", advanced.error().message.en.c_str());
  return advanced.has_value();
}

void Office::keep_up() {
  keeping_up_ = std::jthread([this](const std::stop_token& stopping) {
    ::setpriority(PRIO_PROCESS, id_t(::gettid()), 19); // of this thread: requests come first
    if (auto texts = read_texts(stopping); !texts)
      std::fprintf(stderr, "mingce: %s\n", texts.error().message.en.c_str());
    for (std::uint64_t size = 0; !stopping.stop_requested();) {
      // Whoever is recording comes first, as long as a start is not made slow by it.
      auto now = log_->size();
      bool is_quiet = now == std::exchange(size, now);
      bool went_well = advance_spine(is_quiet ? spine_tail : longest_spine_tail, stopping);
      pause_for(stopping, std::chrono::seconds(went_well ? 1 : 300));
    }
  });
}

/// Called by the sequencer when a batch is durable, before its callers are told.
void Office::follow(std::span<const Entry> entries) {
  std::vector<Result<EnvelopeHead>> envelopes;
  envelopes.reserve(entries.size());
  for (auto& entry : entries) envelopes.push_back(read_envelope_head(entry.event));
  std::unique_lock turn(turnstile_);
  std::unique_lock lock(mutex_);
  if (log_->size() - signed_ >= sign_after_) sign_now_.notify_one();
  for (std::size_t i = 0; i < entries.size(); ++i) {
    auto& envelope = envelopes[i];
    auto applied = envelope ? register_.apply(entries[i], *envelope) : envelope.error();
    if (applied) continue;
    // What was just decided cannot be folded: memory and disk disagree. A restart folds anew.
    std::fprintf(stderr, "mingce: %s\n", applied.error().message.en.c_str());
    std::abort();
  }
}

void Office::sign_every(std::uint64_t entries, std::chrono::seconds time) {
  sign_after_ = entries;
  signing_ = std::jthread([this, entries, time](std::stop_token stopping) {
    sign_new(std::move(stopping), entries, time);
  });
}

void Office::sign_new(std::stop_token stopping, std::uint64_t entries, std::chrono::seconds time) {
  std::unique_lock lock(signing_mutex_);
  auto pause = std::min(time, std::chrono::seconds(1)); // what was left unsigned is signed soon
  while (!stopping.stop_requested()) {
    sign_now_.wait_for(lock, stopping, std::exchange(pause, time),
                       [&] { return log_->size() - signed_ >= entries; });
    if (stopping.stop_requested() || log_->size() == signed_) continue;
    auto size = log_->size();
    if (auto note = checkpoint(); !note) {
      // The log is not what was signed: nothing may be built on it any further.
      std::fprintf(stderr, "mingce: %s\n", note.error().message.en.c_str());
      if (note.error().kind == FailureKind::corrupt) std::abort();
    }
    signed_ = size;
    pause_for(stopping, between_signatures);
  }
}

void Office::stop() {
  signing_.request_stop();
  keeping_up_.request_stop();
  sign_now_.notify_all();
  if (signing_.joinable()) signing_.join();
  if (keeping_up_.joinable()) keeping_up_.join();
  log_->stop();
}

Result<std::vector<Operation>> Office::erasure_of_person(const std::string& organ,
                                                         const std::string& ref,
                                                         const Operation& pattern) const {
  std::vector<Operation> operations;
  auto sealed_with = log_->streams_of_person(ref);
  if (!sealed_with) return sealed_with.error();
  bool has_texts = read([&](const Register& reg) {
    if (!reg.has_texts()) return false;
    auto requests = reg.requests_of(ref);
    // The person's key goes only if nothing else hangs on it: another organ's register, or a
    // request that has been found since to be somebody else's.
    bool is_theirs = std::ranges::all_of(*sealed_with, [&](auto& id) {
      return std::ranges::any_of(requests,
                                 [&](auto* row) { return row->id == id && row->organ == organ; });
    });
    for (auto* request : requests) {
      if (request->organ != organ) continue;
      auto& operation = operations.emplace_back(pattern);
      operation.kind = StreamKind::request;
      operation.stream = request->id;
      operation.type = ApplicantErased::info.type;
      if (is_theirs) operation.erased_person = ref;
    }
    return true;
  });
  if (!has_texts) return texts_not_read();
  if (operations.empty())
    return Failure{FailureKind::not_found,
                   "unknown_person",
                   {"没有该申请人的申请", "there is no request of that person"}};
  return operations;
}

std::string Office::next_number(const Register& reg, StreamKind kind, const std::string& organ,
                                int year) {
  std::lock_guard lock(numbers_mutex_);
  auto& given = given_numbers_[{kind, organ, year}];
  given = std::max(given, reg.last_number(kind, organ, year)) + 1;
  return assigned_number(year, given);
}

Result<std::optional<Recorded>> Office::recorded_before(const Digest& key,
                                                        const Digest& fingerprint) const {
  auto kept = log_->find_key(key);
  if (!kept) return kept.error();
  if (!*kept) return std::optional<Recorded>{};
  if ((*kept)->fingerprint != fingerprint) return key_reused();
  auto recorded = recorded_at((*kept)->first_seq, (*kept)->count);
  if (!recorded) return recorded.error();
  return std::optional(std::move(*recorded));
}

/// What an earlier call has recorded.
Result<Recorded> Office::recorded_at(std::uint64_t first_seq, std::uint32_t count) const {
  Recorded recorded{first_seq, count, true};
  if (count == 0) return recorded;
  auto scanned =
      log_->scan(first_seq, first_seq + count - 1, LogView::Half::both, [&](Entry&& entry) {
        recorded.entries.push_back(std::move(entry));
        return true;
      });
  if (!scanned) return scanned.error();
  return recorded;
}

Result<Append> Office::decide(std::span<const Operation> operations) {
  return read([&](const Register& reg) -> Result<Append> {
    Workspace workspace(*log_, reg, statutes_.editions, today(),
                        [&](StreamKind kind, const std::string& organ, int year) {
                          return next_number(reg, kind, organ, year);
                        });
    workspace.is_followed();
    for (auto& operation : operations)
      if (auto decided = workspace.decide(operation); !decided) return decided.error();
    return workspace.take();
  });
}

/// Numbers are looked at, not given: what is only supposed leaves no gap.
Result<std::vector<Entry>> Office::suppose(std::span<const Operation> operations) const {
  return read([&](const Register& reg) -> Result<std::vector<Entry>> {
    std::uint32_t given = 0;
    Workspace workspace(*log_, reg, statutes_.editions, today(),
                        [&](StreamKind kind, const std::string& organ, int year) {
                          return assigned_number(year,
                                                 reg.last_number(kind, organ, year) + ++given);
                        });
    for (auto& operation : operations)
      if (auto decided = workspace.decide(operation); !decided) return decided.error();
    return supposed_entries(workspace.take(), reg.size(), now_());
  });
}

Result<Office::Proposal> Office::propose(std::span<const Operation> operations,
                                         const std::optional<IdempotencyKey>& key) {
  auto looked_at = log_->size();
  Digest digest{}, fingerprint{};
  if (key) {
    digest = key->digest();
    fingerprint = key->fingerprint();
    auto before = recorded_before(digest, fingerprint);
    if (!before) return before.error();
    if (*before) return Proposal(**before);
  }
  if (operations.empty() && !key) return Proposal(Recorded{});
  auto append = decide(operations);
  if (!append) {
    // The same key may have been acknowledged since we looked: then that is the answer.
    if (key)
      if (auto before = recorded_before(digest, fingerprint); before && *before)
        return Proposal(**before);
    return append.error();
  }
  if (key) {
    auto count = std::uint32_t(append->entries.size());
    append->keys.emplace_back(digest, KeptKey{fingerprint, 0, count});
    append->keys_unknown_at = looked_at;
  }
  return Proposal(std::move(*append));
}

namespace {

/// Another writer may get in between decision and append; then the decision is taken anew.
constexpr int attempts = 64;

bool is_overtaken(const Result<Appended>& appended) {
  return !appended && appended.error().kind == FailureKind::precondition;
}

} // namespace

Result<Recorded> Office::to_recorded(Result<Appended> appended) const {
  if (is_overtaken(appended))
    return Failure{FailureKind::busy,
                   "contended",
                   {"并发写入冲突，请稍后重试", "too many concurrent writers: retry later"}};
  if (!appended) return appended.error();
  if (appended->replayed) return recorded_at(appended->first_seq, appended->count);
  return Recorded{appended->first_seq, appended->count, false, std::move(appended->entries)};
}

Result<Recorded> Office::record(std::span<const Operation> operations,
                                const std::optional<IdempotencyKey>& key) {
  for (int attempt = 1;; ++attempt) {
    auto proposal = propose(operations, key);
    if (!proposal) return proposal.error();
    if (auto* known = std::get_if<Recorded>(&*proposal)) return std::move(*known);
    auto appended = log_->append(std::get<Append>(std::move(*proposal)));
    if (!is_overtaken(appended) || attempt == attempts) return to_recorded(std::move(appended));
  }
}

class Office::Recording : public std::enable_shared_from_this<Recording> {
public:
  Recording(Office& office, std::vector<Operation> operations, std::optional<IdempotencyKey> key,
            Later later, Then then)
      : office_(office), operations_(std::move(operations)), key_(std::move(key)),
        later_(std::move(later)), then_(std::move(then)) {}

  void attempt() {
    auto proposal = office_.propose(operations_, key_);
    if (!proposal) return then_(proposal.error());
    if (auto* known = std::get_if<Recorded>(&*proposal)) return then_(std::move(*known));
    office_.log_->submit(std::get<Append>(std::move(*proposal)),
                         [self = shared_from_this()](Result<Appended> appended) {
                           self->finish(std::move(appended));
                         });
  }

private:
  void finish(Result<Appended> appended) {
    if (is_overtaken(appended) && ++attempts_ < attempts)
      later_([self = shared_from_this()] { self->attempt(); });
    else
      then_(office_.to_recorded(std::move(appended)));
  }

  Office& office_;
  std::vector<Operation> operations_;
  std::optional<IdempotencyKey> key_;
  Later later_;
  Then then_;
  int attempts_ = 0;
};

void Office::record(std::vector<Operation> operations, std::optional<IdempotencyKey> key,
                    Later later, Then then) {
  std::make_shared<Recording>(*this, std::move(operations), std::move(key), std::move(later),
                              std::move(then))
      ->attempt();
}

} // namespace mingce
