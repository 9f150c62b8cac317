#include "report/xml.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <sstream>

namespace mingce {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD";

bool is_blank(utf8proc_int32_t code) { return code == '\n' || code == '\r' || code == '\t'; }

/// Not what XML may hold, or not what a reader would see.
bool is_hidden(utf8proc_int32_t code) {
  bool control = code < 0x20 || (code >= 0x7f && code < 0xa0);
  bool turns = code == 0x200e || code == 0x200f || (code >= 0x202a && code <= 0x202e) ||
               (code >= 0x2066 && code <= 0x2069);
  return control || turns || (code & 0xfffe) == 0xfffe;
}

} // namespace

std::string printable(std::string_view text) {
  std::string out;
  while (!text.empty()) {
    utf8proc_int32_t code = -1;
    auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                 utf8proc_ssize_t(text.size()), &code);
    auto bytes = text.substr(0, size > 0 ? std::size_t(size) : 1);
    if (is_blank(code))
      out += ' ';
    else
      out += size <= 0 || is_hidden(code) ? replacement : bytes;
    text.remove_prefix(bytes.size());
  }
  return out;
}

std::string_view leading(std::string_view utf8, std::size_t bytes) {
  if (utf8.size() <= bytes) return utf8;
  while (bytes > 0 && (static_cast<unsigned char>(utf8[bytes]) & 0xc0) == 0x80) --bytes;
  return utf8.substr(0, bytes);
}

void set(pugi::xml_node node, const char* attribute, const std::string& value) {
  node.append_attribute(attribute).set_value(value.c_str());
}

void set(pugi::xml_node node, const char* attribute, long long value) {
  node.append_attribute(attribute).set_value(value);
}

pugi::xml_node add_text(pugi::xml_node parent, const char* name, const std::string& text) {
  auto node = parent.append_child(name);
  node.append_child(pugi::node_pcdata).set_value(text.c_str());
  return node;
}

pugi::xml_node add(pugi::xml_node parent, const char* name, const char* attribute,
                   const std::string& value) {
  auto node = parent.append_child(name);
  set(node, attribute, value);
  return node;
}

std::string to_string(const pugi::xml_node& node) {
  std::ostringstream out;
  node.print(out, "", pugi::format_raw | pugi::format_no_declaration, pugi::encoding_utf8);
  return out.str();
}

} // namespace mingce
