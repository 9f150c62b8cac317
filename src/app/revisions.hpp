#pragma once
// 事后改动: the facts of a register that came late, out of order, or change what was recorded. No
// reasons and no names: public halves only.

#include "app/clock_views.hpp"
#include "report/list.hpp"
#include "rules/revision.hpp"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mingce {

struct RevisionQuery {
  std::optional<OrganSet> organs{}; ///< in whose registers; none: all
  std::optional<Period> recorded{}; ///< civil days of recording; none: any
  std::optional<RevisionKind> kind{};
  int late_days = 7;
  std::uint64_t up_to = 0; ///< a position of the log
};

/// One thing that one event is.
struct Revision {
  RevisionKind kind{};
  std::uint64_t seq = 0;
  Instant recorded_at{};
  Day on{};
  std::string organ, type, actor;
  StreamId stream;
  std::uint32_t version = 0;
  std::optional<std::uint32_t> target; ///< the version it is about, where it names one
};

/// In the order of the log.
Result<std::vector<Revision>> find_revisions(const LogView& log, const RevisionQuery& query);

/// `reg` names the stream; it may be ahead of the position asked for.
json::object to_json(const Revision& revision, const Register& reg);
std::span<const ListColumn> revision_columns();

} // namespace mingce
