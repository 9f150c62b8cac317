#pragma once
// Reading the texts of notes and proofs: line by line, each number and digest in one form only. For
// .cpp files.

#include "log/base64.hpp"
#include "log/digest.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <string_view>

namespace mingce::lines {

/// The text before the next line feed, which is taken away with it; nothing if there is none.
inline std::optional<std::string_view> take(std::string_view& text) {
  auto end = text.find('\n');
  if (end == text.npos) return std::nullopt;
  auto line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

/// What follows the prefix; nothing if the line begins otherwise.
inline std::optional<std::string_view> after(std::string_view prefix, std::string_view line) {
  if (!line.starts_with(prefix)) return std::nullopt;
  return line.substr(prefix.size());
}

/// Decimal without a sign or leading zeros.
inline std::optional<std::uint64_t> number(std::string_view text) {
  std::uint64_t value = 0;
  auto end = text.data() + text.size();
  auto read = std::from_chars(text.data(), end, value);
  bool canonical = text.size() == 1 || (!text.empty() && text.front() != '0');
  if (!canonical || read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return value;
}

/// 32 bytes in base 64.
inline std::optional<Digest> digest(std::string_view text) {
  Digest out;
  auto bytes = from_base64(text);
  if (!bytes || bytes->size() != out.size()) return std::nullopt;
  std::copy(bytes->begin(), bytes->end(), out.begin());
  return out;
}

/// Well-formed UTF-8 without control characters other than the line feed.
bool is_plain_text(std::string_view text);

} // namespace mingce::lines
