#pragma once
// Exact decimal numbers with at most two decimals: yuan and fen, and counts. Never a float.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace mingce {

/// A quantity in hundredths (fen). Sums of up to 10^5 of the largest admissible inputs fit.
struct Decimal {
  std::int64_t hundredths = 0;

  static constexpr std::int64_t largest_input = 10'000'000'000'000; ///< 10^13 whole units

  static Decimal whole(std::int64_t units) { return {units * 100}; }
  bool is_whole() const { return hundredths % 100 == 0; }

  friend bool operator==(Decimal, Decimal) = default;
  friend auto operator<=>(Decimal, Decimal) = default;
  Decimal& operator+=(Decimal other) {
    hundredths += other.hundredths;
    return *this;
  }
};

/// `-?digits[.d[d]]` without superfluous leading zeros, at most `largest_input`; else nullopt.
std::optional<Decimal> parse_decimal(std::string_view text);

/// Shortest exact form: no trailing zeros after the point, no point for a whole number.
std::string to_string(Decimal value);

/// The same amount of yuan shown in 万元: at most six decimals, exact, no trailing zeros.
std::string to_string_in_10k(Decimal yuan);

} // namespace mingce
