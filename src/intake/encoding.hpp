#pragma once
// From bytes to UTF-8.

#include "base/result.hpp"

#include <string>
#include <string_view>

namespace mingce {

bool is_utf8(std::string_view bytes);

/// A byte order mark decides; else what is UTF-8 is UTF-8, whatever it calls itself; else the
/// encoding that a web page names, and without a name GB 18030, which includes GBK and GB 2312.
/// Bytes that mean nothing become U+FFFD. `unreadable` for an encoding nobody knows.
Result<std::string> to_utf8(std::string_view bytes);

} // namespace mingce
