#pragma once
// Query parameters by type. Each reader names the parameter in its failure (code `bad_parameter`).

#include "http/api.hpp"

#include <cstdint>
#include <optional>

namespace mingce {

Failure bad_parameter(const char* name, const char* zh, const char* en);

Result<std::uint64_t> number(const Query& query, const char* name, std::uint64_t least,
                             std::uint64_t most, std::uint64_t by_default);
Result<std::optional<Day>> day(const Query& query, const char* name);
/// `as_of`, by default the end of the log.
Result<std::uint64_t> position_asked(const LogView& log, const Query& query);

template <class E>
Result<std::optional<E>> word(const Query& query, const char* name) {
  if (!query.has(name)) return std::optional<E>{};
  auto word = from_word<E>(query.get(name));
  if (!word) return bad_parameter(name, "未知的取值", "unknown value");
  return word;
}

} // namespace mingce
