#include "report/docx_parts.hpp"

#include "report/xml.hpp"

#include <array>
#include <string>

namespace mingce::docx {
namespace {

const std::string declaration = "<?xml version=\"1.0\" encoding=\"UTF-8\" standalone=\"yes\"?>\n";
const std::string office = "application/vnd.openxmlformats-officedocument.";
const std::string word = office + "wordprocessingml.";
const std::string package_properties = "application/vnd.openxmlformats-package.core-properties+xml";
const std::string package_relations =
    "http://schemas.openxmlformats.org/package/2006/relationships";

/// A part with one root element in one namespace.
struct PartWriter {
  pugi::xml_document document;
  pugi::xml_node root;

  PartWriter(const char* name, const char* prefix, const std::string& uri) {
    root = document.append_child(name);
    set(root, prefix, uri);
  }
  Part finish(std::string name) const { return {std::move(name), declaration + to_string(root)}; }
};

// ── what the package holds ──────────────────────────────────────────────────────────────────────

Part content_types(std::size_t charts) {
  PartWriter part("Types", "xmlns", "http://schemas.openxmlformats.org/package/2006/content-types");
  auto by_default = [&](const char* extension, const std::string& type) {
    set(add(part.root, "Default", "Extension", extension), "ContentType", type);
  };
  auto of = [&](const std::string& name, const std::string& type) {
    set(add(part.root, "Override", "PartName", name), "ContentType", type);
  };
  by_default("rels", "application/vnd.openxmlformats-package.relationships+xml");
  by_default("xml", "application/xml");
  of("/word/document.xml", word + "document.main+xml");
  of("/word/styles.xml", word + "styles+xml");
  of("/word/settings.xml", word + "settings+xml");
  of("/word/fontTable.xml", word + "fontTable+xml");
  of("/word/footer1.xml", word + "footer+xml");
  for (std::size_t i = 0; i < charts; ++i)
    of("/" + chart_part(i), office + "drawingml.chart+xml");
  of("/docProps/core.xml", package_properties);
  return part.finish("[Content_Types].xml");
}

void relate(pugi::xml_node root, const std::string& id, const std::string& type,
            const std::string& target) {
  auto node = add(root, "Relationship", "Id", id);
  set(node, "Type", type);
  set(node, "Target", target);
}

Part package_relation_part() {
  PartWriter part("Relationships", "xmlns", package_relations);
  relate(part.root, "rId1", std::string(relations_namespace) + "/officeDocument",
         "word/document.xml");
  relate(part.root, "rId2",
         "http://schemas.openxmlformats.org/package/2006/relationships/metadata/core-properties",
         "docProps/core.xml");
  return part.finish("_rels/.rels");
}

Part document_relation_part(std::size_t charts) {
  PartWriter part("Relationships", "xmlns", package_relations);
  auto of = [&](const std::string& id, const char* type, const std::string& target) {
    relate(part.root, id, std::string(relations_namespace) + "/" + type, target);
  };
  of("rId1", "styles", "styles.xml");
  of("rId2", "settings", "settings.xml");
  of("rId3", "fontTable", "fontTable.xml");
  of("rId4", "footer", "footer1.xml");
  for (std::size_t i = 0; i < charts; ++i)
    of(chart_relation(i), "chart", "/" + chart_part(i));
  return part.finish("word/_rels/document.xml.rels");
}

Part properties(const Paper& paper) {
  PartWriter part("cp:coreProperties", "xmlns:cp",
                  "http://schemas.openxmlformats.org/package/2006/metadata/core-properties");
  set(part.root, "xmlns:dc", "http://purl.org/dc/elements/1.1/");
  set(part.root, "xmlns:dcterms", "http://purl.org/dc/terms/");
  set(part.root, "xmlns:xsi", "http://www.w3.org/2001/XMLSchema-instance");
  add_text(part.root, "dc:title", paper.title);
  add_text(part.root, "dc:description", paper.basis);
  add_text(part.root, "dc:language", "zh-CN");
  if (paper.as_of.recorded_at)
    for (auto* name : {"dcterms:created", "dcterms:modified"})
      set(add_text(part.root, name, to_string(*paper.as_of.recorded_at)), "xsi:type",
          "dcterms:W3CDTF");
  return part.finish("docProps/core.xml");
}

// ── looks ───────────────────────────────────────────────────────────────────────────────────────

struct Style {
  const char *id, *name, *based_on;
  const char* font;  ///< for Chinese; nullptr: as below
  int half_points;
  const char* align; ///< nullptr: as below
  int indent_chars;  ///< of the first line, in hundredths of a character
  int line;          ///< exact height in twentieths of a point; 0: as the text needs
  int before, after;
  int outline;       ///< level, or -1
};

constexpr std::array<Style, 8> styles{{
    {title_style, "Title", nullptr, "方正小标宋简体", 44, "center", 0, 0, 240, 480, -1},
    {section_style, "heading 1", nullptr, "黑体", 32, nullptr, 200, 560, 120, 0, 0},
    {topic_style, "heading 2", nullptr, "楷体_GB2312", 32, nullptr, 200, 560, 0, 0, 1},
    {body_style, "Body Text", nullptr, nullptr, 32, "both", 200, 560, 0, 0, -1},
    {number_style, "表中数字", nullptr, nullptr, 17, "center", 0, 0, 20, 20, -1},
    {heading_style, "表头", number_style, nullptr, 17, "center", 0, 0, 20, 20, -1},
    {label_style, "表中项目", number_style, nullptr, 17, "left", 0, 0, 20, 20, -1},
    {figure_style, "图", nullptr, nullptr, 18, "center", 0, 0, 160, 160, -1},
}};

void add_paragraph_looks(pugi::xml_node node, const Style& style) {
  auto looks = node.append_child("w:pPr");
  if (style.outline >= 0) looks.append_child("w:keepNext");
  auto spacing = looks.append_child("w:spacing");
  set(spacing, "w:before", style.before);
  set(spacing, "w:after", style.after);
  if (style.line) {
    set(spacing, "w:line", style.line);
    set(spacing, "w:lineRule", "exact");
  }
  if (style.indent_chars) {
    auto indent = add(looks, "w:ind", "w:firstLineChars", std::to_string(style.indent_chars));
    set(indent, "w:firstLine", style.half_points * 10 * style.indent_chars / 100);
  }
  if (style.align) add(looks, "w:jc", "w:val", style.align);
  if (style.outline >= 0) add(looks, "w:outlineLvl", "w:val", std::to_string(style.outline));
}

void add_text_looks(pugi::xml_node node, const char* font, int half_points) {
  auto looks = node.append_child("w:rPr");
  if (font) set(looks.append_child("w:rFonts"), "w:eastAsia", font);
  add(looks, "w:sz", "w:val", std::to_string(half_points));
  add(looks, "w:szCs", "w:val", std::to_string(half_points));
}

void add_style(pugi::xml_node root, const Style& style) {
  auto node = add(root, "w:style", "w:type", "paragraph");
  set(node, "w:styleId", style.id);
  add(node, "w:name", "w:val", style.name);
  add(node, "w:basedOn", "w:val", style.based_on ? style.based_on : "Normal");
  add(node, "w:qFormat", "w:val", "1");
  add_paragraph_looks(node, style);
  add_text_looks(node, style.font, style.half_points);
}

void add_table_style(pugi::xml_node root) {
  auto node = add(root, "w:style", "w:type", "table");
  set(node, "w:styleId", table_style);
  add(node, "w:name", "w:val", "报告表格");
  auto looks = node.append_child("w:tblPr");
  auto borders = looks.append_child("w:tblBorders");
  for (auto* edge : {"w:top", "w:left", "w:bottom", "w:right", "w:insideH", "w:insideV"}) {
    auto border = add(borders, edge, "w:val", "single");
    set(border, "w:sz", 4);
    set(border, "w:color", "000000");
  }
  auto margins = looks.append_child("w:tblCellMar");
  for (auto* edge : {"w:left", "w:right"})
    set(add(margins, edge, "w:w", "28"), "w:type", "dxa");
}

Part style_part() {
  PartWriter part("w:styles", "xmlns:w", main_namespace);
  auto looks = part.root.append_child("w:docDefaults").append_child("w:rPrDefault");
  auto text = looks.append_child("w:rPr");
  auto fonts = add(text, "w:rFonts", "w:ascii", "Times New Roman");
  set(fonts, "w:hAnsi", "Times New Roman");
  set(fonts, "w:eastAsia", "仿宋_GB2312");
  add(text, "w:sz", "w:val", "32");
  set(add(text, "w:lang", "w:val", "en-US"), "w:eastAsia", "zh-CN");
  auto normal = add(part.root, "w:style", "w:type", "paragraph");
  set(normal, "w:default", 1);
  set(normal, "w:styleId", "Normal");
  add(normal, "w:name", "w:val", "Normal");
  for (auto& style : styles) add_style(part.root, style);
  add_table_style(part.root);
  return part.finish("word/styles.xml");
}

/// Names to try where an office has not bought the font of official papers.
Part font_part() {
  struct Font {
    const char *name, *others, *family;
  };
  constexpr std::array<Font, 4> known{
      {{"方正小标宋简体", "方正小标宋_GBK,华文中宋,STZhongsong,宋体", "roman"},
       {"仿宋_GB2312", "仿宋,FangSong,华文仿宋,STFangsong", "modern"},
       {"楷体_GB2312", "楷体,KaiTi,华文楷体,STKaiti", "modern"},
       {"黑体", "SimHei,华文黑体,Noto Sans CJK SC", "swiss"}}};
  PartWriter part("w:fonts", "xmlns:w", main_namespace);
  for (auto& font : known) {
    auto node = add(part.root, "w:font", "w:name", font.name);
    add(node, "w:altName", "w:val", font.others);
    add(node, "w:charset", "w:val", "86");
    add(node, "w:family", "w:val", font.family);
  }
  return part.finish("word/fontTable.xml");
}

Part setting_part() {
  PartWriter part("w:settings", "xmlns:w", main_namespace);
  auto compatibility = part.root.append_child("w:compat");
  auto setting = add(compatibility, "w:compatSetting", "w:name", "compatibilityMode");
  set(setting, "w:uri", "http://schemas.microsoft.com/office/word");
  set(setting, "w:val", 15);
  return part.finish("word/settings.xml");
}

/// The page number as official papers bear it: — 1 —.
Part footer_part() {
  PartWriter part("w:ftr", "xmlns:w", main_namespace);
  auto paragraph = part.root.append_child("w:p");
  add(paragraph.append_child("w:pPr"), "w:jc", "w:val", "center");
  auto run = [](pugi::xml_node parent) {
    auto node = parent.append_child("w:r");
    add_text_looks(node, "宋体", 28);
    return node;
  };
  auto words = [&](pugi::xml_node parent, const std::string& text) {
    set(add_text(run(parent), "w:t", text), "xml:space", "preserve");
  };
  words(paragraph, "— ");
  words(add(paragraph, "w:fldSimple", "w:instr", "PAGE"), "1");
  words(paragraph, " —");
  return part.finish("word/footer1.xml");
}

} // namespace

std::string chart_relation(std::size_t index) { return "rIdChart" + std::to_string(index + 1); }
std::string chart_part(std::size_t index) {
  return "word/charts/chart" + std::to_string(index + 1) + ".xml";
}

std::vector<Part> fixed_parts(const Paper& paper, std::size_t charts) {
  return {content_types(charts), package_relation_part(), document_relation_part(charts),
          properties(paper),     style_part(),            font_part(),
          setting_part(),        footer_part()};
}

} // namespace mingce::docx
