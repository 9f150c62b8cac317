#pragma once
// What a caller would rather have: `Accept`, `Accept-Language`.

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mingce {

/// One of what a header asks for, and how much (RFC 9110 12.4.2): `text/csv;q=0.5`.
struct Preference {
  std::string name; ///< in lower case
  double weight = 1;
};
std::vector<Preference> preferences_of(std::string_view header);

/// The first of these types that `accept` gives the greatest weight; none where it names none of
/// them, or wants anything more than what it names.
std::optional<std::size_t> preferred_type(std::string_view accept,
                                          std::span<const std::string_view> types);

} // namespace mingce
