#include "intake/xml.hpp"

#include <libxml/HTMLparser.h>
#include <libxml/parser.h>

#include <charconv>
#include <limits>

namespace mingce {
namespace {

Failure unreadable(Text message) {
  return {FailureKind::unreadable, "unreadable_file", std::move(message)};
}

std::string_view view(const xmlChar* text) {
  return text ? reinterpret_cast<const char*>(text) : std::string_view{};
}

} // namespace

Result<XmlDocument> parse_xml(std::string_view bytes) {
  bool declares = bytes.find("<!DOCTYPE") != bytes.npos || bytes.find("<!ENTITY") != bytes.npos;
  if (declares || bytes.size() > std::size_t(std::numeric_limits<int>::max()))
    return unreadable({"文件内的 XML 带有文档类型声明，不予读取",
                       "an XML part declares a document type and is not read"});
  constexpr int options =
      XML_PARSE_NONET | XML_PARSE_NOERROR | XML_PARSE_NOWARNING | XML_PARSE_COMPACT;
  XmlDocument document(xmlReadMemory(bytes.data(), int(bytes.size()), nullptr, nullptr, options));
  // A declaration in another encoding than ASCII's would have been missed above.
  if (!document || document->intSubset)
    return unreadable({"文件内的 XML 已损坏", "an XML part is damaged"});
  return document;
}

Result<XmlDocument> parse_html(std::string_view utf8) {
  constexpr int options = HTML_PARSE_RECOVER | HTML_PARSE_NONET | HTML_PARSE_NOERROR |
                          HTML_PARSE_NOWARNING | HTML_PARSE_COMPACT;
  XmlDocument document(
      utf8.size() > std::size_t(std::numeric_limits<int>::max())
          ? nullptr
          : htmlReadMemory(utf8.data(), int(utf8.size()), nullptr, "UTF-8", options));
  if (!document || !xmlDocGetRootElement(document.get()))
    return unreadable({"不是可读的网页", "not a readable web page"});
  return document;
}

bool is_element(const xmlNode* node, std::string_view name) {
  return node->type == XML_ELEMENT_NODE && view(node->name) == name;
}

std::string attribute(const xmlNode* node, const char* name) {
  for (auto* one = node->properties; one; one = one->next)
    if (view(one->name) == name && one->children) return std::string(view(one->children->content));
  return {};
}

std::size_t count_attribute(const xmlNode* node, const char* name, std::size_t otherwise) {
  auto text = attribute(node, name);
  std::size_t number = 0;
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && number > 0 ? number : otherwise;
}

const xmlNode* child(const xmlNode* node, std::string_view name) {
  for (auto* one = node ? node->children : nullptr; one; one = one->next)
    if (is_element(one, name)) return one;
  return nullptr;
}

void each_child(const xmlNode* node, std::string_view name,
                const std::function<void(const xmlNode*)>& each) {
  for (auto* one = node ? node->children : nullptr; one; one = one->next)
    if (is_element(one, name)) each(one);
}

std::string_view text_of(const xmlNode* node) { return view(node->content); }

} // namespace mingce
