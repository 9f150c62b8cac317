#pragma once
// The name of a stream: 16 bytes, 32 hexadecimal digits on the wire. Derived from what is unique
// about the stream, so that a register number can never be given twice and no index is needed to
// find a stream by its number.

#include <boost/unordered/unordered_flat_map.hpp>

#include <array>
#include <compare>
#include <cstdint>
#include <cstring>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace mingce {

struct StreamId {
  std::array<std::uint8_t, 16> bytes{};

  /// The first half of SHA-256 over the three parts, each ended by a zero byte.
  static StreamId of(std::string_view kind, std::string_view owner, std::string_view number);
  static std::optional<StreamId> parse(std::string_view hex);
  std::string hex() const;

  friend auto operator<=>(const StreamId&, const StreamId&) = default;
};

} // namespace mingce

template <>
struct std::hash<mingce::StreamId> {
  std::size_t operator()(const mingce::StreamId& id) const noexcept {
    // The bytes are a digest: any eight of them are a hash.
    std::size_t out;
    std::memcpy(&out, id.bytes.data(), sizeof out);
    return out;
  }
};

namespace mingce {

/// What is known of streams: no order, and places that change as it grows.
template <class Value>
using MapOfStreams = boost::unordered_flat_map<StreamId, Value, std::hash<StreamId>>;

} // namespace mingce
