#include "app/case_findings.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace mingce {
namespace {

constexpr std::string_view reconsideration_not_told = "reconsideration_first_not_told";

/// What an outcome demands, by the codes under which it is missed (rules/irregular).
constexpr std::array<std::string_view, 6> guards{"third_party_not_consulted",
                                                 "abusive_without_reasons",
                                                 "unclear_without_correction",
                                                 "repeat_without_earlier_request",
                                                 "no_ground",
                                                 "no_earlier_request"};

/// The row of table 三 in which a case with that outcome is concluded; null where there is none.
class ConcludingRows {
public:
  explicit ConcludingRows(const Edition& edition) {
    for (auto& row : edition.requests.rows)
      for (auto outcome : row.outcomes)
        if (auto& known = rows_[std::size_t(outcome)]; !known) known = &row;
  }
  const RequestRow* of(Outcome outcome) const { return rows_[std::size_t(outcome)]; }

private:
  std::array<const RequestRow*, enum_size<Outcome>> rows_{};
};

/// Does anything stand behind a cell of table 二, in the days that it sums?
bool is_recorded(const FigureCell& cell, const std::set<std::string>& before,
                 const std::set<std::string>& within) {
  bool earlier = cell.aggregate != Aggregate::sum_in_year,
       now = cell.aggregate != Aggregate::sum_before_year;
  return std::ranges::any_of(cell.terms, [&](auto& term) {
    return (earlier && before.contains(term.item)) || (now && within.contains(term.item));
  });
}

std::vector<std::string> unrecorded_cells(const Register& reg, const OrganSet& organs,
                                          const AnnualReport& report) {
  std::set<std::string> before, within;
  auto& period = report.subject.period;
  for (auto& figure : reg.figures()) {
    if (!figure.stands || !organs.contains(figure.organ) || figure.on > period.to) continue;
    (figure.on < period.from ? before : within).insert(figure.item);
  }
  std::vector<std::string> cells;
  for (auto& block : report.edition->proactive.blocks)
    for (auto& row : block.rows)
      for (std::size_t i = 0; i < block.columns.size(); ++i)
        if (!is_recorded(row.cells[i], before, within))
          cells.push_back(cell_name("proactive", row.code, block.columns[i].code));
  return cells;
}

/// Names cases in table 三.
class Naming {
public:
  Naming(const Register& reg, const Edition& edition) : reg_(reg), edition_(edition) {}

  NamedCases in_row(RowSource source, const CaseSet& cases) const {
    auto row = std::ranges::find(edition_.requests.rows, source, &RequestRow::source);
    return in(cases, [&](auto&) { return &*row; });
  }
  /// Those that count, each in the row of its outcome.
  NamedCases concluded(const CaseSet& cases, const Policy& policy) const {
    ConcludingRows rows(edition_);
    return in(cases, [&](const Case& state) {
      bool counts = state.conclusion && state.counts();
      return counts ? rows.of(counted_outcome(state, policy)) : nullptr;
    });
  }

private:
  template <class RowOf>
  NamedCases in(const CaseSet& cases, const RowOf& row_of) const {
    NamedCases named;
    named.requests.reserve(cases.size()); // often a hundred thousand
    std::set<std::pair<const RequestRow*, ApplicantKind>> cells;
    cases.each([&](std::size_t n) {
      auto& request = reg_.requests()[n];
      auto* row = row_of(request.state);
      if (!row) return;
      auto kind = request.state.kind;
      if (cells.emplace(row, kind).second)
        named.cells.push_back(cell_name("requests", row->code, to_word(kind)));
      named.requests.push_back(request.register_no);
    });
    return named;
  }

  const Register& reg_;
  const Edition& edition_;
};

} // namespace

CaseFindings case_findings(const Register& reg, const Policy& policy, const OrganSet& organs,
                           const AnnualReport& report, const PeriodTally& tally) {
  CaseSet unguarded, untold;
  for (auto* by_code : {&tally.irregular, &tally.gaps})
    for (auto& [code, found] : *by_code) {
      if (std::ranges::find(guards, code) != guards.end()) unguarded.insert(found.cases);
      if (code == reconsideration_not_told) untold.insert(found.cases);
    }
  Naming name(reg, *report.edition);
  CaseFindings findings;
  findings.unrecorded = unrecorded_cells(reg, organs, report);
  findings.received_twice = name.in_row(RowSource::received, tally.received_twice);
  findings.unguarded = name.concluded(unguarded, policy);
  findings.reconsideration_not_told = name.concluded(untold, policy);
  findings.overdue = name.in_row(RowSource::carried_out, tally.overdue);
  findings.provisional = name.in_row(RowSource::carried_out, tally.provisional);
  return findings;
}

} // namespace mingce
