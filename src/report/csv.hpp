#pragma once
// RFC 4180: quoted where needed, lines end with CRLF.

#include <span>
#include <string>
#include <string_view>

namespace mingce {

/// One line of so many fields.
std::string csv_record(std::span<const std::string_view> fields);

} // namespace mingce
