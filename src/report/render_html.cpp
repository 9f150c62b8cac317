#include "report/render_paper.hpp"

#include "report/html.hpp"
#include "report/prose.hpp"

namespace mingce {
namespace {

constexpr std::string_view style = R"(
@page { size: A4; margin: 25mm 20mm;
        @bottom-center { content: "— " counter(page) " —"; font: 10.5pt SimSun, serif } }
body { font: 12pt/1.8 "仿宋_GB2312", "仿宋", FangSong, STFangsong, "Noto Serif CJK SC", serif;
       color: #000; background: #fff; max-width: 190mm; margin: 8mm auto; padding: 0 4mm }
h1 { font: normal 22pt/1.4 "方正小标宋简体", "华文中宋", STZhongsong, "Noto Serif CJK SC", serif;
     text-align: center; text-wrap: balance; margin: 6mm 0 8mm; overflow-wrap: anywhere }
h2 { font: normal 14pt/1.6 "黑体", SimHei, "Noto Sans CJK SC", sans-serif; margin: 7mm 0 2mm;
     break-after: avoid }
h3 { font: normal 12pt/1.6 "楷体_GB2312", "楷体", KaiTi, STKaiti, "Noto Serif CJK SC", serif;
     margin: 4mm 0 1mm; break-after: avoid }
p { margin: 0 0 1.5mm; text-indent: 2em; text-align: justify; overflow-wrap: anywhere }
.missing { background: #fff2a8 }
.table { overflow-x: auto; margin: 2mm 0 5mm; break-inside: avoid }
table { border-collapse: collapse; width: 100%; min-width: 150mm; table-layout: fixed;
        font-size: 9pt; line-height: 1.35 }
caption { position: absolute; width: 1px; height: 1px; overflow: hidden }
thead { display: table-header-group }
tr { break-inside: avoid }
th, td { border: 0.5pt solid #000; padding: 0.8mm 0.7mm; vertical-align: middle;
         overflow-wrap: anywhere }
th { font-weight: normal; text-align: center }
th.row { text-align: left }
section[aria-labelledby="s4"] th { padding: 0.8mm 1.6mm } /* 结果 above 维持 */
td { text-align: center; font-variant-numeric: tabular-nums }
figure { margin: 4mm 0; break-inside: avoid }
figure svg { width: 100%; height: auto }
@media print {
  body { margin: 0; padding: 0; max-width: none }
  caption { display: none }
  .table { overflow: visible }
  table { min-width: 0 }
}
)";

std::string quoted(const char* attribute, std::string_view value) {
  return std::string(attribute) + "=\"" + html_text(value) + "\"";
}

// ── tables ──────────────────────────────────────────────────────────────────────────────────────

std::string id_of(const GridCell& cell, const std::string& table) {
  return table + "-" + std::to_string(cell.row + 1) + "-" + std::to_string(cell.column + 1);
}

std::string span_of(const GridCell& cell) {
  std::string out;
  if (cell.columns > 1) out += " colspan=\"" + std::to_string(cell.columns) + "\"";
  if (cell.rows > 1) out += " rowspan=\"" + std::to_string(cell.rows) + "\"";
  return out;
}

std::string heading_html(const GridCell& cell, const std::string& table) {
  bool of_column = cell.role == GridCell::Role::column_heading;
  bool of_group = of_column ? cell.columns > 1 : cell.rows > 1;
  auto scope = std::string(of_column ? "col" : "row") + (of_group ? "group" : "");
  auto attributes = quoted("id", id_of(cell, table)) + " " + quoted("scope", scope) + span_of(cell);
  if (!of_column) attributes += " class=\"row\"";
  return html_element("th", html_text(cell.text), attributes);
}

std::string number_html(const Grid& grid, const GridCell& cell, const std::string& table) {
  std::string headings;
  for (auto* heading : grid.headings_of(cell))
    headings += (headings.empty() ? "" : " ") + id_of(*heading, table);
  return html_element("td", html_text(cell.text),
                      quoted("headers", headings) + " " + quoted("data-cell", cell.name) +
                          span_of(cell));
}

std::string rows_html(const Grid& grid, const std::string& table, std::size_t from,
                      std::size_t to) {
  std::string rows, cells;
  auto cell = grid.cells().begin();
  while (cell != grid.cells().end() && cell->row < from) ++cell;
  for (auto row = from; row < to; ++row, cells.clear()) {
    for (; cell != grid.cells().end() && cell->row == row; ++cell)
      cells += cell->role == GridCell::Role::number ? number_html(grid, *cell, table)
                                                    : heading_html(*cell, table);
    rows += html_element("tr", cells) + "\n";
  }
  return rows;
}

std::string columns_html(const Grid& grid) {
  int whole = 0;
  for (auto width : grid.widths()) whole += width;
  std::string columns;
  for (auto width : grid.widths())
    columns += "<col style=\"width:" + percentage(width, whole) + "\">";
  return html_element("colgroup", columns);
}

std::string table_html(const Grid& grid, const std::string& table) {
  auto inner = html_element("caption", html_text(grid.caption())) + columns_html(grid);
  if (grid.heading_rows() > 0)
    inner += html_element("thead", "\n" + rows_html(grid, table, 0, grid.heading_rows()));
  inner +=
      html_element("tbody", "\n" + rows_html(grid, table, grid.heading_rows(), grid.rows()));
  return html_element("div", html_element("table", inner), "class=\"table\"") + "\n";
}

// ── the rest ────────────────────────────────────────────────────────────────────────────────────

std::string passage_html(const Passage& passage) {
  switch (passage.role) {
  case Passage::Role::topic:
    return html_element("h3", html_text(passage.text)) + "\n";
  case Passage::Role::body:
    return html_element("p", html_text(passage.text)) + "\n";
  case Passage::Role::missing:
    return html_element("p", html_text(passage.text), "class=\"missing\"") + "\n";
  }
  return {};
}

std::string section_html(const Section& section, std::size_t number) {
  auto table = "s" + std::to_string(number);
  auto out = html_element("h2", html_text(section.heading), quoted("id", table)) + "\n";
  for (auto& block : section.blocks)
    if (auto* passage = std::get_if<Passage>(&block))
      out += passage_html(*passage);
    else if (auto* grid = std::get_if<Grid>(&block))
      out += table_html(*grid, table);
    else
      out += html_element("figure", draw_svg(std::get<Chart>(block))) + "\n";
  return html_element("section", "\n" + out, quoted("aria-labelledby", table)) + "\n";
}

} // namespace

std::string render_html(const Paper& paper) {
  auto body = html_element("h1", html_text(paper.title)) + "\n" +
              html_element("p", html_text(paper.opening)) + "\n";
  std::size_t number = 0;
  for (auto& section : paper.sections) body += section_html(section, ++number);
  return html_page(paper.title, style, html_element("main", "\n" + body));
}

} // namespace mingce
