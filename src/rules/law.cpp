#include "rules/law.hpp"

#include <algorithm>

namespace mingce {
namespace {

constexpr std::string_view asked_for[] = {"answer", "extension_cap", "correction_notice",
                                          "consultation", "fee_payment"};

Failure broken(const std::string& pointer) {
  return invalid(pointer,
                 {"法定期限数据格式有误", "the data of legal periods are not in the expected form"},
                 "broken_law");
}

Result<std::pair<std::string, LegalPeriod>> read_line(const json::value& line,
                                                      const std::string& at) {
  auto* object = line.if_object();
  auto text = [&](const char* name) -> std::string {
    auto* value = object ? object->if_contains(name) : nullptr;
    return value && value->is_string() ? std::string(value->get_string()) : "";
  };
  auto from = parse_day(text("from"));
  auto* value = object ? object->if_contains("value") : nullptr;
  if (!from || !value || !value->is_int64() || text("name").empty() || text("article").empty() ||
      text("unit") != "working_days")
    return broken(at);
  return std::pair{text("name"), LegalPeriod{*from, int(value->get_int64()), text("article")}};
}

} // namespace

Result<Law> Law::load(const json::value& periods, const json::value& calendar) {
  Law law;
  auto days = Calendar::load(calendar);
  if (!days) return days.error();
  law.calendar_ = std::move(*days);
  auto* root = periods.if_object();
  auto* lines = root ? root->if_contains("periods") : nullptr;
  if (!lines || !lines->is_array()) return broken("/periods");
  for (std::size_t i = 0; i < lines->get_array().size(); ++i) {
    auto line = read_line(lines->get_array()[i], pointer_to("/periods", i));
    if (!line) return line.error();
    law.periods_[line->first].push_back(std::move(line->second));
  }
  for (auto& [name, versions] : law.periods_) std::ranges::sort(versions, {}, &LegalPeriod::from);
  for (auto name : asked_for)
    if (!law.periods_.contains(name)) return broken("/periods/" + std::string(name));
  return law;
}

const LegalPeriod& Law::period(std::string_view name, Day on) const {
  auto& versions = periods_.find(name)->second;
  auto after = std::ranges::upper_bound(versions, on, {}, &LegalPeriod::from);
  return after == versions.begin() ? versions.front() : *std::prev(after);
}

} // namespace mingce
