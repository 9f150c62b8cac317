#pragma once
// The first look at a request. Parsers forgive where two readers of one connection may disagree on
// where a request ends or on whose request it is: repeated lengths, folded lines, unknown transfer
// codings, two identities. The guard reads the raw head before the parser does and forgives
// nothing that matters; what it lets through, the parser reads in the same way (tests/fuzz).

#include <cstddef>
#include <string>
#include <string_view>

namespace mingce {

inline constexpr std::size_t head_bytes_limit = 16'384; // 16 KiB
inline constexpr std::size_t head_fields_limit = 100;

/// `head`: the raw bytes from the first of the request line through the empty line.
/// 0: give the same bytes to the parser. Else the status to answer before closing the connection:
/// 400 malformed or ambiguous, 431 too large (a head over the limit need not be complete),
/// 501 a transfer coding other than `chunked`, 505 a version or a use of it that is not spoken.
/// Pure; safe from any thread. The parser's own header limit must not be below `head_bytes_limit`.
int head_guard(std::string_view head);

/// Appends a value so that it cannot end its response field: each control byte but the tab becomes
/// a space, as RFC 9110 §5.5 has recipients do. Every response field goes through here.
void append_field_value(std::string_view value, std::string& out);

} // namespace mingce
