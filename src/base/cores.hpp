#pragma once

#include <cstddef>

namespace mingce {

/// How many processors this process may run on; 1 at least. (std::thread::hardware_concurrency
/// tells what the machine has.)
std::size_t usable_cores();

} // namespace mingce
