#pragma once
// The little language of these tests. An event is told by its day, its type and what matters of
// its data as `member=value` words; every other mandatory member comes from
// tests/tables/events.json.

#include "rules/codec.hpp"
#include "rules/history.hpp"
#include "rules/law.hpp"
#include "table.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <sstream>
#include <string>
#include <string_view>
#include <vector>

namespace mingce::test {

inline json::value read_json(const std::string& path) {
  return parse_json(read_file(source_dir / path)).value();
}

inline const Law& law() {
  static const auto loaded =
      Law::load(read_json("schemas/law/calendar.json"), read_json("schemas/law/periods.json"),
                read_json("schemas/law/fees.json"), read_json("schemas/law/management.json"))
          .value();
  return loaded;
}

inline const Calendar& calendar() { return law().base_calendar(); }
inline Terms terms() { return {law(), calendar()}; }

inline Day day(std::string_view text) {
  auto parsed = parse_day(text);
  if (!parsed) throw std::invalid_argument("no day: " + std::string(text));
  return *parsed;
}

inline std::optional<Day> day_or_none(std::string_view text) {
  return text == "-" ? std::nullopt : std::optional{day(text)};
}

/// The example of a type with every member filled.
inline json::object full_example(const std::string& type) {
  static const auto examples = read_json("tests/tables/events.json");
  return examples.at(type).as_object();
}

/// The example of a type with its mandatory members only.
inline json::object short_example(const std::string& type) {
  auto* known = find_event_type(type);
  if (!known) throw std::invalid_argument("no event type: " + type);
  auto full = full_example(type);
  auto schema = data_schema(*known);
  json::object out;
  if (auto* required = schema.if_contains("required"))
    for (auto& name : required->as_array()) out[name.as_string()] = full.at(name.as_string());
  return out;
}

/// `7` is a number, `true` a truth, `{…}` and `[…]` are JSON; everything else is text.
inline json::value value_of(const std::string& word) {
  bool digits =
      !word.empty() && std::ranges::all_of(word, [](char c) { return c >= '0' && c <= '9'; });
  if (digits || word == "true" || word == "false" || word == "null" || word.starts_with('{') ||
      word.starts_with('['))
    return parse_json(word).value();
  return json::string(word);
}

/// One event as told: `2026-03-02 request.received channel=web`.
struct Told {
  Told(const char* line) : Told(std::string(line)) {}
  Told(const std::string& line) {
    std::istringstream in(line);
    std::vector<std::string> words;
    for (std::string word; in >> word;) words.push_back(word);
    *this = Told(words);
  }
  explicit Told(const std::vector<std::string>& words)
      : on(day(words.at(0))), type(words.at(1)), data(short_example(type)) {
    for (std::size_t i = 2; i < words.size(); ++i) {
      auto equals = words[i].find('=');
      data[words[i].substr(0, equals)] = value_of(words[i].substr(equals + 1));
    }
  }
  Told() = default;

  Day on{};
  std::string type;
  json::object data;
};

/// The stream that these events make, in the order in which they were recorded.
inline std::vector<Record> records_of(const std::vector<Told>& told) {
  std::vector<Record> records;
  for (auto& event : told) {
    auto version = std::uint32_t(records.size() + 1);
    records.push_back({version, version, event.on, find_event_type(event.type), event.data});
  }
  return records;
}

inline std::vector<Fact> facts_of(const std::vector<Told>& told) {
  auto records = records_of(told);
  auto facts = resolve(records);
  if (!facts) throw std::invalid_argument("unreadable: " + facts.error().message.en);
  return *facts;
}

inline std::string to_text(const std::optional<Day>& day) { return day ? to_string(*day) : "-"; }

} // namespace mingce::test
