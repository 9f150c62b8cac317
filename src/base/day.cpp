#include "base/day.hpp"

namespace mingce {
namespace {

/// Exactly `width` decimal digits at `at`, or nullopt. (std::from_chars would take a sign.)
std::optional<int> digits(std::string_view text, std::size_t at, std::size_t width) {
  if (text.size() < at + width) return std::nullopt;
  int value = 0;
  for (char c : text.substr(at, width)) {
    if (c < '0' || c > '9') return std::nullopt;
    value = value * 10 + (c - '0');
  }
  return value;
}

/// Writes `value` in that many digits; returns where they end.
template <std::size_t width>
char* put(char* at, unsigned value) {
  for (auto i = width; i-- > 0; value /= 10) at[i] = char('0' + value % 10);
  return at + width;
}

constexpr std::size_t day_bytes = sizeof "2020-01-31" - 1;

char* put_day(char* at, Day day) {
  date::year_month_day ymd{day};
  at = put<4>(at, unsigned(int(ymd.year())));
  *at++ = '-';
  at = put<2>(at, unsigned(ymd.month()));
  *at++ = '-';
  return put<2>(at, unsigned(ymd.day()));
}

std::optional<std::chrono::minutes> parse_offset(std::string_view text) {
  if (text == "Z" || text == "z") return std::chrono::minutes{0};
  if (text.size() != 6 || text[3] != ':' || (text[0] != '+' && text[0] != '-')) return std::nullopt;
  auto hours = digits(text, 1, 2), minutes = digits(text, 4, 2);
  if (!hours || !minutes || *hours > 23 || *minutes > 59) return std::nullopt;
  auto offset = std::chrono::minutes{*hours * 60 + *minutes};
  return text[0] == '+' ? offset : -offset;
}

} // namespace

std::optional<Day> parse_day(std::string_view text) {
  if (text.size() != 10 || text[4] != '-' || text[7] != '-') return std::nullopt;
  auto year = digits(text, 0, 4), month = digits(text, 5, 2), day = digits(text, 8, 2);
  if (!year || !month || !day || *year < 1900 || *year > 2999) return std::nullopt;
  date::year_month_day ymd{date::year{*year}, date::month{unsigned(*month)},
                           date::day{unsigned(*day)}};
  if (!ymd.ok()) return std::nullopt;
  return Day{ymd};
}

std::string to_string(Day day) {
  char text[day_bytes];
  put_day(text, day);
  return {text, sizeof text};
}

std::optional<Instant> parse_instant(std::string_view text) {
  if (text.size() < 20 || (text[10] != 'T' && text[10] != 't')) return std::nullopt;
  auto day = parse_day(text.substr(0, 10));
  auto hour = digits(text, 11, 2), minute = digits(text, 14, 2), second = digits(text, 17, 2);
  if (!day || !hour || !minute || !second || text[13] != ':' || text[16] != ':' || *hour > 23 ||
      *minute > 59 || *second > 59)
    return std::nullopt;
  std::size_t at = 19;
  int milliseconds = 0;
  if (text[at] == '.') {
    std::size_t count = 0;
    for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, ++count)
      if (count < 3) milliseconds = milliseconds * 10 + (text[at] - '0');
    if (count == 0 || count > 9) return std::nullopt;
    for (; count < 3; ++count) milliseconds *= 10;
  }
  auto offset = parse_offset(text.substr(at));
  if (!offset) return std::nullopt;
  return Instant{*day} + std::chrono::hours{*hour} + std::chrono::minutes{*minute} +
         std::chrono::seconds{*second} + std::chrono::milliseconds{milliseconds} - *offset;
}

std::string to_string(Instant instant) {
  auto day = date::floor<date::days>(instant);
  auto time = date::make_time(instant - day);
  char text[instant_bytes];
  auto* at = put_day(text, day);
  *at++ = 'T';
  at = put<2>(at, unsigned(time.hours().count()));
  *at++ = ':';
  at = put<2>(at, unsigned(time.minutes().count()));
  *at++ = ':';
  at = put<2>(at, unsigned(time.seconds().count()));
  *at++ = '.';
  at = put<3>(at, unsigned(time.subseconds().count()));
  *at = 'Z';
  return {text, sizeof text};
}

namespace {
constexpr std::chrono::hours shanghai{8}; ///< ahead of UTC
}

Day civil_day(Instant instant) { return date::floor<date::days>(instant + shanghai); }

Instant start_of(Day day) { return Instant{day} - shanghai; }

} // namespace mingce
