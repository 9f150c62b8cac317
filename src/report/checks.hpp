#pragma once
// The 勾稽关系 and the other machine checks of one report. They look at printed numbers only, so a
// wrong table is found whoever made it.
//   C01  received + carried in = results total + carried out, per column
//   C02  results total = the sum of the result rows, per column
//   C03  总计 = the sum of the six applicant kinds, per row
//   C05  总计 of a dispute block = the sum of its four results
//   C08  no blank and no negative number
//   C17  one edition, and the one in force that year

#include "base/described.hpp"
#include "base/result.hpp"
#include "report/tables.hpp"

#include <string>
#include <vector>

namespace mingce {

enum class CheckStatus { pass, fail, warn, not_applicable };
BOOST_DESCRIBE_ENUM(CheckStatus, pass, fail, warn, not_applicable)

struct Check {
  std::string id;
  CheckStatus status{};
  Text message;
  std::vector<std::string> cells{}; ///< where it is broken: `requests/results_total/total`
};

/// A report of our own never has a blank; in a foreign one a blank counts as 0 and is a warning.
enum class Origin { own, foreign };

/// In the order of their ids. An identity whose total, or one of whose terms in the column 总计,
/// is blank says nothing and is skipped.
std::vector<Check> run_checks(const Tables& tables, const Editions& editions, Origin origin);

} // namespace mingce
