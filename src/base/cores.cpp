#include "base/cores.hpp"

#include <sched.h>

#include <algorithm>
#include <fstream>
#include <string>

namespace mingce {

std::size_t usable_cores() {
  cpu_set_t cores;
  bool is_known = ::sched_getaffinity(0, sizeof cores, &cores) == 0;
  return is_known ? std::max<std::size_t>(CPU_COUNT(&cores), 1) : 1;
}

bool stay_on_core(std::size_t nth) {
  cpu_set_t usable, one;
  if (::sched_getaffinity(0, sizeof usable, &usable) != 0) return false;
  for (int core = 0; core < CPU_SETSIZE; ++core) {
    if (!CPU_ISSET(core, &usable) || nth-- > 0) continue;
    CPU_ZERO(&one);
    CPU_SET(core, &one);
    return ::sched_setaffinity(0, sizeof one, &one) == 0;
  }
  return false;
}

namespace {

namespace fs = std::filesystem;

/// "max" and "-1" are no limits.
bool is_limit(const fs::path& file) {
  std::ifstream limit(file);
  std::string time;
  return limit >> time && time != "max" && time != "-1";
}

/// The group or one that it is part of. A container may see its own group as the root of all, but
/// be told the path that its host knows.
bool is_limited(const fs::path& root, const fs::path& group, const char* file) {
  for (auto at = group.relative_path(); !at.empty(); at = at.parent_path())
    if (is_limit(root / at / file)) return true;
  return is_limit(root / file);
}

} // namespace

bool is_processor_time_limited(const fs::path& groups, const fs::path& root) {
  std::ifstream lines(groups);
  for (std::string line; std::getline(lines, line);) { // NUMBER:CONTROLLERS:PATH
    auto begin = line.find(':'), end = line.find(':', begin + 1);
    if (end == line.npos) continue;
    auto controllers = "," + line.substr(begin + 1, end - begin - 1) + ",";
    auto group = line.substr(end + 1);
    if (controllers == ",," && is_limited(root, group, "cpu.max")) return true;
    if (controllers.find(",cpu,") != controllers.npos &&
        is_limited(root / "cpu", group, "cpu.cfs_quota_us"))
      return true;
  }
  return false;
}

} // namespace mingce
