#include "rules/retention.hpp"

#include "base/ascii.hpp"

#include <charconv>
#include <string>

namespace mingce {
namespace {

constexpr std::uint16_t most_years = 999;

/// The number of years between `prefix` and `suffix`; 0 if the text is not of that form.
std::uint16_t years_in(std::string_view text, std::string_view prefix, std::string_view suffix) {
  if (!text.starts_with(prefix) || !text.ends_with(suffix) ||
      text.size() < prefix.size() + suffix.size())
    return 0;
  auto digits =
      trimmed(text.substr(prefix.size(), text.size() - prefix.size() - suffix.size()), " ");
  std::uint16_t years = 0;
  auto end = digits.data() + digits.size();
  auto read = std::from_chars(digits.data(), end, years);
  return read.ec == std::errc{} && read.ptr == end && years <= most_years ? years : 0;
}

constexpr struct {
  const char *prefix, *suffix;
} forms_of_years[] = {
    {"", "年"}, {"", "years"}, {"", "year"},
    {"", ""},   {"p", "y"},    {"d", ""}, // 定期: the codes of the archives, D30 and D10
};

} // namespace

Retention read_retention(std::string_view text) {
  using enum Retention::Kind;
  auto word = lower(std::string(trimmed(text, " ")));
  if (word == "永久" || word == "permanent" || word == "y") return {for_ever};
  if (auto day = parse_day(word)) return {until, 0, *day};
  for (auto& form : forms_of_years)
    if (auto count = years_in(word, form.prefix, form.suffix)) return {years, count};
  return {unreadable};
}

Day Retention::last_day(Day from) const {
  switch (kind) {
  case Kind::years:
    return last_day_of(year_of(from) + years);
  case Kind::until:
    return until;
  case Kind::for_ever:
  case Kind::unreadable:
    break;
  }
  return Day::max();
}

} // namespace mingce
