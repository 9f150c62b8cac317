#pragma once
// How an operation says no. Every refusal carries a stable code for programs and one sentence
// for people, in Chinese and in English. Programming errors are asserts, never Failures.

#include <boost/assert/source_location.hpp>
#include <boost/system/result.hpp>

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

namespace mingce {

/// One sentence in both languages of the product.
struct Text {
  std::string zh;
  std::string en;
};

/// What kind of no: mapped once to an HTTP status (http/problem) and once to an exit code (cli).
enum class FailureKind {
  unreadable,   ///< the bytes are not what they claim to be (broken JSON)
  invalid,      ///< readable, but a field breaks a rule: `fields` names it
  not_found,    ///< the thing asked for does not exist
  impossible,   ///< contradicts the recorded history
  precondition, ///< the expected version does not hold: `version` is the current one
  reused_key,   ///< an idempotency key came back with another body
  busy,         ///< a bounded queue is full, or the process is stopping; retry later
  unknown,      ///< a write failed half-way: the outcome is not known; retry with the same key
  no_space,     ///< the disk is nearly full
  unusable,     ///< the data directory or file cannot be used
  corrupt,      ///< stored bytes do not decode or break a checksum
};

/// A rule broken at one place of the input. `pointer` is an RFC 6901 JSON pointer.
struct FieldError {
  std::string pointer;
  Text message;
};

struct Failure {
  FailureKind kind{};
  std::string code; ///< stable snake_case word, never translated
  Text message;
  std::vector<FieldError> fields{};
  std::string article{};                  ///< the article the rule comes from, if one does
  std::optional<std::uint32_t> version{}; ///< the stream's version, for `precondition`
};

/// `.value()` on a failed Result is a programming error; it surfaces as this exception.
[[noreturn]] inline void throw_exception_from_error(const Failure& failure,
                                                    const boost::source_location&) {
  throw std::logic_error("unchecked failure: " + failure.code);
}

template <class T>
using Result = boost::system::result<T, Failure>;

inline Failure invalid(std::string pointer, Text message, std::string code = "invalid_field") {
  Failure failure{FailureKind::invalid, std::move(code), message};
  failure.fields.push_back({std::move(pointer), std::move(message)});
  return failure;
}

} // namespace mingce
