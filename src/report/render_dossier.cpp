#include "report/render_dossier.hpp"

#include "report/glossary.hpp"
#include "report/html.hpp"
#include "rules/account.hpp"
#include "rules/timers.hpp"

#include <vector>

namespace mingce {
namespace {

constexpr const char* style = R"(
@page { size: A4; margin: 18mm 15mm }
body { font: 10.5pt/1.55 "Songti SC", SimSun, "Noto Serif CJK SC", serif; color: #000;
       max-width: 180mm; margin: 8mm auto; padding: 0 4mm }
h1 { font-size: 18pt; text-align: center; margin: 0 0 2mm }
h2 { font-size: 13pt; margin: 8mm 0 2mm; break-after: avoid }
h3 { font-size: 11pt; margin: 5mm 0 2mm; break-after: avoid }
p { margin: 0 0 2mm }
.under { text-align: center; margin-bottom: 5mm }
table { border-collapse: collapse; width: 100%; margin: 0 0 3mm }
thead { display: table-header-group }
tr { break-inside: avoid }
th, td { border: 0.5pt solid #555; padding: 1mm 1.6mm; text-align: left; vertical-align: top;
         overflow-wrap: break-word; white-space: pre-wrap }
th { background: #f0f0f0; font-weight: bold }
th[scope="row"] { width: 30mm }
.history { table-layout: fixed }
.history td { overflow-wrap: anywhere }
.history th:nth-child(1) { width: 9mm }
.history th:nth-child(2) { width: 21mm }
.history th:nth-child(3) { width: 24mm }
.history th:nth-child(5) { width: 34mm }
.history td:nth-child(5) { font-size: 8.5pt }
ul { margin: 0; padding: 0; list-style: none }
del { color: #555 }
.mark { font-weight: bold }
.digest { font: 8pt/1.3 monospace; overflow-wrap: anywhere }
@media print { body { margin: 0; padding: 0; max-width: none } }
)";

// ---- values -------------------------------------------------------------------------------------

std::string text_of(const json::value& value) {
  return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
}
std::string text_at(const json::object& object, const char* member) {
  return text_of(object.at(member));
}

/// A member of an event of that type as people read it.
std::string shown(std::string_view type, std::string_view member, const json::value& value) {
  if (value.is_null()) return "—";
  if (value.is_bool()) return value.get_bool() ? "是" : "否";
  if (auto* text = value.if_string())
    return name_of_word(type, member, {text->data(), text->size()});
  std::string out;
  if (auto* elements = value.if_array())
    for (auto& element : *elements) out += (out.empty() ? "" : "；") + shown(type, member, element);
  else if (auto* members = value.if_object())
    for (auto& [name, inner] : *members)
      out +=
          (out.empty() ? "" : "，") + name_of_member(type, name) + " " + shown(type, name, inner);
  else
    out = json::serialize(value);
  return out;
}

std::string list_of(const std::vector<std::string>& lines) {
  std::string items;
  for (auto& line : lines) items += html_element("li", line);
  return items.empty() ? items : html_element("ul", items);
}

/// A line for each member.
std::vector<std::string> lines_of(std::string_view type, const json::object& data) {
  std::vector<std::string> lines;
  for (auto& [name, value] : data)
    lines.push_back(html_text(name_of_member(type, name) + "：" + shown(type, name, value)));
  return lines;
}

// ---- the history --------------------------------------------------------------------------------

/// The type whose members the data of an event are: for an amendment that of what it amends.
std::string_view type_of_data(const json::array& events, const json::object& event) {
  auto* at = &event;
  while (at->at("type") == EventAmended::info.type)
    at = &events.at(std::size_t(at->at("data").at("target").as_int64()) - 1).as_object();
  auto& type = at->at("type").as_string();
  return {type.data(), type.size()};
}

std::vector<std::string> documents_of(const json::object& event) {
  std::vector<std::string> lines;
  for (auto& each : event.at("documents").as_array()) {
    auto& document = each.as_object();
    auto line = "材料：" + text_at(document, "kind");
    for (auto* member : {"number", "name"})
      if (auto* value = document.if_contains(member)) line += " " + text_of(*value);
    line += "（" + text_at(document, "size") + " 字节）";
    auto digests = "SHA-256 " + text_at(document, "sha256");
    if (auto* sm3 = document.if_contains("sm3")) digests += "\nSM3 " + text_of(*sm3);
    lines.push_back(html_text(line) + " " +
                    html_element("span", html_text(digests), "class=\"digest\""));
  }
  return lines;
}

/// What later entries have made of an event.
std::vector<std::string> fate_of(std::string_view type, const json::object& event) {
  std::vector<std::string> lines;
  auto mark = [&](const std::string& text) {
    lines.push_back(html_element("span", html_text(text), "class=\"mark\""));
  };
  if (auto* amended = event.if_contains("amended")) {
    mark("已更正（版本 " + shown(type, "", amended->at("by")) + "），现为：日期 " +
         text_of(amended->at("on")));
    for (auto& line : lines_of(type, amended->at("data").as_object())) lines.push_back(line);
  }
  if (auto* retracted = event.if_contains("retracted"))
    mark("已撤销（版本 " + text_of(retracted->at("by")) + "），视为未记录");
  return lines;
}

std::string content_of(const json::array& events, const json::object& event) {
  auto type = type_of_data(events, event);
  auto content = list_of(lines_of(type, event.at("data").as_object()));
  bool holds = !event.contains("amended") && !event.contains("retracted");
  if (!holds && !content.empty()) content = html_element("del", content);
  return content + list_of(documents_of(event)) + list_of(fate_of(type, event));
}

std::string source_of(const json::object& event) {
  auto* source = event.if_contains("source");
  return source ? named<Source>(text_of(*source)) : std::string{};
}

std::string history_of(const json::array& events) {
  std::string rows;
  for (auto& each : events) {
    auto& event = each.as_object();
    auto record = list_of({html_text("第 " + text_at(event, "seq") + " 条"),
                           html_text(text_at(event, "recorded_at")),
                           html_text(text_at(event, "actor")), html_text(source_of(event))});
    rows += html_element("tr",
                         html_element("th", html_text(text_at(event, "version")), "scope=\"row\"") +
                             html_element("td", html_text(text_at(event, "on"))) +
                             html_element("td", html_text(text_at(event, "title"))) +
                             html_element("td", content_of(events, event)) +
                             html_element("td", record)) +
            "\n";
  }
  return html_table({"版本", "日期", "事项", "内容", "记录"}, rows, "class=\"history\"");
}

// ---- the head -----------------------------------------------------------------------------------

constexpr ListColumn request_members[] = {{"matter", "事由", named<Matter>},
                                          {"channel", "渠道", named<Channel>},
                                          {"submitted_on", "提交日期"},
                                          {"state", "状态", named<CaseState>},
                                          {"received_on", "收到日期"},
                                          {"due_on", "应答日期"},
                                          {"due_on_strict", "应答日期（从严）"},
                                          {"provisional", "日期暂定"},
                                          {"remaining_working_days", "剩余工作日"},
                                          {"lamp", "预警", named<Lamp>},
                                          {"outcome", "办理结果", named<Outcome>},
                                          {"concluded_on", "办结日期"},
                                          {"legal_hold", "暂停删除"},
                                          {"erased_on", "个人信息删除日期"}};
/// Those that hold text or members of their own.
constexpr const char* texts[] = {"applicant", "subject",       "description", "items", "form",
                                 "delivery",  "referred_from", "assignee",    "redo"};

std::string name_and_code(const json::object& organ) {
  return text_at(organ, "name") + "（" + text_at(organ, "code") + "）";
}

std::string head_of(const json::object& dossier) {
  auto& organ = dossier.at("organ").as_object();
  auto& holder = dossier.at("holder").as_object();
  auto& request = dossier.at("request").as_object();
  auto rows = html_row("登记号", html_text(text_at(dossier, "register_no"))) +
              html_row("编号（id）", html_text(text_at(dossier, "id"))) +
              html_row("登记机关", html_text(name_and_code(organ)));
  if (holder != organ) rows += html_row("现承办机关", html_text(name_and_code(holder)));
  for (auto& member : request_members)
    if (auto text = cell_text(request, member); !text.empty())
      rows += html_row(member.title, html_text(text));
  constexpr std::string_view type = RequestReceived::info.type;
  for (auto* member : texts)
    if (auto* value = request.if_contains(member); value && !value->is_null())
      rows += html_row(name_of_member(type, member), html_text(shown(type, member, *value)));
  return html_element("table", html_element("tbody", rows)) + "\n";
}

// ---- lists --------------------------------------------------------------------------------------

constexpr ListColumn step_columns[] = {{"version", "版本"},        {"on", "日期"},
                                       {"effect", "对期限的作用"}, {"article", "依据"},
                                       {"due_on", "应答日期"},     {"due_on_strict", "从严"}};
constexpr ListColumn run_columns[] = {{"from", "自"},
                                      {"to", "至"},
                                      {"days", "天数"},
                                      {"use", "性质", named<DayUse>},
                                      {"first", "自第几个工作日"},
                                      {"last", "至第几个工作日"},
                                      {"holiday", "节假日"},
                                      {"notice", "依据"},
                                      {"version", "所据版本"}};
constexpr ListColumn told_columns[] = {
    {"seq", "日志位置"}, {"recorded_at", "记录时刻"}, {"due_on", "应答日期"}};
constexpr ListColumn timer_columns[] = {
    {"timer", "期限", named<TimerKind>}, {"from", "起算"}, {"due_on", "日期"}, {"article", "依据"}};
constexpr ListColumn finding_columns[] = {
    {"version", "版本"}, {"message", "情形"}, {"article", "依据"}, {"code", "代码"}};
constexpr ListColumn fee_columns[] = {
    {"version", "版本"},      {"notified_on", "通知日期"}, {"scheme", "计费方式", named<FeeScheme>},
    {"quantity", "数量"},     {"prior_items", "当月已计"}, {"amount", "通知金额（元）"},
    {"computed", "标准金额"}, {"pay_by", "缴费期限"},      {"paid", "已缴"},
    {"refunded", "已退"},     {"waived", "免收"}};
constexpr ListColumn dispute_members[] = {{"organ", "机关"},
                                          {"block", "类别", named<DisputeBlock>},
                                          {"role", "地位", named<DisputeRole>},
                                          {"opened_on", "受理（立案）日期"},
                                          {"result", "结果", named<DisputeColumn>},
                                          {"since", "结果日期"},
                                          {"suspended", "中止"},
                                          {"voided", "作废"}};

std::string none_or(std::span<const ListColumn> columns, const json::value& rows) {
  auto& list = rows.as_array();
  return list.empty() ? "<p>（无）</p>\n" : html_table(columns, list);
}
std::string heading(const char* level, const std::string& text) {
  return html_element(level, html_text(text)) + "\n";
}

std::string clock_of(const json::object& dossier) {
  auto& clock = dossier.at("clock").as_object();
  return heading("h3", "各事项的作用") + none_or(step_columns, clock.at("steps")) +
         heading("h3", "逐段计算") + none_or(run_columns, clock.at("runs")) +
         heading("h3", "历次所示的应答日期") + none_or(told_columns, clock.at("told")) +
         heading("h3", "正在计算的期限") +
         none_or(timer_columns, dossier.at("request").at("timers"));
}

std::string findings_of(const json::object& dossier) {
  return heading("h3", "不规范情形") + none_or(finding_columns, dossier.at("irregularities")) +
         heading("h3", "待补全内容") + none_or(finding_columns, dossier.at("incomplete"));
}

std::string disputes_of(const json::object& dossier) {
  std::string out;
  for (auto& each : dossier.at("disputes").as_array()) {
    auto& dispute = each.as_object();
    std::string rows = html_row("编号（id）", html_text(text_at(dispute, "id")));
    for (auto& member : dispute_members)
      if (auto text = cell_text(dispute, member); !text.empty())
        rows += html_row(member.title, html_text(text));
    out += heading("h3", text_at(dispute, "ref")) +
           html_element("table", html_element("tbody", rows)) + "\n" +
           history_of(dispute.at("events").as_array());
  }
  return out.empty() ? "<p>（无）</p>\n" : out;
}

std::string proofs_of(const json::object& dossier) {
  std::string rows;
  for (auto& proof : dossier.at("proofs").as_array())
    rows +=
        html_row("第 " + text_of(proof.at("seq")) + " 条",
                 html_element("span", html_text(text_of(proof.at("proof"))), "class=\"digest\""));
  return rows.empty() ? rows : html_element("table", html_element("tbody", rows)) + "\n";
}

/// The sections in their order, numbered.
std::string sections_of(const json::object& dossier) {
  static constexpr const char* numerals[] = {"一", "二", "三", "四", "五", "六", "七"};
  const std::pair<const char*, std::string> sections[] = {
      {"基本情况", head_of(dossier)},
      {"办理经过", history_of(dossier.at("events").as_array())},
      {"期限计算", clock_of(dossier)},
      {"不规范情形和待补全内容", findings_of(dossier)},
      {"收费", none_or(fee_columns, dossier.at("fees"))},
      {"行政复议、行政诉讼", disputes_of(dossier)},
      {"日志证明", proofs_of(dossier)}};
  std::string out;
  std::size_t number = 0;
  for (auto& [title, content] : sections)
    if (!content.empty())
      out += heading("h2", std::string(numerals[number++]) + "、" + title) + content;
  return out;
}

} // namespace

std::string render_dossier(const json::object& dossier) {
  auto organ = text_at(dossier.at("organ").as_object(), "name");
  auto title = "政府信息公开申请案卷 " + text_at(dossier, "register_no");
  auto& as_of = dossier.at("as_of").as_object();
  auto known = "日志第 " + text_at(as_of, "seq") + " 条（" + text_at(as_of, "recorded_at") +
               "）所知，截至 " + text_at(dossier, "on");
  if (!dossier.at("with_personal_data").as_bool()) known += "；不含个人信息和文字说明";
  auto body = heading("h1", "政府信息公开申请案卷") +
              html_element("p", html_text(organ + "　登记号 " + text_at(dossier, "register_no")),
                           "class=\"under\"") +
              "\n" + html_element("p", html_text(known), "class=\"under\"") + "\n" +
              sections_of(dossier);
  return html_page(title + " " + organ, style, body);
}

} // namespace mingce
