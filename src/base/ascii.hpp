#pragma once
// ASCII whatever the locale, which <cctype> is not.

#include <algorithm>
#include <string>

namespace mingce {

constexpr char lower(char c) { return c >= 'A' && c <= 'Z' ? char(c - 'A' + 'a') : c; }

inline std::string lower(std::string text) {
  std::ranges::transform(text, text.begin(), [](char c) { return lower(c); });
  return text;
}

} // namespace mingce
