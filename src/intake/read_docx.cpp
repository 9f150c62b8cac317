#include "intake/readers.hpp"
#include "intake/table_builder.hpp"
#include "intake/xml.hpp"

#include <algorithm>
#include <utility>

namespace mingce {
namespace {

bool is_any(const xmlNode* node, std::initializer_list<std::string_view> names) {
  return std::ranges::any_of(names, [&](auto name) { return is_element(node, name); });
}

/// Walks the body (ECMA-376, WordprocessingML). What was deleted under revision is not there any
/// more, and of alternative contents the first is read.
class Walk {
public:
  Result<Page> run(const xmlNode* body) {
    visit_children(body, 0);
    end_paragraph();
    if (too_deep_ || budget_.exceeded) return too_large();
    return std::move(page_);
  }

private:
  void visit(const xmlNode* node, int depth) {
    if (depth > limits::depth) too_deep_ = true;
    if (too_deep_ || budget_.exceeded || node->type != XML_ELEMENT_NODE) return;
    if (is_any(node, {"del", "moveFrom", "delText", "Fallback", "instrText", "pPr", "rPr"})) return;
    if (is_element(node, "t")) return take_text(node);
    if (is_any(node, {"br", "tab", "cr"})) *text_ += ' ';
    if (is_element(node, "tbl")) return take_table(node, depth);
    visit_children(node, depth);
    if (is_element(node, "p")) end_line();
  }

  void visit_children(const xmlNode* node, int depth) {
    for (auto* one = node->children; one; one = one->next) visit(one, depth + 1);
  }

  void take_text(const xmlNode* node) {
    for (auto* one = node->children; one; one = one->next)
      if (one->type == XML_TEXT_NODE || one->type == XML_CDATA_SECTION_NODE) *text_ += text_of(one);
  }

  void take_table(const xmlNode* node, int depth) {
    end_line();
    TableBuilder table(budget_);
    auto* outer = std::exchange(table_, &table);
    each_below(node, "tr", [&](auto* row) { add_row(row, depth + 1); });
    table_ = outer;
    page_.blocks.emplace_back(table.finish());
  }

  /// Children of that name, also within wrappers (content controls, revisions).
  template <class Each>
  void each_below(const xmlNode* node, std::string_view name, Each each, int depth = 0) {
    if (depth > limits::depth) too_deep_ = true;
    for (auto* one = node->children; one && !too_deep_ && !budget_.exceeded; one = one->next) {
      if (is_element(one, name))
        each(one);
      else if (is_any(one, {"sdt", "sdtContent", "customXml", "ins", "moveTo"}))
        each_below(one, name, each, depth + 1);
    }
  }

  void add_row(const xmlNode* node, int depth) {
    auto* properties = child(node, "trPr");
    if (properties && child(properties, "del")) return;
    table_->add_row();
    if (auto* before = properties ? child(properties, "gridBefore") : nullptr)
      table_->add({}, count_attribute(before, "val", 1));
    each_below(node, "tc", [&](auto* cell) { add_cell(cell, depth + 1); });
  }

  void add_cell(const xmlNode* node, int depth) {
    std::string text;
    auto* outer = std::exchange(text_, &text);
    visit_children(node, depth);
    text_ = outer;
    auto* properties = child(node, "tcPr");
    auto* span = properties ? child(properties, "gridSpan") : nullptr;
    auto* merge = properties ? child(properties, "vMerge") : nullptr;
    auto columns = span ? count_attribute(span, "val", 1) : 1;
    bool continued = merge && attribute(merge, "val") != "restart";
    if (continued)
      table_->add_continued(columns);
    else
      table_->add(std::move(text), columns);
  }

  void end_line() {
    if (text_ == &paragraph_)
      end_paragraph();
    else
      *text_ += '\n';
  }

  void end_paragraph() {
    if (!paragraph_.empty()) page_.blocks.emplace_back(paragraph_);
    paragraph_.clear();
  }

  Page page_;
  CellBudget budget_;
  TableBuilder* table_ = nullptr;
  std::string paragraph_;
  std::string* text_ = &paragraph_;
  bool too_deep_ = false;
};

} // namespace

Result<Page> read_docx(Archive& package) {
  auto part = package.read("word/document.xml");
  if (!part) return part.error();
  auto document = parse_xml(*part);
  if (!document) return document.error();
  auto* body = child(xmlDocGetRootElement(document->get()), "body");
  if (!body)
    return Failure{
        FailureKind::unreadable, "unreadable_file", {"文档没有正文", "the document has no body"}};
  return Walk().run(body);
}

} // namespace mingce
