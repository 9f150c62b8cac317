#include "app/office.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>

namespace mingce {

Digest IdempotencyKey::digest() const { return sha256(scope + '\0' + key); }

Digest IdempotencyKey::fingerprint() const { return hmac_sha256(key, content); }

Office::Office(std::unique_ptr<Log> log, const Statutes& statutes, std::function<Instant()> now)
    : statutes_(statutes), now_(std::move(now)), log_(std::move(log)),
      register_(
          [this](const StreamId& stream, std::uint64_t up_to) {
            return log_->read_stream(stream, up_to, LogView::Half::open);
          },
          /*keep_search_text=*/true) {}

Office::~Office() { stop(); }

Result<std::unique_ptr<Office>> Office::open(const LogPlace& place, const Statutes& statutes,
                                             std::function<Instant()> now,
                                             const SpaceLimits& space) {
  auto log = Log::open(place, {.now = now, .space = space});
  if (!log) return log.error();
  std::unique_ptr<Office> office(new Office(std::move(*log), statutes, std::move(now)));
  Result<void> applied;
  auto scanned =
      office->log_->scan(1, office->log_->size(), LogView::Half::both, [&](Entry&& entry) {
        applied = office->register_.apply(std::move(entry));
        return applied.has_value();
      });
  if (!scanned) return scanned.error();
  if (!applied) return applied.error();
  office->log_->on_commit(
      [self = office.get()](std::vector<Entry> entries) { self->follow(std::move(entries)); });
  return office;
}

/// Called by the sequencer when a batch is durable, before its callers are told.
void Office::follow(std::vector<Entry> entries) {
  std::unique_lock turn(turnstile_);
  std::unique_lock lock(mutex_);
  if (log_->size() - signed_ >= sign_after_) sign_now_.notify_one();
  for (auto& entry : entries)
    if (auto applied = register_.apply(std::move(entry)); !applied) {
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
  while (!stopping.stop_requested()) {
    sign_now_.wait_for(lock, stopping, time, [&] { return log_->size() - signed_ >= entries; });
    if (stopping.stop_requested() || log_->size() == signed_) continue;
    auto size = log_->size();
    if (auto note = checkpoint(); !note) {
      // The log is not what was signed: nothing may be built on it any further.
      std::fprintf(stderr, "mingce: %s\n", note.error().message.en.c_str());
      if (note.error().kind == FailureKind::corrupt) std::abort();
    }
    signed_ = size;
  }
}

void Office::stop() {
  signing_.request_stop();
  sign_now_.notify_all();
  if (signing_.joinable()) signing_.join();
  log_->stop();
}

Result<std::vector<Operation>> Office::erasure_of_person(const std::string& organ,
                                                         const std::string& ref,
                                                         const Operation& pattern) const {
  std::vector<Operation> operations;
  read([&](const Register& reg) {
    auto requests = reg.requests_of(ref);
    // The person's key goes only if nobody else's register hangs on it.
    bool is_theirs = std::ranges::all_of(requests, [&](auto* row) { return row->organ == organ; });
    for (auto* request : requests) {
      if (request->organ != organ) continue;
      auto& operation = operations.emplace_back(pattern);
      operation.kind = StreamKind::request;
      operation.stream = request->id;
      operation.type = ApplicantErased::info.type;
      if (is_theirs) operation.erased_person = ref;
    }
  });
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

Result<std::optional<Recorded>> Office::recorded_before(const IdempotencyKey& key) const {
  auto kept = log_->find_key(key.digest());
  if (!kept) return kept.error();
  if (!*kept) return std::optional<Recorded>{};
  if ((*kept)->fingerprint != key.fingerprint()) return key_reused();
  return std::optional{Recorded{(*kept)->first_seq, (*kept)->count, true}};
}

Result<Append> Office::decide(std::span<const Operation> operations) {
  return read([&](const Register& reg) -> Result<Append> {
    Workspace workspace(*log_, reg, statutes_.editions, today(),
                        [&](StreamKind kind, const std::string& organ, int year) {
                          return next_number(reg, kind, organ, year);
                        });
    for (auto& operation : operations)
      if (auto decided = workspace.decide(operation); !decided) return decided.error();
    return workspace.take();
  });
}

Result<Recorded> Office::record(std::span<const Operation> operations,
                                const std::optional<IdempotencyKey>& key) {
  // Another writer may get in between decision and append; then the decision is taken anew.
  constexpr int attempts = 64;
  for (int attempt = 0; attempt < attempts; ++attempt) {
    if (key) {
      auto before = recorded_before(*key);
      if (!before) return before.error();
      if (*before) return **before;
    }
    if (operations.empty() && !key) return Recorded{};
    auto append = decide(operations);
    if (!append) {
      // The same key may have been acknowledged since we looked: then that is the answer.
      if (key)
        if (auto before = recorded_before(*key); before && *before) return **before;
      return append.error();
    }
    auto count = std::uint32_t(append->entries.size());
    if (key) append->keys.emplace_back(key->digest(), KeptKey{key->fingerprint(), 0, count});
    auto appended = log_->append(std::move(*append));
    if (appended) return Recorded{appended->first_seq, appended->count, appended->replayed};
    if (appended.error().kind != FailureKind::precondition) return appended.error();
  }
  return Failure{FailureKind::busy,
                 "contended",
                 {"并发写入冲突，请稍后重试", "too many concurrent writers: retry later"}};
}

} // namespace mingce
