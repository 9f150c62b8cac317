#pragma once

#include <cstddef>

namespace mingce {

/// How many processors this process may run on; 1 at least. (std::thread::hardware_concurrency
/// tells what the machine has.)
std::size_t usable_cores();

/// Whether a control group (cgroup v2) allows this process, or one that it is part of, only so much
/// processor time: then what is wasted is missing.
bool is_processor_time_limited();

} // namespace mingce
