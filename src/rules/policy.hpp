#pragma once
// Where the text leaves a question open, the reading taken is a named policy with a default, so
// that it can be seen, discussed and changed in one place. The numbers are those of the list of
// open questions in ARCHITECTURE.md, "Readings".

#include "base/described.hpp"

namespace mingce {

/// Reading 12: a redo in the year of the first conclusion.
enum class RedoCounting {
  first,              // 首次结果计入表三，重新处理不计 (default)
  replace_within_year // 同年内的重新答复取代首次结果
};
BOOST_DESCRIBE_ENUM(RedoCounting, first, replace_within_year)

/// Reading 18: a dispute in which the organ is only the 复议机关 (国办公开办函〔2016〕201号).
enum class AuthorityOnly {
  not_counted, // 由原行为机关统计 (default)
  counted
};
BOOST_DESCRIBE_ENUM(AuthorityOnly, not_counted, counted)

struct Policy {
  RedoCounting redo = RedoCounting::first;
  AuthorityOnly authority_only = AuthorityOnly::not_counted;
};

} // namespace mingce
