#include "rules/calendar.hpp"

#include "base/json_reader.hpp"
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

/// What a file says of a paper as a whole.
struct Paper {
  std::string title, document_no;
  std::optional<Day> issued_on;
};

/// Empty where the member is missing, blank, or no string.
std::string string_in(const JsonReader& reader) {
  if (!reader.exists()) return {};
  if (auto* text = reader.value()->if_string()) return {text->data(), text->size()};
  reader.complain({"应为字符串", "must be a string"});
  return {};
}

/// What a notice does not say of itself is said at the top for all.
Paper read_paper(const JsonReader& in, const Paper& outer) {
  auto said = [&](const char* name, const std::string& otherwise) {
    auto own = string_in(in.optional_member(name));
    return own.empty() ? otherwise : own;
  };
  Paper paper{said("title", outer.title), said("document_no", outer.document_no), outer.issued_on};
  if (auto text = string_in(in.optional_member("issued_on")); !text.empty()) {
    paper.issued_on = parse_day(text);
    if (!paper.issued_on)
      in.member("issued_on")
          .complain({"应为存在的日期 YYYY-MM-DD", "must be an existing date YYYY-MM-DD"});
  }
  return paper;
}

std::map<Day, std::string> read_days(const JsonReader& days, int year) {
  std::map<Day, std::string> out;
  for (auto& [text, name] : days.members()) {
    auto day = parse_day(text);
    if (day && can_list(year, *day))
      out[*day] = string_in(name);
    else
      name.complain({"应为该年度或其相邻月份中存在的日期 YYYY-MM-DD",
                     "must be an existing date YYYY-MM-DD of the year or a month next to it"});
  }
  return out;
}

Notice read_notice(const JsonReader& in, std::optional<int> year, const std::string& region,
                   const Paper& outer) {
  in.allow_only({"year", "title", "document_no", "issued_on", "rest", "work"});
  if (!year) in.complain({"应有年份（1991–2100）", "must have a year (1991–2100)"});
  auto paper = read_paper(in, outer);
  Notice notice{region, year.value_or(0), paper.title, paper.document_no, paper.issued_on, {}, {},
                0};
  notice.rest = read_days(in.optional_member("rest"), notice.year);
  notice.work = read_days(in.optional_member("work"), notice.year);
  for (auto& [day, name] : notice.work)
    if (notice.rest.contains(day))
      in.member("work")
          .member(to_string(day))
          .complain({"同一天不能既放假又上班", "one day cannot be both off and worked"});
  if (notice.rest.empty() && notice.work.empty()) in.complain({"没有列出任何日期", "lists no day"});
  return notice;
}

std::optional<int> year_in(std::string_view text) {
  auto first = parse_day(std::string(text) + "-01-01");
  if (!first || !can_be_noticed(year_of(*first))) return std::nullopt;
  return year_of(*first);
}

std::optional<int> year_of_notice(const JsonReader& in) {
  auto* object = in.value()->if_object();
  auto* year = object ? object->if_contains("year") : nullptr;
  auto* number = year ? year->if_int64() : nullptr;
  return number ? year_in(std::to_string(*number)) : std::nullopt;
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
  std::vector<FieldError> errors;
  JsonReader root(data, errors);
  root.allow_only({"$comment", "region", "title", "document_no", "issued_on", "notices", "years"});
  auto region = string_in(root.optional_member("region"));
  if (region.empty()) region = Notice::national;
  if (!is_organ_code(region))
    root.member("region").complain({"应为 CN 或机关代码", "must be CN or the code of an organ"});
  auto paper = read_paper(root, {});
  auto list = root.optional_member("notices"), years = root.optional_member("years");
  std::vector<Notice> notices;
  for (auto& in : list.elements())
    notices.push_back(read_notice(in, year_of_notice(in), region, paper));
  for (auto& [year, in] : years.members())
    notices.push_back(read_notice(in, year_in(year), region, paper));
  if (notices.empty() && errors.empty())
    (list.exists() ? list : years)
        .complain({"须给出 notices 数组或 years 对象，且不为空",
                   "give an array `notices` or an object `years` that is not empty"});
  if (!errors.empty())
    return refusal("broken_calendar", {"日历文件", "the calendar file"}, std::move(errors));
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
