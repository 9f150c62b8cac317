#include "report/render_paper.hpp"

#include "report/chart_xml.hpp"
#include "report/docx_parts.hpp"
#include "report/xml.hpp"

#include <numeric>

namespace mingce {
namespace {

using namespace docx;

pugi::xml_node add_paragraph(pugi::xml_node parent, const char* style) {
  auto paragraph = parent.append_child("w:p");
  add(paragraph.append_child("w:pPr"), "w:pStyle", "w:val", style);
  return paragraph;
}

pugi::xml_node add_paragraph(pugi::xml_node parent, const char* style, const std::string& text,
                             bool marked = false) {
  auto paragraph = add_paragraph(parent, style);
  auto run = paragraph.append_child("w:r");
  if (marked) add(run.append_child("w:rPr"), "w:highlight", "w:val", "yellow");
  set(add_text(run, "w:t", text), "xml:space", "preserve");
  return paragraph;
}

// ── tables ──────────────────────────────────────────────────────────────────────────────────────

/// The width of each column; they add up to the width of the text.
std::vector<int> column_widths(const Grid& grid) {
  int whole = std::accumulate(grid.widths().begin(), grid.widths().end(), 0), shares = 0, used = 0;
  std::vector<int> widths;
  for (auto share : grid.widths()) {
    shares += share;
    widths.push_back(text_width * shares / whole - used);
    used += widths.back();
  }
  return widths;
}

const char* style_of(const GridCell& cell) {
  switch (cell.role) {
  case GridCell::Role::column_heading:
    return heading_style;
  case GridCell::Role::row_heading:
    return label_style;
  case GridCell::Role::number:
    return number_style;
  }
  return number_style;
}

/// A cell, or in the rows below its first one its continuation. A table stays on one page where
/// there is room: each row but the last keeps with the next.
void add_cell(pugi::xml_node row_node, const GridCell& cell, std::size_t row,
              const std::vector<int>& widths, bool last_row) {
  auto node = row_node.append_child("w:tc");
  auto looks = node.append_child("w:tcPr");
  auto first = widths.begin() + std::ptrdiff_t(cell.column);
  auto width = std::accumulate(first, first + std::ptrdiff_t(cell.columns), 0);
  set(add(looks, "w:tcW", "w:w", std::to_string(width)), "w:type", "dxa");
  if (cell.columns > 1) add(looks, "w:gridSpan", "w:val", std::to_string(cell.columns));
  bool begins = cell.row == row;
  if (cell.rows > 1) add(looks, "w:vMerge", "w:val", begins ? "restart" : "continue");
  add(looks, "w:vAlign", "w:val", "center");
  auto paragraph = begins ? add_paragraph(node, style_of(cell), cell.text)
                          : add_paragraph(node, style_of(cell));
  if (!last_row) paragraph.child("w:pPr").append_child("w:keepNext");
}

void add_table(pugi::xml_node body, const Grid& grid) {
  auto table = body.append_child("w:tbl");
  auto looks = table.append_child("w:tblPr");
  add(looks, "w:tblStyle", "w:val", table_style);
  set(add(looks, "w:tblW", "w:w", std::to_string(text_width)), "w:type", "dxa");
  add(looks, "w:jc", "w:val", "center");
  add(looks, "w:tblLayout", "w:type", "fixed");
  add(looks, "w:tblCaption", "w:val", grid.caption());
  auto widths = column_widths(grid);
  auto columns = table.append_child("w:tblGrid");
  for (auto width : widths) add(columns, "w:gridCol", "w:w", std::to_string(width));
  for (std::size_t row = 0; row < grid.rows(); ++row) {
    auto node = table.append_child("w:tr");
    auto row_looks = node.append_child("w:trPr");
    row_looks.append_child("w:cantSplit");
    if (row < grid.heading_rows()) row_looks.append_child("w:tblHeader");
    for (std::size_t column = 0; column < grid.columns();) {
      auto& cell = grid.at(row, column);
      add_cell(node, cell, row, widths, row + 1 == grid.rows());
      column += cell.columns;
    }
  }
}

// ── charts ──────────────────────────────────────────────────────────────────────────────────────

void add_chart(pugi::xml_node body, const Chart& chart, std::size_t index) {
  constexpr int width = 5'400'000, height = 2'900'000; // in EMU, 1/36000 mm
  auto run = add_paragraph(body, figure_style).append_child("w:r");
  auto inlined = run.append_child("w:drawing").append_child("wp:inline");
  for (auto* edge : {"distT", "distB", "distL", "distR"}) set(inlined, edge, 0);
  auto extent = inlined.append_child("wp:extent");
  set(extent, "cx", width);
  set(extent, "cy", height);
  auto about = add(inlined, "wp:docPr", "id", std::to_string(index + 1));
  set(about, "name", chart.title);
  set(about, "descr", alternative_text(chart));
  inlined.append_child("wp:cNvGraphicFramePr");
  auto graphic = add(inlined, "a:graphic", "xmlns:a",
                     "http://schemas.openxmlformats.org/drawingml/2006/main");
  auto data = add(graphic, "a:graphicData", "uri", chart_namespace);
  set(add(data, "c:chart", "xmlns:c", chart_namespace), "r:id", chart_relation(index));
}

// ── the document ────────────────────────────────────────────────────────────────────────────────

void add_passage(pugi::xml_node body, const Passage& passage) {
  bool topic = passage.role == Passage::Role::topic;
  add_paragraph(body, topic ? topic_style : body_style, passage.text,
                passage.role == Passage::Role::missing);
}

void add_page(pugi::xml_node body) {
  auto page = body.append_child("w:sectPr");
  set(add(page, "w:footerReference", "w:type", "default"), "r:id", "rId4");
  set(add(page, "w:pgSz", "w:w", "11906"), "w:h", 16838);
  auto margins = page.append_child("w:pgMar");
  set(margins, "w:top", 2098);
  set(margins, "w:right", 1474);
  set(margins, "w:bottom", 1984);
  set(margins, "w:left", 1588);
  set(margins, "w:header", 851);
  set(margins, "w:footer", 1400);
  set(margins, "w:gutter", 0);
}

/// Puts the charts met on the way into `charts`.
std::string document_xml(const Paper& paper, std::vector<const Chart*>& charts) {
  pugi::xml_document document;
  auto root = document.append_child("w:document");
  set(root, "xmlns:w", main_namespace);
  set(root, "xmlns:r", relations_namespace);
  set(root, "xmlns:wp",
      "http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing");
  auto body = root.append_child("w:body");
  add_paragraph(body, title_style, paper.title);
  add_paragraph(body, body_style, paper.opening);
  for (auto& section : paper.sections) {
    add_paragraph(body, section_style, section.heading);
    for (auto& block : section.blocks)
      if (auto* passage = std::get_if<Passage>(&block))
        add_passage(body, *passage);
      else if (auto* grid = std::get_if<Grid>(&block))
        add_table(body, *grid);
      else {
        charts.push_back(&std::get<Chart>(block));
        add_chart(body, *charts.back(), charts.size() - 1);
      }
  }
  add_page(body);
  return "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n" + to_string(root);
}

} // namespace

std::string render_docx(const Paper& paper) {
  std::vector<const Chart*> charts;
  Part document{"word/document.xml", document_xml(paper, charts)};
  auto parts = fixed_parts(paper, charts.size());
  parts.push_back(std::move(document));
  for (std::size_t i = 0; i < charts.size(); ++i)
    parts.push_back({chart_part(i), chart_xml(*charts[i])});
  return zip_package(parts);
}

} // namespace mingce
