#include "projection/calendars.hpp"

#include <algorithm>

namespace mingce {
namespace {

Notice to_notice(const std::string& region, const Fact& fact, const CalendarLoaded& loaded) {
  Notice notice;
  notice.region = region;
  notice.year = int(loaded.year.value);
  notice.title = loaded.title.value_or("");
  notice.document_no = loaded.document_no.value_or("");
  notice.issued_on = loaded.issued_on;
  notice.seq = fact.seq;
  if (loaded.rest)
    for (auto& day : *loaded.rest) notice.rest[day.on] = day.name.value_or("");
  if (loaded.work)
    for (auto& day : *loaded.work) notice.work[day.on] = day.name.value_or("");
  return notice;
}

} // namespace

std::vector<Notice> notices_at(const RegisteredCalendar& row, std::uint64_t position) {
  auto known = std::ranges::upper_bound(row.records, position, {}, &Record::seq);
  auto facts = resolve({row.records.data(), std::size_t(known - row.records.begin())});
  std::vector<Notice> notices;
  if (!facts) return notices;
  for (auto& fact : *facts)
    if (auto* loaded = std::get_if<CalendarLoaded>(&fact.event))
      notices.push_back(to_notice(row.region, fact, *loaded));
  return notices;
}

Calendars::Calendars(const Register& reg, const Law& law, CalendarVersion version)
    : register_(reg), law_(law), version_(version) {
  for (auto& row : reg.calendars())
    for (auto& notice : notices_at(row, version.position)) loaded_.push_back(std::move(notice));
  std::ranges::sort(loaded_, {}, &Notice::seq);
}

void Calendars::suppose(const std::vector<Notice>& notices) {
  loaded_.insert(loaded_.end(), notices.begin(), notices.end());
  by_organ_.clear();
  national_.reset();
}

/// National notices first, then those of each region from the top down: a local holiday stands
/// whatever the nation does, and a later paper of the same region replaces an earlier one.
std::shared_ptr<const Calendar> Calendars::build(const std::vector<std::string>& regions) const {
  auto notices = law_.base_calendar().notices();
  for (auto& region : regions)
    for (auto& notice : loaded_)
      if (notice.region == region) notices.push_back(notice);
  if (version_.issued_by)
    std::erase_if(notices, [&](auto& notice) {
      return notice.issued_on && *notice.issued_on > *version_.issued_by;
    });
  return std::make_shared<const Calendar>(std::move(notices));
}

std::shared_ptr<const Calendar> Calendars::share(const std::string& organ) const {
  // The program's own calendar lives as long as the law: nothing to own.
  if (loaded_.empty() && !version_.issued_by)
    return {std::shared_ptr<void>{}, &law_.base_calendar()};
  if (auto found = by_organ_.find(organ); found != by_organ_.end()) return found->second;
  std::vector<std::string> regions{Notice::national};
  auto lineage = lineage_of(register_.organs(), organ, version_.position);
  bool local = std::ranges::any_of(loaded_, [&](auto& notice) {
    return std::ranges::find(lineage, notice.region) != lineage.end();
  });
  if (local) {
    regions.insert(regions.end(), lineage.begin(), lineage.end());
    return by_organ_[organ] = build(regions);
  }
  if (!national_) national_ = build(regions);
  return by_organ_[organ] = national_;
}

} // namespace mingce
