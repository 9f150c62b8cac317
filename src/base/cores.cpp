#include "base/cores.hpp"

#include <sched.h>

#include <algorithm>

namespace mingce {

std::size_t usable_cores() {
  cpu_set_t cores;
  bool is_known = ::sched_getaffinity(0, sizeof cores, &cores) == 0;
  return is_known ? std::max<std::size_t>(CPU_COUNT(&cores), 1) : 1;
}

} // namespace mingce
