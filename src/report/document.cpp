#include "report/document.hpp"

#include "base/json_reader.hpp"
#include "report/quantity.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
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

/// Published documents rarely name table 四's edition apart: no edition has changed it yet.
Layout layout_by_table(const JsonReader& codes, const Editions& editions) {
  Layout layout;
  codes.allow_only({"proactive", "requests", "disputes"});
  layout.proactive = find_edition(codes.member("proactive"), editions);
  layout.requests = find_edition(codes.member("requests"), editions);
  auto disputes = codes.optional_member("disputes");
  layout.disputes = disputes.exists() ? find_edition(disputes, editions) : layout.requests;
  return layout;
}

Layout read_layout(const JsonReader& in, std::optional<int> year, const Editions& editions) {
  auto code = in.optional_member("edition");
  if (code.exists() && code.value()->is_object()) return layout_by_table(code, editions);
  const Edition* edition = nullptr;
  if (code.exists())
    edition = find_edition(code, editions);
  else if (year)
    edition = editions.in_force(*year);
  if (!edition && !code.exists()) code.complain({"未指明格式", "the edition is not named"});
  return {edition, edition, edition};
}

std::optional<int> read_year(const JsonReader& in) {
  auto year = in.optional_member("year").integer();
  if (year && (*year < 1900 || *year > 2999)) {
    in.member("year").complain({"年度不合理", "not a plausible year"});
    return {};
  }
  return year;
}

std::string trimmed(std::string_view text) {
  auto first = text.find_first_not_of(" \t\r\n");
  if (first == text.npos) return {};
  return std::string(text.substr(first, text.find_last_not_of(" \t\r\n") - first + 1));
}

/// Shortest decimal form of a number that another program wrote with a fraction.
std::string fixed(double number) {
  std::array<char, 400> buffer{}; // room for the longest double there is
  auto end = std::to_chars(buffer.begin(), buffer.end(), number, std::chars_format::fixed);
  return {buffer.begin(), end.ptr};
}

/// The cell as written; empty where it is blank, or printed as a dash or a stroke.
std::string written_in(const json::value& cell) {
  if (cell.is_null()) return {};
  if (auto* number = cell.if_double()) return fixed(*number);
  auto* string = cell.if_string();
  if (!string) return json::serialize(cell);
  auto text = trimmed({string->data(), string->size()});
  constexpr std::array<std::string_view, 5> strokes{"-", "/", "—", "－", "／"};
  return std::ranges::find(strokes, text) == strokes.end() ? text : std::string();
}

void read_cell(const JsonReader& in, const std::string& name, const KnownCells& known,
               Tables& tables) {
  auto unit = known.find(name);
  if (unit == known.end())
    return in.complain({"该格式没有这一单元格：" + name, "the edition has no such cell: " + name});
  auto text = written_in(*in.value());
  if (text.empty()) return;
  if (auto value = parse_quantity(text, unit->second))
    tables.cells[name] = *value;
  else
    in.complain({"不是该单位的数：" + text, "not a number of this unit: " + text});
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
  read_objects(in.member("proactive"), "proactive", known, tables);
  read_arrays(in.member("requests"), known, tables);
  read_objects(in.member("disputes"), "disputes", known, tables);
}

} // namespace

json::object to_json(const Check& check) {
  return {{"id", check.id},
          {"status", to_word(check.status)},
          {"message", check.message.zh},
          {"cells", to_json(check.cells)}};
}

json::array to_json(const std::vector<Check>& checks) {
  json::array out;
  for (auto& check : checks) out.push_back(to_json(check));
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
  out["proactive"] = proactive_json(report);
  out["requests"] = requests_json(report);
  out["disputes"] = disputes_json(report);
  out["checks"] = to_json(checks);
  json::array irregularities;
  for (auto& note : report.notes.irregularities)
    irregularities.push_back(json::object{{"code", note.code},
                                          {"article", note.article},
                                          {"count", std::int64_t(note.requests.size())},
                                          {"requests", to_json(note.requests)}});
  out["notes"] = {{"voided", to_json(report.notes.voided)},
                  {"irregularities", std::move(irregularities)}};
  return out;
}

Result<Tables> read_tables(const json::value& document, const Editions& editions) {
  std::vector<FieldError> errors;
  JsonReader in(document, errors);
  Tables tables;
  tables.year = read_year(in);
  tables.layout = read_layout(in, tables.year, editions);
  // Without its edition a table cannot be read.
  if (errors.empty()) read_all(in, tables);
  if (!errors.empty())
    return refusal("invalid_document", {"报告文件有误", "the report document is faulty"},
                   std::move(errors));
  return tables;
}

} // namespace mingce
