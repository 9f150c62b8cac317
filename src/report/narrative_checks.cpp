#include "report/narrative_checks.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <set>
#include <string_view>

namespace mingce {
namespace {

// Characters of section 一. No national number is known; a city asks for about 1,000.
constexpr std::size_t longest_overview = 1'500, shortest_overview = 200;
constexpr int copied = 60; ///< percent
constexpr std::size_t run_length = 8;

/// Letters alone, as code points.
std::u32string letters_of(std::string_view utf8) {
  std::u32string out;
  while (!utf8.empty()) {
    utf8proc_int32_t code = 0;
    auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(utf8.data()),
                                 utf8proc_ssize_t(utf8.size()), &code);
    auto category = size > 0 ? utf8proc_category(code) : UTF8PROC_CATEGORY_CN;
    if (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO)
      out += char32_t(code);
    utf8.remove_prefix(size > 0 ? std::size_t(size) : 1);
  }
  return out;
}

std::set<std::u32string> runs_of(const std::u32string& letters) {
  std::set<std::u32string> runs;
  for (std::size_t i = 0; i + run_length <= letters.size(); ++i)
    runs.insert(letters.substr(i, run_length));
  return runs;
}

Check warning(const char* id, std::string zh, std::string en) {
  return {id, CheckStatus::warn, {std::move(zh), std::move(en)}};
}
Check passed(const char* id, std::string zh, std::string en) {
  return {id, CheckStatus::pass, {std::move(zh), std::move(en)}};
}

/// Nothing but 无: nobody has no problems, and evaluators take it for a section left out.
bool says_nothing(const std::vector<NarrativeParagraph>& paragraphs) {
  constexpr std::array<std::u32string_view, 6> nothing{U"",     U"无",     U"暂无",
                                                       U"没有", U"无问题", U"暂无问题"};
  std::u32string letters;
  for (auto& paragraph : paragraphs) letters += letters_of(paragraph.text);
  return std::ranges::find(nothing, letters) != nothing.end();
}

/// 主动公开 and 依申请公开 have generated sentences already.
Check check_topics(const Narrative& narrative) {
  std::string lacking;
  auto note = [&](Topic topic, const char* name) {
    if (says_nothing(narrative.of(topic)))
      lacking += (lacking.empty() ? "" : "、") + std::string(name);
  };
  for (auto& [topic, name] : overview_topics) note(topic, name);
  note(Topic::problems, "存在的主要问题及改进情况");
  if (!lacking.empty())
    return warning("N01", "没有撰写：" + lacking, "nothing is written on: " + lacking);
  return passed("N01", "五个方面和存在的问题均已撰写",
                "all five topics and the problems are written on");
}

Check check_length(const Narrative& narrative) {
  auto length = letters_of(narrative.overview()).size();
  auto number = std::to_string(length);
  auto zh = "总体情况的文字 " + number + " 字", en = "section 1 has " + number + " characters";
  if (length > longest_overview)
    return warning("N02", zh + "，超过 " + std::to_string(longest_overview) + " 字",
                   en + ", more than " + std::to_string(longest_overview));
  if (length < shortest_overview)
    return warning("N02", zh + "，不足 " + std::to_string(shortest_overview) + " 字",
                   en + ", less than " + std::to_string(shortest_overview));
  return passed("N02", zh, en);
}

Check check_likeness(const Narrative& narrative, const Narrative* previous) {
  if (!previous)
    return {"N03",
            CheckStatus::not_applicable,
            {"没有给出上年文字", "last year's text was not given"}};
  auto share = likeness(narrative.whole(), previous->whole());
  auto number = std::to_string(share) + "%";
  auto zh = "与上年文字相同的部分占 " + number, en = number + " of the text is last year's";
  return share >= copied ? warning("N03", zh, en) : passed("N03", zh, en);
}

Check check_left_out(const Narrative& narrative) {
  if (narrative.left_out.empty())
    return passed("N04", "文字全部采用", "all of the text is taken over");
  std::string places;
  for (auto& place : narrative.left_out) places += (places.empty() ? "" : "；") + place;
  return warning("N04", "只采用文字，未采用：" + places, "only words are taken over: " + places);
}

} // namespace

int likeness(std::string_view text, std::string_view other) {
  auto runs = runs_of(letters_of(text)), others = runs_of(letters_of(other));
  if (runs.empty()) return 0;
  auto shared = std::ranges::count_if(runs, [&](auto& run) { return others.contains(run); });
  return int(100 * shared / std::ptrdiff_t(runs.size()));
}

std::vector<Check> check_narrative(const Narrative& narrative, const Narrative* previous) {
  return {check_topics(narrative), check_length(narrative), check_likeness(narrative, previous),
          check_left_out(narrative)};
}

} // namespace mingce
