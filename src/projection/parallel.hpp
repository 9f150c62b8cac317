#pragma once
// Work on all processors, where its parts do not concern each other.

#include "base/cores.hpp"

#include <algorithm>
#include <atomic>
#include <cstddef>
#include <thread>
#include <vector>

namespace mingce {

/// Calls `work(0)` … `work(count - 1)`, each once, on all processors;
/// whether all said yes. It returns when all have ended.
template <class Work>
bool in_parallel(std::size_t count, const Work& work) {
  std::atomic<std::size_t> next{0};
  std::atomic<bool> ok{true};
  auto run = [&] {
    for (auto i = next++; ok && i < count; i = next++)
      if (!work(i)) ok = false;
  };
  auto threads = std::min(count, usable_cores());
  std::vector<std::jthread> others;
  for (std::size_t i = 1; i < threads; ++i) others.emplace_back(run);
  run();
  others.clear(); // joined
  return ok;
}

} // namespace mingce
