#pragma once
// Quantities as the tables print and read them: counts, yuan, and yuan shown in 万元 (exactly).

#include "base/decimal.hpp"
#include "base/json.hpp"
#include "report/format.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace mingce {

std::string to_string(Decimal value, Unit unit);

/// A number where the shown value is whole, else an exact decimal string: never a float.
json::value to_json(Decimal value, Unit unit);

/// The inverse of `to_string`; nullopt for what is no number of that unit.
std::optional<Decimal> parse_quantity(std::string_view text, Unit unit);

} // namespace mingce
