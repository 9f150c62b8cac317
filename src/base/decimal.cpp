#include "base/decimal.hpp"

namespace mingce {
namespace {

/// `value` / 10^`decimals` in its shortest exact form.
std::string scaled(std::int64_t value, std::size_t decimals) {
  bool negative = value < 0;
  // Negating as unsigned is defined for every value, the smallest included.
  auto magnitude =
      negative ? 0 - static_cast<std::uint64_t>(value) : static_cast<std::uint64_t>(value);
  std::string digits = std::to_string(magnitude);
  if (digits.size() <= decimals) digits.insert(0, decimals + 1 - digits.size(), '0');
  std::string fraction = digits.substr(digits.size() - decimals);
  digits.resize(digits.size() - decimals);
  fraction.erase(fraction.find_last_not_of('0') + 1);
  std::string text = (negative ? "-" : "") + digits;
  return fraction.empty() ? text : text + "." + fraction;
}

} // namespace

std::optional<Decimal> parse_decimal(std::string_view text) {
  bool negative = text.starts_with('-');
  if (negative) text.remove_prefix(1);
  auto point = text.find('.');
  auto whole = text.substr(0, point);
  auto fraction = point == text.npos ? std::string_view{} : text.substr(point + 1);
  if (whole.empty() || whole.size() > 14 || (whole.size() > 1 && whole[0] == '0')) return {};
  if (point != text.npos && (fraction.empty() || fraction.size() > 2)) return {};
  std::int64_t value = 0;
  for (auto part : {whole, fraction})
    for (char c : part) {
      if (c < '0' || c > '9') return {};
      value = value * 10 + (c - '0');
    }
  for (auto i = fraction.size(); i < 2; ++i) value *= 10;
  if (value > Decimal::largest_input * 100) return {};
  return Decimal{negative ? -value : value};
}

std::string to_string(Decimal value) { return scaled(value.hundredths, 2); }

std::string to_string_in_10k(Decimal yuan) { return scaled(yuan.hundredths, 6); }

} // namespace mingce
