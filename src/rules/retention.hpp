#pragma once
// 保管期限: how long an archived file is kept (条例45; 机关文件材料归档范围和文书档案保管期限规定).
// The archiving says it in any wording; here it is read.

#include "base/day.hpp"

#include <cstdint>
#include <string_view>

namespace mingce {

struct Retention {
  enum class Kind : std::uint8_t { for_ever, years, until, unreadable };
  Kind kind = Kind::unreadable;
  std::uint16_t years = 0;
  Day until{};

  /// The last day of keeping, counted from 1 January of the year after `from`. Day::max() for
  /// ever; so too where the wording cannot be read, for nothing is destroyed on a guess.
  Day last_day(Day from) const;

  friend bool operator==(const Retention&, const Retention&) = default;
};

/// 永久, permanent, Y; 30年, 30 years, 30, P30Y, D30; 2056-12-31. Everything else is unreadable.
Retention read_retention(std::string_view text);

} // namespace mingce
