#pragma once
// What tables 二, 三 and 四 count, before any edition decides how it is printed (条例50).

#include "base/day.hpp"
#include "base/decimal.hpp"
#include "rules/vocabulary.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <string>

namespace mingce {

/// Both days inclusive. A statutory year is 1 January to 31 December.
struct Period {
  Day from;
  Day to;
  static Period of_year(int year) { return {first_day_of(year), last_day_of(year)}; }
  bool contains(Day day) const { return from <= day && day <= to; }
};

/// One number for each applicant kind, in the order of ApplicantKind; 总计 is computed.
using ByKind = std::array<std::int64_t, enum_size<ApplicantKind>>;

/// Table 三 (件).
struct RequestCounts {
  ByKind received{};
  ByKind carried_in{};
  std::array<ByKind, enum_size<Outcome>> concluded{};
  ByKind carried_out{};

  friend bool operator==(const RequestCounts&, const RequestCounts&) = default;
};

/// Table 四 (件): block, then column.
using DisputeCounts =
    std::array<std::array<std::int64_t, enum_size<DisputeColumn>>, enum_size<DisputeBlock>>;

/// Sums of one figure item of table 二 around a period.
struct FigureSums {
  Decimal before{};    ///< of all days before the period
  Decimal in_period{}; ///< of the days of the period
  Decimal to_end() const { return {before.hundredths + in_period.hundredths}; }
};

/// By item name (`licences.decisions`); an item nobody recorded is absent and counts 0.
using FigureCounts = std::map<std::string, FigureSums, std::less<>>;

struct Counts {
  FigureCounts figures;
  RequestCounts requests;
  DisputeCounts disputes{};
};

} // namespace mingce
