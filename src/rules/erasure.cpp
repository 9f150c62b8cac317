#include "rules/erasure.hpp"

#include <algorithm>

namespace mingce {
namespace {

using Refusal = std::optional<Failure>;

Failure impossible(const char* code, std::string zh, std::string en, const char* article) {
  Failure failure{FailureKind::impossible, code, {std::move(zh), std::move(en)}};
  failure.article = article;
  return failure;
}

/// 个人信息保护法47.2: while the keeping period that the law sets has not ended.
Failure retention_open(const Retention& retention, Day through) {
  using enum Retention::Kind;
  const char* code = "retention_open";
  const char* article = "个人信息保护法47.2";
  if (retention.kind == for_ever)
    return impossible(code, "保管期限为永久，不得删除", "the file is kept for ever", article);
  if (retention.kind == unreadable)
    return impossible(code, "保管期限的写法无法识别，视同永久，不得删除",
                      "the retention period cannot be read and counts as for ever", article);
  auto day = to_string(through);
  return impossible(code, "保管期限至 " + day + "，期满之前不得删除",
                    "the retention period runs until " + day, article);
}

/// 复议法44、行诉法34: the organ has to prove its act by this file.
Failure dispute_open(const std::vector<std::string>& refs) {
  std::string zh, en;
  for (auto& ref : refs) {
    zh += (zh.empty() ? "" : "、") + ref;
    en += (en.empty() ? "" : ", ") + ref;
  }
  return impossible("dispute_open", "关联的复议或诉讼尚未审结：" + zh,
                    "a dispute linked to this request is pending: " + en, "复议法44；行诉法34");
}

} // namespace

std::optional<Day> retained_through(const Case& state) {
  if (!state.archived) return {};
  auto& latest = state.redo.conclusion ? state.redo.conclusion : state.conclusion;
  return state.archived->retention.last_day(latest ? latest->on : state.archived->on);
}

Refusal refusal_while_needed(const Case& state, Day on) {
  if (state.state() == CaseState::redo)
    return impossible("redo_open", "重新处理尚未办结，不得删除", "a redo is open",
                      "复议法64；行诉法70");
  if (state.holds > 0)
    return impossible("legal_hold",
                      "有 " + std::to_string(state.holds) + " 项暂停删除的决定尚未解除",
                      std::to_string(state.holds) + " hold(s) on erasure have not been lifted",
                      "个人信息保护法47.2");
  if (auto through = retained_through(state); through && on <= *through)
    return retention_open(state.archived->retention, *through);
  return {};
}

Refusal refusal_of_erasure(const Case& state, Day on, const ErasureSurroundings& surroundings) {
  if (state.erased_on && !surroundings.private_since) {
    auto day = to_string(*state.erased_on);
    return impossible("already_erased", "已于 " + day + " 删除，此后没有记录新的个人信息",
                      "erased on " + day + " already; nothing private was recorded since",
                      "个人信息保护法47");
  }
  if (!surroundings.open_disputes.empty()) return dispute_open(surroundings.open_disputes);
  return refusal_while_needed(state, on);
}

Refusal refusal_of_retraction(const EventType& target) {
  if (!is_erasure(target)) return {};
  return impossible("erasure_is_final", "已删除的信息不能恢复，删除记录不得撤销",
                    "what was erased does not come back: an erasure cannot be retracted",
                    "个人信息保护法47");
}

bool is_erasure(const EventType& type) {
  static const auto* erased = find_event_type(ApplicantErased::info.type);
  return &type == erased;
}

bool has_private_since_erasure(std::span<const Record> records) {
  for (auto record = records.rbegin(); record != records.rend(); ++record)
    if (is_erasure(*record->type))
      return false;
    else if (record->has_private)
      return true;
  return true;
}

} // namespace mingce
