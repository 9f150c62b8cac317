#include "app/case_findings.hpp"

#include <algorithm>
#include <array>
#include <map>
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

const RequestRow* find_row(const Edition& edition, RowSource source) {
  auto row = std::ranges::find(edition.requests.rows, source, &RequestRow::source);
  return row == edition.requests.rows.end() ? nullptr : &*row;
}

CaseAt case_at(const RequestRow& row, const RegisteredRequest& request) {
  return {cell_name("requests", row.code, to_word(request.state.kind)), request.register_no};
}

/// The same of many cases in one row.
class RowOfCases {
public:
  explicit RowOfCases(const RequestRow& row) {
    for (std::size_t kind = 0; kind < cells_.size(); ++kind)
      cells_[kind] = cell_name("requests", row.code, to_word(ApplicantKind(kind)));
  }
  CaseAt operator()(const RegisteredRequest& request) const {
    return {cells_[std::size_t(request.state.kind)], request.register_no};
  }

private:
  std::array<std::string, enum_size<ApplicantKind>> cells_;
};

/// The row of table 三 in which the case was concluded; null where it was not.
const RequestRow* concluding_row(const Edition& edition, const RegisteredRequest& request,
                                 const Policy& policy) {
  if (!request.state.conclusion) return nullptr;
  auto outcome = counted_outcome(request.state, policy);
  for (auto& row : edition.requests.rows)
    if (std::ranges::find(row.outcomes, outcome) != row.outcomes.end()) return &row;
  return nullptr;
}

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

std::vector<CaseAt> received_twice(const AnnualReport& report, const PeriodTally& tally) {
  std::vector<CaseAt> cases;
  RowOfCases received(*find_row(*report.edition, RowSource::received));
  for (auto* request : tally.received_twice) cases.push_back(received(*request));
  return cases;
}

/// Cases open at the end of the period whose due date has passed, or is not certain.
void add_open_cases(const AnnualReport& report, const PeriodTally& tally, CaseFindings& findings) {
  RowOfCases carried_out(*find_row(*report.edition, RowSource::carried_out));
  for (auto& open : tally.open) {
    auto at = carried_out(*open.request);
    if (open.is_overdue) findings.overdue.push_back(at);
    if (open.is_provisional) findings.provisional.push_back(std::move(at));
  }
}

void add_answers(const Policy& policy, const AnnualReport& report,
                 const std::vector<CaseIrregularity>& found, CaseFindings& findings) {
  for (auto& one : found) {
    bool guard = std::ranges::find(guards, one.irregularity->code) != guards.end();
    bool untold = one.irregularity->code == reconsideration_not_told;
    auto* row = guard || untold ? concluding_row(*report.edition, *one.request, policy) : nullptr;
    if (row && one.request->state.counts())
      (untold ? findings.reconsideration_not_told : findings.unguarded)
          .push_back(case_at(*row, *one.request));
  }
}

} // namespace

CaseFindings case_findings(const Register& reg, const Policy& policy, const OrganSet& organs,
                           const AnnualReport& report, const PeriodTally& tally) {
  CaseFindings findings;
  findings.unrecorded = unrecorded_cells(reg, organs, report);
  findings.received_twice = received_twice(report, tally);
  add_answers(policy, report, tally.found.irregular, findings);
  add_answers(policy, report, tally.found.gaps, findings);
  add_open_cases(report, tally, findings);
  return findings;
}

} // namespace mingce
