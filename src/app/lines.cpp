#include "app/lines.hpp"

#include "report/tables.hpp"

#include <algorithm>

namespace mingce {
namespace {

void add_one(Lines& lines, std::string_view table, std::string_view row,
             const std::string& column) {
  for (auto& each : {column, std::string(total_column)})
    lines[cell_name(table, row, each)] += Decimal::whole(1);
}

} // namespace

bool counts_in(const RequestRow& row, const CaseStanding& standing) {
  auto& place = standing.place;
  switch (*row.source) {
  case RowSource::received:
    return place.received;
  case RowSource::carried_in:
    return place.carried_in;
  case RowSource::carried_out:
    return place.carried_out;
  case RowSource::outcome_total:
    return place.concluded;
  case RowSource::outcome:
    break;
  }
  return place.concluded &&
         std::ranges::find(row.outcomes, standing.counted.outcome) != row.outcomes.end();
}

bool aggregates(Aggregate aggregate, Day on, const Period& period) {
  switch (aggregate) {
  case Aggregate::sum_in_year:
    return period.contains(on);
  case Aggregate::sum_before_year:
    return on < period.from;
  case Aggregate::sum_to_year_end:
    break;
  }
  return on <= period.to;
}

Lines lines_of(const Edition& edition, const CaseStanding& standing) {
  Lines lines;
  for (auto& row : edition.requests.rows)
    if (row.source && counts_in(row, standing))
      add_one(lines, "requests", row.code, to_word(standing.counted.kind));
  return lines;
}

Lines lines_of(const Counting& counting, const RegisteredRequest& row) {
  Lines lines;
  each_standing(counting.reg, row, counting.basis, counting.period, counting.policy,
                [&](const CaseStanding& standing) {
                  for (auto& [cell, value] : lines_of(counting.edition, standing))
                    lines[cell] += value;
                });
  return lines;
}

Lines lines_of(const DisputeStanding& standing) {
  Lines lines;
  add_one(lines, "disputes", to_word(standing.dispute.block), to_word(standing.turn.column));
  return lines;
}

Lines lines_of(const Counting& counting, const RegisteredDispute& row) {
  Lines lines;
  each_dispute(counting.reg, row, counting.basis, counting.period, counting.policy,
               [&](const DisputeStanding& found) { lines = lines_of(found); });
  return lines;
}

Lines lines_of(const Counting& counting, const RegisteredFigure& row) {
  Lines lines;
  if (!counting.basis.organs.contains(row.organ)) return lines;
  for (auto& entry : entries_of(counting.reg, row, counting.basis))
    for (auto& block : counting.edition.proactive.blocks)
      for (auto& figures : block.rows)
        for (std::size_t i = 0; i < figures.cells.size(); ++i) {
          auto& cell = figures.cells[i];
          auto term = std::ranges::find(cell.terms, entry.item, &FigureTerm::item);
          if (term == cell.terms.end() || !aggregates(cell.aggregate, entry.on, counting.period))
            continue;
          lines[cell_name("proactive", figures.code, block.columns[i].code)] +=
              Decimal{term->factor * entry.quantity.hundredths};
        }
  return lines;
}

} // namespace mingce
