#include "intake/readers.hpp"
#include "intake/table_builder.hpp"
#include "intake/xml.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <map>
#include <optional>
#include <utility>

namespace mingce {
namespace {

/// Row and column, from 0.
using Place = std::pair<std::size_t, std::size_t>;
using Cells = std::map<Place, std::string>;

struct Range {
  Place first, last;
};

/// `AB12`.
std::optional<Place> place_of(std::string_view reference) {
  std::size_t column = 0, row = 0, i = 0;
  for (; i < reference.size() && reference[i] >= 'A' && reference[i] <= 'Z' && i < 3; ++i)
    column = column * 26 + std::size_t(reference[i] - 'A') + 1;
  auto [end, error] =
      std::from_chars(reference.data() + i, reference.data() + reference.size(), row);
  bool whole = error == std::errc{} && end == reference.data() + reference.size();
  if (!whole || column == 0 || row == 0) return {};
  return Place{row - 1, column - 1};
}

std::optional<Range> range_of(std::string_view reference) {
  auto colon = reference.find(':');
  if (colon == reference.npos) return {};
  auto first = place_of(reference.substr(0, colon)), last = place_of(reference.substr(colon + 1));
  if (!first || !last || last->first < first->first || last->second < first->second) return {};
  return Range{*first, *last};
}

/// All `t` below: a text of several runs. Phonetic readings are not part of it.
std::string text_below(const xmlNode* node) {
  std::string text;
  for (auto* one = node ? node->children : nullptr; one; one = one->next) {
    if (is_element(one, "t"))
      for (auto* piece = one->children; piece; piece = piece->next) text += text_of(piece);
    else if (is_element(one, "r"))
      text += text_below(one);
  }
  return text;
}

/// A binary number in the shortest decimal form that means it: 59237.244899999998 is 59237.2449.
std::string shortest(const std::string& number) {
  double value = 0;
  auto [end, error] = std::from_chars(number.data(), number.data() + number.size(), value);
  if (error != std::errc{} || end != number.data() + number.size()) return number;
  std::array<char, 400> buffer{};
  auto written = std::to_chars(buffer.begin(), buffer.end(), value, std::chars_format::fixed);
  return {buffer.begin(), written.ptr};
}

std::string value_of(const xmlNode* cell, const std::vector<std::string>& shared) {
  auto type = attribute(cell, "t");
  if (type == "inlineStr") return text_below(child(cell, "is"));
  auto* node = child(cell, "v");
  std::string value;
  for (auto* piece = node ? node->children : nullptr; piece; piece = piece->next)
    value += text_of(piece);
  if (type == "s") {
    std::size_t index = 0;
    std::from_chars(value.data(), value.data() + value.size(), index);
    return !value.empty() && index < shared.size() ? shared[index] : std::string();
  }
  return type.empty() || type == "n" ? shortest(value) : value;
}

Result<std::vector<std::string>> shared_strings(Archive& package) {
  std::vector<std::string> strings;
  const std::string name = "xl/sharedStrings.xml";
  if (!package.has(name)) return strings;
  auto part = package.read(name);
  if (!part) return part.error();
  auto document = parse_xml(*part);
  if (!document) return document.error();
  each_child(xmlDocGetRootElement(document->get()), "si",
             [&](auto* item) { strings.push_back(text_below(item)); });
  return strings;
}

/// The parts of the sheets that can be seen, in the order of the workbook.
Result<std::vector<std::string>> sheet_parts(Archive& package) {
  auto workbook = package.read("xl/workbook.xml");
  if (!workbook) return workbook.error();
  auto relations = package.read("xl/_rels/workbook.xml.rels");
  if (!relations) return relations.error();
  auto book = parse_xml(*workbook), links = parse_xml(*relations);
  if (!book) return book.error();
  if (!links) return links.error();
  std::map<std::string, std::string> targets;
  each_child(xmlDocGetRootElement(links->get()), "Relationship", [&](auto* link) {
    auto target = attribute(link, "Target");
    targets[attribute(link, "Id")] = target.starts_with('/') ? target.substr(1) : "xl/" + target;
  });
  std::vector<std::string> parts;
  each_child(child(xmlDocGetRootElement(book->get()), "sheets"), "sheet", [&](auto* sheet) {
    auto target = targets.find(attribute(sheet, "id"));
    if (attribute(sheet, "state").empty() || attribute(sheet, "state") == "visible")
      if (target != targets.end() && package.has(target->second)) parts.push_back(target->second);
  });
  return parts;
}

Result<Cells> cells_of(const xmlNode* sheet, const std::vector<std::string>& shared,
                       CellBudget& budget) {
  Cells cells;
  std::size_t row = 0, column = 0;
  each_child(child(sheet, "sheetData"), "row", [&](auto* line) {
    row = count_attribute(line, "r", row + 1);
    column = 0;
    each_child(line, "c", [&](auto* cell) {
      auto place = place_of(attribute(cell, "r")).value_or(Place{row - 1, column});
      column = place.second + 1;
      auto value = value_of(cell, shared);
      if (!value.empty() && place.second < limits::columns && budget.take(1))
        cells[place] = std::move(value);
    });
  });
  if (budget.exceeded) return too_large();
  return cells;
}

/// Rows without anything are left out: sheets are formatted far beyond what they say.
RawTable table_of(const Cells& cells, const std::vector<Range>& merged, CellBudget& budget) {
  RawTable table;
  std::map<std::size_t, std::size_t> index; // row of the sheet → row of the table
  std::size_t width = 0;
  for (auto& [place, text] : cells) {
    index.try_emplace(place.first, index.size());
    width = std::max(width, place.second + 1);
  }
  if (!budget.take(index.size() * width)) return table;
  table.rows.assign(index.size(), RawRow(width));
  for (auto& [place, text] : cells) table.rows[index[place.first]][place.second].text = text;
  for (auto& range : merged) {
    auto found = cells.find(range.first);
    auto text = found == cells.end() ? std::string() : found->second;
    for (auto row = index.lower_bound(range.first.first);
         row != index.end() && row->first <= range.last.first; ++row)
      for (auto column = range.first.second; column <= range.last.second && column < width;
           ++column)
        if (Place{row->first, column} != range.first && budget.take(1))
          table.rows[row->second][column] = {text, true};
  }
  return table;
}

Result<RawTable> read_sheet(std::string_view part, const std::vector<std::string>& shared,
                            CellBudget& budget) {
  auto document = parse_xml(part);
  if (!document) return document.error();
  auto* sheet = xmlDocGetRootElement(document->get());
  auto cells = cells_of(sheet, shared, budget);
  if (!cells) return cells.error();
  std::vector<Range> merged;
  constexpr std::size_t most_ranges = 10'000;
  each_child(child(sheet, "mergeCells"), "mergeCell", [&](auto* cell) {
    if (auto range = range_of(attribute(cell, "ref")); range && merged.size() < most_ranges)
      merged.push_back(*range);
  });
  auto table = table_of(*cells, merged, budget);
  if (budget.exceeded) return too_large();
  return table;
}

} // namespace

Result<Page> read_xlsx(Archive& package) {
  auto shared = shared_strings(package);
  if (!shared) return shared.error();
  auto parts = sheet_parts(package);
  if (!parts) return parts.error();
  CellBudget budget;
  Page page;
  for (auto& name : *parts) {
    auto part = package.read(name);
    if (!part) return part.error();
    auto table = read_sheet(*part, *shared, budget);
    if (!table) return table.error();
    page.blocks.emplace_back(std::move(*table));
  }
  return page;
}

} // namespace mingce
