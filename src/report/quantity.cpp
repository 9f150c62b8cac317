#include "report/quantity.hpp"

#include <algorithm>

namespace mingce {
namespace {

/// 10^4, and thus the places by which the point moves between 万元 and yuan.
constexpr std::size_t places_of_10k = 4;

std::int64_t hundredths_of_one(Unit unit) {
  return unit == Unit::yuan_shown_in_10k ? 1'000'000 : 100;
}

bool all_digits(std::string_view text) { return text.find_first_not_of("0123456789") == text.npos; }

/// `59237.2449` (万元) → `592372449` (yuan): the point moves. Empty for what is no number.
std::string yuan_of_10k(std::string_view text) {
  std::string sign = text.starts_with('-') ? "-" : "";
  text.remove_prefix(sign.size());
  auto point = std::min(text.find('.'), text.size());
  std::string whole(text.substr(0, point));
  std::string fraction(text.substr(std::min(point + 1, text.size())));
  bool ends_in_point = point < text.size() && fraction.empty();
  if (whole.empty() || ends_in_point || !all_digits(whole) || !all_digits(fraction)) return {};
  fraction.resize(std::max(fraction.size(), places_of_10k), '0');
  whole += fraction.substr(0, places_of_10k);
  whole.erase(0, std::min(whole.find_first_not_of('0'), whole.size() - 1));
  fraction.erase(0, places_of_10k);
  return sign + whole + (fraction.empty() ? "" : "." + fraction);
}

} // namespace

std::string to_string(Decimal value, Unit unit) {
  return unit == Unit::yuan_shown_in_10k ? to_string_in_10k(value) : to_string(value);
}

json::value to_json(Decimal value, Unit unit) {
  auto one = hundredths_of_one(unit);
  if (value.hundredths % one == 0) return value.hundredths / one;
  return json::value(json::string_view(to_string(value, unit)));
}

std::optional<Decimal> parse_quantity(std::string_view text, Unit unit) {
  if (unit == Unit::yuan_shown_in_10k) return parse_decimal(yuan_of_10k(text));
  auto value = parse_decimal(text);
  if (value && unit == Unit::count && !value->is_whole()) return {};
  return value;
}

} // namespace mingce
