#include "app/calendar_loading.hpp"

#include "app/clock_views.hpp"
#include "log/digest.hpp"

#include <algorithm>

namespace mingce {
namespace {

json::array days_of(const std::map<Day, std::string>& days) {
  json::array out;
  for (auto& [day, name] : days) {
    json::object line{{"on", to_string(day)}};
    if (!name.empty()) line["name"] = name;
    out.push_back(std::move(line));
  }
  return out;
}

json::object data_of(const Notice& notice) {
  json::object data{{"year", notice.year}};
  if (!notice.title.empty()) data["title"] = notice.title;
  if (!notice.document_no.empty()) data["document_no"] = notice.document_no;
  if (notice.issued_on) data["issued_on"] = to_string(*notice.issued_on);
  if (!notice.rest.empty()) data["rest"] = days_of(notice.rest);
  if (!notice.work.empty()) data["work"] = days_of(notice.work);
  return data;
}

Operation operation_of(const Notice& notice, const std::string& file, Day on) {
  Operation operation;
  operation.kind = StreamKind::calendar;
  operation.organ = notice.region;
  operation.type = CalendarLoaded::info.type;
  operation.on = on;
  operation.data = data_of(notice);
  Document paper{"calendar_notice", {}, to_hex(sha256(file)), file.size()};
  if (!notice.document_no.empty()) paper.number = notice.document_no;
  operation.documents = {std::move(paper)};
  return operation;
}

bool is_listed_so(const Calendar& calendar, const std::string& region, Day day, bool worked) {
  auto* listing = calendar.listing(day);
  return listing && listing->worked == worked &&
         calendar.notices()[listing->notice].region == region;
}

/// Days of that year which earlier notices of the region list and this one leaves out.
void restore_weekly_pattern(Notice& notice, const Calendar& calendar) {
  for (Day day = first_day_of(notice.year); day <= last_day_of(notice.year); day += date::days{1}) {
    auto* listing = calendar.listing(day);
    if (!listing || calendar.notices()[listing->notice].region != notice.region ||
        notice.rest.contains(day) || notice.work.contains(day))
      continue;
    bool weekday = date::weekday{day}.iso_encoding() <= 5;
    if (listing->worked != weekday) (weekday ? notice.work : notice.rest)[day] = "";
  }
}

bool changes(const Notice& notice, const Calendar& calendar) {
  auto unknown = [&](const std::map<Day, std::string>& days, bool worked) {
    return std::ranges::any_of(
        days, [&](auto& day) { return !is_listed_so(calendar, notice.region, day.first, worked); });
  };
  return unknown(notice.rest, false) || unknown(notice.work, true);
}

struct OpenCase {
  std::optional<Day> due_on;
  bool provisional = false;
};

std::map<const RegisteredRequest*, OpenCase> open_cases(const Register& reg, const Law& law,
                                                        const Calendars& calendars, Day today) {
  std::map<const RegisteredRequest*, OpenCase> out;
  for (auto& row : reg.requests()) {
    if (!row.state.received_on || row.state.voided || row.state.split) continue;
    auto clock = read_clock(row.state, today, calendars.terms(row.organ), law.lamps());
    if (clock.lamp) out[&row] = {clock.due_on, clock.provisional};
  }
  return out;
}

json::array moved_cases(const Register& reg, const Law& law, const std::vector<Notice>& notices,
                        Day today) {
  Calendars known(reg, law), supposed(reg, law);
  supposed.suppose(notices);
  auto before = open_cases(reg, law, known, today), after = open_cases(reg, law, supposed, today);
  json::array moved;
  for (auto& row : reg.requests()) {
    auto was = before.find(&row), is = after.find(&row);
    if (was == before.end() || is == after.end() || was->second.due_on == is->second.due_on)
      continue;
    json::object line{
        {"request", row.register_no}, {"id", row.id.hex()}, {"organ", holder(reg, row)}};
    line["due_on"] = or_null(was->second.due_on);
    line["due_on_after"] = or_null(is->second.due_on);
    line["provisional"] = was->second.provisional;
    line["provisional_after"] = is->second.provisional;
    moved.push_back(std::move(line));
  }
  return moved;
}

} // namespace

Result<CalendarPlan> plan_calendar(const Register& reg, const Law& law, const std::string& file,
                                   const NoticeSource& source, Day on, Day today) {
  auto parsed = parse_json(file);
  if (!parsed) return parsed.error();
  if (parsed->is_object() && !source.region.empty()) parsed->get_object()["region"] = source.region;
  auto notices = read_notices(*parsed);
  if (!notices) return notices.error();
  bool whole_years = parsed->get_object().contains("years");
  CalendarPlan plan;
  json::array loaded, unchanged;
  std::vector<Notice> fresh;
  Calendars calendars(reg, law);
  for (auto& notice : *notices) {
    if (!notice.is_national() && !reg.organs().contains(notice.region))
      return invalid("/region", {"机关未登记", "no such organ"}, "unknown_organ");
    auto& calendar = calendars.of(notice.is_national() ? "" : notice.region);
    if (whole_years) restore_weekly_pattern(notice, calendar);
    if (!changes(notice, calendar)) {
      unchanged.push_back(notice.year);
      continue;
    }
    if (!source.title.empty()) notice.title = source.title;
    if (!source.document_no.empty()) notice.document_no = source.document_no;
    if (source.issued_on) notice.issued_on = source.issued_on;
    loaded.push_back(data_of(notice));
    auto operation = operation_of(notice, file, on);
    auto* row = reg.find_calendar(StreamId::of(to_word(StreamKind::calendar), notice.region, ""));
    auto known = row ? row->records.size() : 0;
    operation.expected_version = std::uint32_t(known + plan.operations.size());
    plan.operations.push_back(std::move(operation));
    fresh.push_back(notice);
  }
  plan.summary = {{"region", notices->front().region},
                  {"notices", std::move(loaded)},
                  {"unchanged", std::move(unchanged)},
                  {"moved", moved_cases(reg, law, fresh, today)}};
  return plan;
}

} // namespace mingce
