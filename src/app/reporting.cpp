#include "app/reporting.hpp"

#include "app/background.hpp"
#include "app/case_findings.hpp"
#include "app/contributions.hpp"
#include "app/lines.hpp"
#include "app/restatement.hpp"
#include "projection/period_tally.hpp"
#include "projection/replay.hpp"
#include "report/document.hpp"
#include "report/prose.hpp"
#include "report/roll_up.hpp"
#include "report/tables.hpp"

#include <algorithm>
#include <set>

namespace mingce {
namespace {

// ---- what should not have happened --------------------------------------------------------------

std::vector<std::string> register_numbers(const Register& reg, const CaseSet& cases) {
  std::vector<std::string> numbers;
  numbers.reserve(cases.size());
  cases.each([&](std::size_t n) { numbers.push_back(reg.requests()[n].register_no); });
  return numbers;
}

std::vector<IrregularityNote> irregularity_notes(const Register& reg, const PeriodTally& tally) {
  std::vector<IrregularityNote> notes;
  for (auto& [code, found] : tally.irregular)
    notes.push_back({code, found.article, register_numbers(reg, found.cases)});
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

/// The reports that a region is made of: counted from the registers on the same basis, or
/// collected.
class Members {
public:
  Members(const Register& reg, const Policy& policy, const std::vector<Contribution>& parts,
          const Basis& basis, const AnnualReport& report, const CountsByOrgan& requests) {
    auto counts = count_by_organ(reg, basis, report.subject.period, policy, requests);
    tables_.reserve(parts.size());
    for (auto& part : parts) {
      auto& note = part.note;
      auto& member = list_.emplace_back(RollUpMember{note.name});
      if (note.source == FigureSource::own_register)
        tables_.push_back(
            tables_of(fill(*report.edition, counts[note.code],
                           {note.code, note.name, report.subject.year, report.subject.period})));
      else if (part.tables)
        tables_.push_back(*part.tables);
      else
        continue;
      member.reports.push_back(&tables_.back());
    }
  }
  const std::vector<RollUpMember>& list() const { return list_; }

private:
  std::vector<Tables> tables_;
  std::vector<RollUpMember> list_;
};

/// The cases and disputes behind the cells of a check that failed by numbers alone.
void name_cases(const Counting& counting, Check& check) {
  if (check.status != CheckStatus::fail || !check.cases.empty()) return;
  std::set<std::string> cells(check.cells.begin(), check.cells.end()), names;
  auto touches = [&](const Lines& lines) {
    return std::ranges::any_of(lines, [&](auto& line) { return cells.contains(line.first); });
  };
  each_standing(counting.reg, counting.basis, counting.period, counting.policy,
                [&](const CaseStanding& found) {
                  if (touches(lines_of(counting.edition, found)))
                    names.insert(found.request.register_no);
                });
  each_dispute(counting.reg, counting.basis, counting.period, counting.policy,
               [&](const DisputeStanding& found) {
                 if (touches(lines_of(found))) names.insert(found.row.ref);
               });
  check.cases.assign(names.begin(), names.end());
}

/// What a report was made from, as its checks need it.
struct Making {
  const Register& reg;
  const Statutes& statutes;
  const ReportQuery& query;
  Basis basis;
  std::vector<Contribution> parts;
  PeriodTally tally;
  std::optional<std::string> prose; ///< what the organ writes itself
};

/// `frozen`: the tables are printed as published, and no longer the sum of what is known.
void check(Report& report, const Making& making, bool frozen) {
  auto& [reg, statutes, query, basis, parts, tally, prose] = making;
  auto& annual = report.annual;
  auto findings = case_findings(reg, statutes.policy, basis.organs, annual, tally);
  if (auto& publication = annual.notes.publication) {
    auto& cells = findings.restated.emplace();
    for (auto& each : publication->differences) cells.push_back(each.cell);
  }
  // What others recorded, and what they were paid, is not known here.
  bool collected = std::ranges::any_of(parts, [](auto& part) { return part.tables.has_value(); });
  if (collected)
    findings.unrecorded.clear();
  else if (prose)
    findings.fees = fees_received(fees_of(reg, statutes, query, *annual.edition));
  Evidence evidence;
  evidence.findings = &findings;
  evidence.prose = prose;
  evidence.makes_regulations = power_to_make_regulations(reg.organs().find(query.organ)->second);
  std::optional<Tables> last_year;
  if (query.year)
    last_year = published_tables(reg, statutes.editions, query.organ, query.scope, *query.year - 1);
  if (last_year) evidence.last_year = &*last_year;
  std::optional<Members> members;
  if (query.scope == Scope::region && !frozen) {
    members.emplace(reg, statutes.policy, parts, basis, annual, tally.requests);
    evidence.members = &members->list();
  }
  report.checks = run_checks(tables_of(annual), statutes.editions, evidence);
  Counting counting{reg, basis, annual.subject.period, *annual.edition, statutes.policy};
  auto* file = query.year ? reg.find_report(query.organ, *query.year, query.scope) : nullptr;
  for (auto& each : report.checks) {
    name_cases(counting, each);
    // A finding may be named by its rule and cells, or by its own name.
    each.disposed =
        file && each.status == CheckStatus::fail &&
        (file->file.disposes(each.id, each.cells) || file->file.disposes(each.name(), {}));
  }
}

/// Whether the tables are now those that were published.
bool take_publication(const Register& reg, const Statutes& statutes, const ReportQuery& query,
                      AnnualReport& report) {
  auto* file = query.year ? reg.find_report(query.organ, *query.year, query.scope) : nullptr;
  auto* published = file ? file->file.latest(ReportStatus::published) : nullptr;
  if (!published) return false;
  report.notes.publication = PublicationNote{published->on,
                                             published->seq,
                                             published->position,
                                             published->edition,
                                             published->url,
                                             published->late_fact,
                                             differences(reg, statutes, *file, *published)};
  // Under this policy a closed year is printed as it was published, whatever is known by now.
  if (settings_of(reg.organs(), query.organ, reg.size()).late_fact != LateFact::next_open_year)
    return false;
  auto tables = tables_of(*published, *query.year, statutes.editions);
  auto own = tables ? fitted(*tables, *report.edition) : std::nullopt;
  if (own) set_tables(report, *own);
  return own.has_value();
}

AnnualReport fill_on(const Making& making, const Edition& edition) {
  auto& [reg, statutes, query, basis, parts, tally, prose] = making;
  auto period = period_of(query);
  ReportSubject subject{query.organ, reg.organs().find(query.organ)->second.name, query.year,
                        period, query.scope};
  auto report = fill(edition, count(reg, basis, period, statutes.policy, tally.requests),
                     std::move(subject), {reg.size(), reg.recorded_at()});
  for (auto& part : parts) {
    if (part.tables) add_tables(report, *part.tables);
    if (query.scope == Scope::region || part.note.source != FigureSource::own_register ||
        part.note.has_both)
      report.notes.organs.push_back(part.note);
  }
  return report;
}

Making making_of(const Register& reg, const Statutes& statutes, const ReportQuery& query,
                 const Edition& edition, Basis basis) {
  auto parts =
      contributions(reg, statutes.editions, query.organ, query.scope, period_of(query), edition);
  leave_to_others(reg, parts, basis.organs);
  return {reg, statutes, query, std::move(basis), std::move(parts), {}, {}};
}

Result<Report> report_on(const Register& reg, const Statutes& statutes, const ReportQuery& query,
                         Basis basis, bool as_published, const std::optional<std::string>& prose) {
  auto edition = edition_for(statutes.editions, query);
  if (!edition) return edition.error();
  auto making = making_of(reg, statutes, query, **edition, std::move(basis));
  auto period = period_of(query);
  making.prose = prose;
  // A year that is still running is looked at as of the day of the last entry.
  auto day = reg.recorded_at() ? std::min(period.to, civil_day(*reg.recorded_at())) : period.to;
  making.tally = tally(reg, statutes.law, statutes.policy, making.basis, period, day);
  Report report{fill_on(making, **edition), {}};
  auto& notes = report.annual.notes;
  notes.voided = register_numbers(reg, making.tally.voided);
  notes.irregularities = irregularity_notes(reg, making.tally);
  bool frozen = as_published && take_publication(reg, statutes, query, report.annual);
  check(report, making, frozen);
  return report;
}

} // namespace

OrganSet organs_of(const Register& reg, const ReportQuery& query) {
  return organs_at(reg, query.organ, query.scope, Basis::present);
}

Period period_of(const ReportQuery& query) {
  return query.period ? *query.period : Period::of_year(*query.year);
}

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

AnnualReport counted_report(const Register& reg, const Statutes& statutes, const ReportQuery& query,
                            const Edition& edition, Basis basis) {
  auto making = making_of(reg, statutes, query, edition, std::move(basis));
  making.tally.requests = count_requests(reg, making.basis, period_of(query), statutes.policy);
  return fill_on(making, edition);
}

Result<Report> make_report(const Register& reg, const Statutes& statutes, const ReportQuery& query,
                           const std::optional<std::string>& prose) {
  if (!reg.organs().contains(query.organ)) return no_such_organ(query.organ);
  return report_on(reg, statutes, query, basis_of(reg, query.organ, query.scope, period_of(query)),
                   true, prose);
}

Result<Report> make_open_report(const Register& reg, const Statutes& statutes,
                                const ReportQuery& query) {
  if (!reg.organs().contains(query.organ)) return no_such_organ(query.organ);
  return report_on(reg, statutes, query,
                   open_basis(reg, query.organ, query.scope, period_of(query)), false, {});
}

// ---- a printed report ---------------------------------------------------------------------------

namespace {

Failure no_report(const char* pointer) {
  return invalid(pointer,
                 {"不是年度报告文档，或缺少该项", "no report document, or it lacks this member"},
                 "not_a_report");
}

/// The year, or the two days, that the document is about.
Result<ReportQuery> read_days(const json::object& document) {
  ReportQuery query;
  if (auto* year = document.if_contains("year"); year && year->is_int64()) {
    query.year = int(year->get_int64());
    return query;
  }
  auto* period = document.if_contains("period");
  auto day = [&](const char* name) -> std::optional<Day> {
    auto* text = period && period->is_object() ? period->get_object().if_contains(name) : nullptr;
    return text && text->is_string() ? parse_day(text->get_string()) : std::nullopt;
  };
  auto from = day("from"), to = day("to");
  if (!from || !to || *to < *from) return no_report("/year");
  query.period = Period{*from, *to};
  return query;
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
  auto when = read_days(*document);
  if (!when) return when.error();
  auto* scope = document->if_contains("scope");
  auto* edition = document->if_contains("edition");
  auto position = std::uint64_t(seq->get_int64());
  if (position > log.size())
    return Failure{
        FailureKind::corrupt,
        "entries_missing",
        {"日志不含报告所依据的全部条目", "the log does not reach the position of the report"}};
  when->organ = std::string(code->get_string());
  auto& query = *when;
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
