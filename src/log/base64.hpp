#pragma once
// Base 64 of RFC 4648, section 4: with padding, without white space.

#include <optional>
#include <string>
#include <string_view>

namespace mingce {

std::string to_base64(std::string_view bytes);
/// Nothing but the one canonical encoding is read.
std::optional<std::string> from_base64(std::string_view text);

} // namespace mingce
