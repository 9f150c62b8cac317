#pragma once
// Enumerators are the wire words: one spelling in C++, JSON, data files and tests.

#include <boost/describe.hpp>
#include <boost/mp11.hpp>

#include <array>
#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace mingce {

template <class E>
inline constexpr std::size_t enum_size =
    boost::mp11::mp_size<boost::describe::describe_enumerators<E>>::value;

/// How an enumerator is spelled on the wire. Specialise for a family whose words hold a dot.
template <class E>
struct WireSpelling {
  static std::string spell(std::string_view enumerator) { return std::string(enumerator); }
};

/// All enumerators with their wire words, in the order of declaration. Enumerators are 0, 1, 2 …
template <class E>
const std::array<std::string, enum_size<E>>& wire_words() {
  static const auto words = [] {
    std::array<std::string, enum_size<E>> out;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>(
        [&](auto d) { out[std::size_t(d.value)] = WireSpelling<E>::spell(d.name); });
    return out;
  }();
  return words;
}

template <class E>
const std::string& to_word(E value) {
  return wire_words<E>()[std::size_t(value)];
}

template <class E>
std::optional<E> from_word(std::string_view word) {
  auto& words = wire_words<E>();
  for (std::size_t i = 0; i < words.size(); ++i)
    if (words[i] == word) return E(i);
  return std::nullopt;
}

} // namespace mingce
