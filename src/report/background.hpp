#pragma once
// What the prose and the charts of the annual report say beyond the three tables, counted from the
// same register at the same position. Of what a collected report brings into the tables nothing of
// this is known.

#include "base/decimal.hpp"
#include "rules/vocabulary.hpp"

#include <cstdint>
#include <map>
#include <string>
#include <vector>

namespace mingce {

/// 信息处理费 of one organ by one scheme (国办函〔2020〕109号), in yuan. A notice counts on its day,
/// money on the day it was paid or refunded.
struct FeeLine {
  std::string organ; ///< its name
  FeeScheme scheme{};
  std::int64_t notices = 0;
  std::int64_t units = 0; ///< items or pages charged
  Decimal notified{}, paid{}, refunded{};
};

/// What was received and concluded in a stretch of time: `3月`, `2023年`.
struct TrendPoint {
  std::string label;
  std::int64_t received = 0;
  std::int64_t concluded = 0;
};

struct Background {
  std::int64_t received = 0, concluded = 0; ///< of table 三: what the register has case by case
  std::map<Channel, std::int64_t> channels{};   ///< of the requests newly received
  std::int64_t answered = 0, on_time = 0;       ///< of those concluded: answered, and in time
  std::map<std::string, Decimal> disclosed{};   ///< by what follows `disclosed.` in the item
  std::vector<FeeLine> fees{};                  ///< by organ, then by scheme
  std::vector<TrendPoint> months{};             ///< of the period, without a gap
  std::vector<TrendPoint> years{};              ///< up to five, the last one that of the report
};

} // namespace mingce
