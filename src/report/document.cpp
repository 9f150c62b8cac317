#include "report/document.hpp"

#include "base/json_reader.hpp"
#include "report/printed.hpp"
#include "report/quantity.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <set>
#include <utility>

namespace mingce {
namespace {

// ── writing ─────────────────────────────────────────────────────────────────────────────────────

json::array to_json(const std::vector<std::string>& words) {
  return json::array(words.begin(), words.end());
}

json::object to_json(const AsOf& as_of) {
  json::value recorded_at;
  if (as_of.recorded_at) recorded_at = to_string(*as_of.recorded_at);
  return {{"seq", as_of.seq}, {"recorded_at", std::move(recorded_at)}};
}

json::object to_json(const FigureBlock& block, const FigureRow& row, const FigureCells& cells) {
  json::object out;
  for (std::size_t i = 0; i < block.columns.size(); ++i) {
    auto& column = block.columns[i].code;
    out[column] = to_json(cells.find(column)->second, row.cells[i].unit);
  }
  return out;
}

json::object proactive_json(const AnnualReport& report) {
  json::object out;
  for (auto& block : report.edition->proactive.blocks)
    for (auto& row : block.rows)
      out[row.code] = to_json(block, row, report.proactive.find(row.code)->second);
  return out;
}

json::object requests_json(const AnnualReport& report) {
  json::object out;
  for (auto& row : report.edition->requests.rows)
    if (auto found = report.requests.find(row.code); found != report.requests.end())
      out[row.code] = json::array(found->second.begin(), found->second.end());
  return out;
}

json::object disputes_json(const AnnualReport& report) {
  auto& table = report.edition->disputes;
  json::object out;
  for (auto& block : table.blocks) {
    auto& numbers = report.disputes.find(block.code)->second;
    json::object cells;
    for (std::size_t i = 0; i < numbers.size(); ++i) cells[table.columns[i].code] = numbers[i];
    out[block.code] = std::move(cells);
  }
  return out;
}

json::array organs_json(const std::vector<OrganNote>& organs) {
  json::array out;
  for (auto& organ : organs) {
    json::object line{{"code", organ.code},
                      {"name", organ.name},
                      {"source", to_word(organ.source)},
                      {"scope", to_word(organ.scope)}};
    if (organ.seq != 0) line["seq"] = organ.seq;
    if (organ.has_both) line["has_both"] = true;
    out.push_back(std::move(line));
  }
  return out;
}

/// The reconciliation of the published figures, cell by cell.
json::object publication_json(const PublicationNote& publication) {
  json::array differences;
  for (auto& each : publication.differences)
    differences.push_back(json::object{{"cell", each.cell},
                                       {"published", to_json(each.published, each.unit)},
                                       {"current", to_json(each.current, each.unit)}});
  json::object out{{"on", to_string(publication.on)},
                   {"seq", publication.seq},
                   {"position", publication.position},
                   {"edition", publication.edition},
                   {"late_fact", to_word(publication.late_fact)}};
  if (!publication.url.empty()) out["url"] = publication.url;
  out["differences"] = std::move(differences);
  return out;
}

void add_time(json::object& out, const ReportSubject& subject) {
  if (subject.year)
    out["year"] = *subject.year;
  else
    out["period"] = {{"from", to_string(subject.period.from)},
                     {"to", to_string(subject.period.to)}};
}

// ── reading ─────────────────────────────────────────────────────────────────────────────────────

/// The names of all cells there are, with their units.
using KnownCells = std::map<std::string, Unit, std::less<>>;

KnownCells known_cells(const Layout& layout) {
  KnownCells known;
  for (auto& place : places_of(layout)) known.emplace(place.name(), place.unit);
  return known;
}

const Edition* find_edition(const JsonReader& code, const Editions& editions) {
  auto spelled = code.text();
  auto* edition = editions.find(spelled);
  if (!edition && !spelled.empty())
    code.complain({"没有这一格式：" + spelled, "no such edition: " + spelled});
  return edition;
}

/// The editions a document names, by table; null where it names none.
Layout named_layout(const JsonReader& code, const Editions& editions) {
  if (!code.exists()) return {};
  if (!code.value()->is_object()) {
    auto* edition = find_edition(code, editions);
    return {edition, edition, edition};
  }
  code.allow_only({"proactive", "requests", "disputes"});
  auto named = [&](const char* table) -> const Edition* {
    auto member = code.optional_member(table);
    return member.exists() ? find_edition(member, editions) : nullptr;
  };
  return {named("proactive"), named("requests"), named("disputes")};
}

/// `row/column` of every cell of a table in a document; of an array the row alone.
std::vector<std::string> names_in(const JsonReader& table) {
  std::vector<std::string> names;
  if (!table.value()->is_object()) return names;
  for (auto& [row, cells] : table.value()->get_object())
    if (auto* columns = cells.if_object())
      for (auto& [column, cell] : *columns)
        names.push_back(std::string(row) + "/" + std::string(column));
    else
      names.push_back(std::string(row) + "/" + std::string(total_column));
  return names;
}

bool has_all(const Edition& edition, std::string_view table,
             const std::vector<std::string>& names) {
  std::set<std::string> known;
  for (auto& place : places_of({&edition, &edition, &edition}))
    if (place.table == table)
      known.insert(std::string(place.row) + "/" + std::string(place.column));
  return std::ranges::all_of(names, [&](auto& name) { return known.contains(name); });
}

/// The edition a table follows: the one it names if its rows and columns agree, else one that has
/// them all — the preferred one if it can be, else the newest. What fits none keeps its name.
const Edition* edition_of(const JsonReader& table, std::string_view name, const Edition* named,
                          const Edition* preferred, const Editions& editions) {
  auto names = names_in(table);
  auto fits = [&](const Edition* edition) { return edition && has_all(*edition, name, names); };
  for (auto* edition : {named, preferred})
    if (fits(edition)) return edition;
  const Edition* newest = nullptr;
  for (auto& edition : editions.all())
    if (fits(&edition) && (!newest || edition.first_year > newest->first_year)) newest = &edition;
  if (newest) return newest;
  return named ? named : preferred ? preferred : &editions.all().back();
}

/// The table of a document, if it has it.
std::optional<JsonReader> find_table(const JsonReader& in, const char* name) {
  auto table = in.optional_member(name);
  if (!table.exists() || table.value()->is_null()) return {};
  return table;
}

/// A document without a single table is no report; one that is left out is told, not invented.
Layout read_layout(const JsonReader& in, std::optional<int> year, const Editions& editions) {
  auto named = named_layout(in.optional_member("edition"), editions);
  auto* prescribed = year ? editions.in_force(*year) : nullptr;
  Layout layout;
  if (auto table = find_table(in, "requests"))
    layout.requests = edition_of(*table, "requests", named.requests, prescribed, editions);
  if (auto table = find_table(in, "proactive"))
    layout.proactive = edition_of(*table, "proactive", named.proactive, prescribed, editions);
  // No edition has changed table 四 yet, and few documents name its edition apart.
  auto* of_disputes = named.disputes ? named.disputes : layout.requests;
  if (auto table = find_table(in, "disputes"))
    layout.disputes = edition_of(*table, "disputes", of_disputes, prescribed, editions);
  if (std::ranges::count(layout.all(), nullptr) == 3) in.member("requests");
  return layout;
}

std::optional<int> read_year(const JsonReader& in) {
  auto year = in.optional_member("year").integer();
  if (year && (*year < 1900 || *year > 2999)) {
    in.member("year").complain({"年度不合理", "not a plausible year"});
    return {};
  }
  return year;
}

/// A name, or the organ of a document of our own.
std::string read_organ(const JsonReader& organ) {
  if (!organ.exists()) return {};
  if (organ.value()->is_object()) return organ.optional_member("name").text();
  return organ.value()->is_string() ? organ.text() : std::string();
}

/// Shortest decimal form of a number that another program wrote with a fraction.
std::string fixed(double number) {
  std::array<char, 400> buffer{}; // room for the longest double there is
  auto end = std::to_chars(buffer.begin(), buffer.end(), number, std::chars_format::fixed);
  return {buffer.begin(), end.ptr};
}

/// The cell as written, if it is a text, a number or null.
std::optional<std::string> written_in(const json::value& cell) {
  if (cell.is_null()) return "";
  if (auto* number = cell.if_double()) return fixed(*number);
  if (auto* string = cell.if_string()) return std::string(*string);
  if (cell.is_number()) return json::serialize(cell);
  return {};
}

void read_cell(const JsonReader& in, const std::string& name, const KnownCells& known,
               Tables& tables) {
  auto unit = known.find(name);
  if (unit == known.end())
    return in.complain({"该格式没有这一单元格：" + name, "the edition has no such cell: " + name});
  if (auto text = written_in(*in.value()))
    take_printed(tables, name, *text, unit->second);
  else
    in.complain({"应为数", "must be a number"});
}

/// A table whose rows are objects: 二 and 四.
void read_objects(const JsonReader& in, std::string_view table, const KnownCells& known,
                  Tables& tables) {
  for (auto& [row, columns] : in.members())
    for (auto& [column, cell] : columns.members())
      read_cell(cell, cell_name(table, row, column), known, tables);
}

/// Table 三, whose rows are arrays in the order of the columns.
void read_arrays(const JsonReader& in, const KnownCells& known, Tables& tables) {
  auto& columns = tables.layout.requests->requests.columns;
  for (auto& [row, array] : in.members()) {
    auto cells = array.elements();
    if (cells.size() != columns.size()) {
      array.complain({"应有 " + std::to_string(columns.size()) + " 个数",
                      "must have " + std::to_string(columns.size()) + " numbers"});
      continue;
    }
    for (std::size_t i = 0; i < cells.size(); ++i)
      read_cell(cells[i], cell_name("requests", row, columns[i].code), known, tables);
  }
}

void read_all(const JsonReader& in, Tables& tables) {
  auto known = known_cells(tables.layout);
  auto& layout = tables.layout;
  if (layout.proactive) read_objects(in.member("proactive"), "proactive", known, tables);
  if (layout.requests) read_arrays(in.member("requests"), known, tables);
  if (layout.disputes) read_objects(in.member("disputes"), "disputes", known, tables);
}

} // namespace

json::object to_json(const Check& check) {
  json::object out{{"id", check.id},
                   {"status", to_word(check.status)},
                   {"message", check.message.zh},
                   {"cells", to_json(check.cells)}};
  if (!check.cases.empty()) out["cases"] = to_json(check.cases);
  if (check.disposed) out["disposed"] = true;
  return out;
}

json::array to_json(const std::vector<Check>& checks) {
  json::array out;
  for (auto& check : checks) out.push_back(to_json(check));
  return out;
}

json::object tables_json(const AnnualReport& report) {
  return {{"proactive", proactive_json(report)},
          {"requests", requests_json(report)},
          {"disputes", disputes_json(report)}};
}

json::object report_document(int year, const std::string& edition,
                             const std::string& edition_of_proactive, const json::object& tables) {
  json::object out{{"year", year}};
  if (edition == edition_of_proactive)
    out["edition"] = edition;
  else
    out["edition"] = {{"proactive", edition_of_proactive}, {"requests", edition}};
  for (auto* table : {"proactive", "requests", "disputes"}) {
    auto* given = tables.if_contains(table);
    out[table] = given ? *given : json::value(json::object{});
  }
  return out;
}

json::object to_json(const AnnualReport& report, const std::vector<Check>& checks) {
  auto& subject = report.subject;
  json::object out;
  out["organ"] = {{"code", subject.organ_code}, {"name", subject.organ_name}};
  add_time(out, subject);
  out["scope"] = to_word(subject.scope);
  out["edition"] = report.edition->code;
  out["as_of"] = to_json(report.as_of);
  for (auto& table : tables_json(report)) out[table.key()] = std::move(table.value());
  out["checks"] = to_json(checks);
  json::array irregularities;
  for (auto& note : report.notes.irregularities)
    irregularities.push_back(json::object{{"code", note.code},
                                          {"article", note.article},
                                          {"count", std::int64_t(note.requests.size())},
                                          {"requests", to_json(note.requests)}});
  out["notes"] = {{"voided", to_json(report.notes.voided)},
                  {"irregularities", std::move(irregularities)},
                  {"organs", organs_json(report.notes.organs)}};
  if (report.notes.publication) out["publication"] = publication_json(*report.notes.publication);
  return out;
}

void take_printed(Tables& tables, const std::string& name, std::string_view text, Unit unit) {
  auto printed = read_printed(text, unit);
  if (printed.value) tables.cells[name] = *printed.value;
  if (!printed.plain) tables.remarks[name] = std::string(text);
}

Result<Tables> read_tables(const json::value& document, const Editions& editions) {
  std::vector<FieldError> errors;
  JsonReader in(document, errors);
  Tables tables;
  tables.year = read_year(in);
  tables.organ = read_organ(in.optional_member("organ"));
  tables.layout = read_layout(in, tables.year, editions);
  // Without its edition a table cannot be read.
  if (errors.empty()) read_all(in, tables);
  if (!errors.empty())
    return refusal("invalid_document", {"报告文件有误", "the report document is faulty"},
                   std::move(errors));
  return tables;
}

} // namespace mingce
