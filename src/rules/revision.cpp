#include "rules/revision.hpp"

#include <string_view>

namespace mingce {
namespace {

bool is_voiding(const EventType& type) {
  std::string_view name = type.info().type;
  return name == RequestVoided::info.type || name == DisputeVoided::info.type;
}

} // namespace

std::vector<RevisionKind> revisions_of(const EnvelopeHead& event, Day recorded_on,
                                       std::optional<Day> latest, int late_days) {
  std::vector<RevisionKind> kinds;
  auto& type = *event.type;
  if (event.source == Source::observed && (recorded_on - event.on).count() >= late_days)
    kinds.push_back(RevisionKind::late);
  // On the same day the version decides, and a later event has the greater one.
  if (latest && event.on < *latest) kinds.push_back(RevisionKind::backdated);
  if (is_amendment(type)) kinds.push_back(RevisionKind::amended);
  if (is_retraction(type)) kinds.push_back(RevisionKind::retracted);
  if (is_voiding(type)) kinds.push_back(RevisionKind::voided);
  return kinds;
}

} // namespace mingce
