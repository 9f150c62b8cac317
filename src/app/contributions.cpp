#include "app/contributions.hpp"

#include "report/document.hpp"
#include "report/roll_up.hpp"

#include <algorithm>
#include <map>

namespace mingce {
namespace {

const ReportVersion* collected_for(const Register& reg, const std::string& organ, Scope scope,
                                   const Period& period) {
  int year = year_of(period.from);
  if (period.from != first_day_of(year) || period.to != last_day_of(year)) return nullptr;
  auto* report = reg.find_report(organ, year, scope);
  return report ? report->file.latest(ReportStatus::collected) : nullptr;
}

/// It has said itself that there was nothing to count.
bool has_reported_itself(const Register& reg, const std::string& organ, const Period& period) {
  auto* report = reg.find_report(organ, year_of(period.from), Scope::organ);
  return report && std::ranges::any_of(report->file.versions, [](auto& version) {
           return version.status == ReportStatus::published ||
                  version.status == ReportStatus::submitted;
         });
}

class Gathering {
public:
  Gathering(const Register& reg, const Editions& editions, const Period& period,
            const Edition& edition)
      : reg_(reg), editions_(editions), period_(period), edition_(edition) {
    for (auto& [code, organ] : reg.organs()) {
      if (organ.parent) below_.emplace(*organ.parent, code);
      for (auto& over : organ.hand_overs)
        if (over.on <= period.to) successors_.insert(over.to);
    }
  }

  void take_organ(const std::string& code, bool is_alone) {
    auto& organ = reg_.organs().find(code)->second;
    auto* collected = collected_for(reg_, code, Scope::organ, period_);
    bool keeps = keeps_register(code, collected);
    Contribution made{{code, organ.name}};
    if (!keeps && collected) {
      take_collected(made, *collected);
    } else if (keeps || is_alone || has_reported_itself(reg_, code, period_)) {
      made.note.source = FigureSource::own_register;
      made.note.has_both = collected != nullptr;
    } else {
      if (organ.ended_on && *organ.ended_on < period_.from) return;
      made.note.source = FigureSource::missing;
    }
    out.push_back(std::move(made));
  }

  /// The organ and those below it, unless they have all been reported as one: so the region asked
  /// for in a year before anybody kept a register.
  void take_region(const std::string& code) {
    if (auto* collected = collected_for(reg_, code, Scope::region, period_);
        collected && nobody_else_speaks_for(code)) {
      Contribution made{{code, reg_.organs().find(code)->second.name}};
      made.note.scope = Scope::region;
      take_collected(made, *collected);
      out.push_back(std::move(made));
      return;
    }
    take_organ(code, false);
    for (auto [at, end] = below_.equal_range(code); at != end; ++at) take_region(at->second);
  }

  std::vector<Contribution> out;

private:
  /// The register of the organ speaks of that period: something of its own was entered by its end.
  /// What was only taken over from elsewhere yields to a report that was collected.
  bool keeps_register(const std::string& code, bool is_collected) const {
    if (successors_.contains(code)) return true;
    auto* keeping = reg_.keeping(code);
    if (!keeping || keeping->since > period_.to) return false;
    return !is_collected || (keeping->observed_since && *keeping->observed_since <= period_.to);
  }

  bool nobody_else_speaks_for(const std::string& code) const {
    return std::ranges::none_of(region_of(reg_.organs(), code), [&](auto& below) {
      auto* collected = collected_for(reg_, below, Scope::organ, period_);
      return collected || keeps_register(below, collected);
    });
  }

  void take_collected(Contribution& made, const ReportVersion& version) {
    made.note.seq = version.seq;
    auto tables = tables_of(version, year_of(period_.from), editions_);
    if (tables) made.tables = fitted(*tables, edition_);
    made.note.source = made.tables ? FigureSource::collected : FigureSource::other_edition;
  }

  const Register& reg_;
  const Editions& editions_;
  const Period& period_;
  const Edition& edition_;
  std::multimap<std::string, std::string> below_; ///< parent → child
  OrganSet successors_;                           ///< to whom cases were handed over
};

} // namespace

std::vector<Contribution> contributions(const Register& reg, const Editions& editions,
                                        const std::string& organ, Scope scope, const Period& period,
                                        const Edition& edition) {
  Gathering gathering(reg, editions, period, edition);
  if (scope == Scope::organ)
    gathering.take_organ(organ, true);
  else
    gathering.take_region(organ);
  std::ranges::sort(gathering.out, {}, [](auto& each) { return each.note.code; });
  return std::move(gathering.out);
}

void leave_to_others(const Register& reg, const std::vector<Contribution>& contributions,
                     OrganSet& organs) {
  for (auto& each : contributions) {
    if (each.note.source == FigureSource::own_register || each.note.source == FigureSource::missing)
      continue;
    organs.erase(each.note.code);
    if (each.note.scope == Scope::region)
      for (auto& below : region_of(reg.organs(), each.note.code)) organs.erase(below);
  }
}

Basis register_basis(const Register& reg, const Editions& editions, const std::string& organ,
                     Scope scope, const Period& period, const Edition& edition) {
  auto basis = basis_of(reg, organ, scope, period);
  leave_to_others(reg, contributions(reg, editions, organ, scope, period, edition), basis.organs);
  return basis;
}

Result<Tables> tables_of(const ReportVersion& version, int year, const Editions& editions) {
  return read_tables(
      report_document(year, version.edition, version.proactive_edition, version.cells), editions);
}

std::optional<Tables> published_tables(const Register& reg, const Editions& editions,
                                       const std::string& organ, Scope scope, int year) {
  auto* report = reg.find_report(organ, year, scope);
  if (!report) return {};
  auto* version = report->file.latest(ReportStatus::published);
  if (!version) version = report->file.latest(ReportStatus::collected);
  if (!version) return {};
  auto tables = tables_of(*version, year, editions);
  if (!tables) return {};
  return std::move(*tables);
}

} // namespace mingce
