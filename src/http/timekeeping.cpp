// The calls about time: what is due and why, how requests were handled, the working calendar.

#include "app/calendar_loading.hpp"
#include "app/clock_views.hpp"
#include "app/lists.hpp"
#include "http/api.hpp"
#include "http/parameters.hpp"

#include <algorithm>

namespace mingce {
namespace {

Result<date::year_month> month_in(const Query& query) {
  auto first = parse_day(query.get("month") + "-01");
  if (!first) return bad_parameter("month", "应为年月 YYYY-MM", "must be a month YYYY-MM");
  date::year_month_day parts{*first};
  return parts.year() / parts.month();
}

/// Digits are a position, a date the last day of issue.
Result<std::optional<CalendarVersion>> calendar_asked(const Query& query) {
  if (!query.has("calendar")) return std::optional<CalendarVersion>{};
  if (auto issued_by = parse_day(query.get("calendar")))
    return std::optional{CalendarVersion{.issued_by = issued_by}};
  auto position = number(query, "calendar", 0, std::uint64_t(1) << 62, 0);
  if (!position)
    return bad_parameter("calendar", "应为日志序号或日期", "must be a position or a day");
  return std::optional{CalendarVersion{*position, {}}};
}

} // namespace

Result<Response> Api::due(const Call& call) const {
  auto asked = list_call(call);
  if (!asked) return asked.error();
  auto on = day(call.query, "on");
  if (!on) return on.error();
  auto list = word_or(call.query, "list", DueList::open);
  if (!list) return list.error();
  DueQuery query{asked->organ, asked->scope, *on, *list, call.query.get("assignee")};
  auto half = query.assignee.empty() ? LogView::Half::open : LogView::Half::both;
  return with_register(office_, call.query, half, [&](const Register& reg) -> Result<Response> {
    ListWriter rows(columns_of(*list), asked->format);
    auto listed = due_list(reg, office_.statutes().law, query, office_.today(),
                           [&](json::object row) { rows.add(row); });
    if (!listed) return listed.error();
    return in_format(rows.finish(), asked->format);
  });
}

Result<Response> Api::due_calendar(const Call& call) const {
  auto asked = list_call(call);
  if (!asked) return asked.error();
  auto half = LogView::Half::open;
  return with_register(office_, call.query, half, [&](const Register& reg) -> Result<Response> {
    auto organs = organs_in(reg, asked->organ, asked->scope);
    if (!organs) return organs.error();
    Response response;
    response.content_type = "text/calendar; charset=utf-8";
    response.body = due_feed(reg, office_.statutes().law, asked->organ, *organs, office_.today());
    return response;
  });
}

Result<Response> Api::clock(const Call& call) const {
  auto found = target(call, StreamKind::request);
  if (!found) return found.error();
  auto on = day(call.query, "on");
  if (!on) return on.error();
  auto at = position_asked(office_.log(), call.query);
  if (!at) return at.error();
  auto version = calendar_asked(call.query);
  if (!version) return version.error();
  auto format = format_of(call);
  if (!format) return format.error();
  if (*format == ListFormat::csv && call.query.has("media"))
    return bad_parameter("media", "应为 json 或 text", "must be json or text");
  auto clock = office_.read([&](const Register& reg) {
    return clock_view(office_.log(), reg, office_.statutes().law, found->stream,
                      {*on, *at, *version}, office_.today(), call.language);
  });
  if (!clock) return clock.error();
  if (*format == ListFormat::text) return in_format(render_clock(*clock), *format);
  return json_response(*clock);
}

Result<Response> Api::statistics(const Call& call) const {
  auto asked = list_call(call);
  if (!asked) return asked.error();
  auto when = period(call.query);
  if (!when) return when.error();
  auto half = LogView::Half::both;
  return with_register(office_, call.query, half, [&](const Register& reg) -> Result<Response> {
    auto figures = statistics_view(reg, office_.statutes(), asked->organ, asked->scope, *when,
                                   office_.today());
    if (!figures) return figures.error();
    if (asked->format == ListFormat::json) return json_response(*figures);
    return in_format(render_list(statistics_rows(*figures), statistics_columns(), asked->format),
                     asked->format);
  });
}

Result<Response> Api::findings(const Call& call, Finding finding) const {
  auto asked = list_call(call);
  if (!asked) return asked.error();
  auto when = period(call.query);
  if (!when) return when.error();
  return with_register(office_, call.query, LogView::Half::open,
                       [&](const Register& reg) -> Result<Response> {
                         ListWriter rows(finding_columns(), asked->format);
                         auto listed = finding_list(reg, office_.statutes().law, asked->organ,
                                                    asked->scope, *when, finding, call.language,
                                                    [&](json::object row) { rows.add(row); });
                         if (!listed) return listed.error();
                         return in_format(rows.finish(), asked->format);
                       });
}

Result<Response> Api::irregularities(const Call& call) const {
  return findings(call, Finding::irregular);
}
Result<Response> Api::incomplete(const Call& call) const { return findings(call, Finding::gap); }

Result<Response> Api::fees(const Call& call) const {
  auto asked = list_call(call);
  if (!asked) return asked.error();
  auto month = month_in(call.query);
  if (!month) return month.error();
  auto half = LogView::Half::both;
  return with_register(office_, call.query, half, [&](const Register& reg) -> Result<Response> {
    auto rows = fee_list(reg, office_.statutes().law, asked->organ, asked->scope, *month);
    if (!rows) return rows.error();
    return in_format(render_list(*rows, fee_columns(), asked->format), asked->format);
  });
}

Result<Response> Api::calendar(const Call& call) const {
  auto year = year_in(call.query.get("year"));
  if (!year) return year.error();
  if (!can_be_noticed(*year))
    return bad_parameter("year", "应为 1991–2100 年", "must be a year from 1991 to 2100");
  auto& code = call.query.get("organ");
  auto half = LogView::Half::open;
  return with_register(office_, call.query, half, [&](const Register& reg) -> Result<Response> {
    if (!code.empty())
      if (auto known = organs_in(reg, code, Scope::organ); !known) return known.error();
    return json_response(calendar_of(reg, office_.statutes().law, code, *year));
  });
}

/// Loading the same file again finds nothing new: it answers 200 with an empty list of notices.
Result<Response> Api::load_calendar(const Call& call) const {
  auto on = day(call.query, "on");
  if (!on) return on.error();
  auto dry_run = is_dry_run(call.query);
  if (!dry_run) return dry_run.error();
  auto plan_on = [&](const Register& reg, Day today) {
    return plan_calendar(reg, office_.statutes().law, call.request.body, {}, on->value_or(today),
                         today);
  };
  auto render = [&](const Recorded& recorded) -> Result<Response> {
    // As it stood just before: the same answer when its key comes again.
    auto before = load_register(office_.log(), recorded.first_seq - 1);
    if (!before) return before.error();
    auto today = office_.today();
    if (recorded.count > 0) today = civil_day(recorded.entries.front().recorded_at);
    auto again = plan_on(*before, today);
    if (!again) return again.error();
    auto answer = json_response(again->summary);
    answer.status = recorded.count > 0 ? 201 : 200;
    return answer;
  };
  // What is new is decided on the calendar as it stands; if another load gets in between, anew.
  constexpr int attempts = 16;
  for (int attempt = 0;; ++attempt) {
    auto plan = office_.read([&](const Register& reg) { return plan_on(reg, office_.today()); });
    if (!plan) return plan.error();
    bool nothing = plan->operations.empty() && call.request.idempotency_key.empty();
    if (*dry_run || nothing) return json_response(plan->summary);
    auto body = parse_json(call.request.body);
    auto asked = writing(call, canonical(*body), std::move(plan->operations), render);
    if (!asked) return asked.error();
    auto written = write_and_wait(*asked);
    if (written || written.error().code != "version_mismatch" || attempt == attempts)
      return written;
  }
}

} // namespace mingce
