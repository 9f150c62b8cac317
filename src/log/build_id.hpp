#pragma once
// Which build of the program this is, by the note that the linker has left in it.

#include <string>

namespace mingce {

/// Hexadecimal; empty where the linker left none.
std::string build_id();

} // namespace mingce
