#pragma once
// Values as bytes and back, for what is derived and can be derived again: numbers of variable
// length, no names, no versions. One list of members serves both directions:
//
//   template <class Io, class T> requires is_a<T, Thing>
//   void members(Io& io, T& thing) { io(thing.first, thing.second); }
//
// `T` is const when it is written. What is read must have been sealed: damage beyond the seal is
// told by `ok()`, never by a crash.

#include "base/day.hpp"
#include "base/decimal.hpp"

#include <array>
#include <concepts>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace mingce {

template <class T, class Of>
concept is_a = std::same_as<std::remove_const_t<T>, Of>;

class Packer {
public:
  template <class... T>
  void operator()(const T&... values) {
    (put(values), ...);
  }
  std::size_t size() const { return bytes_.size(); }
  std::string take() { return std::move(bytes_); }

private:
  void number(std::uint64_t value) {
    for (; value >= 0x80; value >>= 7) bytes_.push_back(char(value | 0x80));
    bytes_.push_back(char(value));
  }
  void put(bool value) { bytes_.push_back(char(value)); }
  template <std::integral T>
  void put(T value) {
    if constexpr (std::signed_integral<T>) {
      auto wide = std::int64_t(value);
      number(std::uint64_t(wide) << 1 ^ std::uint64_t(wide >> 63));
    } else {
      number(value);
    }
  }
  template <class T>
  requires std::is_enum_v<T>
  void put(T value) { number(std::uint64_t(value)); }
  void put(Day day) { put(std::int64_t(day.time_since_epoch().count())); }
  void put(Instant at) { put(std::int64_t(at.time_since_epoch().count())); }
  void put(Decimal value) { put(value.hundredths); }
  void put(const std::string& text) {
    number(text.size());
    bytes_ += text;
  }
  template <std::size_t n>
  void put(const std::array<std::uint8_t, n>& bytes) {
    bytes_.append(reinterpret_cast<const char*>(bytes.data()), n);
  }
  template <class T>
  void put(const std::optional<T>& value) {
    put(value.has_value());
    if (value) put(*value);
  }
  template <class A, class B>
  void put(const std::pair<A, B>& pair) {
    put(pair.first);
    put(pair.second);
  }
  template <class T>
  void put(const std::vector<T>& values) {
    number(values.size());
    for (auto& value : values) put(value);
  }
  template <class T>
  requires requires(Packer& io, const T& value) { members(io, value); }
  void put(const T& value) { members(*this, value); }

  std::string bytes_;
};

class Unpacker {
public:
  explicit Unpacker(std::string_view bytes) : bytes_(bytes) {}

  template <class... T>
  void operator()(T&... values) {
    (get(values), ...);
  }
  /// Everything that was asked for was there.
  bool ok() const { return ok_; }
  bool is_at_end() const { return ok_ && bytes_.empty(); }

private:
  std::uint64_t number() {
    std::uint64_t value = 0;
    for (unsigned shift = 0; shift < 64; shift += 7) {
      auto byte = std::uint8_t(next());
      value |= std::uint64_t(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    ok_ = false;
    return 0;
  }
  char next() {
    if (bytes_.empty()) {
      ok_ = false;
      return 0;
    }
    auto byte = bytes_.front();
    bytes_.remove_prefix(1);
    return byte;
  }
  std::string_view piece(std::uint64_t size) {
    if (size > bytes_.size()) ok_ = false;
    auto out = bytes_.substr(0, ok_ ? size : 0);
    bytes_.remove_prefix(out.size());
    return out;
  }
  void get(bool& value) { value = next() != 0; }
  template <std::integral T>
  void get(T& value) {
    auto raw = number();
    if constexpr (std::signed_integral<T>)
      value = T(std::int64_t(raw >> 1) ^ -std::int64_t(raw & 1));
    else
      value = T(raw);
  }
  template <class T>
  requires std::is_enum_v<T>
  void get(T& value) { value = T(number()); }
  void get(Day& day) {
    std::int64_t days = 0;
    get(days);
    day = Day(date::days(days));
  }
  void get(Instant& at) {
    std::int64_t millis = 0;
    get(millis);
    at = Instant(std::chrono::milliseconds(millis));
  }
  void get(Decimal& value) { get(value.hundredths); }
  void get(std::string& text) { text = piece(number()); }
  template <std::size_t n>
  void get(std::array<std::uint8_t, n>& bytes) {
    auto from = piece(n);
    if (ok_) std::copy_n(from.begin(), n, bytes.begin());
  }
  template <class T>
  void get(std::optional<T>& value) {
    bool there = false;
    get(there);
    value.reset();
    if (there) get(value.emplace());
  }
  template <class A, class B>
  void get(std::pair<A, B>& pair) {
    get(pair.first);
    get(pair.second);
  }
  template <class T>
  void get(std::vector<T>& values) {
    auto size = number();
    if (size > bytes_.size()) ok_ = false; // each takes a byte at least
    values.clear();
    if (!ok_) return;
    values.resize(size);
    for (auto& value : values) get(value);
  }
  template <class T>
  requires requires(Unpacker& io, T& value) { members(io, value); }
  void get(T& value) { members(*this, value); }

  std::string_view bytes_;
  bool ok_ = true;
};

template <class T>
std::string packed(const T& value) {
  Packer out;
  out(value);
  return out.take();
}

/// False where the bytes are not those of one such value.
template <class T>
bool unpack(std::string_view bytes, T& value) {
  Unpacker in(bytes);
  in(value);
  return in.is_at_end();
}

} // namespace mingce
