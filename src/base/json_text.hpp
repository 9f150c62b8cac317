#pragma once
// One JSON object as text, member by member: for answers that are only ever sent. It is filled with
// the same words as a json::object, so that one description of a view serves both.

#include "base/json.hpp"

#include <algorithm>
#include <concepts>
#include <string>
#include <string_view>

namespace mingce {

/// Appends the value as compact JSON.
void write_json(const json::value& value, std::string& out);
void write_json(const json::object& object, std::string& out);
void write_json(std::string_view text, std::string& out);
/// What `merge_into` would make of the two, without making it. The member `without` of the overlay
/// is passed over.
void write_merged(const json::value& base, const json::value& overlay, std::string& out,
                  const char* without = nullptr);

class JsonText {
public:
  /// The value of one member, to be assigned once.
  class Member {
  public:
    void operator=(const json::value& value) { write_json(value, out_); }
    void operator=(const json::object& object) { write_json(object, out_); }
    void operator=(std::string_view text) { write_json(text, out_); }
    void operator=(const std::string& text) { write_json(std::string_view(text), out_); }
    void operator=(const char* text) { write_json(std::string_view(text), out_); }
    void operator=(bool truth) { out_ += truth ? "true" : "false"; }
    void operator=(std::nullptr_t) { out_ += "null"; }
    template <std::integral Number>
    void operator=(Number number) {
      out_ += std::to_string(number);
    }
    /// What knows how to write itself.
    template <class Value>
    requires requires(const Value& value, std::string& out) { value.write_to(out); }
    void operator=(const Value& value) { value.write_to(out_); }
    /// What is JSON already.
    void is(std::string_view written) { out_ += written; }
    void is_merged(const json::value& base, const json::value& overlay,
                   const char* without = nullptr) {
      write_merged(base, overlay, out_, without);
    }

  private:
    friend class JsonText;
    explicit Member(std::string& out) : out_(out) {}
    std::string& out_;
  };

  explicit JsonText(std::size_t expected = 1'536) { text_.reserve(expected); } ///< bytes

  /// The next member. The name needs no escapes, and has not been used before.
  Member operator[](std::string_view name) {
    separate();
    text_.append("\"").append(name).append("\":");
    return Member(text_);
  }
  /// The same for a literal: what stands around it is put there by the compiler.
  template <std::size_t size>
  Member operator[](const char (&name)[size]) {
    char text[size + 3] = {text_.empty() ? '{' : ',', '"'};
    std::copy_n(name, size - 1, text + 2);
    text[size + 1] = '"';
    text[size + 2] = ':';
    text_.append(text, sizeof text);
    return Member(text_);
  }
  /// The members of another one.
  void add(std::string_view members) {
    if (members.empty()) return;
    separate();
    text_ += members;
  }

  /// What was written, without the braces; until something else is.
  std::string_view members() const { return std::string_view(text_).substr(text_.empty() ? 0 : 1); }
  void clear() { text_.clear(); }
  /// The object; nothing is to be added any more.
  std::string take() {
    text_ += text_.empty() ? "{}" : "}";
    return std::move(text_);
  }

private:
  void separate() { text_ += text_.empty() ? '{' : ','; }
  std::string text_;
};

/// The texts of an array's elements, as one array.
template <class Texts>
std::string json_array(const Texts& elements) {
  std::string out = "[";
  auto size = elements.size();
  for (auto& element : elements) size += element.size();
  out.reserve(size + 2);
  for (auto& element : elements) {
    if (out.size() > 1) out += ',';
    out += element;
  }
  out += ']';
  return out;
}

} // namespace mingce
