#pragma once
// Reads the members of one JSON object that a caller sent: every fault is collected with its
// pointer, and members that nobody asked for are refused.

#include "base/day.hpp"
#include "base/json.hpp"

#include <optional>
#include <string>
#include <vector>

namespace mingce {

class FieldReader {
public:
  /// `object` must outlive the reader. Pointers start with `at`.
  explicit FieldReader(const json::object& object, std::string at = "");

  /// Names are literals: they outlive the reader.
  bool has(const char* name) const { return object_.contains(name); }
  /// The member, or nullptr; it counts as asked for.
  const json::value* find(const char* name);
  const json::value* require(const char* name);
  /// A non-empty string of at most 200 bytes; empty when it is missing or refused.
  std::string text(const char* name, bool mandatory);
  /// A day; nullopt when it is missing or refused.
  std::optional<Day> day(const char* name, bool mandatory);
  std::optional<std::int64_t> integer(const char* name);
  /// A list of non-empty strings; empty when it is missing or refused.
  std::vector<std::string> texts(const char* name);

  void refuse(const char* name, const char* zh, const char* en);
  void add(const Failure& failure);
  /// The faults, if any, as one failure; refuses members that were never asked for.
  std::optional<Failure> finish();

private:
  const json::object& object_;
  std::string at_;
  std::vector<std::string_view> asked_;
  std::vector<FieldError> errors_;
  std::string code_ = "invalid_field";
};

} // namespace mingce
