#include "log/stream_id.hpp"

#include "log/digest.hpp"

#include <algorithm>

namespace mingce {
namespace {

int nibble(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

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
  for (std::size_t i = 0; i < id.bytes.size(); ++i) {
    int high = nibble(hex[2 * i]), low = nibble(hex[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    id.bytes[i] = std::uint8_t(high << 4 | low);
  }
  return id;
}

std::string StreamId::hex() const { return to_hex(bytes); }

} // namespace mingce
