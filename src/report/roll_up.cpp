#include "report/roll_up.hpp"

#include <algorithm>
#include <set>

namespace mingce {
namespace {

Decimal number_at(const Tables& tables, const std::string& cell) {
  return tables.at(cell).value_or(Decimal{});
}

/// The rows of table 三 whose numbers, added, are those of `row`; none where there are no such.
std::optional<std::vector<const RequestRow*>> rows_for(const RequestRow& row,
                                                       const RequestTable& table) {
  std::vector<const RequestRow*> rows;
  if (row.source != RowSource::outcome) {
    auto same = std::ranges::find(table.rows, row.source, &RequestRow::source);
    if (same == table.rows.end()) return {};
    return std::vector{&*same};
  }
  std::set<Outcome> wanted(row.outcomes.begin(), row.outcomes.end());
  std::size_t found = 0;
  for (auto& each : table.rows) {
    bool within = !each.outcomes.empty() && std::ranges::all_of(each.outcomes, [&](auto outcome) {
      return wanted.contains(outcome);
    });
    if (!within) continue;
    rows.push_back(&each);
    found += each.outcomes.size();
  }
  if (found != wanted.size()) return {};
  return rows;
}

bool fit_requests(const Tables& tables, const Edition& edition, Tables& out) {
  for (auto& row : edition.requests.rows) {
    if (!row.source) continue;
    auto rows = rows_for(row, tables.layout.requests->requests);
    if (!rows) return false;
    for (auto& column : edition.requests.columns) {
      auto& sum = out.cells[cell_name("requests", row.code, column.code)];
      for (auto* each : *rows)
        sum += number_at(tables, cell_name("requests", each->code, column.code));
    }
  }
  return true;
}

/// Cell by cell; a cell that the other edition does not have cannot be made up.
bool fit_others(const Tables& tables, const Edition& edition, Tables& out) {
  std::set<std::string> known;
  for (auto& place : places_of(tables.layout)) known.insert(place.name());
  for (auto& place : places_of(out.layout)) {
    if (place.table == "requests") continue;
    auto name = place.name();
    if (place.table == "proactive" && tables.layout.proactive != &edition && !known.contains(name))
      return false;
    out.cells[name] = number_at(tables, name);
  }
  return true;
}

template <class Change>
void each_number(AnnualReport& report, const Tables& tables, Change change) {
  auto& edition = *report.edition;
  for (auto& [row, cells] : report.proactive)
    for (auto& [column, value] : cells)
      change(value, number_at(tables, cell_name("proactive", row, column)));
  auto whole = [&](std::string_view table, auto& rows, const std::vector<Column>& columns) {
    for (auto& [row, numbers] : rows)
      for (std::size_t i = 0; i < numbers.size(); ++i) {
        Decimal value = Decimal::whole(numbers[i]);
        change(value, number_at(tables, cell_name(table, row, columns[i].code)));
        numbers[i] = value.hundredths / 100;
      }
  };
  whole("requests", report.requests, edition.requests.columns);
  whole("disputes", report.disputes, edition.disputes.columns);
}

} // namespace

std::optional<Tables> fitted(const Tables& tables, const Edition& edition) {
  if (std::ranges::any_of(tables.layout.all(), [](auto* each) { return !each; })) return {};
  Tables out;
  out.year = tables.year;
  out.layout = {&edition, &edition, &edition};
  if (!fit_requests(tables, edition, out) || !fit_others(tables, edition, out)) return {};
  return out;
}

void add_tables(AnnualReport& report, const Tables& tables) {
  each_number(report, tables, [](Decimal& value, Decimal more) { value += more; });
}

void set_tables(AnnualReport& report, const Tables& tables) {
  each_number(report, tables, [](Decimal& value, Decimal given) { value = given; });
}

} // namespace mingce
