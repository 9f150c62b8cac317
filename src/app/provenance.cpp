#include "app/provenance.hpp"

#include "app/contributions.hpp"
#include "app/lines.hpp"
#include "report/quantity.hpp"

#include <algorithm>
#include <set>

namespace mingce {
namespace {

Failure no_such_cell() {
  return {FailureKind::not_found,
          "unknown_cell",
          {"该格式版本没有这个单元格", "this edition has no such cell"}};
}

void add_seq(json::array& events, std::uint64_t seq) {
  if (seq != 0) events.push_back(std::int64_t(seq));
}

// ---- one cell -----------------------------------------------------------------------------------

struct CellQuery {
  const Counting& counting;
  std::string_view row, column;
};

json::object case_line(const CaseStanding& standing) {
  auto& [request, counted, held, place] = standing;
  auto& state = request.state;
  json::object line{{"id", request.id.hex()},
                    {"register_no", request.register_no},
                    {"organ", held.organ},
                    {"kind", to_word(counted.kind)}};
  line["received_on"] =
      state.received_on ? json::value(json::string(to_string(*state.received_on))) : nullptr;
  json::array events;
  add_seq(events, state.received_seq);
  add_seq(events, held.hand_over_seq);
  add_seq(events, state.reclassified_seq);
  line["concluded_on"] = nullptr;
  line["outcome"] = nullptr;
  if (place.concluded && counted.concluded_on) {
    // Under `next_open_year` the day that counts may be later than the day of the answer.
    bool by_answer = state.conclusion && state.counts();
    auto day = by_answer ? state.conclusion->on : *counted.concluded_on;
    line["concluded_on"] = to_string(day);
    line["outcome"] = to_word(counted.outcome);
    if (day != *counted.concluded_on) line["counted_on"] = to_string(*counted.concluded_on);
    if (by_answer) add_seq(events, state.conclusion->seq);
  }
  for (auto seq : state.amendments) add_seq(events, seq);
  line["events"] = std::move(events);
  return line;
}

Result<json::array> cases_behind(const CellQuery& query) {
  auto& counting = query.counting;
  auto& rows = counting.edition.requests.rows;
  auto row = std::ranges::find(rows, query.row, &RequestRow::code);
  auto kind = from_word<ApplicantKind>(query.column);
  if (row == rows.end() || !row->source || (!kind && query.column != total_column))
    return no_such_cell();
  json::array cases;
  each_standing(counting.reg, counting.basis, counting.period, counting.policy,
                [&](const CaseStanding& standing) {
                  if (kind && standing.counted.kind != *kind) return;
                  if (counts_in(*row, standing)) cases.push_back(case_line(standing));
                });
  return cases;
}

Result<json::array> disputes_behind(const CellQuery& query) {
  auto& counting = query.counting;
  auto block = from_word<DisputeBlock>(query.row);
  auto column = from_word<DisputeColumn>(query.column);
  if (!block || (!column && query.column != total_column)) return no_such_cell();
  json::array disputes;
  each_dispute(counting.reg, counting.basis, counting.period, counting.policy,
               [&](const DisputeStanding& found) {
                 auto& [row, dispute, turn, party] = found;
                 if (dispute.block != *block || (column && turn.column != *column)) return;
                 json::array events;
                 add_seq(events, row.first_seq);
                 if (turn.seq != row.first_seq) add_seq(events, turn.seq);
                 for (auto seq : dispute.amendments) add_seq(events, seq);
                 json::array requests(row.requests.begin(), row.requests.end());
                 for (auto& linked : dispute.requests)
                   requests.push_back(json::string(linked.value));
                 disputes.push_back(json::object{{"id", row.id.hex()},
                                                 {"ref", row.ref},
                                                 {"organ", row.organ},
                                                 {"opened_on", to_string(*dispute.opened_on)},
                                                 {"column", to_word(turn.column)},
                                                 {"since", to_string(turn.on)},
                                                 {"requests", std::move(requests)},
                                                 {"events", std::move(events)}});
               });
  return disputes;
}

const FigureCell* find_figure_cell(const Edition& edition, std::string_view row_code,
                                   std::string_view column_code) {
  for (auto& block : edition.proactive.blocks) {
    auto row = std::ranges::find(block.rows, row_code, &FigureRow::code);
    auto column = std::ranges::find(block.columns, column_code, &Column::code);
    if (row != block.rows.end() && column != block.columns.end())
      return &row->cells[std::size_t(column - block.columns.begin())];
  }
  return nullptr;
}

Result<json::array> figures_behind(const CellQuery& query) {
  auto& counting = query.counting;
  auto* cell = find_figure_cell(counting.edition, query.row, query.column);
  if (!cell) return no_such_cell();
  json::array figures;
  for (auto& figure : counting.reg.figures()) {
    if (!counting.basis.organs.contains(figure.organ)) continue;
    for (auto& entry : entries_of(counting.reg, figure, counting.basis)) {
      auto term = std::ranges::find(cell->terms, entry.item, &FigureTerm::item);
      if (term == cell->terms.end() || !aggregates(cell->aggregate, entry.on, counting.period))
        continue;
      Decimal signed_quantity{term->factor * entry.quantity.hundredths};
      json::array events{std::int64_t(figure.first_seq)};
      if (figure.last_seq != figure.first_seq) add_seq(events, figure.last_seq);
      figures.push_back(json::object{{"id", figure.id.hex()},
                                     {"ref", figure.ref},
                                     {"organ", figure.organ},
                                     {"item", entry.item},
                                     {"on", to_string(entry.on)},
                                     {"quantity", to_json(signed_quantity, cell->unit)},
                                     {"events", std::move(events)}});
    }
  }
  return figures;
}

/// What each event was: when it happened, when it became known, which papers bear it out.
Result<void> add_facts(const EntrySource& log, json::array& lines) {
  for (auto& line : lines) {
    json::array facts;
    for (auto& seq : line.at("events").as_array()) {
      auto at = seq.to_number<std::uint64_t>();
      auto scanned = log.scan(at, at, EntrySource::Half::open, [&](Entry&& entry) {
        json::object fact{{"seq", seq},
                          {"type", entry.event.at("type")},
                          {"on", entry.event.at("on")},
                          {"recorded_at", to_string(entry.recorded_at)}};
        auto* data = entry.event.at("data").if_object();
        if (auto* number = data ? data->if_contains("document_no") : nullptr)
          fact["document_no"] = *number;
        if (auto* documents = entry.event.if_contains("documents")) fact["documents"] = *documents;
        facts.push_back(std::move(fact));
        return false;
      });
      if (!scanned) return scanned;
    }
    line.as_object()["facts"] = std::move(facts);
  }
  return {};
}

json::array collected_lines(const std::vector<Contribution>& parts, const std::string& cell,
                            Unit unit) {
  json::array lines;
  for (auto& part : parts) {
    if (!part.tables) continue;
    lines.push_back(
        json::object{{"organ", part.note.code},
                     {"scope", to_word(part.note.scope)},
                     {"value", to_json(part.tables->at(cell).value_or(Decimal{}), unit)},
                     {"events", json::array{std::int64_t(part.note.seq)}}});
  }
  return lines;
}

} // namespace

Result<json::object> explain_cell(const Register& reg, const EntrySource& log,
                                  const Statutes& statutes, const ReportQuery& query,
                                  std::string_view table, std::string_view row,
                                  std::string_view column) {
  auto report = make_report(reg, statutes, query);
  if (!report) return report.error();
  auto& edition = *report->annual.edition;
  auto name = cell_name(table, row, column);
  json::object out{{"cell", name},
                   {"organ", query.organ},
                   {"scope", to_word(query.scope)},
                   {"edition", edition.code}};
  Unit unit{};
  for (auto& place : places_of({&edition, &edition, &edition}))
    if (place.name() == name) {
      unit = place.unit;
      out["row_label"] = place.row_label;
      out["column_label"] = place.column_label;
      out["value"] = to_json(tables_of(report->annual).at(name).value_or(Decimal{}), unit);
    }
  if (!out.contains("value")) return no_such_cell();
  auto basis = basis_of(reg, query.organ, query.scope, period_of(query));
  auto parts =
      contributions(reg, statutes.editions, query.organ, query.scope, period_of(query), edition);
  leave_to_others(reg, parts, basis.organs);
  Counting counting{reg, basis, period_of(query), edition, statutes.policy};
  CellQuery cell{counting, row, column};
  bool figures = table == "proactive", cases = table == "requests";
  auto behind = figures ? figures_behind(cell) : cases ? cases_behind(cell) : disputes_behind(cell);
  if (!behind) return behind.error();
  if (auto added = add_facts(log, *behind); !added) return added.error();
  out[figures ? "figures" : cases ? "cases" : "disputes"] = std::move(*behind);
  if (auto collected = collected_lines(parts, name, unit); !collected.empty()) {
    if (auto added = add_facts(log, collected); !added) return added.error();
    out["collected"] = std::move(collected);
  }
  if (auto& publication = report->annual.notes.publication)
    for (auto& difference : publication->differences)
      if (difference.cell == name) {
        out["published"] = to_json(difference.published, unit);
        out["current"] = to_json(difference.current, unit);
      }
  return out;
}

// ---- the cells of one case ----------------------------------------------------------------------

json::array cells_of(const Register& reg, const Statutes& statutes,
                     const RegisteredRequest& request, Day today) {
  json::array years;
  if (!request.state.received_on) return years;
  std::vector<std::string> organs; // in the order in which they held it
  for (auto& held : tenures(reg, request))
    if (std::ranges::find(organs, held.organ) == organs.end()) organs.push_back(held.organ);
  for (auto& organ : organs)
    for (int year = year_of(*request.state.received_on); year <= year_of(today); ++year) {
      auto* edition = statutes.editions.in_force(year);
      if (!edition) edition = &statutes.editions.all().front();
      auto period = Period::of_year(year);
      auto basis = basis_of(reg, organ, Scope::organ, period);
      json::array cells;
      for (auto& [cell, value] : lines_of({reg, basis, period, *edition, statutes.policy}, request))
        cells.push_back(json::string(cell));
      if (cells.empty()) continue;
      auto* report = reg.find_report(organ, year, Scope::organ);
      bool published = report && report->file.latest(ReportStatus::published);
      years.push_back(json::object{{"year", year},
                                   {"organ", organ},
                                   {"edition", edition->code},
                                   {"published", published},
                                   {"cells", std::move(cells)}});
    }
  return years;
}

} // namespace mingce
