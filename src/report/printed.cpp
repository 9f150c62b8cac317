#include "report/printed.hpp"

#include "report/quantity.hpp"

#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <memory>

namespace mingce {
namespace {

constexpr std::string_view digits = "0123456789";

bool is_space(utf8proc_int32_t code) {
  auto category = utf8proc_category(code);
  return category == UTF8PROC_CATEGORY_ZS || category == UTF8PROC_CATEGORY_ZL ||
         category == UTF8PROC_CATEGORY_ZP || category == UTF8PROC_CATEGORY_CC ||
         category == UTF8PROC_CATEGORY_CF;
}

/// Calls `each` with the code and the bytes of every character.
template <class Each>
void each_character(std::string_view utf8, Each each) {
  while (!utf8.empty()) {
    utf8proc_int32_t code = 0;
    auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(utf8.data()),
                                 utf8proc_ssize_t(utf8.size()), &code);
    if (size > 0) each(code, utf8.substr(0, std::size_t(size)));
    utf8.remove_prefix(size > 0 ? std::size_t(size) : 1);
  }
}

std::string without_spaces(std::string_view utf8) {
  std::string out;
  each_character(utf8, [&](auto code, auto bytes) {
    if (!is_space(code)) out += bytes;
  });
  return out;
}

bool is_stroke(utf8proc_int32_t code) {
  return utf8proc_category(code) == UTF8PROC_CATEGORY_PD || code == '/' || code == '\\' ||
         code == '_' || code == '*' || code == '~' || code == 0x2212 /* − */ ||
         (code >= 0x2500 && code <= 0x2503) /* ─ ━ │ ┃ */;
}

bool says_nothing(std::string_view text) {
  static constexpr std::array<std::string_view, 6> words{"无", "没有", "空", "N/A", "n/a", "null"};
  bool strokes = true;
  each_character(text, [&](auto code, auto) { strokes = strokes && is_stroke(code); });
  return strokes || std::ranges::find(words, text) != words.end();
}

bool is_counter(std::string_view text) {
  static constexpr std::array<std::string_view, 12> units{"",   "件", "条", "项", "个", "份",
                                                          "宗", "起", "次", "部", "篇", "元"};
  return std::ranges::find(units, text) != units.end();
}

/// −1, 0 (none of these), or 1.
int sign_of(std::string_view prefix) {
  static constexpr std::array<std::string_view, 5> minus{"-", "−", "减", "减少", "下降"};
  static constexpr std::array<std::string_view, 4> plus{"", "+", "增", "增加"};
  if (std::ranges::find(minus, prefix) != minus.end()) return -1;
  return std::ranges::find(plus, prefix) != plus.end() ? 1 : 0;
}

/// Groups of three after the first, or no comma at all.
std::optional<std::string> without_commas(std::string_view number) {
  auto whole = number.substr(0, number.find('.'));
  if (number.substr(whole.size()).find(',') != number.npos) return {};
  std::string out;
  for (bool first = true; !whole.empty(); first = false) {
    auto group = whole.substr(0, whole.find(','));
    bool last = group.size() == whole.size();
    bool in_threes = first ? !group.empty() && (last || group.size() <= 3) : group.size() == 3;
    if (!in_threes) return {};
    out += group;
    whole.remove_prefix(last ? whole.size() : group.size() + 1);
    if (!last && whole.empty()) return {};
  }
  return out.append(
      number.substr(number.find('.') == number.npos ? number.size() : number.find('.')));
}

/// `007.50` → `7.5`.
std::string shortest(std::string number) {
  if (number.find('.') != number.npos) {
    number.erase(number.find_last_not_of('0') + 1);
    if (number.ends_with('.')) number.pop_back();
  }
  auto zeros = std::min(number.find_first_not_of('0'), number.size());
  number.erase(0, zeros);
  if (number.empty() || number.starts_with('.')) number.insert(0, "0");
  return number;
}

/// Money in the unit it names, else in that of the column.
Unit unit_of(Unit column, std::string_view suffix) {
  if (column == Unit::count) return column;
  if (suffix.starts_with("万元")) return Unit::yuan_shown_in_10k;
  return suffix.starts_with("元") ? Unit::yuan : column;
}

} // namespace

std::string folded(std::string_view text) {
  auto clean = without_spaces(text);
  utf8proc_uint8_t* mapped = nullptr;
  auto size = utf8proc_map(reinterpret_cast<const utf8proc_uint8_t*>(clean.data()),
                           utf8proc_ssize_t(clean.size()), &mapped,
                           utf8proc_option_t(UTF8PROC_STABLE | UTF8PROC_COMPOSE | UTF8PROC_COMPAT));
  std::unique_ptr<utf8proc_uint8_t, decltype(&std::free)> owned(mapped, &std::free);
  if (size < 0) return clean;
  return without_spaces({reinterpret_cast<const char*>(mapped), std::size_t(size)});
}

Printed read_printed(std::string_view text, Unit unit) {
  auto printed = folded(text);
  if (says_nothing(printed)) return {};
  if (printed == "零" || printed == "〇") return {Decimal{}, true};
  std::string_view rest = printed;
  auto start = rest.find_first_of(digits);
  if (start == rest.npos) return {{}, false};
  auto prefix = rest.substr(0, start);
  rest.remove_prefix(start);
  auto end = std::min(rest.find_first_not_of("0123456789,."), rest.size());
  // A full stop or comma that ends the sentence is none of the number's.
  while (digits.find(rest[end - 1]) == digits.npos) --end;
  auto suffix = rest.substr(end);
  auto sign = sign_of(prefix);
  bool only_number = suffix.find_first_of(digits) == suffix.npos;
  auto number = without_commas(rest.substr(0, end));
  if (!number || (sign == 0 && !only_number)) return {{}, false};
  auto value = parse_quantity((sign < 0 ? "-" : "") + shortest(*number), unit_of(unit, suffix));
  if (value && *value == Decimal{}) value = Decimal{};
  bool plain = sign != 0 && (is_counter(suffix) || (unit != Unit::count && suffix == "万元"));
  return {value, value && plain};
}

} // namespace mingce
