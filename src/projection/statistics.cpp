#include "projection/statistics.hpp"

#include <algorithm>

namespace mingce {
namespace {

void count(Performance& figures, const RegisteredRequest& row, const Standing& place,
           const std::optional<Handling>& handling, const Law& law) {
  figures.received += place.received;
  figures.carried_in += place.carried_in;
  figures.carried_out += place.carried_out;
  if (place.received) ++figures.channels[row.state.channel];
  if (place.concluded && handling) figures.add(*handling, law);
}

} // namespace

Statistics statistics(const Register& reg, const Law& law, const Policy& policy,
                      const OrganSet& organs, const Period& period) {
  Calendars calendars(reg, law);
  Statistics out{Performance(law), {}, {}, {}, {}};
  std::map<std::string, int> requests_by_ref;
  for (auto& code : organs) out.by_organ.emplace(code, Performance(law));
  Basis basis{organs};
  each_standing(reg, basis, period, policy, [&](const CaseStanding& found) {
    auto& [row, counted, held, place] = found;
    std::optional<Handling> handling;
    if (place.concluded) handling = handling_of(row.state, calendars.terms(row.organ));
    count(out.all, row, place, handling, law);
    count(out.by_organ.at(held.organ), row, place, handling, law);
    if (handling && handling->answered && !handling->on_time)
      out.late_answers.push_back({&row, held.organ, *handling});
    auto* text = place.received ? reg.text_of(row) : nullptr;
    if (text && !text->ref.empty()) ++requests_by_ref[text->ref];
  });
  each_dispute(reg, basis, period, policy, [&](const DisputeStanding& found) {
    ++out.disputes[std::size_t(found.dispute.block)][std::size_t(found.turn.column)];
  });
  if (reg.has_texts())
    out.repeat_applicants = int(std::ranges::count_if(
        requests_by_ref, [](auto& applicant) { return applicant.second > 1; }));
  out.all.finish();
  for (auto& [code, figures] : out.by_organ) figures.finish();
  return out;
}

namespace {

/// Whatever their days; null where there is nothing.
std::vector<FindingCache::Known> findings_of(const Register& reg, const Law& law,
                                             std::span<const RegisteredRequest* const> cases) {
  return reg.findings_of(cases, [&] {
    return [&, calendars = Calendars(reg, law)](std::size_t i) -> Findings {
      auto& row = *cases[i];
      auto terms = calendars.terms(row.organ);
      return {irregularities(row.state, terms), gaps(row.state, terms)};
    };
  });
}

} // namespace

bool is_judged(const Register& reg, const RegisteredRequest& row, const Period& period) {
  auto& state = row.state;
  return reg.concerns(row, period) && state.received_on && *state.received_on <= period.to &&
         !state.split;
}

PeriodFindings findings(const Register& reg, const Law& law, const OrganSet& organs,
                        const Period& period, std::span<const RegisteredRequest* const> cases) {
  auto known = findings_of(reg, law, cases);
  PeriodFindings out;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    if (!known[i]) continue;
    auto& row = *cases[i];
    auto take = [&](const Irregularity& found, std::vector<CaseIrregularity>& into) {
      if (!period.contains(found.on)) return;
      if (row.state.voided && found.code != "voided_after_due") return;
      auto organ = holder_on(reg, row, found.on).value_or(row.organ);
      if (organs.contains(organ)) into.push_back({&row, organ, {known[i], &found}});
    };
    for (auto& found : known[i]->irregular) take(found, out.irregular);
    for (auto& found : known[i]->gaps) take(found, out.gaps);
  }
  return out;
}

PeriodFindings findings(const Register& reg, const Law& law, const OrganSet& organs,
                        const Period& period) {
  std::vector<const RegisteredRequest*> cases;
  reg.each_concerning(period, [&](const RegisteredRequest& row) {
    if (is_judged(reg, row, period)) cases.push_back(&row);
  });
  return findings(reg, law, organs, period, cases);
}

} // namespace mingce
