#include "base/byte_blocks.hpp"
#include "base/json_text.hpp"

#include <boost/json/basic_parser_impl.hpp>

#include <algorithm>
#include <utility>

namespace mingce {
namespace {

constexpr std::size_t max_depth = 32;
constexpr std::size_t usual_bytes = 512; ///< more than nearly every event takes

/// Builds the value, and counts the members that were written.
class ValueReader {
public:
  static constexpr std::size_t max_object_size = 10'000, max_array_size = 1'000'000;
  static constexpr std::size_t max_key_size = 4'096, max_string_size = 262'144;

  std::size_t members = 0;
  json::value release() { return stack_.release(); }

  bool on_document_begin(json::error_code&) {
    stack_.reset();
    return true;
  }
  bool on_document_end(json::error_code&) { return true; }
  bool on_object_begin(json::error_code&) { return true; }
  bool on_object_end(std::size_t count, json::error_code&) {
    members += count;
    stack_.push_object(count);
    return true;
  }
  bool on_array_begin(json::error_code&) { return true; }
  bool on_array_end(std::size_t count, json::error_code&) {
    stack_.push_array(count);
    return true;
  }
  bool on_key_part(json::string_view part, std::size_t, json::error_code&) {
    stack_.push_chars(part);
    return true;
  }
  bool on_key(json::string_view part, std::size_t, json::error_code&) {
    stack_.push_key(part);
    return true;
  }
  bool on_string_part(json::string_view part, std::size_t, json::error_code&) {
    stack_.push_chars(part);
    return true;
  }
  bool on_string(json::string_view part, std::size_t, json::error_code&) {
    stack_.push_string(part);
    return true;
  }
  bool on_number_part(json::string_view, json::error_code&) { return true; }
  bool on_int64(std::int64_t number, json::string_view, json::error_code&) {
    stack_.push_int64(number);
    return true;
  }
  bool on_uint64(std::uint64_t number, json::string_view, json::error_code&) {
    stack_.push_uint64(number);
    return true;
  }
  bool on_double(double number, json::string_view, json::error_code&) {
    stack_.push_double(number);
    return true;
  }
  bool on_bool(bool truth, json::error_code&) {
    stack_.push_bool(truth);
    return true;
  }
  bool on_null(json::error_code&) {
    stack_.push_null();
    return true;
  }
  bool on_comment_part(json::string_view, json::error_code&) { return true; }
  bool on_comment(json::string_view, json::error_code&) { return true; }

private:
  unsigned char first_[4'096]; ///< what the stack takes before it asks for memory
  json::value_stack stack_{{}, first_, sizeof first_};
};

/// Of a repeated name the value keeps one member only.
std::size_t members_of(const json::value& value) {
  std::size_t count = 0;
  if (auto* object = value.if_object())
    for (auto& member : *object) count += 1 + members_of(member.value());
  else if (auto* array = value.if_array())
    for (auto& element : *array) count += members_of(element);
  return count;
}

/// RFC 8785 3.2.3 sorts names by their UTF-16 units. That is the order of the UTF-8 bytes, but for
/// the characters beyond U+FFFF: their units are surrogates and stand before U+E000.
bool precedes(json::string_view left, json::string_view right) {
  auto unit = [](char c) {
    auto byte = static_cast<unsigned char>(c);
    return byte == 0xee || byte == 0xef ? byte + 0x10 : int(byte);
  };
  return std::ranges::lexicographical_compare(left, right, {}, unit, unit);
}

bool is_in_order(const json::object& object) {
  return std::ranges::is_sorted(object, precedes, [](auto& member) { return member.key(); });
}

enum class Order { as_they_stand, by_name };

void write(const json::value& value, Order order, std::string& out);

/// The name of a member, and what stands around it.
void write_name(char separator, std::string_view name, std::string& out) {
  out += separator;
  write_json(name, out);
  out += ':';
}

void write(const json::object& object, Order order, std::string& out) {
  char separator = '{';
  auto member = [&](const json::key_value_pair& each) {
    write_name(separator, each.key(), out);
    write(each.value(), order, out);
    separator = ',';
  };
  if (order == Order::as_they_stand || is_in_order(object)) {
    for (auto& each : object) member(each);
  } else {
    std::vector<const json::key_value_pair*> members;
    members.reserve(object.size());
    for (auto& each : object) members.push_back(&each);
    std::ranges::sort(members, precedes, [](auto* each) { return each->key(); });
    for (auto* each : members) member(*each);
  }
  out += object.empty() ? "{}" : "}";
}

void write(const json::array& array, Order order, std::string& out) {
  char separator = '[';
  for (auto& element : array) {
    out += separator;
    write(element, order, out);
    separator = ',';
  }
  out += array.empty() ? "[]" : "]";
}

void write(const json::value& value, Order order, std::string& out) {
  switch (value.kind()) {
  case json::kind::object:
    return write(value.get_object(), order, out);
  case json::kind::array:
    return write(value.get_array(), order, out);
  case json::kind::string:
    return write_json(std::string_view(value.get_string()), out);
  case json::kind::int64:
    out += std::to_string(value.get_int64());
    return;
  case json::kind::bool_:
    out += value.get_bool() ? "true" : "false";
    return;
  case json::kind::null:
    out += "null";
    return;
  case json::kind::uint64:
  case json::kind::double_:
    out += json::serialize(value);
  }
}

void write_objects(const json::object& base, const json::object& overlay, std::string& out,
                   const char* without) {
  char separator = '{';
  auto overlaid = [&](json::string_view name) {
    return without && name == without ? nullptr : overlay.if_contains(name);
  };
  for (auto& member : base) {
    write_name(std::exchange(separator, ','), member.key(), out);
    if (auto* other = overlaid(member.key()))
      write_merged(member.value(), *other, out);
    else
      write_json(member.value(), out);
  }
  for (auto& member : overlay) {
    if (base.contains(member.key()) || !overlaid(member.key())) continue;
    write_name(std::exchange(separator, ','), member.key(), out);
    write_json(member.value(), out);
  }
  out += separator == '{' ? "{}" : "}";
}

void write_arrays(const json::array& base, const json::array& overlay, std::string& out) {
  char separator = '[';
  for (std::size_t i = 0; i < std::max(base.size(), overlay.size()); ++i) {
    out += std::exchange(separator, ',');
    if (i < base.size() && i < overlay.size())
      write_merged(base[i], overlay[i], out);
    else
      write_json(i < base.size() ? base[i] : overlay[i], out);
  }
  out += separator == '[' ? "[]" : "]";
}

bool needs_escape(std::string_view text) {
  return byte_blocks::any(text, [](byte_blocks::Block block) {
    return byte_blocks::below(block, 0x20) | byte_blocks::equal_to(block, '"') |
           byte_blocks::equal_to(block, '\\');
  });
}

} // namespace

/// Most texts need no escape and are written as they are.
void write_json(std::string_view text, std::string& out) {
  if (needs_escape(text)) {
    out += json::serialize(json::string_view(text));
    return;
  }
  auto at = out.size();
  out.append(text.size() + 2, '"');
  text.copy(&out[at + 1], text.size());
}

void write_json(const json::value& value, std::string& out) {
  write(value, Order::as_they_stand, out);
}

void write_json(const json::object& object, std::string& out) {
  write(object, Order::as_they_stand, out);
}

void write_merged(const json::value& base, const json::value& overlay, std::string& out,
                  const char* without) {
  if (base.is_object() && overlay.is_object())
    write_objects(base.get_object(), overlay.get_object(), out, without);
  else if (base.is_array() && overlay.is_array())
    write_arrays(base.get_array(), overlay.get_array(), out);
  else
    write_json(overlay, out);
}

Result<json::value> parse_json(std::string_view text) {
  json::parse_options options;
  options.max_depth = max_depth;
  json::basic_parser<ValueReader> parser(options);
  json::error_code ec;
  auto used = parser.write_some(false, text.data(), text.size(), ec);
  if (ec || used != text.size())
    return Failure{FailureKind::unreadable,
                   "unreadable_json",
                   {"无法解析为 JSON（第 " + std::to_string(used + 1) + " 字节附近）",
                    "not valid JSON (near byte " + std::to_string(used + 1) + ")"}};
  auto value = parser.handler().release();
  if (members_of(value) != parser.handler().members)
    return Failure{FailureKind::unreadable,
                   "duplicate_member",
                   {"JSON 对象中成员名重复", "a member name occurs twice in one JSON object"}};
  return value;
}

void sort_members(json::value& value) {
  if (auto* array = value.if_array())
    for (auto& element : *array) sort_members(element);
  auto* object = value.if_object();
  if (!object) return;
  for (auto& member : *object) sort_members(member.value());
  if (is_in_order(*object)) return;
  std::vector<std::pair<std::string, json::value>> members;
  members.reserve(object->size());
  for (auto& member : *object) members.emplace_back(member.key(), std::move(member.value()));
  std::ranges::sort(
      members, precedes, [](auto& member) -> auto& { return member.first; });
  object->clear();
  for (auto& [key, element] : members) object->emplace(key, std::move(element));
}

void write_canonical(const json::value& value, std::string& out) {
  write(value, Order::by_name, out);
}

std::string canonical(const json::value& value) {
  std::string out;
  out.reserve(usual_bytes);
  write_canonical(value, out);
  return out;
}

std::string canonical(const json::object& object) {
  std::string out;
  out.reserve(usual_bytes);
  write(object, Order::by_name, out);
  return out;
}

void merge_member(json::object& base, const json::key_value_pair& member) {
  auto [place, is_new] = base.emplace(member.key(), nullptr);
  if (is_new)
    place->value() = member.value();
  else
    merge_into(place->value(), member.value());
}

void merge_into(json::value& base, const json::value& overlay) {
  if (base.is_object() && overlay.is_object()) {
    for (auto& member : overlay.get_object()) merge_member(base.get_object(), member);
  } else if (base.is_array() && overlay.is_array()) {
    auto& array = base.get_array();
    auto& other = overlay.get_array();
    for (std::size_t i = 0; i < other.size(); ++i)
      if (i < array.size())
        merge_into(array[i], other[i]);
      else
        array.push_back(other[i]);
  } else {
    base = overlay;
  }
}

std::string text_member(const json::object& object, std::string_view name) {
  auto* value = object.if_contains(name);
  return value && value->is_string() ? std::string(value->get_string()) : std::string{};
}

std::string pointer_to(std::string_view parent, std::string_view member) {
  std::string pointer(parent);
  pointer += '/';
  for (char c : member)
    if (c == '~')
      pointer += "~0";
    else if (c == '/')
      pointer += "~1";
    else
      pointer += c;
  return pointer;
}

std::string pointer_to(std::string_view parent, std::size_t index) {
  return std::string(parent) + "/" + std::to_string(index);
}

} // namespace mingce
