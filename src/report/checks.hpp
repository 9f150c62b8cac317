#pragma once
// The 勾稽关系 and the other machine checks of one report (checks C01 to C20). They are pure: a
// report, and what is known beside it. So a wrong table is found whoever made it, and the same code
// judges our own reports and those of others.
//   C01  received + carried in = results total + carried out, per column
//   C02  results total = the sum of the result rows, per column
//   C03  总计 = the sum of the six applicant kinds, per row
//   C04  carried in = carried out as published the year before, per column
//   C05  总计 of a dispute block = the sum of its four results
//   C06  disputes pending the year before are in this year's total
//   C07  documents in force = those of the year before + issued − repealed
//   C08  no blank, no negative number, no text where a number should be; figures nobody recorded
//   C09  figures in the prose = those of the tables
//   C10  every member of a roll-up is in it, once
//   C11  every cell of a roll-up = the sum over its members
//   C12  no case received twice in a region
//   C13  规章 only where there is power to make them
//   C14  answers that lack what their outcome demands
//   C15  cases open past their due date at the end of the year
//   C16  published cells that later facts have changed
//   C17  one edition, and the one in force that year
//   C18  fees told in section 六 = paid − refunded
//   C19  refusals under articles 14–16 without telling that reconsideration comes first
//   C20  due dates that reach into a year without a holiday notice

#include "base/described.hpp"
#include "base/result.hpp"
#include "report/tables.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mingce {

enum class CheckStatus { pass, fail, warn, not_applicable };
BOOST_DESCRIBE_ENUM(CheckStatus, pass, fail, warn, not_applicable)

struct Check {
  std::string id;
  CheckStatus status{};
  Text message;
  std::vector<std::string> cells{}; ///< where it is broken: `requests/results_total/total`
  std::vector<std::string> cases{}; ///< register numbers behind it, each once; often none
  bool disposed = false;            ///< looked at, and left with a reason (`check.disposed`)

  /// The stable name of this very finding, `C05@disputes/litigation_direct/total`: the id, then
  /// the cells and cases in their order. Whoever disposes of it has not disposed of the next one
  /// under the same id.
  std::string name() const;
};

/// A report of our own never has a blank; in a foreign one a blank counts as 0 and is a warning.
enum class Origin { own, foreign };

// ---- what is known beside the tables ------------------------------------------------------------

/// Cases that show a fault, and the cells that they are counted in.
struct NamedCases {
  std::vector<std::string> cells{};    ///< each once
  std::vector<std::string> requests{}; ///< register numbers
};

/// What the register knows behind a report of our own.
struct CaseFindings {
  std::vector<std::string> unrecorded{};              ///< C08: cells of table 二
  NamedCases received_twice{};                        ///< C12
  NamedCases unguarded{};                             ///< C14
  NamedCases overdue{};                               ///< C15
  std::optional<std::vector<std::string>> restated{}; ///< C16: cells; none: not published yet
  std::optional<Decimal> fees{};                      ///< C18: paid less refunded, yuan
  NamedCases reconsideration_not_told{};              ///< C19
  NamedCases provisional{};                           ///< C20
};

/// One organ of a roll-up with what it has sent in: nothing, one report, or too many.
struct RollUpMember {
  std::string name;
  std::vector<const Tables*> reports{};
};

/// What a report is judged by beside its own numbers. The checks that need what is not there do
/// not apply.
struct Evidence {
  Origin origin = Origin::own;
  const Tables* last_year = nullptr;                  ///< as published; C04, C06, C07
  std::optional<bool> makes_regulations{};            ///< C13; none: not known
  std::optional<std::string> prose{};                 ///< C09, C18
  const std::vector<RollUpMember>* members = nullptr; ///< C10, C11; null: no roll-up
  const CaseFindings* findings = nullptr;             ///< null: no register, as of a stranger's
};

/// In the order of their ids; those that need cases are left out where there is no register. An
/// identity whose total, or one of whose terms in the column 总计, is blank says nothing and is
/// skipped.
std::vector<Check> run_checks(const Tables& tables, const Editions& editions,
                              const Evidence& evidence);

/// Power to make 规章, as far as a name tells: 街道, 乡镇, 县, 区 and 局 have none, provinces and
/// ministries have.
std::optional<bool> makes_regulations(std::string_view organ_name);

} // namespace mingce
