#include "rules/timers.hpp"

namespace mingce {
namespace {

class Board {
public:
  Board(Day day, const Terms& terms, const Lamps& lamps)
      : day_(day), terms_(terms), lamps_(lamps) {}

  /// A date that somebody named, and nothing suspends.
  Timer& put(TimerKind kind, Day from, std::optional<Day> due, std::string article,
             std::uint32_t version) {
    Timer timer{kind, from, due, false, {}, Lamp::grey, std::move(article), version, 0};
    if (due) {
      auto& calendar = terms_.calendar;
      timer.remaining = day_ <= *due ? calendar.working_days_between(day_, *due)
                                     : -calendar.working_days_between(*due, day_);
      timer.lamp = day_ > *due ? Lamp::red : lamp_of(*timer.remaining, lamps_);
    }
    return timers_.emplace_back(std::move(timer));
  }
  Timer& put(TimerKind kind, Day from, const LegalPeriod& period, std::uint32_t version) {
    auto due = period.end(from, terms_.calendar);
    auto& timer = put(kind, from, due, period.article, version);
    bool counted = period.unit == PeriodUnit::working_days;
    timer.provisional = terms_.calendar.is_provisional(counted ? from : due - date::days{1}, due);
    return timer;
  }
  std::vector<Timer> take() { return std::move(timers_); }

private:
  Day day_;
  const Terms& terms_;
  const Lamps& lamps_;
  std::vector<Timer> timers_;
};

void put_answer(Board& board, const Clock& clock, Day day, const Terms& terms, const Lamps& lamps) {
  auto kind = clock.redo_open ? TimerKind::redo : TimerKind::answer;
  auto& period = terms.law.period("answer", *clock.received_on);
  bool ordered = clock.segment.fixed && clock.segment.fixed->ordered;
  auto article = ordered ? terms.law.period("redo_without_period", clock.segment.anchor).article
                 : clock.segment.fixed ? std::string("条例35")
                                       : period.article;
  auto prospect = prospect_of(clock, day, terms, lamps);
  auto& timer =
      board.put(kind, clock.segment.anchor, prospect.due_on, article, clock.segment.version);
  if (timer.due_on) timer.provisional = is_provisional(clock, *timer.due_on, terms);
  timer.remaining = prospect.remaining;
  timer.lamp = prospect.lamp;
}

/// 条例30: while no correction has been requested, the window for the notice.
void put_correction_notice(Board& board, const Clock& clock, Day day, const Terms& terms) {
  auto& period = terms.law.period("correction_notice", *clock.received_on);
  if (clock.corrections > 0 || clock.redo_open || clock.is_stopped() ||
      day > period.end(*clock.received_on, terms.calendar))
    return;
  board.put(TimerKind::correction_notice, *clock.received_on, period, 0);
}

std::vector<Timer> timers_of_submission(std::span<const Step> steps, Day day, const Terms& terms,
                                        const Lamps& lamps) {
  Board board(day, terms, lamps);
  if (!steps.empty() && steps.front().kind == StepKind::submitted && steps.front().on <= day) {
    auto& step = steps.front();
    // 条例31(2): plain mail is confirmed on the day it comes in.
    bool same_day = step.as<Channel>() == Channel::post_plain;
    auto due = terms.calendar.add_working_days(step.on, terms.law.unconfirmed_after());
    board.put(TimerKind::confirmation, step.on, same_day ? step.on : due, "条例31", step.version);
  }
  return board.take();
}

} // namespace

const char* title_of(TimerKind kind) {
  using enum TimerKind;
  switch (kind) {
  case answer:
    return "答复";
  case redo:
    return "重新答复";
  case confirmation:
    return "收件确认";
  case correction_notice:
    return "补正告知";
  case correction:
    return "申请人补正";
  case consultation:
    return "征求意见答复";
  case reasons:
    return "申请人说明理由";
  case payment:
    return "申请人缴费";
  case reply:
    return "复议答复";
  case defence:
    return "诉讼答辩";
  case appeal:
    return "上诉";
  case annual_report:
    return "年度报告";
  }
  return "";
}

std::vector<Timer> timers_of(std::span<const Step> steps, Day day, const Terms& terms,
                             const Lamps& lamps) {
  return timers_of(steps, run_clock(steps, terms, Reading::ordinary, day), day, terms, lamps);
}

std::vector<Timer> timers_of(std::span<const Step> steps, const Clock& clock, Day day,
                             const Terms& terms, const Lamps& lamps) {
  if (clock.sealed) return {};
  if (!clock.received_on) return timers_of_submission(steps, day, terms, lamps);
  if (!clock.is_running()) return {};
  Board board(day, terms, lamps);
  put_answer(board, clock, day, terms, lamps);
  put_correction_notice(board, clock, day, terms);
  auto awaited = [&](TimerKind kind, const std::optional<Day>& by, std::uint32_t version,
                     const char* article) {
    if (!by) return;
    Day from = *by;
    for (auto& step : steps)
      if (step.version == version) from = step.on;
    board.put(kind, from, by, article, version);
  };
  awaited(TimerKind::correction, clock.correction_by, clock.correction_version, "条例30");
  for (auto& exclusion : clock.segment.excluded)
    if (exclusion.cap_from && !exclusion.through)
      board
          .put(TimerKind::consultation, *exclusion.cap_from,
               terms.law.period("consultation", exclusion.after), exclusion.opened)
          .consultation = exclusion.consultation;
  awaited(TimerKind::reasons, clock.reasons_by, clock.reasons_version, "条例35");
  awaited(TimerKind::payment, clock.payment_by, clock.payment_version,
          terms.law.period("fee_payment", day).article.c_str());
  return board.take();
}

std::vector<Timer> timers_of(const Dispute& dispute, Day day, const Terms& terms,
                             const Lamps& lamps) {
  Board board(day, terms, lamps);
  bool ours = dispute.opened_on && !dispute.voided && dispute.role == DisputeRole::respondent;
  if (!ours || *dispute.opened_on > day) return {};
  auto turn = dispute.turn_at(day);
  bool pending = turn && turn->column == DisputeColumn::pending;
  bool replied = dispute.replied_on && *dispute.replied_on <= day;
  if (pending && !replied && dispute.turns.front().on == turn->on) {
    bool review = dispute.block == DisputeBlock::reconsideration;
    auto& copy = dispute.copy_received_on;
    auto& period = terms.law.period(!review              ? "defence"
                                    : dispute.simplified ? "reply_simplified"
                                                         : "reply_ordinary",
                                    copy.value_or(*dispute.opened_on));
    auto kind = review ? TimerKind::reply : TimerKind::defence;
    // Without the day on which the copy came, there is nothing to count from, and no guess.
    if (copy)
      board.put(kind, *copy, period, 1);
    else
      board.put(kind, *dispute.opened_on, std::nullopt, period.article, 1);
  }
  // Only from a judgment of first instance, once it has been served.
  bool judged = dispute.judged_on && dispute.served_on &&
                *dispute.judged_on <= *dispute.served_on && *dispute.served_on <= day;
  auto& appeal = terms.law.period(dispute.by_ruling ? "appeal_of_ruling" : "appeal", day);
  if (judged && day <= appeal.end(*dispute.served_on, terms.calendar))
    board.put(TimerKind::appeal, *dispute.served_on, appeal, dispute.served_version);
  return board.take();
}

Timer report_timer(const Organ& organ, const Organ::Settings& settings, Day day, const Terms& terms,
                   const Lamps& lamps) {
  auto& [by, article] = terms.law.report_by(organ.kind);
  auto local = settings.report_by ? YearlyDate::parse(*settings.report_by) : std::nullopt;
  auto due_in = [&](int year) {
    return local ? std::min(local->in(year), by.in(year)) : by.in(year);
  };
  int year = day <= due_in(year_of(day)) ? year_of(day) : year_of(day) + 1;
  Board board(day, terms, lamps);
  board.put(TimerKind::annual_report, last_day_of(year - 1), due_in(year), article, 0);
  return board.take().front();
}

} // namespace mingce
