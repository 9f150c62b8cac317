#include "report/annual.hpp"

#include <algorithm>
#include <functional>
#include <numeric>
#include <span>
#include <utility>

namespace mingce {
namespace {

Decimal sum_of(const FigureSums& sums, Aggregate aggregate) {
  switch (aggregate) {
  case Aggregate::sum_in_year:
    return sums.in_period;
  case Aggregate::sum_before_year:
    return sums.before;
  case Aggregate::sum_to_year_end:
    return sums.to_end();
  }
  return {};
}

Decimal value_of(const FigureCell& cell, const FigureCounts& figures) {
  Decimal value;
  for (auto& term : cell.terms)
    if (auto found = figures.find(term.item); found != figures.end())
      value.hundredths += term.factor * sum_of(found->second, cell.aggregate).hundredths;
  return value;
}

void add_to(ByKind& sum, const ByKind& more) {
  std::ranges::transform(sum, more, sum.begin(), std::plus<>{});
}

ByKind concluded_as(std::span<const Outcome> outcomes, const RequestCounts& counts) {
  ByKind sum{};
  for (auto outcome : outcomes) add_to(sum, counts.concluded[std::size_t(outcome)]);
  return sum;
}

/// Every conclusion, whatever its row: so check C02 compares two independent sums.
ByKind all_concluded(const RequestCounts& counts) {
  ByKind sum{};
  for (auto& concluded : counts.concluded) add_to(sum, concluded);
  return sum;
}

ByKind counted_in(const RequestRow& row, const RequestCounts& counts) {
  switch (*row.source) {
  case RowSource::received:
    return counts.received;
  case RowSource::carried_in:
    return counts.carried_in;
  case RowSource::outcome:
    return concluded_as(row.outcomes, counts);
  case RowSource::outcome_total:
    return all_concluded(counts);
  case RowSource::carried_out:
    return counts.carried_out;
  }
  return {};
}

template <std::size_t N>
std::array<std::int64_t, N + 1> with_total(const std::array<std::int64_t, N>& numbers) {
  std::array<std::int64_t, N + 1> out{};
  std::ranges::copy(numbers, out.begin());
  out.back() = std::reduce(numbers.begin(), numbers.end());
  return out;
}

void fill_proactive(AnnualReport& report, const FigureCounts& figures) {
  for (auto& block : report.edition->proactive.blocks)
    for (auto& row : block.rows)
      for (std::size_t i = 0; i < block.columns.size(); ++i)
        report.proactive[row.code][block.columns[i].code] = value_of(row.cells[i], figures);
}

void fill_requests(AnnualReport& report, const RequestCounts& counts) {
  for (auto& row : report.edition->requests.rows)
    if (row.source) report.requests[row.code] = with_total(counted_in(row, counts));
}

void fill_disputes(AnnualReport& report, const DisputeCounts& counts) {
  auto& blocks = report.edition->disputes.blocks;
  for (std::size_t i = 0; i < blocks.size(); ++i)
    report.disputes[blocks[i].code] = with_total(counts[i]);
}

void replace(std::string& text, std::string_view placeholder, std::string_view value) {
  if (auto at = text.find(placeholder); at != text.npos)
    text.replace(at, placeholder.size(), value);
}

} // namespace

AnnualReport fill(const Edition& edition, const Counts& counts, ReportSubject subject, AsOf as_of,
                  Notes notes) {
  AnnualReport report{std::move(subject), &edition, as_of, std::move(notes)};
  fill_proactive(report, counts.figures);
  fill_requests(report, counts.requests);
  fill_disputes(report, counts.disputes);
  return report;
}

std::string title_of(const AnnualReport& report) {
  auto& subject = report.subject;
  if (!subject.year)
    return subject.organ_name + "政府信息公开工作情况（" + to_string(subject.period.from) + " 至 " +
           to_string(subject.period.to) + "）";
  auto title = report.edition->title;
  replace(title, "{year}", std::to_string(*subject.year));
  replace(title, "{organ}", subject.organ_name); // last: a name may hold anything
  return title;
}

} // namespace mingce
