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

std::vector<CaseIrregularity> findings(const Register& reg, const Law& law, const OrganSet& organs,
                                       const Period& period, Finding finding) {
  Calendars calendars(reg, law);
  std::vector<CaseIrregularity> out;
  auto walk = reg.walk_findings();
  reg.each_concerning(period, [&](const RegisteredRequest& row) {
    if (!row.state.received_on || row.state.split || *row.state.received_on > period.to) return;
    auto* known = walk.of(reg.number_of(row), row.version, [&]() -> FindingCache::Findings {
      auto terms = calendars.terms(row.organ);
      return {irregularities(row.state, terms), gaps(row.state, terms)};
    });
    if (!known) return;
    for (auto& found : finding == Finding::irregular ? known->irregular : known->gaps) {
      if (!period.contains(found.on)) continue;
      if (row.state.voided && found.code != "voided_after_due") continue;
      auto organ = holder_on(reg, row, found.on).value_or(row.organ);
      if (organs.contains(organ)) out.push_back({&row, organ, found});
    }
  });
  return out;
}

} // namespace mingce
