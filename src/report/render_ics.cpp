#include "report/render_ics.hpp"

#include <libical/ical.h>

#include <ctime>
#include <memory>

namespace mingce {
namespace {

struct FreeComponent {
  void operator()(icalcomponent* component) const { icalcomponent_free(component); }
};
struct FreeText {
  void operator()(char* text) const { icalmemory_free_buffer(text); }
};

icaltimetype date_of(Day day) {
  date::year_month_day parts{day};
  auto out = icaltime_null_date();
  out.year = int(parts.year());
  out.month = int(unsigned(parts.month()));
  out.day = int(unsigned(parts.day()));
  return out;
}

icaltimetype instant_of(Instant instant) {
  auto seconds = date::floor<std::chrono::seconds>(instant).time_since_epoch().count();
  return icaltime_from_timet_with_zone(std::time_t(seconds), 0, icaltimezone_get_utc_timezone());
}

icalcomponent* event_of(const CalendarEvent& event, Instant stamp) {
  auto* out = icalcomponent_new_vevent();
  icalcomponent_add_property(out, icalproperty_new_uid(event.uid.c_str()));
  icalcomponent_add_property(out, icalproperty_new_dtstamp(instant_of(stamp)));
  // An all-day event: the end is the first day after it.
  icalcomponent_add_property(out, icalproperty_new_dtstart(date_of(event.on)));
  icalcomponent_add_property(out, icalproperty_new_dtend(date_of(event.on + date::days{1})));
  icalcomponent_add_property(out, icalproperty_new_summary(event.summary.c_str()));
  if (!event.description.empty())
    icalcomponent_add_property(out, icalproperty_new_description(event.description.c_str()));
  icalcomponent_add_property(out, icalproperty_new_categories(event.category.c_str()));
  icalcomponent_add_property(out, icalproperty_new_transp(ICAL_TRANSP_TRANSPARENT));
  return out;
}

icalproperty* extension(const char* name, const char* value) {
  auto* property = icalproperty_new_x(value);
  icalproperty_set_x_name(property, name);
  return property;
}

} // namespace

std::string render_ics(const std::string& name, Instant stamp,
                       const std::vector<CalendarEvent>& events) {
  std::unique_ptr<icalcomponent, FreeComponent> calendar(icalcomponent_new_vcalendar());
  icalcomponent_add_property(calendar.get(), icalproperty_new_version("2.0"));
  icalcomponent_add_property(calendar.get(), icalproperty_new_prodid("-//mingce//due dates//ZH"));
  icalcomponent_add_property(calendar.get(), icalproperty_new_calscale("GREGORIAN"));
  icalcomponent_add_property(calendar.get(), extension("X-WR-CALNAME", name.c_str()));
  icalcomponent_add_property(calendar.get(), extension("X-WR-TIMEZONE", "Asia/Shanghai"));
  for (auto& event : events) icalcomponent_add_component(calendar.get(), event_of(event, stamp));
  std::unique_ptr<char, FreeText> text(icalcomponent_as_ical_string_r(calendar.get()));
  return text.get();
}

} // namespace mingce
