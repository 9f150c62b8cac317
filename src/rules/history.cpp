#include "rules/history.hpp"

#include <algorithm>

namespace mingce {
namespace {

std::uint32_t target_of(const Record& record) {
  auto* target = record.data.if_contains("target");
  return target && target->is_int64() ? std::uint32_t(target->get_int64()) : 0;
}

/// By version: which retraction took it back; 0: it stands. A retraction takes effect unless it is
/// itself retracted; since targets are always earlier, one pass from the newest to the oldest
/// settles all of them. Of several retractions the first one did it.
std::vector<std::uint32_t> retractions(std::span<const Record> records) {
  std::vector<std::uint32_t> retracted_by(records.size() + 1, 0);
  for (auto record = records.rbegin(); record != records.rend(); ++record)
    if (retracted_by[record->version] == 0 && is_retraction(*record->type)) {
      auto target = target_of(*record);
      if (target >= 1 && target < record->version) retracted_by[target] = record->version;
    }
  return retracted_by;
}

struct Wording {
  Day on;
  json::object data;
  std::vector<const Record*> amendments;
};

/// The wording of one version after all amendments that stand, amendments of amendments included.
Wording wording(std::span<const Record> records, const std::vector<std::uint32_t>& retracted_by,
                std::uint32_t version) {
  auto& original = records[version - 1];
  Wording result{original.on, original.data, {}};
  for (auto later = version; later < records.size(); ++later) {
    auto& amendment = records[later];
    if (retracted_by[amendment.version] != 0 || !is_amendment(*amendment.type) ||
        target_of(amendment) != version)
      continue;
    auto amended = wording(records, retracted_by, amendment.version);
    if (auto* on = amended.data.if_contains("on"); on && on->is_string())
      result.on = parse_day({on->get_string().data(), on->get_string().size()}).value_or(result.on);
    if (auto* data = amended.data.if_contains("data"); data && data->is_object())
      apply_patch(result.data, data->get_object());
    result.amendments.push_back(&amendment);
  }
  return result;
}

} // namespace

bool is_amendment(const EventType& type) {
  static const auto* amended = find_event_type(EventAmended::info.type);
  return &type == amended;
}

bool is_retraction(const EventType& type) {
  static const auto* retracted = find_event_type(EventRetracted::info.type);
  return &type == retracted;
}

Result<std::vector<Fact>> resolve(std::span<const Record> records) {
  bool untouched = std::ranges::none_of(
      records, [](auto& r) { return is_amendment(*r.type) || is_retraction(*r.type); });
  auto retracted_by = retractions(records);
  std::vector<Fact> facts;
  facts.reserve(records.size());
  for (auto& record : records) {
    if (retracted_by[record.version] != 0 || is_amendment(*record.type) ||
        is_retraction(*record.type))
      continue;
    auto final_wording = untouched ? Wording{} : wording(records, retracted_by, record.version);
    auto event = decode(*record.type, untouched ? record.data : final_wording.data,
                        {.private_may_be_missing = true});
    if (!event) return event.error();
    facts.push_back(
        {record.seq, record.version, untouched ? record.on : final_wording.on, std::move(*event)});
    for (auto* amendment : final_wording.amendments)
      facts.back().amendments.push_back(amendment->seq);
  }
  std::ranges::sort(facts, {}, &Fact::order);
  return facts;
}

std::vector<Fate> fates_of(std::span<const Record> records) {
  auto retracted_by = retractions(records);
  std::vector<Fate> fates;
  fates.reserve(records.size());
  for (auto& record : records) {
    auto last = wording(records, retracted_by, record.version);
    Fate fate{retracted_by[record.version], {}, last.on, std::move(last.data)};
    for (auto* amendment : last.amendments) fate.amended_by.push_back(amendment->version);
    fates.push_back(std::move(fate));
  }
  return fates;
}

std::vector<const EventType*> amended_types(std::span<const Record> records, std::uint32_t target) {
  std::vector<const EventType*> types;
  while (target >= 1 && target <= records.size()) {
    auto& record = records[target - 1];
    types.push_back(record.type);
    if (!is_amendment(*record.type)) break;
    target = target_of(record);
  }
  return types;
}

} // namespace mingce
