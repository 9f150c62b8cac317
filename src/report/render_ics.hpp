#pragma once
// iCalendar (RFC 5545): due dates as all-day events that calendar programs subscribe to.

#include "base/day.hpp"

#include <string>
#include <vector>

namespace mingce {

struct CalendarEvent {
  std::string uid; ///< the same for the same matter in every edition of the feed
  Day on{};
  std::string summary, description;
  std::string category;
};

/// One VCALENDAR of that name; `stamp` is when its content was last changed. Equal arguments give
/// equal bytes.
std::string render_ics(const std::string& name, Instant stamp,
                       const std::vector<CalendarEvent>& events);

} // namespace mingce
