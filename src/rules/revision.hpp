#pragma once
// What an auditor looks at first: facts that came late, that were slipped in before others, or that
// take back what had been recorded.

#include "rules/envelope.hpp"

#include <optional>
#include <vector>

namespace mingce {

enum class RevisionKind {
  late,      // 迟录: recorded so many days after its legal date, or more
  backdated, // 补录于前: stands before a fact of its stream that was recorded already
  amended,   // 更正
  retracted, // 撤销
  voided     // 作废
};
BOOST_DESCRIBE_ENUM(RevisionKind, late, backdated, amended, retracted, voided)

/// What one event is of these; it may be several. `latest` is the legal date of the last fact of
/// its stream as known before it; none where it is the first, or an amendment or a retraction,
/// which have no place among the facts. What was taken over from an older register (`asserted`) is
/// never late.
std::vector<RevisionKind> revisions_of(const EnvelopeHead& event, Day recorded_on,
                                       std::optional<Day> latest, int late_days);

} // namespace mingce
