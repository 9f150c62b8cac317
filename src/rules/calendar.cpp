#include "rules/calendar.hpp"

#include <algorithm>
#include <map>
#include <string>

namespace mingce {
namespace {

// Days outside of this span follow the last day inside; no case lives that long.
constexpr int first_year = 1990, last_year = 2100;

Failure broken(const std::string& pointer) {
  return invalid(pointer, {"日历数据格式有误", "calendar data are not in the expected form"},
                 "broken_calendar");
}

bool follows_weekly_pattern(Day day) {
  date::weekday weekday{day};
  return weekday != date::Saturday && weekday != date::Sunday;
}

using Overrides = std::map<Day, bool>; ///< day → is it worked

Result<void> read_days(const json::value& days, bool worked, const std::string& at,
                       Overrides& out) {
  auto* object = days.if_object();
  if (!object) return broken(at);
  for (auto& member : *object) {
    auto day = parse_day({member.key().data(), member.key().size()});
    if (!day) return broken(pointer_to(at, std::string(member.key())));
    out[*day] = worked;
  }
  return {};
}

} // namespace

Result<Calendar> Calendar::load(const json::value& data) {
  auto* root = data.if_object();
  auto* years = root ? root->if_contains("years") : nullptr;
  if (!years || !years->is_object()) return broken("/years");
  Calendar calendar;
  Overrides overrides;
  for (auto& year : years->get_object()) {
    auto at = pointer_to("/years", std::string(year.key()));
    auto first = parse_day(std::string(year.key()) + "-01-01");
    auto* notice = year.value().if_object();
    if (!first || !notice || !notice->contains("rest") || !notice->contains("work"))
      return broken(at);
    calendar.noticed_years_.push_back(year_of(*first));
    for (bool worked : {false, true}) {
      auto* name = worked ? "work" : "rest";
      if (auto read = read_days(notice->at(name), worked, at + "/" + name, overrides); !read)
        return read.error();
    }
  }
  calendar.first_ = first_day_of(first_year);
  std::int32_t total = 0;
  for (Day day = calendar.first_; day <= last_day_of(last_year); day += date::days{1}) {
    auto found = overrides.find(day);
    total += (found != overrides.end() ? found->second : follows_weekly_pattern(day)) ? 1 : 0;
    calendar.up_to_.push_back(total);
  }
  return calendar;
}

std::size_t Calendar::index(Day day) const {
  auto offset = (day - first_).count();
  return std::size_t(std::clamp<std::int64_t>(offset, 1, std::int64_t(up_to_.size()) - 1));
}

bool Calendar::is_working_day(Day day) const {
  auto i = index(day);
  return up_to_[i] != up_to_[i - 1];
}

int Calendar::working_days_between(Day after, Day to) const {
  return to <= after ? 0 : up_to_[index(to)] - up_to_[index(after)];
}

Day Calendar::add_working_days(Day after, int n) const {
  if (n <= 0) return after;
  auto wanted = up_to_[index(after)] + n;
  auto found = std::lower_bound(up_to_.begin(), up_to_.end(), wanted);
  if (found == up_to_.end()) --found;
  return first_ + date::days{found - up_to_.begin()};
}

bool Calendar::is_provisional(Day day) const {
  return std::ranges::find(noticed_years_, year_of(day)) == noticed_years_.end();
}

} // namespace mingce
