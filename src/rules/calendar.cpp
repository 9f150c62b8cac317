#include "rules/calendar.hpp"

#include "rules/codec.hpp"

#include <algorithm>

namespace mingce {
namespace {

// Days outside of this span follow the last day inside; no case lives that long.
constexpr int first_year = 1899, last_year = 2100;
constexpr int first_noticed_year = 1991;
const Day first_day = first_day_of(first_year), last_day = last_day_of(last_year);

bool follows_weekly_pattern(Day day) {
  date::weekday weekday{day};
  return weekday != date::Saturday && weekday != date::Sunday;
}

// ---- reading ------------------------------------------------------------------------------------

Failure broken(const std::string& pointer, const char* zh, const char* en) {
  return invalid(pointer, {zh, en}, "broken_calendar");
}

std::string text_of(const json::object& object, const char* name) {
  auto* value = object.if_contains(name);
  return value && value->is_string() ? std::string(value->get_string()) : std::string{};
}

bool is_known(std::string_view member, std::initializer_list<std::string_view> members) {
  return std::ranges::find(members, member) != members.end();
}

Result<void> read_days(const json::object& notice, const char* name, int year,
                       const std::string& at, std::map<Day, std::string>& out) {
  auto* days = notice.if_contains(name);
  if (!days) return {};
  auto here = pointer_to(at, std::string_view(name));
  if (!days->is_object()) return broken(here, "应为对象", "must be an object");
  for (auto& member : days->get_object()) {
    std::string_view key(member.key().data(), member.key().size());
    auto day = parse_day(key);
    if (!day || !can_list(year, *day))
      return broken(pointer_to(here, key), "应为该年度或其相邻月份中存在的日期 YYYY-MM-DD",
                    "must be an existing date YYYY-MM-DD of the year or a month next to it");
    if (!member.value().is_string())
      return broken(pointer_to(here, key), "应为节日名称", "must be the name of a holiday");
    out[*day] = std::string(member.value().get_string());
  }
  return {};
}

/// `outer` is the whole file: what a notice does not say of itself is said there for all.
Result<Notice> read_notice(const json::value& in, const json::object& outer, int year,
                           const std::string& at) {
  auto* object = in.if_object();
  if (!object) return broken(at, "应为对象", "must be an object");
  for (auto& member : *object) {
    std::string_view name(member.key().data(), member.key().size());
    auto here = pointer_to(at, name);
    if (!is_known(name, {"year", "title", "document_no", "issued_on", "rest", "work"}))
      return broken(here, "未知的成员", "unknown member");
    if (is_known(name, {"title", "document_no", "issued_on"}) && !member.value().is_string())
      return broken(here, "应为字符串", "must be a string");
  }
  Notice notice;
  notice.year = year;
  auto said = [&](const char* name) {
    auto own = text_of(*object, name);
    return own.empty() ? text_of(outer, name) : own;
  };
  if (auto region = text_of(outer, "region"); !region.empty()) notice.region = region;
  if (!is_organ_code(notice.region))
    return broken("/region", "应为 CN 或机关代码", "must be CN or the code of an organ");
  notice.title = said("title");
  notice.document_no = said("document_no");
  if (auto issued = said("issued_on"); !issued.empty()) {
    notice.issued_on = parse_day(issued);
    if (!notice.issued_on)
      return broken(pointer_to(at, std::string_view("issued_on")), "应为存在的日期 YYYY-MM-DD",
                    "must be an existing date YYYY-MM-DD");
  }
  for (auto read : {read_days(*object, "rest", year, at, notice.rest),
                    read_days(*object, "work", year, at, notice.work)})
    if (!read) return read.error();
  for (auto& [day, name] : notice.rest)
    if (notice.work.contains(day))
      return broken(pointer_to(pointer_to(at, std::string_view("work")), to_string(day)),
                    "同一天不能既放假又上班", "one day cannot be both off and worked");
  if (notice.rest.empty() && notice.work.empty())
    return broken(at, "没有列出任何日期", "lists no day");
  return notice;
}

std::optional<int> year_in(std::string_view text) {
  auto first = parse_day(std::string(text) + "-01-01");
  if (!first || !can_be_noticed(year_of(*first))) return std::nullopt;
  return year_of(*first);
}

} // namespace

bool can_be_noticed(int year) { return year >= first_noticed_year && year <= last_year; }

bool can_list(int year, Day day) {
  constexpr date::days month{31};
  return can_be_noticed(year) && day >= first_day_of(year) - month &&
         day <= last_day_of(year) + month;
}

std::string Notice::name() const {
  auto out = title.empty() ? std::to_string(year) + "年节假日安排" : title;
  if (!document_no.empty()) out += "（" + document_no + "）";
  return out;
}

Result<std::vector<Notice>> read_notices(const json::value& data) {
  auto* root = data.if_object();
  if (!root) return broken("", "应为 JSON 对象", "must be a JSON object");
  for (auto& member : *root) {
    std::string_view name(member.key().data(), member.key().size());
    bool list = is_known(name, {"notices", "years"});
    if (!list && !is_known(name, {"$comment", "region", "title", "document_no", "issued_on"}))
      return broken(pointer_to("", name), "未知的成员", "unknown member");
    if (!list && !member.value().is_string())
      return broken(pointer_to("", name), "应为字符串", "must be a string");
  }
  auto* list = root->if_contains("notices");
  auto* years = root->if_contains("years");
  if ((list && !list->is_array()) || (years && !years->is_object()) || !(list || years))
    return broken(list ? "/notices" : "/years", "须给出 notices 数组或 years 对象",
                  "give an array `notices` or an object `years`");
  std::vector<Notice> notices;
  auto add = [&](const json::value& in, std::optional<int> year,
                 const std::string& at) -> Result<void> {
    if (!year) return broken(at, "应有年份（1991–2100）", "must have a year (1991–2100)");
    auto notice = read_notice(in, *root, *year, at);
    if (!notice) return notice.error();
    notices.push_back(std::move(*notice));
    return {};
  };
  if (list)
    for (std::size_t i = 0; i < list->get_array().size(); ++i) {
      auto& in = list->get_array()[i];
      auto* year = in.is_object() ? in.get_object().if_contains("year") : nullptr;
      auto number = year && year->is_int64() ? year_in(std::to_string(year->get_int64()))
                                             : std::optional<int>{};
      if (auto added = add(in, number, pointer_to("/notices", i)); !added) return added.error();
    }
  if (years)
    for (auto& member : years->get_object()) {
      std::string key(member.key());
      if (auto added =
              add(member.value(), year_in(key), pointer_to("/years", std::string_view(key)));
          !added)
        return added.error();
    }
  if (notices.empty()) return broken(list ? "/notices" : "/years", "没有通知", "holds no notice");
  return notices;
}

Calendar::Calendar(std::vector<Notice> notices) : notices_(std::move(notices)) {
  for (std::size_t i = 0; i < notices_.size(); ++i) {
    if (notices_[i].is_national()) noticed_years_.insert(notices_[i].year);
    for (auto& [day, name] : notices_[i].rest) listings_[day] = {false, name, i};
    for (auto& [day, name] : notices_[i].work) listings_[day] = {true, name, i};
  }
  up_to_.reserve(std::size_t((last_day - first_day).count()) + 1);
  std::int32_t total = 0;
  auto next = listings_.begin();
  for (Day day = first_day; day <= last_day; day += date::days{1}) {
    bool worked = follows_weekly_pattern(day);
    if (next != listings_.end() && next->first == day) worked = (next++)->second.worked;
    up_to_.push_back(total += worked ? 1 : 0);
  }
}

std::size_t Calendar::index(Day day) const {
  // Clamped before anything is subtracted: Day::max() is a day like any other.
  return std::size_t((std::clamp(day, first_day + date::days{1}, last_day) - first_day).count());
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
  return first_day + date::days{found - up_to_.begin()};
}

Day Calendar::on_or_next_working_day(Day day) const {
  return is_working_day(day) ? day : add_working_days(day, 1);
}

bool Calendar::is_provisional(Day after, Day to) const {
  for (int year = year_of(after + date::days{1}); year <= year_of(to); ++year)
    if (!noticed_years_.contains(year)) return true;
  return false;
}

const Calendar::Listing* Calendar::listing(Day day) const {
  auto found = listings_.find(day);
  return found == listings_.end() ? nullptr : &found->second;
}

} // namespace mingce
