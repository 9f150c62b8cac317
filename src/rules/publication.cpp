#include "rules/publication.hpp"

#include <algorithm>

namespace mingce {
namespace {

struct Evolution {
  ReportFile& state;
  const Fact& fact;

  ReportVersion& add(ReportStatus status, const std::string& edition, const ReportCells& cells) {
    auto& made = state.versions.emplace_back();
    made.version = fact.version;
    made.seq = fact.seq;
    made.on = fact.on;
    made.status = status;
    made.edition = made.proactive_edition = edition;
    made.cells = cells.tables;
    return made;
  }
  template <class Counted>
  ReportVersion& add_counted(ReportStatus status, const Counted& e) {
    auto& made = add(status, e.edition, e.cells);
    made.position = e.position.seq;
    made.late_fact = e.late_fact.value_or(LateFact::restate);
    return made;
  }

  void operator()(const ReportSubmitted& e) { add_counted(ReportStatus::submitted, e); }
  void operator()(const ReportPublished& e) {
    add_counted(ReportStatus::published, e).url = e.url.value_or("");
  }
  void operator()(const ReportCollected& e) {
    auto& made = add(ReportStatus::collected, e.edition, e.cells);
    made.proactive_edition = e.proactive_edition.value_or(e.edition);
    made.url = e.url.value_or("");
  }
  void operator()(const ReportReturned& e) {
    for (auto& made : state.versions)
      if (made.version == e.target.version) {
        made.status = ReportStatus::returned;
        made.returned_on = fact.on;
      }
  }
  void operator()(const FiguresRequested& e) {
    state.figure_requests.push_back({fact.seq, fact.on, e.unit, e.items, e.respond_by});
  }
  void operator()(const CheckDisposed& e) {
    state.disposals.push_back(
        {fact.seq, fact.version, fact.on, e.check, e.cells.value_or(std::vector<std::string>{})});
  }
  template <class Other>
  void operator()(const Other&) {}
};

/// What was said of a report is ordered by when it was recorded: a version is one of a sequence,
/// whatever date it bears.
std::vector<const Fact*> as_recorded(std::span<const Fact> facts) {
  std::vector<const Fact*> order;
  for (auto& fact : facts) order.push_back(&fact);
  std::ranges::sort(order, {}, [](auto* fact) { return fact->version; });
  return order;
}

} // namespace

const ReportVersion* ReportFile::latest(ReportStatus status) const {
  auto found = std::ranges::find(versions.rbegin(), versions.rend(), status,
                                 [](auto& version) { return version.status; });
  return found == versions.rend() ? nullptr : &*found;
}

bool ReportFile::disposes(const std::string& check, const std::vector<std::string>& cells) const {
  auto covers = [&](const std::string* cell) {
    return std::ranges::any_of(disposals, [&](auto& disposal) {
      return disposal.check == check &&
             (disposal.cells.empty() ||
              (cell && std::ranges::find(disposal.cells, *cell) != disposal.cells.end()));
    });
  };
  if (cells.empty()) return covers(nullptr);
  return std::ranges::all_of(cells, [&](auto& cell) { return covers(&cell); });
}

ReportFile fold_report(std::span<const Fact> facts) {
  ReportFile state;
  for (auto* fact : as_recorded(facts)) std::visit(Evolution{state, *fact}, fact->event);
  return state;
}

std::optional<Failure> refusal_of_report(std::span<const Fact> facts) {
  ReportFile state;
  for (auto* fact : as_recorded(facts)) {
    if (auto* returned = std::get_if<ReportReturned>(&fact->event)) {
      auto target =
          std::ranges::find(state.versions, returned->target.version, &ReportVersion::version);
      bool can_be = target != state.versions.end() && (target->status == ReportStatus::submitted ||
                                                       target->status == ReportStatus::collected);
      if (!can_be)
        return Failure{FailureKind::impossible,
                       "not_returnable",
                       {"只能退回已上报或汇集、尚未退回的版本",
                        "only a version submitted or collected, and not returned yet, can be "
                        "returned"}};
    }
    std::visit(Evolution{state, *fact}, fact->event);
  }
  return {};
}

std::string report_number(int year, Scope scope) {
  return std::to_string(year) + (scope == Scope::region ? "-region" : "");
}

std::string report_number(const json::object& data) {
  auto* year = data.if_contains("year");
  if (!year || !year->is_int64()) return {};
  auto* scope = data.if_contains("scope");
  bool region = scope && scope->is_string() && scope->get_string() == to_word(Scope::region);
  return report_number(int(year->get_int64()), region ? Scope::region : Scope::organ);
}

} // namespace mingce
