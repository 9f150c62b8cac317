#include "report/prose.hpp"

#include "report/quantity.hpp"
#include "rules/vocabulary.hpp"

#include <boost/algorithm/string/split.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <initializer_list>
#include <utility>

namespace mingce {
namespace {

// ── words ───────────────────────────────────────────────────────────────────────────────────────

std::string date_text(Day day) {
  date::year_month_day civil{day};
  return std::to_string(int(civil.year())) + "年" + std::to_string(unsigned(civil.month())) + "月" +
         std::to_string(unsigned(civil.day())) + "日";
}

std::string span_text(const Period& period) {
  return date_text(period.from) + "至" + date_text(period.to);
}

std::string when(const ReportSubject& subject) {
  return subject.year ? std::to_string(*subject.year) + "年" : span_text(subject.period);
}

const char* who(const ReportSubject& subject) {
  return subject.scope == Scope::organ ? "本机关" : "本地区各机关";
}

std::string cases(std::int64_t count) { return std::to_string(count) + " 件"; }

/// `前、中、后`
std::string joined(const std::vector<std::string>& parts, const char* between) {
  std::string out;
  for (auto& part : parts) out += (out.empty() ? "" : between) + part;
  return out;
}

const char* name_of(Channel channel) {
  switch (channel) {
  case Channel::in_person:
    return "当面申请";
  case Channel::oral:
    return "口头申请";
  case Channel::post_signed:
  case Channel::post_plain:
    return "信函申请";
  case Channel::web:
    return "网络申请";
  case Channel::email:
    return "电子邮件申请";
  case Channel::fax:
    return "传真申请";
  }
  return "";
}

/// What organs call the channels in `disclosed.…`; any other is called by its own name.
std::string disclosure_channel(const std::string& code) {
  constexpr std::array<std::pair<std::string_view, const char*>, 9> names{
      {{"website", "政府网站"},
       {"wechat", "政务微信"},
       {"weibo", "政务微博"},
       {"app", "移动客户端"},
       {"gazette", "政府公报"},
       {"press", "报刊"},
       {"broadcast", "广播电视"},
       {"board", "政务公开栏"},
       {"other", "其他渠道"}}};
  auto known = std::ranges::find(names, code, [](auto& each) { return each.first; });
  return known == names.end() ? "“" + code + "”" : known->second;
}

/// The label without `（一）` before it and `（…）` behind it.
std::string bare(std::string_view label) {
  constexpr std::string_view opens = "（", closes = "）";
  if (label.starts_with(opens))
    if (auto end = label.find(closes); end != label.npos) label.remove_prefix(end + closes.size());
  return std::string(label.substr(0, label.find(opens)));
}

/// A list of names, cut where it gets long: `甲、乙`, `甲、乙 等`.
std::string listed(const std::vector<std::string>& names) {
  constexpr std::size_t named = 20;
  auto end = names.begin() + std::ptrdiff_t(std::min(named, names.size()));
  return joined({names.begin(), end}, "、") + (names.size() > named ? " 等" : "");
}

/// The organs of the report whose figures come from there.
std::vector<std::string> organs_from(const AnnualReport& report,
                                     std::initializer_list<FigureSource> sources) {
  std::vector<std::string> names;
  for (auto& organ : report.notes.organs)
    if (std::ranges::find(sources, organ.source) != sources.end()) names.push_back(organ.name);
  return names;
}

/// 统计范围. An organ that is missing is named, and never taken for one without requests.
std::string range_of(const AnnualReport& report) {
  if (report.subject.scope == Scope::organ) return "本机关";
  std::string range = "本机关及所属各机关";
  auto absent = organs_from(report, {FigureSource::missing, FigureSource::other_edition});
  if (absent.empty()) return range;
  return range + "，未报送、未计入的 " + std::to_string(absent.size()) + " 个机关（" +
         listed(absent) + "）除外";
}

template <std::size_t N>
void add_to(std::array<std::int64_t, N>& sum, const std::array<std::int64_t, N>& more) {
  std::ranges::transform(sum, more, sum.begin(), std::plus<>{});
}

// ── requests ────────────────────────────────────────────────────────────────────────────────────

std::string received_sentence(const ReportSubject& subject, const Totals& totals) {
  auto persons = totals.received.front();
  auto legal_persons = totals.received.back() - persons;
  auto sentence = when(subject) + "，" + who(subject) + "新收政府信息公开申请 " +
                  cases(totals.received.back());
  if (totals.received.back() > 0)
    sentence += "（自然人 " + cases(persons) + "，法人或其他组织 " + cases(legal_persons) + "）";
  return sentence + "，上年结转 " + cases(totals.carried_in.back()) + "，收办共 " +
         cases(totals.handled()) + "；办结 " + cases(totals.concluded.back()) + "，结转下年度 " +
         cases(totals.carried_out.back()) + "。";
}

std::string channel_sentence(const Totals& totals, const Background& background) {
  std::map<std::string_view, std::int64_t> by_name;
  for (auto& [channel, count] : background.channels) by_name[name_of(channel)] += count;
  std::vector<std::string> parts;
  for (auto channel : {Channel::web, Channel::email, Channel::post_signed, Channel::in_person,
                       Channel::fax, Channel::oral})
    if (auto count = by_name[name_of(channel)])
      parts.push_back(std::string(name_of(channel)) + " " + cases(count));
  if (parts.empty()) return {};
  // A report that was collected does not tell the channels of its requests.
  std::string whole = "新收申请中，";
  if (background.received != totals.received.back())
    whole += "逐件登记的有 " + cases(background.received) + "：";
  return whole + joined(parts, "，") + "。";
}

std::string result_sentence(const Totals& totals, const Background& background) {
  auto all = totals.concluded.back();
  if (all == 0) return {};
  std::vector<std::string> parts;
  for (auto& group : totals.results)
    parts.push_back(group.label + " " + cases(group.count) + "（" + percentage(group.count, all) +
                    "）");
  auto sentence = "办结的申请中，" + joined(parts, "，") + "。";
  if (background.answered > 0)
    sentence += std::string(background.concluded == all ? "" : "逐件登记的，") + "作出答复 " +
                cases(background.answered) + "，其中按时答复 " + cases(background.on_time) +
                "，按时答复率 " + percentage(background.on_time, background.answered) + "。";
  return sentence;
}

std::string results_of(const DisputeCells& cells) {
  return "结果维持 " + cases(cells[0]) + "，结果纠正 " + cases(cells[1]) + "，其他结果 " +
         cases(cells[2]) + "，尚未审结 " + cases(cells[3]);
}

std::string dispute_sentence(const AnnualReport& report) {
  auto reviews = reconsiderations_of(report), suits = suits_of(report);
  auto part = [](const DisputeCells& cells) {
    return cells.back() ? cases(cells.back()) + "（" + results_of(cells) + "）" : cases(0);
  };
  return "因政府信息公开工作被申请行政复议 " + part(reviews) + "，被提起行政诉讼 " + part(suits) +
         "。";
}

// ── fees ────────────────────────────────────────────────────────────────────────────────────────

std::string fee_item(const FeeLine& line, bool names_organ) {
  bool by_item = line.scheme == FeeScheme::by_item;
  auto text = names_organ ? line.organ : std::string();
  text += std::string(by_item ? "按件" : "按量") + "计收 " + cases(line.notices) + "（" +
          std::to_string(line.units) + (by_item ? " 件次" : " 页") + "），通知 " +
          to_string(line.notified) + " 元，收取 " + to_string(line.paid) + " 元";
  if (line.refunded.hundredths != 0) text += "，退还 " + to_string(line.refunded) + " 元";
  return text;
}

/// What was paid for requests of which no more is known than a report.
std::string other_fees(const std::vector<std::string>& reported) {
  if (reported.empty()) return {};
  return "数据取自所报送年度报告的机关（" + listed(reported) +
         "），信息处理费以该报告为准，不在以上数内。";
}

std::string fee_sentence(const AnnualReport& report, const Background& background) {
  auto reported = organs_from(report, {FigureSource::collected});
  auto head = "依据《政府信息公开信息处理费管理办法》，" + when(report.subject) + who(report.subject);
  if (!reported.empty()) head += "逐件登记的申请";
  if (background.fees.empty()) return head + "收取信息处理费 0 元。" + other_fees(reported);
  std::vector<std::string> items;
  std::int64_t notices = 0;
  bool region = report.subject.scope == Scope::region;
  for (auto& line : background.fees) {
    notices += line.notices;
    items.push_back(fee_item(line, region));
  }
  return head + "发出收费通知 " + cases(notices) + "，收取信息处理费 " +
         to_string(fees_received(background.fees)) + " 元。其中：" + joined(items, "；") + "。" +
         other_fees(reported);
}

std::string voided_sentence(const Notes& notes) {
  if (notes.voided.empty()) return {};
  return "作废登记 " + cases(std::int64_t(notes.voided.size())) + "（" + listed(notes.voided) +
         "），不计入以上任何一项。";
}

/// 一、本年新收政府信息公开申请数量 · 自然人: the labels of a cell, as they stand in the tables; its
/// name where the edition has no such cell.
std::string cell_label(const Edition& edition, const std::string& cell) {
  std::vector<std::string> at; // table, row, column
  boost::algorithm::split(at, cell, [](char c) { return c == '/'; });
  if (at.size() != 3) return cell;
  auto label = [&](const std::string& row, auto& columns) {
    auto column = std::ranges::find(columns, at[2], &Column::code);
    return column == columns.end() ? cell : row + " · " + column->label;
  };
  if (at[0] == "requests")
    for (auto& row : edition.requests.rows)
      if (row.code == at[1]) return label(row.label, edition.requests.columns);
  if (at[0] == "disputes")
    for (auto& block : edition.disputes.blocks)
      if (block.code == at[1]) return label(block.label, edition.disputes.columns);
  for (auto& block : edition.proactive.blocks)
    for (auto& row : block.rows)
      if (at[0] == "proactive" && row.code == at[1]) return label(row.label, block.columns);
  return cell;
}

/// What moved since the publication is never left unsaid.
std::string restated_sentence(const AnnualReport& report) {
  auto& publication = report.notes.publication;
  if (!publication || publication->differences.empty()) return {};
  std::vector<std::string> moves;
  for (auto& each : publication->differences)
    moves.push_back("“" + cell_label(*report.edition, each.cell) + "”公布为 " +
                    to_string(each.published, each.unit) + "，现为 " +
                    to_string(each.current, each.unit));
  return "本年度报告已于 " + date_text(publication->on) + " 公布，此后登记的事项使下列数字变动：" +
         joined(moves, "；") + "。";
}

void add(std::vector<std::string>& sentences, std::string sentence) {
  if (!sentence.empty()) sentences.push_back(std::move(sentence));
}

} // namespace

Totals totals_of(const AnnualReport& report) {
  Totals totals;
  for (auto& row : report.edition->requests.rows) {
    bool counts_results = !row.source || row.source == RowSource::outcome;
    bool begins_group = counts_results && (row.depth == 1 || (row.source && totals.results.empty()));
    if (begins_group) totals.results.push_back({bare(row.label), 0});
    if (!row.source) continue;
    auto& cells = report.requests.find(row.code)->second;
    switch (*row.source) {
    case RowSource::received:
      totals.received = cells;
      break;
    case RowSource::carried_in:
      totals.carried_in = cells;
      break;
    case RowSource::outcome:
      totals.results.back().count += cells.back();
      break;
    case RowSource::outcome_total:
      totals.concluded = cells;
      break;
    case RowSource::carried_out:
      totals.carried_out = cells;
      break;
    }
  }
  return totals;
}

DisputeCells reconsiderations_of(const AnnualReport& report) {
  DisputeCells sum{};
  for (auto& block : report.edition->disputes.blocks)
    if (block.group.empty()) add_to(sum, report.disputes.find(block.code)->second);
  return sum;
}

DisputeCells suits_of(const AnnualReport& report) {
  DisputeCells sum{};
  for (auto& block : report.edition->disputes.blocks)
    if (!block.group.empty()) add_to(sum, report.disputes.find(block.code)->second);
  return sum;
}

std::string percentage(std::int64_t part, std::int64_t whole) {
  auto tenths = whole == 0 ? 0 : (part * 2000 + whole) / (2 * whole);
  return std::to_string(tenths / 10) + "." + std::to_string(tenths % 10) + "%";
}

Decimal fees_received(const std::vector<FeeLine>& fees) {
  Decimal sum;
  for (auto& line : fees) sum.hundredths += line.paid.hundredths - line.refunded.hundredths;
  return sum;
}

std::string opening_sentence(const AnnualReport& report) {
  auto& subject = report.subject;
  return "本报告依据《中华人民共和国政府信息公开条例》第五十条和" + report.edition->authority +
         "规定的格式编制，由总体情况，主动公开政府信息情况，收到和处理政府信息公开申请情况，政府信"
         "息公开行政复议、行政诉讼情况，存在的主要问题及改进情况，其他需要报告的事项六部分组成。所"
         "列"
         "数据的统计期限为" +
         span_text(subject.period) + "，统计范围为" + range_of(report) + "。";
}

std::vector<std::string> disclosure_sentences(const AnnualReport& report,
                                              const Background& background) {
  std::vector<std::string> parts;
  Decimal sum;
  auto total = background.disclosed.find("total");
  for (auto& [channel, items] : background.disclosed) {
    if (channel == "total") continue;
    sum += items;
    parts.push_back(disclosure_channel(channel) + " " + to_string(items) + " 条");
  }
  auto head = when(report.subject) + "，" + who(report.subject);
  bool has_total = total != background.disclosed.end();
  if (has_total)
    head += "主动公开政府信息 " + to_string(total->second) + " 条";
  else if (!parts.empty())
    head += "通过各渠道公开政府信息 " + to_string(sum) + " 条次"; // one item may be in several
  else
    return {};
  if (parts.empty()) return {head + "。"};
  return {head + (has_total ? "。各渠道公开的条数（同一信息可在多个渠道公开）为：" : "，其中：") +
          joined(parts, "，") + "。"};
}

std::vector<std::string> request_sentences(const AnnualReport& report,
                                           const Background& background) {
  auto totals = totals_of(report);
  std::vector<std::string> sentences{received_sentence(report.subject, totals) +
                                     channel_sentence(totals, background)};
  add(sentences, result_sentence(totals, background));
  add(sentences, dispute_sentence(report));
  return sentences;
}

std::vector<std::string> closing_sentences(const AnnualReport& report,
                                           const Background& background) {
  std::vector<std::string> sentences{fee_sentence(report, background)};
  add(sentences, voided_sentence(report.notes));
  add(sentences, restated_sentence(report));
  return sentences;
}

} // namespace mingce
