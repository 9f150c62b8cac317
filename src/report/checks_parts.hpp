#pragma once
// The checks by what they look at; checks.cpp puts them in order.

#include "report/checks.hpp"

#include <functional>

namespace mingce {

/// C01, C02, C03, C05: the numbers of one report.
std::vector<Check> check_sums(const Tables& tables);

/// C04, C06, C07: against the report of the year before.
std::vector<Check> check_years(const Tables& tables, const Evidence& evidence);

/// C09, C18: what the prose says.
Check check_prose(const Tables& tables, const Evidence& evidence);
Check check_fees(const Evidence& evidence);

/// C10, C11: a roll-up against its members.
std::vector<Check> check_roll_up(const Tables& tables, const Evidence& evidence);

/// C12, C14, C15, C16, C19, C20: what the register found. Empty without one.
std::vector<Check> check_cases(const Evidence& evidence);

// ---- shared -------------------------------------------------------------------------------------

/// An equation between cells, left and right summed. If it is broken, `total` is the cell named.
struct Identity {
  Text place;
  std::vector<std::string> left;
  std::vector<std::string> right;
  std::string total;
};

/// A number by cell name; nullopt is blank. Lets one equation span two reports.
using CellReader = std::function<std::optional<Decimal>(const std::string&)>;

/// What one check asserts: the sentence for "holds" and the one for "broken".
struct Rule {
  std::string id;
  Text holds;
  Text broken;
  std::vector<Identity> identities;
  CheckStatus when_broken = CheckStatus::fail;
};

Check judge(const Rule& rule, const CellReader& at);

/// `；未经复议直接起诉 3 ≠ 0`, after the sentence that says what is broken; a colon before the
/// first.
void append_finding(Check& check, const Text& place, Decimal left, Decimal right, std::string cell);

Check not_applicable(std::string id, Text message);
Check no_such_table(std::string id);

bool in_total_column(std::string_view cell);
std::vector<std::string> rows_of_source(const RequestTable& table, RowSource source);

} // namespace mingce
