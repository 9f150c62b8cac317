#pragma once
// Texts put one behind the other, in memory that is asked for once.

#include <initializer_list>
#include <string>
#include <string_view>

namespace mingce {

inline std::string joined(std::initializer_list<std::string_view> parts) {
  std::size_t size = 0;
  for (auto part : parts) size += part.size();
  std::string out;
  out.reserve(size);
  for (auto part : parts) out += part;
  return out;
}

} // namespace mingce
