#include "rules/account.hpp"

#include <algorithm>

namespace mingce {
namespace {

// ---- what each step did -------------------------------------------------------------------------

std::string number(long n) { return std::to_string(n); }

struct Told {
  Text text;
  std::string article;
};

Told of_receipt(const Clock& after, const Terms& terms) {
  auto& period = terms.law.period("answer", *after.received_on);
  return {{"收到申请，自次日起计算 " + number(period.length) + " 个工作日",
           "received: " + number(period.length) + " working days from the next day"},
          period.article};
}

Told of_extension(const Clock& before, const Clock& after, const Step& step, const Terms& terms) {
  auto gained = after.segment.extended_by - before.segment.extended_by;
  auto article = terms.law.period("extension_cap", after.received_on.value_or(step.on)).article;
  if (gained == int(step.number))
    return {
        {"延长 " + number(gained) + " 个工作日", "extended by " + number(gained) + " working days"},
        article};
  return {{"决定延长 " + number(step.number) + " 个工作日，其中 " + number(gained) +
               " 个有效（其余晚于期限或超过上限）",
           "extended by " + number(step.number) + " working days, of which " + number(gained) +
               " hold (the rest came late or exceeds the cap)"},
          article};
}

Told of_consultation(const Step& step, const Terms& terms) {
  auto& period = terms.law.period("consultation", step.on);
  bool third = step.as<ConsultedParty>() == ConsultedParty::third_party;
  return {{"征求意见，自次日起不计入期限，至多至第 " + number(period.length) + " 个工作日",
           "opinions asked for: the days after are excluded, at most through the " +
               number(period.length) + "th working day"},
          third ? "条例32、33.3" : "条例33.3、34"};
}

Told of_redo(const Step& step, const Clock& after) {
  if (step.until)
    return {{"启动重新处理，应于责令的日期前答复", "redo: due as ordered"}, "复议法实施条例49"};
  if (after.segment.fixed)
    return {{"启动重新处理，法律未规定期限，为 60 日", "redo: no legal period, so 60 days"},
            "复议法实施条例49"};
  return {{"启动重新处理，按法定期限重新计算", "redo: the legal period is counted anew"},
          "复议法实施条例49"};
}

Told effect_of(const Step& step, const Clock& before, const Clock& after, const Terms& terms) {
  using enum StepKind;
  const char* fee_rules = "国办函〔2020〕109号 6";
  switch (step.kind) {
  case submitted:
    return {{"收件，尚未确认收到，不起算", "submitted, not yet received: nothing runs"}, "条例31"};
  case received:
    return of_receipt(after, terms);
  case correction_requested:
    return {{"告知补正，期限停止", "a correction is awaited: the period stops"}, "条例30"};
  case correction_extended:
    return {{"补正期限顺延，期限仍停止", "more time to correct: the period stays stopped"},
            "条例30"};
  case correction_received:
    return {{"收到补正，自次日起重新计算", "corrected: the period is counted anew"}, "条例30"};
  case consultation_opened:
    return of_consultation(step, terms);
  case consultation_closed:
    return {{"征求意见结束，自次日起恢复计算", "the opinion is in: counting goes on the next day"},
            "条例33.3"};
  case served:
    return {{"送达", "served"}, ""};
  case extended:
    return of_extension(before, after, step, terms);
  case reasons_requested:
    return {{"要求说明理由，期限继续计算", "reasons asked for: the period runs on"}, "条例35"};
  case reasons_received:
    return {{"收到理由说明", "reasons received"}, "条例35"};
  case delayed:
    return {{"告知延迟答复的日期，代替计算的期限", "delayed: the date told replaces the count"},
            "条例35"};
  case fee_notified:
    return {{"通知缴费，期限停止", "a fee is awaited: the period stops"}, fee_rules};
  case fee_paid:
    return {{"缴费，自次日起重新计算", "paid: the period is counted anew"}, fee_rules};
  case fee_waived:
    return {{"免收，自次日起恢复计算，等待的日子不计入",
             "waived: counting goes on, without the days waited"},
            fee_rules};
  case answered:
    return {{"作出答复，期限终止", "answered: the period ends"}, "条例36"};
  case closed:
    return {{"办结，期限终止", "concluded: the period ends"}, ""};
  case redo_ordered:
    return of_redo(step, after);
  case redo_answered:
    return {{"重新答复，期限终止", "answered anew: the period ends"}, "条例36"};
  case submission_closed:
    return {{"收件终结", "the submission is closed"}, "条例31"};
  case split:
    return {{"已拆分，由拆分后的各件分别计算", "split: its children run"}, ""};
  case voided:
    return {{"登记作废", "the registration is void"}, ""};
  case erased:
    return {{"删除申请人信息，不影响期限", "the applicant's data erased: no date moves"},
            "个人信息保护法47"};
  }
  return {};
}

// ---- run by run ---------------------------------------------------------------------------------

class Ledger {
public:
  explicit Ledger(const Terms& terms) : terms_(terms) {}

  void add(const Clock::Segment& segment, Day end, const std::optional<Clock::Stop>& stop,
           const std::optional<Clock::Fixed>& fixed) {
    int counted = 0;
    for (Day at = segment.anchor + date::days{1}; at <= end; at += date::days{1}) {
      DayRun run{at, at, DayUse::counted, 0, 0, 0, nullptr};
      if (stop && at > stop->on) {
        run.use = DayUse::stopped;
        run.version = stop->version;
      } else if (fixed) {
        run.use = DayUse::replaced;
        run.version = fixed->version;
      } else if (auto* exclusion = excluding(segment, at)) {
        run.use = DayUse::excluded;
        run.version = exclusion->opened;
      } else {
        read_calendar(run);
      }
      if (run.use == DayUse::counted || run.use == DayUse::make_up)
        run.first = run.last = ++counted;
      put(run);
    }
  }
  std::vector<DayRun> take() { return std::move(runs_); }

private:
  const Clock::Exclusion* excluding(const Clock::Segment& segment, Day at) const {
    for (auto& exclusion : segment.excluded)
      if (exclusion.after < at && at <= last_excluded(exclusion, terms_)) return &exclusion;
    return nullptr;
  }
  void read_calendar(DayRun& run) const {
    run.listing = terms_.calendar.listing(run.from);
    bool worked = terms_.calendar.is_working_day(run.from);
    if (run.listing)
      run.use = worked ? DayUse::make_up : DayUse::holiday;
    else
      run.use = worked ? DayUse::counted : DayUse::weekend;
  }
  void put(const DayRun& run) {
    auto same = [&](const DayRun& last) {
      bool listed = last.listing && run.listing && last.listing->notice == run.listing->notice &&
                    last.listing->holiday == run.listing->holiday;
      return last.use == run.use && last.version == run.version &&
             last.to + date::days{1} == run.from && (listed || last.listing == run.listing);
    };
    if (runs_.empty() || !same(runs_.back()) || (run.first == 1 && runs_.back().first != 0)) {
      runs_.push_back(run);
      return;
    }
    runs_.back().to = run.to;
    runs_.back().last = run.last;
  }

  const Terms& terms_;
  std::vector<DayRun> runs_;
};

std::vector<DayRun> runs_of(const Clock& clock, Day day, const Terms& terms) {
  if (!clock.received_on) return {};
  Ledger ledger(terms);
  for (std::size_t i = 0; i < clock.past.size(); ++i) {
    auto& next = i + 1 < clock.past.size() ? clock.past[i + 1] : clock.segment;
    auto& past = clock.past[i];
    ledger.add(past, past.ended_on.value_or(next.anchor), past.stop, past.fixed);
  }
  auto due = due_on(clock, terms);
  auto stop = clock.stop();
  auto end = due ? *due : std::max(day, stop ? stop->on : day);
  ledger.add(clock.segment, end, due ? std::nullopt : stop, clock.segment.fixed);
  return ledger.take();
}

} // namespace

Account account_of(std::span<const Step> steps, Day day, const Terms& terms) {
  Account account;
  Clock clock, strict;
  for (auto& step : steps) {
    if (step.on > day) break;
    auto before = clock;
    advance(clock, step, terms);
    advance(strict, step, terms, Reading::strict);
    auto told = effect_of(step, before, clock, terms);
    auto due = due_on(clock, terms);
    account.effects.push_back({&step, std::move(told.text), std::move(told.article), due,
                               strict_due_on(due, strict, terms)});
  }
  account.runs = runs_of(clock, day, terms);
  return account;
}

} // namespace mingce
