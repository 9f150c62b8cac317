#include "app/reporting.hpp"

#include "app/background.hpp"
#include "app/case_findings.hpp"
#include "projection/statistics.hpp"
#include "report/document.hpp"
#include "report/prose.hpp"
#include "report/quantity.hpp"
#include "report/tables.hpp"

#include <algorithm>
#include <set>

namespace mingce {
namespace {

Result<const Edition*> edition_for(const Editions& editions, const ReportQuery& query) {
  std::string known;
  for (auto& edition : editions.all()) known += (known.empty() ? "" : ", ") + edition.code;
  if (!query.edition.empty()) {
    if (auto* edition = editions.find(query.edition)) return edition;
    return invalid("/edition",
                   {"没有该格式版本，现有：" + known, "no such edition; there are: " + known},
                   "unknown_edition");
  }
  int year = query.year.value_or(year_of(query.period->to));
  if (auto* edition = editions.in_force(year)) return edition;
  return invalid("/edition",
                 {"该年度没有施行中的格式，须指定格式版本：" + known,
                  "no edition was in force that year: name one of " + known},
                 "edition_needed");
}

Failure no_such_organ(const std::string& code) {
  return {
      FailureKind::not_found, "unknown_organ", {"机关未登记：" + code, "no such organ: " + code}};
}

Failure no_such_cell() {
  return {FailureKind::not_found,
          "unknown_cell",
          {"该格式版本没有这个单元格", "this edition has no such cell"}};
}

void add_seq(json::array& events, std::uint64_t seq) {
  if (seq != 0) events.push_back(std::int64_t(seq));
}

// ---- one cell -----------------------------------------------------------------------------------

/// Does a row of table 三 count this standing?
bool counts_in(const RequestRow& row, const Standing& place, const RegisteredRequest& request,
               const Policy& policy) {
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
         std::ranges::find(row.outcomes, counted_outcome(request.state, policy)) !=
             row.outcomes.end();
}

json::object case_line(const RegisteredRequest& request, const HeldTenure& held,
                       const Standing& place) {
  auto& state = request.state;
  json::object line{{"id", request.id.hex()},
                    {"register_no", request.register_no},
                    {"organ", held.organ},
                    {"kind", to_word(state.kind)},
                    {"received_on", to_string(*state.received_on)}};
  json::array events;
  add_seq(events, state.received_seq);
  add_seq(events, held.hand_over_seq);
  add_seq(events, state.reclassified_seq);
  line["concluded_on"] = nullptr;
  line["outcome"] = nullptr;
  if (place.concluded) {
    line["concluded_on"] = to_string(state.conclusion->on);
    line["outcome"] = to_word(state.conclusion->outcome);
    add_seq(events, state.conclusion->seq);
  }
  for (auto seq : state.amendments) add_seq(events, seq);
  line["events"] = std::move(events);
  return line;
}

Result<json::array> cases_behind(const Register& reg, const Statutes& statutes,
                                 const ReportQuery& query, const Edition& edition,
                                 std::string_view row_code, std::string_view column) {
  auto& rows = edition.requests.rows;
  auto row = std::ranges::find(rows, row_code, &RequestRow::code);
  auto kind = from_word<ApplicantKind>(column);
  if (row == rows.end() || !row->source || (!kind && column != total_column)) return no_such_cell();
  json::array cases;
  each_standing(
      reg, organs_of(reg, query), period_of(query),
      [&](const RegisteredRequest& request, const HeldTenure& held, const Standing& place) {
        if (kind && request.state.kind != *kind) return;
        if (counts_in(*row, place, request, statutes.policy))
          cases.push_back(case_line(request, held, place));
      });
  return cases;
}

Result<json::array> disputes_behind(const Register& reg, const Statutes& statutes,
                                    const ReportQuery& query, std::string_view block_code,
                                    std::string_view column_code) {
  auto block = from_word<DisputeBlock>(block_code);
  auto column = from_word<DisputeColumn>(column_code);
  if (!block || (!column && column_code != total_column)) return no_such_cell();
  json::array disputes;
  each_standing(reg, organs_of(reg, query), period_of(query), statutes.policy,
                [&](const RegisteredDispute& dispute, const Dispute::Turn& turn) {
                  if (dispute.state.block != *block || (column && turn.column != *column)) return;
                  json::array events;
                  add_seq(events, dispute.first_seq);
                  if (turn.seq != dispute.first_seq) add_seq(events, turn.seq);
                  for (auto seq : dispute.state.amendments) add_seq(events, seq);
                  disputes.push_back(
                      json::object{{"id", dispute.id.hex()},
                                   {"ref", dispute.ref},
                                   {"organ", dispute.organ},
                                   {"opened_on", to_string(*dispute.state.opened_on)},
                                   {"column", to_word(turn.column)},
                                   {"since", to_string(turn.on)},
                                   {"events", std::move(events)}});
                });
  return disputes;
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

Result<json::array> figures_behind(const Register& reg, const ReportQuery& query,
                                   const Edition& edition, std::string_view row,
                                   std::string_view column) {
  auto* cell = find_figure_cell(edition, row, column);
  if (!cell) return no_such_cell();
  auto organs = organs_of(reg, query);
  auto period = period_of(query);
  json::array figures;
  for (auto& figure : reg.figures()) {
    auto term = std::ranges::find(cell->terms, figure.item, &FigureTerm::item);
    if (!figure.stands || term == cell->terms.end() || !organs.contains(figure.organ) ||
        !aggregates(cell->aggregate, figure.on, period))
      continue;
    Decimal signed_quantity{term->factor * figure.quantity.hundredths};
    figures.push_back(json::object{{"id", figure.id.hex()},
                                   {"ref", figure.ref},
                                   {"organ", figure.organ},
                                   {"item", figure.item},
                                   {"on", to_string(figure.on)},
                                   {"quantity", to_json(signed_quantity, cell->unit)},
                                   {"events", json::array{std::int64_t(figure.first_seq)}}});
  }
  return figures;
}

// ---- the cells of one case ----------------------------------------------------------------------

json::array cell_names(const Edition& edition, const RegisteredRequest& request,
                       const Standing& place, const Policy& policy) {
  json::array names;
  for (auto& row : edition.requests.rows) {
    if (!row.source || !counts_in(row, place, request, policy)) continue;
    for (auto& column : {to_word(request.state.kind), std::string(total_column)})
      names.push_back(json::string(cell_name("requests", row.code, column)));
  }
  return names;
}

// ---- what should not have happened --------------------------------------------------------------

std::vector<IrregularityNote> irregularity_notes(const std::vector<CaseIrregularity>& irregular) {
  std::map<std::string, IrregularityNote> by_code;
  for (auto& found : irregular) {
    auto& note = by_code[found.irregularity.code];
    note.code = found.irregularity.code;
    note.article = found.irregularity.article;
    if (note.requests.empty() || note.requests.back() != found.request->register_no)
      note.requests.push_back(found.request->register_no);
  }
  std::vector<IrregularityNote> notes;
  for (auto& [code, note] : by_code) notes.push_back(std::move(note));
  return notes;
}

// ---- the checks ---------------------------------------------------------------------------------

/// 规章制定权 by the kind of organ; of a government only its name tells, if anything does.
std::optional<bool> power_to_make_regulations(const Organ& organ) {
  switch (organ.kind) {
  case OrganKind::state_council_organ:
    return true;
  case OrganKind::government:
    return makes_regulations(organ.name);
  case OrganKind::department:
  case OrganKind::township:
  case OrganKind::subdistrict:
  case OrganKind::agency:
  case OrganKind::authorised_org:
    break;
  }
  return false;
}

std::vector<RollUpMember> roll_up_of(const std::vector<RegionMember>& region) {
  std::vector<RollUpMember> members;
  for (auto& member : region) {
    members.push_back({member.name});
    if (member.tables) members.back().reports.push_back(&*member.tables);
  }
  return members;
}

/// The cases and disputes behind the cells of a check that failed by numbers alone.
void name_cases(const Register& reg, const Statutes& statutes, const ReportQuery& query,
                const Edition& edition, Check& check) {
  if (check.status != CheckStatus::fail || !check.cases.empty()) return;
  std::set<std::string> names;
  for (auto& cell : check.cells) {
    auto first = cell.find('/'), last = cell.rfind('/');
    auto table = cell.substr(0, first), column = cell.substr(last + 1);
    auto row = first < last ? cell.substr(first + 1, last - first - 1) : std::string();
    bool cases = table == "requests";
    if (!cases && table != "disputes") continue;
    auto behind = cases ? cases_behind(reg, statutes, query, edition, row, column)
                        : disputes_behind(reg, statutes, query, row, column);
    if (!behind) continue;
    for (auto& line : *behind) names.emplace(line.at(cases ? "register_no" : "ref").as_string());
  }
  check.cases.assign(names.begin(), names.end());
}

std::vector<Check> check_report(const Register& reg, const Statutes& statutes,
                                const ReportQuery& query, const AnnualReport& report,
                                const PeriodFindings& found,
                                const std::optional<std::string>& prose) {
  auto organs = organs_of(reg, query);
  auto findings = case_findings(reg, statutes.law, statutes.policy, organs, report, found);
  if (prose) findings.fees = fees_received(background_of(reg, statutes, query));
  Evidence evidence;
  evidence.findings = &findings;
  evidence.prose = prose;
  evidence.makes_regulations = power_to_make_regulations(reg.organs().find(query.organ)->second);
  std::vector<RegionMember> region;
  if (query.scope == Scope::region)
    region = members_of_region(reg, statutes.policy, organs, report);
  auto members = roll_up_of(region);
  evidence.members = &members;
  auto checks = run_checks(tables_of(report), statutes.editions, evidence);
  for (auto& check : checks) name_cases(reg, statutes, query, *report.edition, check);
  return checks;
}

} // namespace

OrganSet organs_of(const Register& reg, const ReportQuery& query) {
  if (query.scope == Scope::organ) return {query.organ};
  auto region = region_of(reg.organs(), query.organ);
  return {region.begin(), region.end()};
}

Period period_of(const ReportQuery& query) {
  return query.period ? *query.period : Period::of_year(*query.year);
}

Result<Report> make_report(const Register& reg, const Statutes& statutes, const ReportQuery& query,
                           const std::optional<std::string>& prose) {
  auto organ = reg.organs().find(query.organ);
  if (organ == reg.organs().end()) return no_such_organ(query.organ);
  auto edition = edition_for(statutes.editions, query);
  if (!edition) return edition.error();
  auto period = period_of(query);
  auto organs = organs_of(reg, query);
  ReportSubject subject{query.organ, organ->second.name, query.year, period, query.scope};
  PeriodFindings found{findings(reg, statutes.law, organs, period, Finding::irregular),
                       findings(reg, statutes.law, organs, period, Finding::gap)};
  Notes notes{voided_in(reg, organs, period), irregularity_notes(found.irregular)};
  Report report{fill(**edition, count(reg, organs, period, statutes.policy), std::move(subject),
                     {reg.size(), reg.recorded_at()}, std::move(notes)),
                {}};
  report.checks = check_report(reg, statutes, query, report.annual, found, prose);
  return report;
}

Result<json::object> explain_cell(const Register& reg, const Statutes& statutes,
                                  const ReportQuery& query, std::string_view table,
                                  std::string_view row, std::string_view column) {
  auto report = make_report(reg, statutes, query);
  if (!report) return report.error();
  auto& edition = *report->annual.edition;
  auto name = cell_name(table, row, column);
  json::object out{{"cell", name},
                   {"organ", query.organ},
                   {"scope", to_word(query.scope)},
                   {"edition", edition.code}};
  for (auto& place : places_of({&edition, &edition, &edition}))
    if (place.name() == name) {
      out["row_label"] = place.row_label;
      out["column_label"] = place.column_label;
      out["value"] = to_json(tables_of(report->annual).at(name).value_or(Decimal{}), place.unit);
    }
  if (!out.contains("value")) return no_such_cell();
  bool figures = table == "proactive", cases = table == "requests";
  auto behind = figures ? figures_behind(reg, query, edition, row, column)
                : cases ? cases_behind(reg, statutes, query, edition, row, column)
                        : disputes_behind(reg, statutes, query, row, column);
  if (!behind) return behind.error();
  out[figures ? "figures" : cases ? "cases" : "disputes"] = std::move(*behind);
  return out;
}

json::array cells_of(const Register& reg, const Statutes& statutes,
                     const RegisteredRequest& request, Day today) {
  json::array years;
  if (!request.state.counts()) return years;
  for (auto& held : tenures(reg, request))
    for (int year = year_of(held.tenure.from); year <= year_of(today); ++year) {
      auto place = standing(held.tenure, concluded_within(request, held), Period::of_year(year));
      auto* edition = statutes.editions.in_force(year);
      if (!edition) edition = &statutes.editions.all().front();
      if (place == Standing{}) continue;
      years.push_back(
          json::object{{"year", year},
                       {"organ", held.organ},
                       {"edition", edition->code},
                       {"cells", cell_names(*edition, request, place, statutes.policy)}});
    }
  return years;
}

// ---- a printed report ---------------------------------------------------------------------------

namespace {

Failure no_report(const char* pointer) {
  return invalid(pointer,
                 {"不是年度报告文档，或缺少该项", "no report document, or it lacks this member"},
                 "not_a_report");
}

void compare_cells(const std::string& at, const json::value& printed, const json::value& derived,
                   std::vector<OtherCell>& out) {
  if (auto* members = derived.if_object()) {
    auto* theirs = printed.if_object();
    for (auto& member : *members) {
      auto* value = theirs ? theirs->if_contains(member.key()) : nullptr;
      compare_cells(at + "/" + std::string(member.key()), value ? *value : json::value{},
                    member.value(), out);
    }
    for (auto& member : theirs ? *theirs : json::object{})
      if (!members->contains(member.key()))
        out.push_back({at + "/" + std::string(member.key()), json::serialize(member.value()), "-"});
    return;
  }
  auto* cells = derived.if_array();
  auto* theirs = printed.if_array();
  if (cells && theirs && cells->size() == theirs->size()) { // a row of table 三
    auto columns = wire_words<ApplicantKind>();
    for (std::size_t i = 0; i < cells->size(); ++i)
      compare_cells(at + "/" + (i < columns.size() ? std::string(columns[i]) : "total"),
                    (*theirs)[i], (*cells)[i], out);
    return;
  }
  if (printed != derived) out.push_back({at, json::serialize(printed), json::serialize(derived)});
}

} // namespace

Result<std::vector<OtherCell>> compare_report(const EntrySource& log, const Statutes& statutes,
                                              const json::value& printed) {
  auto* document = printed.if_object();
  auto* organ = document ? document->if_contains("organ") : nullptr;
  auto* code = organ && organ->is_object() ? organ->get_object().if_contains("code") : nullptr;
  if (!code || !code->is_string()) return no_report("/organ/code");
  auto* as_of = document->if_contains("as_of");
  auto* seq = as_of && as_of->is_object() ? as_of->get_object().if_contains("seq") : nullptr;
  if (!seq || !seq->is_int64() || seq->get_int64() < 0) return no_report("/as_of/seq");
  auto* year = document->if_contains("year");
  if (!year || !year->is_int64()) return no_report("/year");
  auto* scope = document->if_contains("scope");
  auto* edition = document->if_contains("edition");
  auto position = std::uint64_t(seq->get_int64());
  if (position > log.size())
    return Failure{
        FailureKind::corrupt,
        "entries_missing",
        {"日志不含报告所依据的全部条目", "the log does not reach the position of the report"}};
  ReportQuery query{std::string(code->get_string()), int(year->get_int64())};
  if (scope && scope->is_string())
    query.scope = from_word<Scope>(std::string_view(scope->get_string())).value_or(Scope::organ);
  if (edition && edition->is_string()) query.edition = std::string(edition->get_string());
  auto reg = replay(log, position);
  if (!reg) return reg.error();
  auto report = make_report(*reg, statutes, query);
  if (!report) return report.error();
  auto derived = to_json(report->annual, report->checks);
  std::vector<OtherCell> out;
  for (auto* table : {"proactive", "requests", "disputes"}) {
    auto* theirs = document->if_contains(table);
    compare_cells(table, theirs ? *theirs : json::value{}, derived.at(table), out);
  }
  return out;
}

} // namespace mingce
