#include "base/cores.hpp"

#include <sched.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <string>

namespace mingce {

std::size_t usable_cores() {
  cpu_set_t cores;
  bool is_known = ::sched_getaffinity(0, sizeof cores, &cores) == 0;
  return is_known ? std::max<std::size_t>(CPU_COUNT(&cores), 1) : 1;
}

namespace {

/// The path of our group below the root of all; empty where there are none.
std::string control_group() {
  std::ifstream groups("/proc/self/cgroup");
  for (std::string line; std::getline(groups, line);)
    if (line.starts_with("0::/")) return line.substr(4);
  return {};
}

bool is_limited(const std::filesystem::path& group) {
  std::ifstream limit(group / "cpu.max");
  std::string time;
  return limit >> time && time != "max";
}

} // namespace

bool is_processor_time_limited() {
  const std::filesystem::path root = "/sys/fs/cgroup";
  auto group = root / control_group();
  for (; group != root && group.has_relative_path(); group = group.parent_path())
    if (is_limited(group)) return true;
  return is_limited(root);
}

} // namespace mingce
