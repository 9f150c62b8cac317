#pragma once
// A processor with nothing to do goes to sleep, and a virtual one is slow to come back: the host
// must wake it, and its caches are cold by then. For a client that asks one thing after another
// that is most of what an answer takes. So while requests come, and a little longer, one thread for
// each processor keeps it awake, in a class of its own (SCHED_IDLE) that gives way to everything
// else. A processor that is busy by itself needs none, and its keeper rests. Private to
// src/http/server*.

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <stop_token>
#include <thread>
#include <vector>

namespace mingce {

class Vigil {
  /// Of one lane, which alone changes it.
  struct alignas(64) Load {
    std::atomic<std::uint32_t> in_hand{0};
    std::atomic<std::uint32_t> turns{0}; ///< begun or ended

    void change(std::uint32_t by) {
      in_hand.store(in_hand.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
      turns.store(turns.load(std::memory_order_relaxed) + 1, std::memory_order_release);
    }
  };

public:
  /// `linger`: how long after a request began or ended; 0: no vigil is kept. None is kept either
  /// on more than four processors, or where the processor time of this process is limited.
  Vigil(std::size_t lanes, std::chrono::microseconds linger);
  Vigil(const Vigil&) = delete;
  Vigil& operator=(const Vigil&) = delete;
  ~Vigil();

  /// A request in the hand of a lane, for as long as this lives. On that lane's own thread.
  class Turn {
  public:
    Turn(Vigil& vigil, std::size_t lane) : load_(vigil.loads_[lane]) {
      load_.change(1);
      if (vigil.is_asleep_.load(std::memory_order_relaxed)) vigil.wake();
    }
    Turn(const Turn&) = delete;
    Turn& operator=(const Turn&) = delete;
    ~Turn() { load_.change(std::uint32_t(-1)); }

  private:
    Load& load_;
  };

  bool is_kept() const { return !keepers_.empty(); }
  /// The next request has to wake it.
  bool is_asleep() const { return is_asleep_; }

private:
  void keep(const std::stop_token& stopping, std::size_t nth);
  void stay_awake(const std::stop_token& stopping);
  void wake();
  bool is_needed(std::chrono::nanoseconds used, std::chrono::nanoseconds of) const;
  std::uint32_t in_hand() const;
  std::uint32_t turns() const;

  std::vector<Load> loads_;
  std::chrono::microseconds linger_;
  std::atomic<bool> is_asleep_ = false;
  std::atomic<std::uint32_t> calls_ = 0;
  std::vector<std::jthread> keepers_;
};

} // namespace mingce
