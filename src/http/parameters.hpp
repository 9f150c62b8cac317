#pragma once
// Query parameters by type. Each reader names the parameter in its failure (code `bad_parameter`).

#include "http/api.hpp"
#include "projection/replay.hpp"

#include <cstdint>
#include <optional>

namespace mingce {

Failure bad_parameter(const char* name, const char* zh, const char* en);

Result<std::uint64_t> number(const Query& query, const char* name, std::uint64_t least,
                             std::uint64_t most, std::uint64_t by_default);
Result<std::optional<Day>> day(const Query& query, const char* name);
/// An RFC 3339 instant.
Result<std::optional<Instant>> instant(const Query& query, const char* name);
/// `as_of`, by default the end of the log.
Result<std::uint64_t> position_asked(const LogView& log, const Query& query);

/// `year`, or `from` and `to`; one of them is mandatory.
Result<Period> period(const Query& query);
/// `organ`, which is mandatory.
Result<std::string> organ(const Query& query);
Result<int> year_in(const std::string& text);

/// `dry_run`: true or false, by default false.
Result<bool> is_dry_run(const Query& query);

/// `organ`, `scope` and `edition` of a report; which days, the caller says.
Result<ReportQuery> report_query(const Query& query);

/// Of an object or an array.
template <class Body>
Response json_response(const Body& body) {
  Response response;
  response.body = json::serialize(body);
  return response;
}
inline Response json_response(JsonText body) {
  Response response;
  response.body = body.take();
  return response;
}

/// By `media`, else by `Accept`.
Result<ListFormat> format_of(const Call& call);
Response in_format(std::string body, ListFormat format);

/// What every list asks for: whose, and in which form.
struct ListCall {
  std::string organ;
  Scope scope = Scope::organ;
  ListFormat format{};
};
Result<ListCall> list_call(const Call& call);

template <class E>
Result<std::optional<E>> word(const Query& query, const char* name) {
  if (!query.has(name)) return std::optional<E>{};
  auto word = from_word<E>(query.get(name));
  if (!word) return bad_parameter(name, "未知的取值", "unknown value");
  return word;
}
template <class E>
Result<E> word_or(const Query& query, const char* name, E by_default) {
  auto given = word<E>(query, name);
  if (!given) return given.error();
  return given->value_or(by_default);
}

/// The register at the position asked for (`as_of`): the live one, or a replay of what is needed.
template <class Look>
auto with_register(const Office& office, const Query& query, LogView::Half half, Look look)
    -> decltype(look(std::declval<const Register&>())) {
  if (!query.has("as_of")) return office.read(look);
  auto at = position_asked(office.log(), query);
  if (!at) return at.error();
  auto reg = load_register(office.log(), *at, half);
  if (!reg) return reg.error();
  return look(*reg);
}

/// The day from which that register is looked at: today, or of a register of the past (`as_of`) the
/// day on which its last entry was recorded.
Result<Day> day_asked(const Office& office, const Query& query, const Register& reg);

} // namespace mingce
