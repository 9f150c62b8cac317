#include "projection/kept_tallies.hpp"

#include <algorithm>
#include <tuple>

namespace mingce {

bool PeriodQuestion::is_same(const PeriodQuestion& other) const {
  auto parts = [](auto& q) {
    return std::tie(q.law, q.policy.redo, q.policy.authority_only, q.period.from, q.period.to,
                    q.day, q.basis.organs);
  };
  return parts(*this) == parts(other);
}

// ---- following ----------------------------------------------------------------------------------

void PeriodCases::clear() { *this = PeriodCases(std::move(question_)); }

void PeriodCases::follow(const Register& reg) {
  Cases cases;
  auto add = [&](const RegisteredRequest& row) { cases.push_back(&row); };
  if (position_ == 0 || surroundings_ != reg.surroundings_seq()) {
    clear();
    auto& [from, to] = question_.period;
    // Closed years may carry any case into the period.
    if (question_.may_be_kept())
      reg.each_concerning({std::min(from, question_.day), std::max(to, question_.day)}, add);
    else
      std::ranges::for_each(reg.requests(), add);
  } else {
    reg.each_changed_since(position_, add);
  }
  take(reg, cases);
  position_ = reg.size();
  surroundings_ = reg.surroundings_seq();
}

void PeriodCases::take(const Register& reg, const Cases& cases) {
  places_.resize(reg.requests().size());
  DueOn due_on(reg, *question_.law, question_.day);
  for (auto* row : cases) {
    take_out(reg.number_of(*row));
    put_in(reg, due_on, *row);
  }
  Cases judged;
  std::ranges::copy_if(cases, std::back_inserter(judged),
                       [&](auto* row) { return is_judged(reg, *row, question_.period); });
  auto found = findings(reg, *question_.law, question_.basis.organs, question_.period, judged);
  auto tell = [&](const std::vector<CaseIrregularity>& these, auto& by_code) {
    for (auto& [request, organ, irregularity] : these) {
      auto& finding = by_code[irregularity->code];
      finding.article = irregularity->article;
      finding.cases.insert(reg.number_of(*request));
    }
  };
  tell(found.irregular, told_.irregular);
  tell(found.gaps, told_.gaps);
}

void PeriodCases::take_out(std::size_t number) {
  if (auto& first = places_[number]; first.organ != nowhere) count(std::exchange(first, {}), -1);
  if (auto further = further_.extract(number); !further.empty())
    for (auto& place : further.mapped()) count(place, -1);
  for (auto* by_code : {&told_.irregular, &told_.gaps})
    for (auto& [code, finding] : *by_code) finding.cases.erase(number);
  for (auto* cases : {&told_.voided, &told_.overdue, &told_.provisional}) cases->erase(number);
}

void PeriodCases::put_in(const Register& reg, const DueOn& due_on, const RegisteredRequest& row) {
  auto& [law, policy, basis, period, day] = question_;
  auto number = reg.number_of(row);
  place(reg, row);
  if (reg.concerns(row, period) && is_voided_in(reg, row, basis.organs, period))
    told_.voided.insert(number);
  auto& state = row.state;
  bool is_redo = state.conclusion && state.conclusion->on <= day;
  if (!state.counts() || is_redo) return;
  auto due = due_on(row, basis.organs);
  if (!due || !due->clock.due_on) return;
  if (*due->clock.due_on < day) told_.overdue.insert(number);
  if (due->clock.provisional) told_.provisional.insert(number);
}

void PeriodCases::place(const Register& reg, const RegisteredRequest& row) {
  auto& [law, policy, basis, period, day] = question_;
  auto number = reg.number_of(row);
  each_standing(reg, row, basis, period, policy, [&](const CaseStanding& found) {
    Place place{number_of_organ(found.held.organ), found.counted.kind, found.counted.outcome,
                found.place};
    count(place, 1);
    if (places_[number].organ == nowhere)
      places_[number] = place;
    else
      further_[number].push_back(place);
  });
}

void PeriodCases::count(const Place& place, int times) {
  add(counts_[place.organ], place.kind, place.outcome, place.standing, times);
}

std::uint32_t PeriodCases::number_of_organ(const std::string& code) {
  auto [found, fresh] = organ_numbers_.try_emplace(code, std::uint32_t(organs_.size()));
  if (fresh) {
    organs_.push_back(code);
    counts_.emplace_back();
  }
  return found->second;
}

// ---- telling ------------------------------------------------------------------------------------

PeriodTally PeriodCases::tally() const {
  auto out = told_;
  for (std::size_t i = 0; i < organs_.size(); ++i)
    if (counts_[i] != RequestCounts{}) out.requests[organs_[i]] = counts_[i];
  for (auto* by_code : {&out.irregular, &out.gaps})
    std::erase_if(*by_code, [](auto& found) { return found.second.cases.empty(); });
  for (auto& [number, further] : further_) {
    auto received = std::ranges::count_if(further, [](auto& it) { return it.standing.received; }) +
                    places_[number].standing.received;
    if (received > 1) out.received_twice.insert(number);
  }
  return out;
}

PeriodTally KeptTallies::ask(const Register& reg, const PeriodQuestion& question) {
  std::lock_guard lock(mutex_);
  auto found =
      std::ranges::find_if(kept_, [&](auto& cases) { return cases.question().is_same(question); });
  if (found != kept_.end())
    kept_.splice(kept_.begin(), kept_, found);
  else
    kept_.emplace_front(question);
  if (kept_.size() > most) kept_.pop_back();
  kept_.front().follow(reg);
  return kept_.front().tally();
}

PeriodTally tally(const Register& reg, const Law& law, const Policy& policy, const Basis& basis,
                  const Period& period, Day day) {
  PeriodQuestion question{&law, policy, basis, period, day};
  if (question.may_be_kept()) return reg.kept_tallies().ask(reg, question);
  PeriodCases cases(std::move(question));
  cases.follow(reg);
  return cases.tally();
}

} // namespace mingce
