#include "report/checks_parts.hpp"
#include "report/printed.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <utility>

namespace mingce {
namespace {

bool contains(std::string_view text, std::string_view word) { return text.find(word) != text.npos; }

template <std::size_t N>
bool contains_any(std::string_view text, const std::array<std::string_view, N>& words) {
  return std::ranges::any_of(words, [&](auto word) { return contains(text, word); });
}

/// Sentences are cut at every mark, so that a number stands with its own words.
std::vector<std::string> clauses_of(std::string_view prose) {
  static constexpr std::array<std::string_view, 7> marks{"。", "；", "，", "、", "：", "！", "\n"};
  std::vector<std::string> out;
  std::size_t start = 0;
  for (std::size_t i = 0; i < prose.size();) {
    auto mark =
        std::ranges::find_if(marks, [&](auto m) { return prose.compare(i, m.size(), m) == 0; });
    if (mark == marks.end()) {
      ++i;
      continue;
    }
    out.push_back(folded(prose.substr(start, i - start)));
    i += mark->size();
    start = i;
  }
  out.push_back(folded(prose.substr(start)));
  return out;
}

/// The number of the only `N件` of a clause.
std::optional<std::int64_t> only_count(std::string_view clause) {
  static constexpr std::string_view digits = "0123456789";
  std::optional<std::int64_t> found;
  for (std::size_t i = clause.find_first_of(digits); i != clause.npos;
       i = clause.find_first_of(digits, i)) {
    auto end = std::min(clause.find_first_not_of("0123456789,", i), clause.size());
    std::string number(clause.substr(i, end - i));
    std::erase(number, ',');
    auto unit = clause.substr(end);
    i = end;
    if (!unit.starts_with("件") && !unit.starts_with("宗") && !unit.starts_with("起")) continue;
    std::int64_t value = 0;
    auto [last, error] = std::from_chars(number.data(), number.data() + number.size(), value);
    if (found || error != std::errc{} || last != number.data() + number.size()) return {};
    found = value;
  }
  return found;
}

/// What a clause speaks of, and what the tables may answer to it.
struct Statement {
  Text place;
  std::string cell;
  std::vector<std::int64_t> admissible{};
};

class Reading {
  using enum RowSource;

public:
  explicit Reading(const Tables& tables) : tables_(tables) {}

  /// Narrow on purpose: a clause about a part (a channel, a kind of applicant) is not judged.
  std::optional<Statement> of(std::string_view clause) const {
    static constexpr std::array<std::string_view, 16> parts{
        "其中", "网络", "网上",   "在线", "信函",   "邮寄", "当面", "现场",
        "传真", "邮件", "自然人", "法人", "较上年", "同比", "占",   "平均"};
    if (contains_any(clause, parts)) return {};
    auto out = contains(clause, "行政复议") || contains(clause, "行政诉讼") ? of_disputes(clause)
                                                                            : of_requests(clause);
    if (!out || out->admissible.empty()) return {};
    return out;
  }

private:
  std::optional<Statement> of_requests(std::string_view clause) const {
    if (!tables_.layout.requests) return {};
    if (contains(clause, "结转")) return of_carried(clause);
    if (!contains(clause, "申请")) return {};
    static constexpr std::array<std::string_view, 2> handled{"收办", "办理"};
    static constexpr std::array<std::string_view, 2> taken{"收到", "受理"};
    static constexpr std::array<std::string_view, 2> answered{"答复", "办结"};
    if (contains(clause, "新收")) return about("新收", received, {{received}});
    if (contains_any(clause, answered)) return about("办结", outcome_total, {{outcome_total}});
    // 受理 is said of both: what came in, and what was handled.
    if (contains_any(clause, taken))
      return about("收到", received, {{received}, {received, carried_in}});
    if (contains_any(clause, handled)) return about("收办", received, {{received, carried_in}});
    return {};
  }

  std::optional<Statement> of_carried(std::string_view clause) const {
    if (contains(clause, "上年") || contains(clause, "上一年"))
      return about("上年结转", carried_in, {{carried_in}});
    if (contains(clause, "下年") || contains(clause, "下一年"))
      return about("结转下年度", carried_out, {{carried_out}});
    return {};
  }

  std::optional<Statement> of_disputes(std::string_view clause) const {
    static constexpr std::array<std::string_view, 8> results{"维持", "纠正", "审结", "其他结果",
                                                             "撤销", "驳回", "终止", "败诉"};
    bool reconsidered = contains(clause, "行政复议"), sued = contains(clause, "行政诉讼");
    if (!tables_.layout.disputes || reconsidered == sued || contains_any(clause, results))
      return {};
    std::vector<std::string> blocks{"reconsideration"};
    if (sued) blocks = {"litigation_direct", "litigation_after_reconsideration"};
    Statement out{{sued ? "行政诉讼" : "行政复议", sued ? "litigation" : "reconsideration"},
                  cell_name("disputes", blocks.front(), total_column)};
    std::int64_t total = 0, pending = 0;
    for (auto& block : blocks) {
      auto sum = number_at(cell_name("disputes", block, total_column));
      if (!sum) return {};
      total += *sum;
      pending += number_at(cell_name("disputes", block, "pending")).value_or(0);
    }
    // Some count in the prose what was decided, in the table what is pending as well.
    out.admissible = {total, total - pending};
    return out;
  }

  /// `sums`: lists of rows; the sum of any of them is a good answer. Blank rows answer nothing.
  Statement about(std::string zh, RowSource row,
                  const std::vector<std::vector<RowSource>>& sums) const {
    Statement out{{std::move(zh), to_word(row)}, total_of(row)};
    for (auto& rows : sums) {
      std::optional<std::int64_t> sum = 0;
      for (auto source : rows) {
        auto number = number_at(total_of(source));
        sum = sum && number ? std::optional(*sum + *number) : std::nullopt;
      }
      if (sum) out.admissible.push_back(*sum);
    }
    return out;
  }

  std::string total_of(RowSource source) const {
    auto row = rows_of_source(tables_.layout.requests->requests, source).front();
    return cell_name("requests", row, total_column);
  }

  std::optional<std::int64_t> number_at(const std::string& cell) const {
    auto value = tables_.at(cell);
    return value ? std::optional(value->hundredths / 100) : std::nullopt;
  }

  const Tables& tables_;
};

Check nothing_to_compare(std::string id) {
  return not_applicable(std::move(id), {"没有正文，或正文没有可比的数字",
                                        "no prose, or none that tells a number to compare"});
}

/// `收取信息处理费2230元`: the sum in hundredths, where a clause tells one.
std::optional<Decimal> fee_told(std::string_view clause) {
  if (!contains(clause, "信息处理费")) return {};
  static constexpr std::array<std::string_view, 5> none{"未收取", "没有收取", "未产生", "无收费",
                                                        "暂无收费"};
  if (contains_any(clause, none)) return Decimal{};
  auto end = clause.find("元");
  if (end == clause.npos) return {};
  auto start = clause.substr(0, end).find_last_not_of("0123456789,.万");
  auto number = clause.substr(start == clause.npos ? 0 : start + 1);
  number = number.substr(0, number.find("元") + std::string_view("元").size());
  auto printed = read_printed(number, Unit::yuan);
  return printed.value;
}

} // namespace

Check check_prose(const Tables& tables, const Evidence& evidence) {
  if (!evidence.prose) return nothing_to_compare("C09");
  Check broken{
      "C09", CheckStatus::warn, {"正文所述与各表不一致", "the prose differs from the tables"}};
  std::size_t compared = 0;
  Reading reading(tables);
  for (auto& clause : clauses_of(*evidence.prose)) {
    auto count = only_count(clause);
    auto statement = count ? reading.of(clause) : std::nullopt;
    if (!statement) continue;
    ++compared;
    if (std::ranges::find(statement->admissible, *count) != statement->admissible.end()) continue;
    // Once for each cell: a text that repeats itself is told once.
    if (std::ranges::find(broken.cells, statement->cell) != broken.cells.end()) continue;
    append_finding(broken, statement->place, Decimal::whole(*count),
                   Decimal::whole(statement->admissible.front()), statement->cell);
  }
  if (!broken.cells.empty()) return broken;
  if (compared == 0) return nothing_to_compare("C09");
  auto places = std::to_string(compared);
  return {"C09",
          CheckStatus::pass,
          {"正文 " + places + " 处数字与各表一致",
           places + " numbers of the prose agree with the tables"}};
}

Check check_fees(const Evidence& evidence) {
  auto& fees = evidence.findings->fees;
  if (!fees || !evidence.prose) return nothing_to_compare("C18");
  auto kept = *fees;
  auto numbers = to_string(kept);
  std::optional<Decimal> told;
  for (auto& clause : clauses_of(*evidence.prose))
    if (auto fee = fee_told(clause); fee && !told) told = fee;
  if (!told)
    return not_applicable("C18",
                          {"正文没有写明信息处理费；登记册实收 " + numbers + " 元",
                           "the prose tells no fees; the register has " + numbers + " yuan"});
  bool agrees = *told == kept;
  return {
      "C18",
      agrees ? CheckStatus::pass : CheckStatus::fail,
      {"正文所述信息处理费 " + to_string(*told) + " 元，登记册实收（扣除退费）" + numbers + " 元",
       "the prose tells fees of " + to_string(*told) + " yuan; paid less refunded are " + numbers +
           " yuan"}};
}

} // namespace mingce
