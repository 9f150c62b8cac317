#include "report/narrative.hpp"

#include "report/xml.hpp"

#include <cmark.h>
#include <utf8proc.h>

#include <algorithm>
#include <memory>
#include <optional>

namespace mingce {
namespace {

constexpr std::size_t longest = 1'000'000;

struct FreeNode {
  void operator()(cmark_node* node) const { cmark_node_free(node); }
};
struct FreeIterator {
  void operator()(cmark_iter* iterator) const { cmark_iter_free(iterator); }
};
using Iterator = std::unique_ptr<cmark_iter, FreeIterator>;

Failure refused(int line, const char* zh, const char* en) {
  auto where = std::to_string(line);
  return invalid(
      "/narrative",
      {"叙述文件第 " + where + " 行：" + zh, "narrative, line " + where + ": " + std::string(en)},
      "bad_narrative");
}

bool mentions(std::string_view heading, std::string_view words) {
  return heading.find(words) != heading.npos;
}

bool is_generated(std::string_view heading) {
  return mentions(heading, "主动公开政府信息情况") || mentions(heading, "处理政府信息公开申请") ||
         mentions(heading, "行政复议、行政诉讼情况");
}

std::optional<Topic> section_named(std::string_view heading) {
  if (mentions(heading, "总体情况")) return Topic::overview;
  if (mentions(heading, "主要问题")) return Topic::problems;
  if (mentions(heading, "其他需要报告")) return Topic::other_matters;
  return {};
}

/// A topic of section 一; organs shorten the longer names.
std::optional<Topic> topic_named(std::string_view heading) {
  if (mentions(heading, "依申请公开")) return Topic::on_request;
  if (mentions(heading, "主动公开")) return Topic::proactive;
  if (mentions(heading, "信息管理")) return Topic::management;
  if (mentions(heading, "平台")) return Topic::platform;
  if (mentions(heading, "监督")) return Topic::supervision;
  return {};
}

/// Without the blanks that indent a Chinese paragraph.
std::string trimmed(std::string text) {
  constexpr std::string_view wide = "\u3000";
  for (;;) {
    if (text.starts_with(' '))
      text.erase(0, 1);
    else if (text.starts_with(wide))
      text.erase(0, wide.size());
    else if (text.ends_with(' '))
      text.pop_back();
    else
      return text;
  }
}

/// The words of a node and all below it. `lost` is told whether something was not words.
std::string words_of(cmark_node* node, bool& lost) {
  std::string out;
  Iterator each(cmark_iter_new(node));
  for (auto event = cmark_iter_next(each.get()); event != CMARK_EVENT_DONE;
       event = cmark_iter_next(each.get())) {
    if (event != CMARK_EVENT_ENTER) continue;
    auto* inner = cmark_iter_get_node(each.get());
    switch (cmark_node_get_type(inner)) {
    case CMARK_NODE_TEXT:
    case CMARK_NODE_CODE:
    case CMARK_NODE_CODE_BLOCK:
      out += cmark_node_get_literal(inner);
      break;
    case CMARK_NODE_LINEBREAK:
      out += ' ';
      break;
    case CMARK_NODE_HTML_INLINE:
    case CMARK_NODE_IMAGE:
    case CMARK_NODE_LINK:
      lost = true;
      break;
    default: // a soft break: a line of Chinese goes on without a space
      break;
    }
  }
  return trimmed(printable(out));
}

/// `2.` for an entry of a numbered list; its paragraphs are otherwise like any other.
std::string number_of(cmark_node* paragraph) {
  auto* item = cmark_node_parent(paragraph);
  if (!item || cmark_node_get_type(item) != CMARK_NODE_ITEM || cmark_node_previous(paragraph))
    return {};
  auto* list = cmark_node_parent(item);
  if (cmark_node_get_list_type(list) != CMARK_ORDERED_LIST) return {};
  int number = cmark_node_get_list_start(list);
  while ((item = cmark_node_previous(item))) ++number;
  return std::to_string(number) + ".";
}

/// Walks over the blocks of the file and puts each paragraph where its headings say.
class Reader {
public:
  Result<Narrative> read(cmark_node* document) {
    Iterator each(cmark_iter_new(document));
    for (auto event = cmark_iter_next(each.get()); event != CMARK_EVENT_DONE;
         event = cmark_iter_next(each.get()))
      if (event == CMARK_EVENT_ENTER)
        if (auto taken = take(cmark_iter_get_node(each.get())); !taken) return taken.error();
    return std::move(narrative_);
  }

private:
  Result<void> take(cmark_node* node) {
    line_ = cmark_node_get_start_line(node);
    switch (cmark_node_get_type(node)) {
    case CMARK_NODE_HEADING:
      return take_heading(text_of(node));
    case CMARK_NODE_PARAGRAPH:
      add(number_of(node) + text_of(node));
      break;
    case CMARK_NODE_CODE_BLOCK:
      add(text_of(node));
      break;
    case CMARK_NODE_HTML_BLOCK:
      leave_out("HTML");
      break;
    default:
      break;
    }
    return {};
  }

  Result<void> take_heading(const std::string& heading) {
    if (is_generated(heading))
      return refused(line_, "该部分由登记册生成，不能撰写",
                     "this section is generated from the register and cannot be written");
    if (auto section = section_named(heading)) {
      topic_ = *section;
      in_overview_ = topic_ == Topic::overview;
    } else if (auto topic = topic_named(heading); topic && in_overview_)
      topic_ = *topic;
    else if (!mentions(heading, "年度报告")) // the title is generated
      add(heading);
    return {};
  }

  void add(std::string text) {
    if (!text.empty()) narrative_.topics[topic_].push_back({std::move(text), line_});
  }

  std::string text_of(cmark_node* node) {
    bool lost = false;
    auto text = words_of(node, lost);
    if (lost) leave_out("链接、图片或 HTML");
    return text;
  }

  void leave_out(const std::string& what) {
    narrative_.left_out.push_back("第 " + std::to_string(line_) + " 行：" + what);
  }

  Narrative narrative_;
  Topic topic_ = Topic::overview;
  bool in_overview_ = true;
  int line_ = 0;
};

/// The line of the first byte that is no UTF-8; 0: none.
int broken_line(std::string_view text) {
  int line = 1;
  while (!text.empty()) {
    utf8proc_int32_t code = 0;
    auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                 utf8proc_ssize_t(text.size()), &code);
    if (size <= 0) return line;
    line += code == '\n';
    text.remove_prefix(std::size_t(size));
  }
  return 0;
}

} // namespace

const std::vector<NarrativeParagraph>& Narrative::of(Topic topic) const {
  static const std::vector<NarrativeParagraph> nothing;
  auto found = topics.find(topic);
  return found == topics.end() ? nothing : found->second;
}

std::string Narrative::overview() const {
  std::string out;
  for (auto& [topic, paragraphs] : topics)
    if (topic <= Topic::supervision)
      for (auto& paragraph : paragraphs) out += paragraph.text + "\n";
  return out;
}

std::string Narrative::whole() const {
  std::string out;
  for (auto& [topic, paragraphs] : topics)
    for (auto& paragraph : paragraphs) out += paragraph.text + "\n";
  return out;
}

Result<Narrative> read_narrative(std::string_view markdown) {
  if (markdown.size() > longest)
    return refused(1, "文件过长（超过 1 MB）", "the file is longer than 1 MB");
  if (auto line = broken_line(markdown)) return refused(line, "不是 UTF-8", "not UTF-8");
  std::unique_ptr<cmark_node, FreeNode> document(
      cmark_parse_document(markdown.data(), markdown.size(), CMARK_OPT_DEFAULT));
  return Reader().read(document.get());
}

} // namespace mingce
