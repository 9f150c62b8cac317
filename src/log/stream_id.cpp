#include "log/stream_id.hpp"

#include "log/digest.hpp"

#include <algorithm>

namespace mingce {
namespace {

constexpr std::uint8_t no_digit = 0x80;

/// A digit of every character, so that reading an id branches once.
constexpr auto nibbles = [] {
  std::array<std::uint8_t, 256> table{};
  table.fill(no_digit);
  for (int i = 0; i < 10; ++i) table[std::size_t('0' + i)] = std::uint8_t(i);
  for (int i = 0; i < 6; ++i) table[std::size_t('a' + i)] = std::uint8_t(10 + i);
  return table;
}();

std::uint8_t nibble(char c) { return nibbles[std::uint8_t(c)]; }

} // namespace

StreamId StreamId::of(std::string_view kind, std::string_view owner, std::string_view number) {
  std::string name;
  for (auto part : {kind, owner, number}) {
    name += part;
    name += '\0';
  }
  StreamId id;
  std::ranges::copy_n(sha256(name).begin(), std::ptrdiff_t(id.bytes.size()), id.bytes.begin());
  return id;
}

std::optional<StreamId> StreamId::parse(std::string_view hex) {
  StreamId id;
  if (hex.size() != id.bytes.size() * 2) return std::nullopt;
  std::uint8_t seen = 0;
  for (std::size_t i = 0; i < id.bytes.size(); ++i) {
    auto high = nibble(hex[2 * i]), low = nibble(hex[2 * i + 1]);
    seen |= high | low;
    id.bytes[i] = std::uint8_t(high << 4 | low);
  }
  if (seen & no_digit) return std::nullopt;
  return id;
}

std::string StreamId::hex() const { return to_hex(bytes); }

} // namespace mingce
