#include "app/fields.hpp"

#include <algorithm>

namespace mingce {

FieldReader::FieldReader(const json::object& object, std::string at)
    : object_(object), at_(std::move(at)) {
  asked_.reserve(8);
}

const json::value* FieldReader::find(const char* name) {
  asked_.emplace_back(name);
  return object_.if_contains(name);
}

const json::value* FieldReader::require(const char* name) {
  auto* value = find(name);
  if (!value) refuse(name, "缺少必填项", "is mandatory");
  return value;
}

std::string FieldReader::text(const char* name, bool mandatory) {
  auto* value = mandatory ? require(name) : find(name);
  if (!value) return {};
  if (!value->is_string() || value->get_string().empty() || value->get_string().size() > 200) {
    refuse(name, "应为不超过 200 字节的非空字符串",
           "must be a non-empty string of at most 200 bytes");
    return {};
  }
  return std::string(value->get_string());
}

std::optional<Day> FieldReader::day(const char* name, bool mandatory) {
  auto* value = mandatory ? require(name) : find(name);
  if (!value) return {};
  auto* text = value->if_string();
  auto day = text ? parse_day({text->data(), text->size()}) : std::nullopt;
  if (!day) refuse(name, "应为存在的日期 YYYY-MM-DD", "must be an existing date YYYY-MM-DD");
  return day;
}

std::optional<std::int64_t> FieldReader::integer(const char* name) {
  auto* value = find(name);
  if (!value) return {};
  if (value->is_int64()) return value->get_int64();
  refuse(name, "应为整数", "must be an integer");
  return {};
}

std::vector<std::string> FieldReader::texts(const char* name) {
  auto* value = find(name);
  if (!value) return {};
  std::vector<std::string> out;
  auto* array = value->if_array();
  if (array)
    for (auto& element : *array)
      if (element.is_string() && !element.get_string().empty())
        out.emplace_back(element.get_string());
  if (!array || out.size() != array->size())
    refuse(name, "应为字符串数组", "must be an array of strings");
  return out;
}

void FieldReader::refuse(const char* name, const char* zh, const char* en) {
  errors_.push_back({pointer_to(at_, std::string_view(name)), {zh, en}});
}

void FieldReader::add(const Failure& failure) {
  code_ = failure.code;
  for (auto& field : failure.fields) errors_.push_back({at_ + field.pointer, field.message});
}

std::optional<Failure> FieldReader::finish() {
  for (auto& member : object_)
    if (std::ranges::find(asked_, std::string_view(member.key())) == asked_.end())
      refuse(std::string(member.key()).c_str(), "未知的成员", "unknown member");
  if (errors_.empty()) return {};
  auto message = errors_.front().message;
  return Failure{FailureKind::invalid, code_, std::move(message), std::move(errors_)};
}

} // namespace mingce
