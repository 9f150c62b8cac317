#pragma once
// The sentences of the annual report that the register can say itself. Each figure has one word:
// 新收 (the first row of table 三), 上年结转 (the second), 收办 (both), 办结 (the total of results),
// 结转下年度 (the last). Shares are of 办结, in tenths of a percent, rounded half up.

#include "report/background.hpp"
#include "report/annual.hpp"

#include <array>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace mingce {

/// A kind of result: a row of table 三 below 本年度办理结果, or a group of rows.
struct ResultGroup {
  std::string label; ///< 予以公开: without its number and without remarks
  std::int64_t count = 0;
};

/// What the prose speaks of, taken from table 三.
struct Totals {
  RequestCells received{}, carried_in{}, concluded{}, carried_out{};
  std::vector<ResultGroup> results; ///< in the order of the table; together they are `concluded`

  std::int64_t handled() const { return received.back() + carried_in.back(); } ///< 收办
};
Totals totals_of(const AnnualReport& report);

/// Reconsiderations, or suits of both blocks together: the columns of table 四.
DisputeCells reconsiderations_of(const AnnualReport& report);
DisputeCells suits_of(const AnnualReport& report);

/// `12.3%`; 0.0% of nothing.
std::string percentage(std::int64_t part, std::int64_t whole);

/// 收取 less 退还, in yuan.
Decimal fees_received(const std::vector<FeeLine>& fees);

/// By what, for which days and for whom the report was drawn up; who is not in it.
std::string opening_sentence(const AnnualReport& report);
/// Items disclosed by channel; none where no such figure was recorded.
std::vector<std::string> disclosure_sentences(const AnnualReport& report,
                                              const Background& background);
/// What came in, by whom and how; what became of it; disputes about it.
std::vector<std::string> request_sentences(const AnnualReport& report,
                                           const Background& background);
/// 信息处理费, itemised; voided registrations.
std::vector<std::string> closing_sentences(const AnnualReport& report,
                                           const Background& background);

} // namespace mingce
