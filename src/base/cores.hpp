#pragma once

#include <cstddef>
#include <filesystem>

namespace mingce {

/// How many processors this process may run on; 1 at least. (std::thread::hardware_concurrency
/// tells what the machine has.)
std::size_t usable_cores();

/// From now on this thread runs on that one of them alone, counted from 0. False where there is
/// none or it is refused.
bool stay_on_core(std::size_t nth);

/// Whether a control group allows this process, or one that it is part of, only so much processor
/// time (`cpu.max` of cgroup v2, `cpu.cfs_quota_us` of v1): then what is wasted is missing.
/// `groups`: which ones it is in, as proc_pid_cgroup(5) tells; `root`: where they are mounted.
bool is_processor_time_limited(const std::filesystem::path& groups = "/proc/self/cgroup",
                               const std::filesystem::path& root = "/sys/fs/cgroup");

} // namespace mingce
