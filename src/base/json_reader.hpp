#pragma once
// Reads a JSON document whose shape is ours and collects everything that is wrong with it, each
// fault with its JSON pointer. A faulty member reads as empty, and nothing below it is reported
// again, so that reading code stays a plain list of members.

#include "base/described.hpp"
#include "base/json.hpp"
#include "base/result.hpp"

#include <cstdint>
#include <initializer_list>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mingce {

class JsonReader {
public:
  /// `value` and `errors` must outlive the reader and all readers made from it.
  JsonReader(const json::value& value, std::vector<FieldError>& errors)
      : value_(&value), errors_(&errors) {}

  /// A missing member is a fault.
  JsonReader member(std::string_view name) const;
  /// A missing member reads as empty.
  JsonReader optional_member(std::string_view name) const;
  void allow_only(std::initializer_list<std::string_view> names) const;

  std::vector<JsonReader> elements() const;
  std::vector<std::pair<std::string, JsonReader>> members() const;
  std::string text() const; ///< never blank in a faultless document
  std::optional<std::int64_t> integer() const;
  template <class E>
  std::optional<E> word() const;

  /// False where a fault above has already been reported, or an optional member is missing.
  bool exists() const { return value_ != nullptr; }
  const json::value* value() const { return value_; }
  const std::string& pointer() const { return pointer_; }
  void complain(Text message) const;

private:
  JsonReader below(const json::value* value, std::string pointer) const;

  const json::value* value_;
  std::vector<FieldError>* errors_;
  std::string pointer_;
};

template <class E>
std::optional<E> JsonReader::word() const {
  auto spelled = text();
  auto found = from_word<E>(spelled);
  if (!found && !spelled.empty())
    complain({"“" + spelled + "”不在词表中", "\"" + spelled + "\" is not in the vocabulary"});
  return found;
}

/// Each element through `read`, in order. An empty list is a fault.
template <class Read>
auto read_list(const JsonReader& list, Read read) {
  std::vector<decltype(read(list))> out;
  if (list.exists() && list.value()->is_array() && list.value()->get_array().empty())
    list.complain({"不能为空", "must not be empty"});
  for (auto& element : list.elements()) out.push_back(read(element));
  return out;
}

/// The faults as one refusal; its message is that of the first.
Failure refusal(std::string code, const Text& subject, std::vector<FieldError> errors);

} // namespace mingce
