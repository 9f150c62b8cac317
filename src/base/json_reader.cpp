#include "base/json_reader.hpp"

#include <algorithm>

namespace mingce {
namespace {

std::string_view view(json::string_view text) { return {text.data(), text.size()}; }

} // namespace

JsonReader JsonReader::below(const json::value* value, std::string pointer) const {
  JsonReader reader(*this);
  reader.value_ = value;
  reader.pointer_ = std::move(pointer);
  return reader;
}

void JsonReader::complain(Text message) const {
  errors_->push_back({pointer_, std::move(message)});
}

JsonReader JsonReader::optional_member(std::string_view name) const {
  auto* object = value_ ? value_->if_object() : nullptr;
  if (value_ && !object) complain({"应为 JSON 对象", "must be a JSON object"});
  return below(object ? object->if_contains(name) : nullptr, pointer_to(pointer_, name));
}

JsonReader JsonReader::member(std::string_view name) const {
  auto found = optional_member(name);
  if (!found.exists() && value_ && value_->is_object())
    found.complain({"缺少此成员", "this member is missing"});
  return found;
}

void JsonReader::allow_only(std::initializer_list<std::string_view> names) const {
  for (auto& [name, reader] : members())
    if (std::ranges::find(names, name) == names.end())
      reader.complain({"不认识的成员", "unknown member"});
}

std::vector<JsonReader> JsonReader::elements() const {
  std::vector<JsonReader> out;
  if (!value_) return out;
  auto* array = value_->if_array();
  if (!array) {
    complain({"应为 JSON 数组", "must be a JSON array"});
    return out;
  }
  for (std::size_t i = 0; i < array->size(); ++i)
    out.push_back(below(&(*array)[i], pointer_to(pointer_, i)));
  return out;
}

std::vector<std::pair<std::string, JsonReader>> JsonReader::members() const {
  std::vector<std::pair<std::string, JsonReader>> out;
  if (!value_) return out;
  auto* object = value_->if_object();
  if (!object) {
    complain({"应为 JSON 对象", "must be a JSON object"});
    return out;
  }
  for (auto& member : *object)
    out.emplace_back(view(member.key()),
                     below(&member.value(), pointer_to(pointer_, view(member.key()))));
  return out;
}

std::string JsonReader::text() const {
  if (!value_) return {};
  auto* string = value_->if_string();
  if (string && !string->empty()) return {string->data(), string->size()};
  complain({"应为非空字符串", "must be a string that is not empty"});
  return {};
}

std::optional<std::int64_t> JsonReader::integer() const {
  if (!value_) return {};
  if (auto* number = value_->if_int64()) return *number;
  complain({"应为整数", "must be an integer"});
  return {};
}

Failure refusal(std::string code, const Text& subject, std::vector<FieldError> errors) {
  auto& first = errors.front();
  Failure failure{FailureKind::invalid,
                  std::move(code),
                  {subject.zh + "（" + first.pointer + "）：" + first.message.zh,
                   subject.en + " (" + first.pointer + "): " + first.message.en}};
  failure.fields = std::move(errors);
  return failure;
}

} // namespace mingce
