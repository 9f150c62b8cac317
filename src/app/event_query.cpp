#include "app/event_query.hpp"

#include "app/clock_views.hpp"
#include "projection/replay.hpp"

#include <algorithm>

namespace mingce {

Result<void> EventQuery::narrow(const LogView& log, const std::optional<Instant>& recorded_from,
                                const std::optional<Instant>& recorded_to) {
  if (recorded_from && recorded_to && *recorded_to < *recorded_from)
    return invalid(
        "/recorded_to",
        {"recorded_to 不得早于 recorded_from", "`recorded_to` must not be before `recorded_from`"},
        "bad_parameter");
  if (recorded_from) {
    auto before = position_at(log, *recorded_from - std::chrono::milliseconds{1});
    if (!before) return before.error();
    from = std::max(from, *before + 1);
  }
  if (recorded_to) {
    auto last = position_at(log, *recorded_to);
    if (!last) return last.error();
    to = std::min(to, *last);
  }
  return {};
}

bool EventQuery::matches(const Entry& entry) const {
  auto is = [&](const char* member, const std::string& wanted) {
    return wanted.empty() || entry.event.at(member).as_string() == std::string_view(wanted);
  };
  return (!request || entry.stream == *request) && (actor.empty() || entry.actor == actor) &&
         is("organ", organ) && is("type", type);
}

Result<void> check_known(const EventQuery& query, const Register& reg) {
  if (!query.organ.empty() && query.organ != Notice::national)
    if (auto known = organs_in(reg, query.organ, Scope::organ); !known) return known.error();
  if (query.request && !reg.find_request(*query.request))
    return Failure{FailureKind::not_found, "not_found", {"没有这件申请", "no such request"}};
  return {};
}

Result<void> each_event(const LogView& log, const EventQuery& query, LogView::Half half,
                        const std::function<bool(Entry&&)>& each) {
  if (!query.request)
    return log.scan(query.from, query.to, half,
                    [&](Entry&& entry) { return !query.matches(entry) || each(std::move(entry)); });
  auto entries = log.read_stream(*query.request, query.to, half);
  if (!entries) return entries.error();
  for (auto& entry : *entries)
    if (entry.seq >= query.from && query.matches(entry) && !each(std::move(entry))) break;
  return {};
}

} // namespace mingce
