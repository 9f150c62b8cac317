#include "http/message.hpp"

namespace mingce {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_utf8(const std::string& text) {
  // The JSON library validates UTF-8 strictly; quoted like this the text is one JSON string.
  json::error_code ec;
  json::parse(json::serialize(json::string(text)), ec);
  return !ec;
}

} // namespace

Language language_of(std::string_view accept_language) {
  while (!accept_language.empty()) {
    auto comma = accept_language.find(',');
    auto range = accept_language.substr(0, comma);
    range.remove_prefix(std::min(range.find_first_not_of(" \t"), range.size()));
    if (range.starts_with("zh")) return Language::zh;
    if (range.starts_with("en")) return Language::en;
    if (comma == accept_language.npos) break;
    accept_language.remove_prefix(comma + 1);
  }
  return Language::zh;
}

std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '+' && plus_is_space) {
      out += ' ';
    } else if (text[i] == '%') {
      int high = i + 2 < text.size() ? hex_digit(text[i + 1]) : -1;
      int low = i + 2 < text.size() ? hex_digit(text[i + 2]) : -1;
      if (high < 0 || low < 0) return std::nullopt;
      out += char(high << 4 | low);
      i += 2;
    } else {
      out += text[i];
    }
  }
  if (!is_utf8(out)) return std::nullopt;
  return out;
}

} // namespace mingce
