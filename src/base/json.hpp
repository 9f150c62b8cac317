#pragma once
// JSON at the edges: a strict reader with limits, and the one canonical writer whose bytes are
// hashed and stored (RFC 8785 for the values used here: integers, strings, booleans, null).

#include "base/result.hpp"

#include <boost/json.hpp>

#include <string>
#include <string_view>

namespace mingce {

namespace json = boost::json;

/// Reads one JSON text: UTF-8, nesting ≤ 32, no duplicate member names (a reader that keeps the
/// last would let two programs see two different facts). Failure kind `unreadable`.
Result<json::value> parse_json(std::string_view text);

/// Members sorted by name, no white space, shortest escapes. Equal values give equal bytes.
std::string canonical(const json::value& value);
std::string canonical(const json::object& object);
void write_canonical(const json::value& value, std::string& out);
/// The value as reading its canonical bytes would give it.
void sort_members(json::value& value);

/// `overlay` laid over `base`: objects member by member, arrays element by element.
/// Joins the public and the private half of one fact.
void merge_into(json::value& base, const json::value& overlay);
void merge_member(json::object& base, const json::key_value_pair& member);

/// The text of that member; empty where it is not there, or is no text.
std::string text_member(const json::object& object, std::string_view name);

/// Appends one reference token to a JSON pointer, escaped as RFC 6901 wants.
std::string pointer_to(std::string_view parent, std::string_view member);
std::string pointer_to(std::string_view parent, std::size_t index);

} // namespace mingce
