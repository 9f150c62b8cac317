#include "rules/history.hpp"

#include <algorithm>

namespace mingce {
namespace {

std::uint32_t target_of(const Record& record) {
  auto* target = record.data.if_contains("target");
  return target && target->is_int64() ? std::uint32_t(target->get_int64()) : 0;
}

/// A retraction takes effect unless it is itself retracted; since targets are always earlier, one
/// pass from the newest to the oldest settles all of them.
std::vector<bool> standing_versions(std::span<const Record> records) {
  std::vector<bool> stands(records.size() + 1, true);
  for (auto record = records.rbegin(); record != records.rend(); ++record)
    if (stands[record->version] && is_retraction(*record->type)) {
      auto target = target_of(*record);
      if (target >= 1 && target < record->version) stands[target] = false;
    }
  return stands;
}

struct Wording {
  Day on;
  json::object data;
  std::vector<std::uint64_t> amendments;
};

/// The wording of one version after all amendments that stand, amendments of amendments included.
Wording wording(std::span<const Record> records, const std::vector<bool>& stands,
                std::uint32_t version) {
  auto& original = records[version - 1];
  Wording result{original.on, original.data, {}};
  for (auto later = version; later < records.size(); ++later) {
    auto& amendment = records[later];
    if (!stands[amendment.version] || !is_amendment(*amendment.type) ||
        target_of(amendment) != version)
      continue;
    auto amended = wording(records, stands, amendment.version);
    if (auto* on = amended.data.if_contains("on"); on && on->is_string())
      result.on = parse_day({on->get_string().data(), on->get_string().size()}).value_or(result.on);
    if (auto* data = amended.data.if_contains("data"); data && data->is_object())
      apply_patch(result.data, data->get_object());
    result.amendments.push_back(amendment.seq);
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
  auto stands = standing_versions(records);
  std::vector<Fact> facts;
  facts.reserve(records.size());
  for (auto& record : records) {
    if (!stands[record.version] || is_amendment(*record.type) || is_retraction(*record.type))
      continue;
    auto final_wording = untouched ? Wording{} : wording(records, stands, record.version);
    auto event = decode(*record.type, untouched ? record.data : final_wording.data,
                        {.private_may_be_missing = true});
    if (!event) return event.error();
    facts.push_back({record.seq, record.version, untouched ? record.on : final_wording.on,
                     std::move(*event), std::move(final_wording.amendments)});
  }
  std::ranges::sort(facts, {}, &Fact::order);
  return facts;
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
