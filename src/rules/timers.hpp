#pragma once
// 期限: everything that runs for a case, a dispute or an organ at the end of a day, each with its
// own lamp. The answer's own period is one of them.

#include "rules/clock.hpp"
#include "rules/dispute.hpp"
#include "rules/organ.hpp"

#include <string>
#include <vector>

namespace mingce {

enum class TimerKind {
  answer,            // 答复 (条例33)
  redo,              // 重新答复 (复议法实施条例49)
  confirmation,      // 收件确认 (条例31)
  correction_notice, // 补正告知 (条例30)
  correction,        // 申请人补正 (条例30)
  consultation,      // 第三方、其他机关答复意见 (条例32、34)
  reasons,           // 申请人说明理由 (条例35)
  payment,           // 缴费 (国办函〔2020〕109号 6)
  reply,             // 复议答复 (复议法48、54)
  defence,           // 答辩 (行诉法67)
  appeal,            // 上诉 (行诉法85)
  annual_report      // 年度报告 (条例49)
};
BOOST_DESCRIBE_ENUM(TimerKind, answer, redo, confirmation, correction_notice, correction,
                    consultation, reasons, payment, reply, defence, appeal, annual_report)
/// 中文名称
const char* title_of(TimerKind kind);

struct Timer {
  TimerKind kind{};
  Day from{};                   ///< the day after it is the first
  std::optional<Day> due_on;    ///< none while it stands still, or its beginning was not recorded
  bool provisional = false;     ///< runs into a year without a notice on holidays
  std::optional<int> remaining; ///< working days at the end of the day asked for
  Lamp lamp = Lamp::grey;
  std::string article;
  std::uint32_t version = 0;      ///< of the event that began it; 0: the receipt, or none
  std::uint32_t consultation = 0; ///< which of the case
};

/// What runs for a request at the end of that day.
std::vector<Timer> timers_of(std::span<const Step> steps, Day day, const Terms& terms,
                             const Lamps& lamps);
/// For who has the clock already, run through that day.
std::vector<Timer> timers_of(std::span<const Step> steps, const Clock& clock, Day day,
                             const Terms& terms, const Lamps& lamps);
/// What runs for the organ in a dispute at the end of that day, by all that is known.
std::vector<Timer> timers_of(const Dispute& dispute, Day day, const Terms& terms,
                             const Lamps& lamps);
/// The annual report that falls due next, at the end of that day. `settings` may bring it forward.
Timer report_timer(const Organ& organ, const Organ::Settings& settings, Day day, const Terms& terms,
                   const Lamps& lamps);

} // namespace mingce
