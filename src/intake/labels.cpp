#include "intake/labels.hpp"

#include "report/printed.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <map>
#include <utility>

namespace mingce {
namespace {

/// Less likeness than this is none.
constexpr double near_enough = 0.6;
constexpr std::u32string_view numerals = U"一二三四五六七八九十";

std::u32string decoded(std::string_view utf8) {
  std::u32string out;
  while (!utf8.empty()) {
    utf8proc_int32_t code = 0;
    auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(utf8.data()),
                                 utf8proc_ssize_t(utf8.size()), &code);
    if (size > 0) out += char32_t(code);
    utf8.remove_prefix(size > 0 ? std::size_t(size) : 1);
  }
  return out;
}

bool is_digit(char32_t c) { return c >= U'0' && c <= U'9'; }
bool is_numeral(char32_t c) { return is_digit(c) || numerals.find(c) != numerals.npos; }

bool is_word(char32_t c) {
  auto category = utf8proc_category(utf8proc_int32_t(c));
  return (category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO) ||
         category == UTF8PROC_CATEGORY_ND;
}

/// `(一)`, `1.`, `三、`, `1`: what counts the rows. A Chinese numeral alone may begin a word.
std::u32string_view without_ordinal(std::u32string_view text) {
  std::size_t i = 0;
  bool bracket = i < text.size() && text[i] == U'(';
  i += bracket;
  auto first = i;
  while (i < text.size() && is_numeral(text[i])) ++i;
  if (i == first) return text;
  bool digits =
      std::all_of(text.begin() + std::ptrdiff_t(first), text.begin() + std::ptrdiff_t(i), is_digit);
  bool marked = i < text.size() && !is_word(text[i]);
  if (!marked && !digits) return text;
  while (i < text.size() && !is_word(text[i])) ++i;
  return text.substr(i);
}

/// What is compared: letters, digits and characters alone.
std::u32string key_of(std::string_view label) {
  auto text = decoded(folded(label));
  std::u32string key(without_ordinal(text));
  std::erase_if(key, [](char32_t c) { return !is_word(c); });
  return key;
}

/// How much a printed text shares with a label, by pairs of neighbouring characters (Dice): 0 to 1.
double likeness(const std::u32string& label, const std::u32string& printed) {
  if (label == printed) return 1;
  constexpr std::size_t telling = 4; // characters that an abridgement must keep
  constexpr double abridged = 0.9;
  bool part = printed.size() >= telling && label.find(printed) != label.npos;
  // A sentence that mentions a label is not that label.
  bool whole = label.size() >= telling && label.size() * 2 > printed.size() &&
               printed.find(label) != printed.npos;
  if (part || whole) return abridged;
  auto shorter = std::min(label.size(), printed.size());
  if (shorter < 2 || 2.0 * double(shorter) < near_enough * double(label.size() + printed.size()))
    return 0;
  std::map<std::u32string_view, int> pairs;
  std::u32string_view a(label), b(printed);
  for (std::size_t i = 0; i + 2 <= a.size(); ++i) ++pairs[a.substr(i, 2)];
  int common = 0;
  for (std::size_t i = 0; i + 2 <= b.size(); ++i)
    if (auto pair = pairs.find(b.substr(i, 2)); pair != pairs.end() && pair->second-- > 0) ++common;
  return 2.0 * common / double(a.size() - 1 + b.size() - 1);
}

struct Abridged {
  const char* label;
  const char* code;
};
/// Seen in published reports, and too short to be near the official label.
constexpr std::array<Abridged, 9> abridged_rows{{{"合计", "results_total"},
                                                 {"办理结果总计", "results_total"},
                                                 {"其它", "closed.other"},
                                                 {"其它处理", "closed"},
                                                 {"逾期不补正", "closed.correction_lapsed"},
                                                 {"申请人逾期不补正", "closed.correction_lapsed"},
                                                 {"逾期不缴费", "closed.fee_unpaid"},
                                                 {"申请人逾期不缴纳费用", "closed.fee_unpaid"},
                                                 {"申请人逾期未缴费", "closed.fee_unpaid"}}};
constexpr std::array<Abridged, 3> abridged_columns{
    {{"合计", "total"}, {"小计", "total"}, {"其它", "other_org"}}};
constexpr std::array<Abridged, 6> abridged_results{{{"合计", "total"},
                                                    {"小计", "total"},
                                                    {"维持", "upheld"},
                                                    {"纠正", "corrected"},
                                                    {"其它结果", "other"},
                                                    {"未审结", "pending"}}};

template <std::size_t N>
void add_all(Vocabulary& vocabulary, const std::array<Abridged, N>& list) {
  for (auto& [label, code] : list) vocabulary.add(label, code);
}

} // namespace

void Vocabulary::add(std::string_view label, std::string_view code) {
  auto key = key_of(label);
  auto known = [&](auto& one) { return one.key == key && one.code == code; };
  if (std::ranges::none_of(labels_, known)) labels_.push_back({std::move(key), std::string(code)});
}

const std::string* Vocabulary::find(std::string_view printed) const {
  constexpr std::size_t longest = 600; // bytes: no label, but a paragraph
  if (printed.size() > longest) return nullptr;
  auto key = key_of(printed);
  const std::string* nearest = nullptr;
  double best = near_enough;
  for (auto& label : labels_)
    if (auto found = likeness(label.key, key); found > best || (found == best && !nearest)) {
      best = found;
      nearest = &label.code;
    }
  return nearest;
}

ReportLabels::ReportLabels(const Editions& editions) {
  for (auto& edition : editions.all()) {
    for (auto& block : edition.proactive.blocks) {
      for (auto& column : block.columns) figure_columns.add(column.label, column.code);
      for (auto& row : block.rows) figure_rows.add(row.label, row.code);
    }
    for (auto& column : edition.requests.columns) request_columns.add(column.label, column.code);
    for (auto& row : edition.requests.rows) request_rows.add(row.label, row.code);
    for (auto& column : edition.disputes.columns) dispute_columns.add(column.label, column.code);
    for (auto& block : edition.disputes.blocks) dispute_blocks.add(block.label, block.code);
  }
  add_all(request_rows, abridged_rows);
  add_all(request_columns, abridged_columns);
  add_all(dispute_columns, abridged_results);
}

} // namespace mingce
