#include "http/message.hpp"

#include "http/preferences.hpp"
#include "intake/encoding.hpp"

#include <algorithm>
#include <charconv>

namespace mingce {
namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

} // namespace

Language language_of(std::string_view accept_language) {
  auto best = Language::zh;
  double best_weight = 0;
  for (auto& [name, weight] : preferences_of(accept_language)) {
    bool zh = name.starts_with("zh"), en = name.starts_with("en");
    if ((!zh && !en) || weight <= best_weight) continue;
    best = zh ? Language::zh : Language::en;
    best_weight = weight;
  }
  return best;
}

bool prefers_minimal(const Request& request) {
  return std::ranges::any_of(preferences_of(request.prefer),
                             [](auto& preference) { return preference.name == "return=minimal"; });
}

std::string etag_of(std::uint32_t version) { return "\"" + std::to_string(version) + "\""; }

std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space) {
  // Most texts have nothing to decode before their end.
  auto plain = plus_is_space ? text.find_first_of("%+") : text.find('%');
  plain = std::min(plain, text.size());
  std::string out(text.substr(0, plain));
  for (auto i = plain; i < text.size(); ++i) {
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
