#include "log/lines.hpp"

namespace mingce::lines {
namespace {

/// How many bytes a character takes that begins with this one; 0: none does.
std::size_t length_by(std::uint8_t lead) {
  if (lead < 0x80) return lead >= 0x20 || lead == '\n' ? 1 : 0;
  if (lead < 0xc2 || lead > 0xf4) return 0; // inside a character, too long a form, beyond Unicode
  return lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
}

/// The second byte says whether the rest is a shorter character's longer form, half of a surrogate
/// pair or beyond U+10FFFF.
bool may_follow(std::uint8_t lead, std::uint8_t second) {
  switch (lead) {
  case 0xe0:
    return second >= 0xa0;
  case 0xed:
    return second < 0xa0;
  case 0xf0:
    return second >= 0x90;
  case 0xf4:
    return second < 0x90;
  default:
    return true;
  }
}

} // namespace

bool is_plain_text(std::string_view text) {
  while (!text.empty()) {
    auto lead = std::uint8_t(text[0]);
    auto length = length_by(lead);
    if (length == 0 || length > text.size()) return false;
    for (auto c : text.substr(1, length - 1))
      if ((std::uint8_t(c) & 0xc0) != 0x80) return false;
    if (length > 1 && !may_follow(lead, std::uint8_t(text[1]))) return false;
    text.remove_prefix(length);
  }
  return true;
}

} // namespace mingce::lines
