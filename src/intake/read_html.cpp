#include "intake/readers.hpp"
#include "intake/table_builder.hpp"
#include "intake/xml.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace mingce {
namespace {

using Names = std::initializer_list<std::string_view>;

bool is_any(const xmlNode* node, Names names) {
  return std::ranges::any_of(names, [&](auto name) { return is_element(node, name); });
}

/// Walks the tree once. Text outside of tables gathers into paragraphs; a table within a table is
/// put before the one it stands in.
class Walk {
public:
  Result<Page> run(const xmlNode* root) {
    visit(root, 0);
    end_paragraph();
    if (too_deep_ || budget_.exceeded) return too_large();
    return std::move(page_);
  }

private:
  void visit(const xmlNode* node, int depth) {
    if (depth > limits::depth) too_deep_ = true;
    if (too_deep_ || budget_.exceeded) return;
    if (node->type == XML_TEXT_NODE || node->type == XML_CDATA_SECTION_NODE) {
      *text_ += text_of(node);
      return;
    }
    if (node->type != XML_ELEMENT_NODE) return;
    if (is_any(node, {"script", "style", "noscript", "template", "object"})) return;
    if (is_element(node, "title")) return take_title(node, depth);
    if (is_element(node, "table")) return take_table(node, depth);
    visit_children(node, depth);
    if (is_any(node,
               {"br", "p",       "div",     "li", "tr", "h1", "h2", "h3",     "h4",     "h5",
                "h6", "section", "article", "ul", "ol", "dd", "dt", "header", "footer", "caption"}))
      end_line();
  }

  void visit_children(const xmlNode* node, int depth) {
    for (auto* one = node->children; one; one = one->next) visit(one, depth + 1);
  }

  void take_title(const xmlNode* node, int depth) {
    std::string title;
    auto* outer = std::exchange(text_, &title);
    visit_children(node, depth);
    text_ = outer;
    if (page_.title.empty()) page_.title = std::move(title);
  }

  void take_table(const xmlNode* node, int depth) {
    end_line();
    TableBuilder table(budget_);
    auto* outer = std::exchange(table_, &table);
    add_rows(node, depth);
    table_ = outer;
    page_.blocks.emplace_back(table.finish());
  }

  void add_rows(const xmlNode* node, int depth) {
    if (depth > limits::depth) too_deep_ = true;
    for (auto* one = node->children; one && !too_deep_ && !budget_.exceeded; one = one->next) {
      if (is_any(one, {"thead", "tbody", "tfoot", "form"}))
        add_rows(one, depth + 1);
      else if (is_element(one, "tr"))
        add_row(one, depth + 1);
      else if (one->type == XML_ELEMENT_NODE)
        visit(one, depth + 1); // a caption, or what lost its row
    }
  }

  void add_row(const xmlNode* node, int depth) {
    table_->add_row();
    for (auto* one = node->children; one && !budget_.exceeded; one = one->next)
      if (is_any(one, {"td", "th"})) add_cell(one, depth + 1);
  }

  void add_cell(const xmlNode* node, int depth) {
    std::string text;
    auto* outer = std::exchange(text_, &text);
    visit_children(node, depth);
    text_ = outer;
    table_->add(std::move(text), count_attribute(node, "colspan", 1),
                count_attribute(node, "rowspan", 1));
  }

  void end_line() {
    if (text_ == &paragraph_)
      end_paragraph();
    else
      *text_ += '\n';
  }

  void end_paragraph() {
    if (paragraph_.find_first_not_of(" \t\r\n") != paragraph_.npos)
      page_.blocks.emplace_back(paragraph_);
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

Result<Page> read_html(std::string_view utf8) {
  auto document = parse_html(utf8);
  if (!document) return document.error();
  return Walk().run(xmlDocGetRootElement(document->get()));
}

} // namespace mingce
