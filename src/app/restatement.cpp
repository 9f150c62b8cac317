#include "app/restatement.hpp"

#include "app/contributions.hpp"
#include "app/lines.hpp"
#include "report/quantity.hpp"

#include <algorithm>
#include <set>

namespace mingce {
namespace {

using Seqs = std::set<std::uint64_t>;

/// Finds out which events moved which cells, row by row of the register.
class Attribution {
public:
  Attribution(const Counting& published, const Counting& current, const EntrySource& log,
              std::uint64_t since)
      : published_(published), current_(current), log_(log), since_(since) {
    for (auto& [code, organ] : current.reg.organs()) {
      for (auto& over : organ.hand_overs) note_organ(over.seq);
      for (auto& parent : organ.parents) note_organ(parent.seq);
    }
  }

  Result<void> run() {
    auto& reg = current_.reg;
    for (auto& row : reg.requests())
      if (auto done = take(row); !done) return done;
    for (auto& row : reg.disputes())
      if (auto done = take(row); !done) return done;
    for (auto& row : reg.figures())
      if (auto done = take(row); !done) return done;
    return {};
  }

  const Seqs& events(const std::string& cell) { return by_cell_[cell]; }
  void add(const std::string& cell, std::uint64_t seq) { by_cell_[cell].insert(seq); }

private:
  void note_organ(std::uint64_t seq) {
    if (seq > since_) organ_events_.insert(seq);
  }

  template <class Row>
  Result<void> take(const Row& row) {
    // Nothing was learned about it, nor about the organs: it counts as it did.
    if (row.last_seq <= since_ && organ_events_.empty()) return {};
    auto before = lines_of(published_, row), now = lines_of(current_, row);
    if (before == now) return {};
    auto events = events_of(row.id, row.last_seq);
    if (!events) return events.error();
    for (auto& [cell, value] : before)
      if (auto found = now.find(cell); found == now.end() || found->second != value)
        by_cell_[cell].insert(events->begin(), events->end());
    for (auto& [cell, value] : now)
      if (!before.contains(cell)) by_cell_[cell].insert(events->begin(), events->end());
    return {};
  }

  /// What was recorded of it after the report; else after the reports of the years before, whose
  /// late facts this one had counted; else what changed the organs.
  Result<Seqs> events_of(const StreamId& stream, std::uint64_t last_seq) {
    auto after = last_seq > published_.basis.position ? published_.basis.position : since_;
    if (last_seq <= after) return organ_events_;
    auto entries = log_.read_stream(stream, current_.reg.size(), EntrySource::Half::open);
    if (!entries) return entries.error();
    Seqs seqs;
    for (auto& entry : *entries)
      if (entry.seq > after) seqs.insert(entry.seq);
    return seqs;
  }

  const Counting& published_;
  const Counting& current_;
  const EntrySource& log_;
  std::uint64_t since_;
  Seqs organ_events_;
  std::map<std::string, Seqs> by_cell_;
};

/// Reports of others that came in, or were returned, after the publication.
Seqs collected_since(const Register& reg, const OrganSet& organs, int year,
                     std::uint64_t position) {
  Seqs seqs;
  for (auto& report : reg.reports()) {
    if (report.year != year || !organs.contains(report.organ)) continue;
    for (auto& record : report.records) {
      std::string_view type = record.type->info().type;
      if (record.seq > position &&
          (type == ReportCollected::info.type || type == ReportReturned::info.type ||
           type == EventRetracted::info.type))
        seqs.insert(record.seq);
    }
  }
  return seqs;
}

std::uint64_t first_position(const Basis& basis) {
  auto position = basis.position;
  for (auto* closed = basis.closed.get(); closed; closed = closed->before.get())
    position = std::min(position, closed->position);
  return position;
}

Result<Instant> recorded_at(const EntrySource& log, std::uint64_t seq) {
  Instant at{};
  auto scanned = log.scan(seq, seq, EntrySource::Half::open, [&](Entry&& entry) {
    at = entry.recorded_at;
    return false;
  });
  if (!scanned) return scanned.error();
  return at;
}

} // namespace

std::vector<CellDifference> differences(const Register& reg, const Statutes& statutes,
                                        const RegisteredReport& report,
                                        const ReportVersion& published) {
  std::vector<CellDifference> out;
  auto tables = tables_of(published, report.year, statutes.editions);
  if (!tables || !tables->layout.requests) return out;
  auto& edition = *tables->layout.requests;
  ReportQuery query{report.organ, report.year, {}, report.scope, edition.code};
  auto current = tables_of(counted_report(reg, statutes, query, edition,
                                          present_basis(reg, report.organ, report.scope)));
  for (auto& place : places_of(current.layout)) {
    auto name = place.name();
    CellDifference each{name, place.unit, tables->at(name).value_or(Decimal{}),
                        current.at(name).value_or(Decimal{})};
    if (each.published != each.current) out.push_back(std::move(each));
  }
  return out;
}

Result<std::vector<CellDifference>> restatement(const Register& reg, const EntrySource& log,
                                                const Statutes& statutes, const std::string& organ,
                                                int year, Scope scope) {
  if (!reg.organs().contains(organ)) return no_such_organ(organ);
  auto* report = reg.find_report(organ, year, scope);
  auto* published = report ? report->file.latest(ReportStatus::published) : nullptr;
  if (!published)
    return Failure{FailureKind::not_found,
                   "not_published",
                   {"该年度报告尚未公布", "the report of that year has not been published"}};
  auto out = differences(reg, statutes, *report, *published);
  if (out.empty()) return out;

  auto& edition = *statutes.editions.find(published->edition);
  auto period = Period::of_year(year);
  auto then = published_basis(reg, *report, *published), now = present_basis(reg, organ, scope);
  auto parts = contributions(reg, statutes.editions, organ, scope, period, edition);
  leave_to_others(reg, parts, then.organs);
  leave_to_others(reg, parts, now.organs);
  Counting before{reg, then, period, edition, statutes.policy};
  Counting after{reg, now, period, edition, statutes.policy};
  Attribution attribution(before, after, log, first_position(then));
  if (auto done = attribution.run(); !done) return done.error();
  auto collected =
      collected_since(reg, organs_at(reg, organ, scope, Basis::present), year, then.position);
  for (auto& each : out) {
    for (auto seq : collected) attribution.add(each.cell, seq);
    auto& events = attribution.events(each.cell);
    each.events.assign(events.begin(), events.end());
    if (events.empty()) continue;
    auto at = recorded_at(log, *events.rbegin());
    if (!at) return at.error();
    each.recorded_at = *at;
  }
  return out;
}

json::array to_json(const std::vector<CellDifference>& differences) {
  json::array out;
  for (auto& each : differences) {
    json::object line{{"cell", each.cell},
                      {"published", to_json(each.published, each.unit)},
                      {"current", to_json(each.current, each.unit)}};
    line["events"] = json::array(each.events.begin(), each.events.end());
    line["recorded_at"] = each.recorded_at ? json::value(json::string(to_string(*each.recorded_at)))
                                           : json::value(nullptr);
    out.push_back(std::move(line));
  }
  return out;
}

} // namespace mingce
