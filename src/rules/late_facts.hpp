#pragma once
// What is learned after a report was published, where the organ has set `late_fact` to
// `next_open_year` (readings 24–26). One rule for all: what was published stays, and the open year
// takes a case up where the published tables left it. A fact dated in a closed year but learned
// afterwards counts as if it had happened on the first open day. So 上年结转 of the open year is
// 结转下年 as published, in every column, and the 勾稽关系 of each year hold as printed: every case
// still stands with one organ from one day to another, and standing.hpp counts it.
//
// "Closed" means: published, with the state of knowledge at the position of that report.

#include "rules/standing.hpp"

#include <optional>

namespace mingce {

/// How the last published table left a case or a dispute.
enum class Left {
  unseen, ///< in no published table yet
  open,   ///< 结转下年度继续办理; 尚未审结
  settled ///< concluded or decided: it has had its place
};
BOOST_DESCRIBE_ENUM(Left, unseen, open, settled)

struct ClosedCase {
  Left left = Left::unseen;
  std::optional<ApplicantKind> kind{}; ///< the column it was carried out in, where it was ours
};

/// A case as the tables take it: in which column, and from when to when.
struct CountedCase {
  ApplicantKind kind{};
  Day from{}; ///< of its tenures none begins earlier
  std::optional<Day> concluded_on;
  Outcome outcome{}; ///< where it was concluded
};

/// The case by its own dates; none where it does not count.
std::optional<CountedCase> counted(const Case& state, const Policy& policy);

/// The case in the years from `open_from` on, by what is known now. None: it moves no line there.
/// A case carried out stays in its published column; if it has turned out to be void, split or no
/// request for information, it is concluded as 其他 on that day.
std::optional<CountedCase> counted_after(const ClosedCase& closed, const Case& now, Day open_from,
                                         const Policy& policy);

/// The same for table 四: the dispute with the turns that count from `open_from` on. A dispute left
/// pending and since voided ends as 其他结果.
Dispute counted_after(Left closed, const Dispute& now, Day open_from);

/// How a dispute that counts is left at the end of the last day before `open_from`; `before`: how
/// the year before left it.
Left left_by(const Dispute& counted, Day open_from, Left before);

/// A day of a fact that was learned after all before `open_from` had been closed.
inline Day counted_on(Day day, Day open_from) { return std::max(day, open_from); }

} // namespace mingce
