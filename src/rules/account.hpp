#pragma once
// 期限说明: why a due date is that day. What each event did to the clock, and run by run which
// days were counted, which were days of rest and by which notice, which were excluded and why.

#include "base/result.hpp"
#include "rules/clock.hpp"

#include <string>
#include <vector>

namespace mingce {

/// What a day is to the period.
enum class DayUse {
  counted,  // 计入
  make_up,  // 调休上班，计入
  weekend,  // 周末
  holiday,  // 放假
  excluded, // 征求意见等，不计入
  stopped,  // 期限停止
  replaced  // 已告知或责令的日期代替计算
};
BOOST_DESCRIBE_ENUM(DayUse, counted, make_up, weekend, holiday, excluded, stopped, replaced)

/// Consecutive days of one use.
struct DayRun {
  Day from{}, to{};
  DayUse use{};
  int first = 0, last = 0;   ///< numbers of the working days counted
  std::uint32_t version = 0; ///< of the event that excludes, stops or replaces; 0: none
  const Calendar::Listing* listing = nullptr; ///< of holidays and make-up workdays
};

/// One step and the clock after it.
struct StepEffect {
  const Step* step = nullptr;
  Text text;
  std::string article;
  std::optional<Day> due_on, due_on_strict;
};

struct Account {
  std::vector<StepEffect> effects;
  std::vector<DayRun> runs; ///< from the day after receipt to the due date, or to `day` if stopped
};

/// Of the steps dated up to `day`. What it points to must outlive it.
Account account_of(std::span<const Step> steps, Day day, const Terms& terms);

} // namespace mingce
