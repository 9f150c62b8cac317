#include "report/format.hpp"

#include "base/json_reader.hpp"

#include <algorithm>
#include <array>
#include <limits>
#include <set>
#include <utility>

namespace mingce {
namespace {

bool is_money(Unit unit) { return unit != Unit::count; }

/// The part before the first dot: `licences` of `licences.decisions`.
std::string_view family_of(std::string_view item) { return item.substr(0, item.find('.')); }

// ── reading the shape ───────────────────────────────────────────────────────────────────────────

std::string read_text(const JsonReader& in) { return in.text(); }

int read_integer(const JsonReader& in, int least, int most) {
  auto number = in.integer();
  if (!number) return least;
  if (least <= *number && *number <= most) return int(*number);
  auto range = std::to_string(least) + "–" + std::to_string(most);
  in.complain({"应在 " + range + " 之间", "must be within " + range});
  return least;
}

Column read_column(const JsonReader& in) {
  in.allow_only({"code", "label", "group"});
  return {in.member("code").text(), in.member("label").text(), in.optional_member("group").text()};
}

FigureTerm read_term(const JsonReader& factor, std::string item) {
  auto number = read_integer(factor, -1, 1);
  if (number == 0) factor.complain({"系数应为 1 或 -1", "a factor is 1 or -1"});
  return {std::move(item), number};
}

std::vector<FigureTerm> read_terms(const JsonReader& cell) {
  auto single = cell.optional_member("figure");
  auto several = cell.optional_member("figures");
  if (cell.exists() && single.exists() == several.exists())
    cell.complain({"figure 与 figures 应恰有其一", "exactly one of figure and figures"});
  if (single.exists()) return {{single.text()}};
  std::vector<FigureTerm> terms;
  for (auto& [item, factor] : several.members()) terms.push_back(read_term(factor, item));
  if (several.exists() && terms.empty()) several.complain({"没有数据项", "names no figure item"});
  return terms;
}

FigureCell read_cell(const JsonReader& in) {
  in.allow_only({"figure", "figures", "aggregate", "unit"});
  return {read_terms(in), in.member("aggregate").word<Aggregate>().value_or(Aggregate{}),
          in.member("unit").word<Unit>().value_or(Unit{})};
}

std::vector<FigureCell> read_cells(const JsonReader& in, const std::vector<Column>& columns) {
  std::vector<FigureCell> cells;
  cells.reserve(columns.size());
  for (auto& column : columns) cells.push_back(read_cell(in.member(column.code)));
  for (auto& [code, cell] : in.members())
    if (std::ranges::find(columns, code, &Column::code) == columns.end())
      cell.complain({"本块没有这一列", "the block has no such column"});
  return cells;
}

FigureBlock read_block(const JsonReader& in) {
  in.allow_only({"code", "label", "columns", "rows"});
  FigureBlock block{in.member("code").text(),
                    in.member("label").text(),
                    read_list(in.member("columns"), read_column),
                    {}};
  block.rows = read_list(in.member("rows"), [&](const JsonReader& row) {
    row.allow_only({"code", "label", "cells"});
    return FigureRow{row.member("code").text(), row.member("label").text(),
                     read_cells(row.member("cells"), block.columns)};
  });
  return block;
}

ProactiveTable read_proactive(const JsonReader& in) {
  in.allow_only({"heading", "row_header", "blocks"});
  return {in.member("heading").text(), in.member("row_header").text(),
          read_list(in.member("blocks"), read_block)};
}

RequestRow read_request_row(const JsonReader& in) {
  in.allow_only({"code", "label", "depth", "source", "article", "outcomes"});
  RequestRow row{in.member("code").text(), in.member("label").text(),
                 read_integer(in.member("depth"), 0, 4)};
  if (auto source = in.optional_member("source"); source.exists())
    row.source = source.word<RowSource>();
  for (auto& word : in.optional_member("outcomes").elements())
    if (auto outcome = word.word<Outcome>()) row.outcomes.push_back(*outcome);
  return row;
}

RequestTable read_requests(const JsonReader& in) {
  in.allow_only({"heading", "note", "column_header", "columns", "rows"});
  return {in.member("heading").text(), in.member("note").text(), in.member("column_header").text(),
          read_list(in.member("columns"), read_column),
          read_list(in.member("rows"), read_request_row)};
}

DisputeTable read_disputes(const JsonReader& in) {
  in.allow_only({"heading", "columns", "blocks"});
  return {in.member("heading").text(), read_list(in.member("columns"), read_column),
          read_list(in.member("blocks"), read_column)};
}

void read_years(const JsonReader& in, Edition& edition) {
  in.allow_only({"first", "last"});
  edition.first_year = read_integer(in.member("first"), 1900, 2999);
  auto last = in.member("last");
  if (last.exists() && !last.value()->is_null())
    edition.last_year = read_integer(last, edition.first_year, 2999);
}

Edition read_edition(const JsonReader& in) {
  in.allow_only({"format", "authority", "applies_to_years", "title", "sections", "proactive",
                 "requests", "disputes"});
  Edition edition;
  edition.code = in.member("format").text();
  edition.authority = in.member("authority").text();
  read_years(in.member("applies_to_years"), edition);
  edition.title = in.member("title").text();
  edition.sections = read_list(in.member("sections"), read_text);
  edition.proactive = read_proactive(in.member("proactive"));
  edition.requests = read_requests(in.member("requests"));
  edition.disputes = read_disputes(in.member("disputes"));
  return edition;
}

// ── what must hold of a well-shaped edition ─────────────────────────────────────────────────────

void check_title(const JsonReader& title) {
  auto text = title.text();
  for (auto placeholder : {"{organ}", "{year}"})
    if (text.find(placeholder) == text.npos)
      title.complain({std::string("缺少 ") + placeholder, std::string("lacks ") + placeholder});
}

/// 条例50: six parts, in the order that the report is composed in.
void check_sections(const JsonReader& sections) {
  if (sections.elements().size() != 6)
    sections.complain({"应有六个部分", "must have six sections"});
}

/// Every element's `code` occurs once among all the codes `seen`.
void check_codes(const JsonReader& list, std::set<std::string>& seen) {
  for (auto& element : list.elements()) {
    auto code = element.member("code");
    if (!seen.insert(code.text()).second) code.complain({"代码重复", "the code occurs twice"});
  }
}

void check_proactive_codes(const JsonReader& blocks) {
  std::set<std::string> block_codes, row_codes;
  check_codes(blocks, block_codes);
  for (auto& block : blocks.elements()) {
    std::set<std::string> column_codes;
    check_codes(block.member("columns"), column_codes);
    check_codes(block.member("rows"), row_codes);
  }
}

/// The codes are the words of `E` in their order, followed by `last` if it is not empty.
template <class E>
void check_vocabulary(const JsonReader& list, std::string_view last = {}) {
  std::vector<std::string> expected(wire_words<E>().begin(), wire_words<E>().end());
  if (!last.empty()) expected.emplace_back(last);
  auto found = read_list(list, [](const JsonReader& in) { return in.member("code").text(); });
  if (found == expected) return;
  std::string order;
  for (auto& word : expected) order += (order.empty() ? "" : ", ") + word;
  list.complain({"应依次为 " + order, "must be, in this order: " + order});
}

void check_source(const JsonReader& reader, const RequestRow& row, std::set<RowSource>& seen) {
  bool counts_outcomes = row.source == RowSource::outcome;
  if (counts_outcomes == row.outcomes.empty())
    reader.complain({"办理结果与数据来源不相符", "outcomes belong to a row of source outcome"});
  if (row.source && !counts_outcomes && !seen.insert(*row.source).second)
    reader.complain({"同一来源占两行", "two rows have this source"});
}

void check_sources(const JsonReader& rows, const RequestTable& table) {
  std::set<RowSource> seen;
  auto readers = rows.elements();
  for (std::size_t i = 0; i < readers.size(); ++i) check_source(readers[i], table.rows[i], seen);
  for (auto source : {RowSource::received, RowSource::carried_in, RowSource::outcome_total,
                      RowSource::carried_out})
    if (!seen.contains(source))
      rows.complain(
          {"没有来源为 " + to_word(source) + " 的行", "no row of source " + to_word(source)});
}

/// Otherwise a conclusion would be counted nowhere, or twice.
void check_outcomes(const JsonReader& rows, const RequestTable& table) {
  std::array<int, enum_size<Outcome>> times{};
  for (auto& row : table.rows)
    for (auto outcome : row.outcomes) ++times[std::size_t(outcome)];
  for (std::size_t i = 0; i < times.size(); ++i) {
    auto& word = wire_words<Outcome>()[i];
    if (times[i] == 0) rows.complain({word + " 没有归入任何一行", word + " stands in no row"});
    if (times[i] > 1) rows.complain({word + " 归入多行", word + " stands in more than one row"});
  }
}

void check_edition(const JsonReader& in, const Edition& edition) {
  check_title(in.member("title"));
  check_sections(in.member("sections"));
  check_proactive_codes(in.member("proactive").member("blocks"));
  auto requests = in.member("requests");
  check_vocabulary<ApplicantKind>(requests.member("columns"), total_column);
  std::set<std::string> row_codes;
  check_codes(requests.member("rows"), row_codes);
  check_sources(requests.member("rows"), edition.requests);
  check_outcomes(requests.member("rows"), edition.requests);
  auto disputes = in.member("disputes");
  check_vocabulary<DisputeColumn>(disputes.member("columns"), total_column);
  check_vocabulary<DisputeBlock>(disputes.member("blocks"));
}

Failure edition_refusal(std::vector<FieldError> errors) {
  return refusal("invalid_edition", {"报告格式文件有误", "the report format is faulty"},
                 std::move(errors));
}

Failure conflict(std::string pointer, Text message) {
  return edition_refusal({{std::move(pointer), std::move(message)}});
}

/// Each (item, unit) of the edition's table 二.
template <class Visit>
void for_each_item(const Edition& edition, Visit visit) {
  for (auto& block : edition.proactive.blocks)
    for (auto& row : block.rows)
      for (auto& cell : row.cells)
        for (auto& term : cell.terms) visit(term.item, cell.unit);
}

bool overlap(const Edition& a, const Edition& b) {
  constexpr int open_end = std::numeric_limits<int>::max();
  return a.first_year <= b.last_year.value_or(open_end) &&
         b.first_year <= a.last_year.value_or(open_end);
}

} // namespace

Result<Edition> load_edition(const json::value& document) {
  std::vector<FieldError> errors;
  JsonReader in(document, errors);
  auto edition = read_edition(in);
  // What follows relies on the shape, so it is looked at only where the shape is right.
  if (errors.empty()) check_edition(in, edition);
  if (!errors.empty()) return edition_refusal(std::move(errors));
  return edition;
}

Result<Editions> Editions::load(std::span<const std::string_view> texts) {
  Editions editions;
  for (auto text : texts) {
    auto document = parse_json(text);
    if (!document) return document.error();
    auto edition = load_edition(*document);
    if (!edition) return edition.error();
    if (auto added = editions.add(std::move(*edition)); !added) return added.error();
  }
  return editions;
}

Result<void> Editions::add(Edition edition) {
  for (auto& other : editions_) {
    if (other.code == edition.code)
      return conflict("/format", {edition.code + " 已载入", edition.code + " is loaded already"});
    if (overlap(other, edition))
      return conflict("/applies_to_years",
                      {edition.code + " 与 " + other.code + " 适用年度重叠",
                       edition.code + " and " + other.code + " apply to the same year"});
  }
  std::optional<Failure> failure;
  for_each_item(edition, [&](const std::string& item, Unit unit) {
    auto [known, fresh] = money_by_item_.emplace(item, is_money(unit));
    if (!fresh && known->second != is_money(unit))
      failure = conflict("/proactive", {item + " 的单位前后不一", item + " has two kinds of unit"});
  });
  if (failure) return *failure;
  editions_.push_back(std::move(edition));
  return {};
}

const Edition* Editions::find(std::string_view code) const {
  auto found = std::ranges::find(editions_, code, &Edition::code);
  return found == editions_.end() ? nullptr : &*found;
}

const Edition* Editions::in_force(int year) const {
  auto found = std::ranges::find_if(editions_, [&](auto& e) { return e.applies_to(year); });
  return found == editions_.end() ? nullptr : &*found;
}

FigureItem Editions::classify(std::string_view item) const {
  if (auto known = money_by_item_.find(item); known != money_by_item_.end())
    return known->second ? FigureItem::known_money : FigureItem::known_count;
  bool of_family = std::ranges::any_of(
      money_by_item_, [&](auto& known) { return family_of(known.first) == family_of(item); });
  return of_family ? FigureItem::misspelt : FigureItem::free;
}

} // namespace mingce
