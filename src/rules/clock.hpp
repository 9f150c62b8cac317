#pragma once
// 答复期限 (条例30–35, 国办函〔2020〕109号, 复议法实施条例49): a fold over the steps of one case.
// Only the law and the calendar enter beside them; "today" is always an argument.
//
// The period runs in segments. Each is counted from the day after its anchor; a correction or a
// fee stops it, and what comes in for it begins another. Days on which opinions are awaited are
// excluded. A date told under 条例35, or ordered for a redo, replaces what is counted.

#include "rules/law.hpp"
#include "rules/step.hpp"

#include <optional>
#include <span>
#include <utility>
#include <vector>

namespace mingce {

/// How doubtful questions are read (domain readings 22, 23).
enum class Reading {
  ordinary, // 通常口径
  strict // 从严口径: only third parties and co-producers suspend; a second correction restarts
         // nothing
};
BOOST_DESCRIBE_ENUM(Reading, ordinary, strict)

struct Clock {
  /// Days excluded from the period: from the day after `after` through `through`.
  struct Exclusion {
    Day after{};
    std::optional<Day> through;  ///< none while it is open
    std::optional<Day> cap_from; ///< a consultation: at most through its 15th working day after it
    std::uint32_t consultation = 0;       ///< which of the case, for those that have a cap
    std::uint32_t opened = 0, closed = 0; ///< versions of the events
  };
  struct Stop {
    Day on{};
    std::uint32_t version = 0;
    StepKind kind{}; ///< correction_requested or fee_notified
  };
  /// A date that replaces the count.
  struct Fixed {
    Day on{};
    std::uint32_t version = 0;
    bool ordered = false;  ///< for a redo; else told under 条例35
    bool reckoned = false; ///< by the calendar: nobody named the date
  };
  struct Segment {
    Day anchor{};              ///< counted from the day after
    std::uint32_t version = 0; ///< of the event that began it
    int base = 0;              ///< working days the law gives
    int extended_by = 0;       ///< working days of extension in force
    std::vector<Exclusion> excluded;
    std::optional<Fixed> fixed;
    std::optional<Stop> stop;    ///< of a finished segment: what stopped it first
    std::optional<Day> ended_on; ///< concluded within it
    int days() const { return base + extended_by; }
  };

  std::optional<Day> received_on;
  Matter matter{};
  Segment segment;
  std::vector<Segment> past;
  std::optional<Stop> correction_stop, fee_stop; ///< while they hold, there is no due date

  // what is awaited
  std::optional<Day> correction_by, payment_by, reasons_by;
  std::uint32_t correction_version = 0, payment_version = 0, reasons_version = 0;

  int corrections = 0;             ///< requested so far in this procedure (a redo is another)
  bool correction_ignored = false; ///< strict: the one awaited moves nothing
  int fees = 0, consultations = 0;
  bool reasons_requested = false;
  std::optional<Day> concluded_on; ///< first conclusion
  bool redo_open = false;
  bool sealed = false;        ///< voided, split, or closed before it was received: nothing runs
  std::optional<Day> redo_on; ///< the latest order

  bool is_running() const { return received_on && !sealed && (!concluded_on || redo_open); }
  bool is_stopped() const { return correction_stop || fee_stop; }
  /// What stopped the current segment first, if anything did.
  std::optional<Stop> stop() const;
};

/// The clock after one more step. It has seen all steps before, in their order.
void advance(Clock& clock, const Step& step, const Terms& terms,
             Reading reading = Reading::ordinary);

/// The clock after the steps dated up to that day.
Clock run_clock(std::span<const Step> steps, const Terms& terms,
                Reading reading = Reading::ordinary, Day through = Day::max());

/// The day by which the answer is due; none before receipt and while a correction or a fee is
/// awaited. An open consultation counts as running to its cap.
std::optional<Day> due_on(const Clock& clock, const Terms& terms);

/// 从严: the earlier of both readings; `ordinary` is the due date by the other. (A second
/// correction that restarts nothing keeps what the first segment had gained; that may not make the
/// strict date the later one.)
std::optional<Day> strict_due_on(std::optional<Day> ordinary, const Clock& strict,
                                 const Terms& terms);

/// The date was counted over a year without a notice on holidays (domain reading 34). A date that
/// somebody named is certain.
bool is_provisional(const Clock& clock, Day due, const Terms& terms);

/// Excluded days as disjoint spans (after, through], in order: a union, never a sum.
std::vector<std::pair<Day, Day>> excluded_spans(const Clock::Segment& segment, const Terms& terms);
/// The last day that one exclusion can take.
Day last_excluded(const Clock::Exclusion& exclusion, const Terms& terms);

/// Working days in (after, to] without the days that the segment excludes.
int net_days(const Clock::Segment& segment, Day after, Day to, const Terms& terms);
/// The same, as they count against the due date: a date that was named excludes none.
int counted_days(const Clock& clock, Day after, Day to, const Terms& terms);

/// 预警灯: green, yellow, orange by what is left; red once due; grey while suspended.
enum class Lamp { green, yellow, orange, red, grey };
BOOST_DESCRIBE_ENUM(Lamp, green, yellow, orange, red, grey)
Lamp lamp_of(int remaining, const Lamps& lamps);

/// How a period stands at the end of a day.
struct Prospect {
  std::optional<Day> due_on;
  /// Working days left; negative once the due date has passed; none without one.
  std::optional<int> remaining;
  /// Grey while the period does not run: something is awaited, or the next day is excluded.
  Lamp lamp = Lamp::grey;
};
Prospect prospect_of(const Clock& clock, Day day, const Terms& terms, const Lamps& lamps);

} // namespace mingce
