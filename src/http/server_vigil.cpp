#include "http/server_vigil.hpp"

#include "base/cores.hpp"

#include <pthread.h>
#include <sched.h>
#include <time.h>

namespace mingce {
namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t most_cores = 4; ///< beyond, it would cost more than one client is worth

// Looked at so often whether a processor is busy by itself: with so many requests in hand, or where
// its keeper gets no more than this part of the time.
constexpr std::chrono::milliseconds window{2}, rest{50};
constexpr std::uint32_t many_per_lane = 8;
constexpr int busy_part = 8;

/// Nothing else ever waits for this thread. Where that cannot be had, it must not run.
bool gives_way() {
  sched_param ordinary{};
  return ::pthread_setschedparam(::pthread_self(), SCHED_IDLE, &ordinary) == 0;
}

/// Processor time of this thread.
std::chrono::nanoseconds time_used() {
  timespec used{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &used);
  return std::chrono::seconds(used.tv_sec) + std::chrono::nanoseconds(used.tv_nsec);
}

/// The other thread of the same core, where there is one.
void let_sibling_run() {
#if defined(__x86_64__)
  __builtin_ia32_pause();
#elif defined(__aarch64__)
  asm volatile("yield");
#endif
}

} // namespace

Vigil::Vigil(std::size_t lanes, std::chrono::microseconds linger) : loads_(lanes), linger_(linger) {
  auto cores = usable_cores();
  if (linger.count() == 0 || cores > most_cores || is_processor_time_limited()) return;
  for (std::size_t nth = 0; nth < cores; ++nth)
    keepers_.emplace_back([this, nth](const std::stop_token& stopping) { keep(stopping, nth); });
}

Vigil::~Vigil() {
  for (auto& keeper : keepers_) keeper.request_stop();
  wake();
}

void Vigil::keep(const std::stop_token& stopping, std::size_t nth) {
  if (!gives_way() || !stay_on_core(nth)) return;
  while (!stopping.stop_requested()) {
    auto calls = calls_.load();
    stay_awake(stopping);
    is_asleep_ = true;
    if (!stopping.stop_requested()) calls_.wait(calls);
  }
}

/// Until nothing has begun or ended for a while.
void Vigil::stay_awake(const std::stop_token& stopping) {
  auto last = turns();
  auto since = Clock::now(), begin = since;
  auto used = time_used();
  for (auto now = since; now - since < linger_ && !stopping.stop_requested(); now = Clock::now()) {
    if (auto seen = turns(); seen != last) {
      since = now;
      last = seen;
    }
    if (now - begin > window) {
      if (!is_needed(time_used() - used, now - begin)) std::this_thread::sleep_for(rest);
      begin = Clock::now();
      used = time_used();
    }
    let_sibling_run();
  }
}

void Vigil::wake() {
  is_asleep_ = false;
  ++calls_;
  calls_.notify_all();
}

bool Vigil::is_needed(std::chrono::nanoseconds used, std::chrono::nanoseconds of) const {
  return in_hand() <= many_per_lane * loads_.size() && used >= of / busy_part;
}

std::uint32_t Vigil::in_hand() const {
  std::uint32_t sum = 0;
  for (auto& load : loads_) sum += load.in_hand.load(std::memory_order_relaxed);
  return sum;
}

std::uint32_t Vigil::turns() const {
  std::uint32_t sum = 0;
  for (auto& load : loads_) sum += load.turns.load(std::memory_order_acquire);
  return sum;
}

} // namespace mingce
