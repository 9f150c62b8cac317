#pragma once
// Civil days (Asia/Shanghai) and instants (UTC, milliseconds). The type is the promise: a Day has
// no time of day and no zone; an Instant is never used where the law speaks of a day.

#include <date/date.h>

#include <chrono>
#include <optional>
#include <string>
#include <string_view>

namespace mingce {

using Day = date::sys_days;
using Instant = date::sys_time<std::chrono::milliseconds>;

/// `YYYY-MM-DD`, an existing date of the years 1900–2999; anything else is nullopt.
std::optional<Day> parse_day(std::string_view text);
std::string to_string(Day day);

/// RFC 3339 UTC with exactly three decimals and `Z` on output; on input 0–9 decimals and any
/// offset.
std::optional<Instant> parse_instant(std::string_view text);
std::string to_string(Instant instant);
inline constexpr std::size_t instant_bytes = sizeof "2020-01-31T00:00:00.000Z" - 1; ///< of output

/// The civil day in Asia/Shanghai at that instant (UTC+8 without daylight saving since 1991).
Day civil_day(Instant instant);
/// The instant at which that civil day begins.
Instant start_of(Day day);

inline int year_of(Day day) { return int(date::year_month_day{day}.year()); }
inline Day first_day_of(int year) { return date::year{year} / date::January / 1; }
inline Day last_day_of(int year) { return date::year{year} / date::December / 31; }

} // namespace mingce
