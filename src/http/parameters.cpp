#include "http/parameters.hpp"

#include "http/preferences.hpp"

#include <algorithm>
#include <charconv>

namespace mingce {
namespace {

/// The `+` of an offset is a space in a query unless it was escaped; no instant holds a space.
std::string instant_text(const Query& query, const char* name) {
  auto text = query.get(name);
  std::ranges::replace(text, ' ', '+');
  return text;
}

} // namespace

Failure bad_parameter(const char* name, const char* zh, const char* en) {
  return invalid(pointer_to("", std::string_view(name)), {zh, en}, "bad_parameter");
}

Result<std::uint64_t> number(const Query& query, const char* name, std::uint64_t least,
                             std::uint64_t most, std::uint64_t by_default) {
  auto& text = query.get(name);
  if (text.empty()) return by_default;
  std::uint64_t value = 0;
  auto read = std::from_chars(text.data(), text.data() + text.size(), value);
  if (read.ec != std::errc{} || read.ptr != text.data() + text.size() || value < least ||
      value > most)
    return bad_parameter(name, "数值超出范围", "the number is out of range");
  return value;
}

Result<std::optional<Day>> day(const Query& query, const char* name) {
  if (!query.has(name)) return std::optional<Day>{};
  auto day = parse_day(query.get(name));
  if (!day)
    return bad_parameter(name, "应为存在的日期 YYYY-MM-DD", "must be an existing date YYYY-MM-DD");
  return day;
}

Result<int> year_in(const std::string& text) {
  int year = 0;
  auto read = std::from_chars(text.data(), text.data() + text.size(), year);
  if (text.size() != 4 || read.ptr != text.data() + text.size() || year < 1900 || year > 2999)
    return bad_parameter("year", "应为四位年份", "must be a year of four digits");
  return year;
}

Result<Period> period(const Query& query) {
  if (query.has("year")) {
    auto year = year_in(query.get("year"));
    if (!year) return year.error();
    return Period::of_year(*year);
  }
  auto from = day(query, "from"), to = day(query, "to");
  if (!from) return from.error();
  if (!to) return to.error();
  if (!*from) return bad_parameter("from", "缺少必填项", "is mandatory");
  if (!*to) return bad_parameter("to", "缺少必填项", "is mandatory");
  if (**to < **from) return bad_parameter("to", "不得早于 from", "must not be before `from`");
  return Period{**from, **to};
}

Result<std::string> organ(const Query& query) {
  if (query.get("organ").empty()) return bad_parameter("organ", "缺少必填项", "is mandatory");
  return query.get("organ");
}

Result<ListFormat> format_of(const Call& call) {
  if (call.query.has("media")) return word_or(call.query, "media", ListFormat::json);
  static constexpr ListFormat formats[] = {ListFormat::json, ListFormat::csv, ListFormat::text};
  static constexpr std::string_view types[] = {"application/json", "text/csv", "text/plain"};
  return formats[preferred_type(call.request.accept, types).value_or(0)];
}

Response in_format(std::string body, ListFormat format) {
  Response response;
  if (format == ListFormat::csv) response.content_type = "text/csv; charset=utf-8";
  if (format == ListFormat::text) response.content_type = "text/plain; charset=utf-8";
  response.body = std::move(body);
  return response;
}

Result<ListCall> list_call(const Call& call) {
  auto code = organ(call.query);
  if (!code) return code.error();
  auto scope = word_or(call.query, "scope", Scope::organ);
  if (!scope) return scope.error();
  auto format = format_of(call);
  if (!format) return format.error();
  return ListCall{*code, *scope, *format};
}

Result<std::optional<Instant>> instant(const Query& query, const char* name) {
  if (!query.has(name)) return std::optional<Instant>{};
  auto instant = parse_instant(instant_text(query, name));
  if (!instant) return bad_parameter(name, "应为 RFC 3339 时刻", "must be an RFC 3339 instant");
  return instant;
}

Result<std::uint64_t> position_asked(const LogView& log, const Query& query) {
  return position_of(log, instant_text(query, "as_of"));
}

Result<Day> day_asked(const Office& office, const Query& query, const Register& reg) {
  if (!query.has("as_of")) return office.today();
  return day_of_view(office.log(), reg.size(), office.today());
}

Result<bool> is_dry_run(const Query& query) {
  auto& text = query.get("dry_run");
  if (!text.empty() && text != "true" && text != "false")
    return bad_parameter("dry_run", "应为 true 或 false", "must be true or false");
  return text == "true";
}

Result<ReportQuery> report_query(const Query& query) {
  auto code = organ(query);
  if (!code) return code.error();
  auto scope = word_or(query, "scope", Scope::organ);
  if (!scope) return scope.error();
  return ReportQuery{.organ = *code, .scope = *scope, .edition = query.get("edition")};
}

} // namespace mingce
