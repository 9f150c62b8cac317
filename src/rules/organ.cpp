#include "rules/organ.hpp"

#include <algorithm>

namespace mingce {
namespace {

struct Evolution {
  Organ& state;
  const Fact& fact;

  void operator()(const OrganRegistered& e) {
    state.name = e.name;
    state.kind = e.kind;
    if (e.parent) stand_below(e.parent->value);
  }
  void operator()(const OrganRenamed& e) { state.name = e.name; }
  void operator()(const OrganReparented& e) { stand_below(e.parent.value); }
  void stand_below(const std::string& parent) {
    state.parent = parent;
    state.parents.push_back({fact.seq, parent});
  }
  void end() { state.ended_on = std::min(fact.on, state.ended_on.value_or(fact.on)); }
  void operator()(const OrganMerged& e) {
    end();
    state.hand_overs.push_back({fact.on, e.into.value, fact.seq, true, {}});
  }
  void operator()(const OrganDissolved&) { end(); }
  void operator()(const CompetenceTransferred& e) {
    Organ::HandOver over{fact.on, e.to.value, fact.seq, false, {}};
    if (e.requests)
      for (auto& request : *e.requests) over.requests.push_back(request.value);
    state.hand_overs.push_back(std::move(over));
  }
  void operator()(const PolicySet& e) {
    Organ::Settings settings;
    settings.report_by = e.report_by;
    settings.late_fact = e.late_fact;
    if (e.lamp_yellow) settings.lamp_yellow = int(e.lamp_yellow->value);
    if (e.lamp_orange) settings.lamp_orange = int(e.lamp_orange->value);
    state.settings.push_back({fact.seq, settings});
  }
  template <class Other>
  void operator()(const Other&) {}
};

} // namespace

Organ fold_organ(std::span<const Fact> facts) {
  // The date of registration bounds nothing: what is dated before it applies to the organ as well.
  Organ state;
  for (bool registration : {true, false})
    for (auto& fact : facts)
      if (std::holds_alternative<OrganRegistered>(fact.event) == registration)
        std::visit(Evolution{state, fact}, fact.event);
  return state;
}

std::optional<Failure> refusal_of_organ(std::span<const Fact> facts) {
  std::size_t registrations = 0, mergers = 0, dissolutions = 0;
  for (auto& fact : facts) {
    registrations += std::holds_alternative<OrganRegistered>(fact.event) ? 1 : 0;
    mergers += std::holds_alternative<OrganMerged>(fact.event) ? 1 : 0;
    dissolutions += std::holds_alternative<OrganDissolved>(fact.event) ? 1 : 0;
  }
  if (registrations != 1)
    return Failure{FailureKind::impossible,
                   "second_registration",
                   {"机关只能登记一次", "an organ is registered once"}};
  if (mergers > 1 || dissolutions > 1)
    return Failure{FailureKind::impossible,
                   "organ_ended",
                   {"该机关已合并或撤销", "the organ has been merged or dissolved already"}};
  return {};
}

void Organ::Settings::take(const Settings& later) {
  if (later.report_by) report_by = later.report_by;
  if (later.lamp_yellow) lamp_yellow = later.lamp_yellow;
  if (later.lamp_orange) lamp_orange = later.lamp_orange;
  if (later.late_fact) late_fact = later.late_fact;
}

std::vector<std::string> lineage_of(const Organs& organs, const std::string& code,
                                    std::uint64_t position) {
  std::vector<std::string> lineage;
  auto found = organs.find(code);
  while (found != organs.end() && lineage.size() <= organs.size()) {
    lineage.push_back(found->first);
    const std::string* parent = nullptr;
    for (auto& known : found->second.parents)
      if (known.seq <= position) parent = &known.value;
    found = parent ? organs.find(*parent) : organs.end();
  }
  std::ranges::reverse(lineage);
  return lineage;
}

Organ::Settings settings_of(const Organs& organs, const std::string& code, std::uint64_t position) {
  Organ::Settings out;
  for (auto& above : lineage_of(organs, code, position))
    for (auto& set : organs.find(above)->second.settings)
      if (set.seq <= position) out.take(set.value);
  return out;
}

std::vector<std::string> region_of(const Organs& organs, const std::string& code) {
  std::vector<std::string> region;
  for (auto& [candidate, organ] : organs)
    if (is_within(organs, candidate, code)) region.push_back(candidate);
  return region;
}

bool is_within(const Organs& organs, const std::string& candidate, const std::string& code) {
  // A tree cannot be deeper than there are organs; the bound keeps a damaged one from looping.
  const std::string* at = &candidate;
  for (std::size_t depth = 0; depth <= organs.size(); ++depth) {
    if (*at == code) return true;
    auto found = organs.find(*at);
    if (found == organs.end() || !found->second.parent) return false;
    at = &*found->second.parent;
  }
  return false;
}

} // namespace mingce
