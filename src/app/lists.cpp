#include "app/lists.hpp"

#include "report/glossary.hpp"
#include "report/text_grid.hpp"

#include <algorithm>

namespace mingce {
namespace {

constexpr ListColumn due_columns[] = {{"request", "登记号"},
                                      {"organ", "机关"},
                                      {"state", "状态", named<CaseState>},
                                      {"received_on", "收到日期"},
                                      {"due_on", "应答日期"},
                                      {"due_on_strict", "从严"},
                                      {"provisional", "暂定"},
                                      {"remaining_working_days", "剩余工作日"},
                                      {"lamp", "预警", named<Lamp>},
                                      {"assigned", "已分办"},
                                      {"id", nullptr}};
constexpr ListColumn submission_columns[] = {{"request", "登记号"},
                                             {"organ", "机关"},
                                             {"submitted_on", "收件日期"},
                                             {"state", "状态", named<CaseState>},
                                             {"id", nullptr}};
constexpr ListColumn deadline_columns[] = {{"timer", "期限", named<TimerKind>},
                                           {"organ", "机关"},
                                           {"request", "申请"},
                                           {"dispute", "争议"},
                                           {"consultation", "征求意见"},
                                           {"due_on", "日期"},
                                           {"provisional", "暂定"},
                                           {"remaining_working_days", "剩余工作日"},
                                           {"lamp", "预警", named<Lamp>},
                                           {"article", "依据"}};
constexpr ListColumn irregularity_columns[] = {
    {"request", "登记号"}, {"organ", "机关"},   {"on", "日期"},     {"version", "事项"},
    {"code", "代码"},      {"article", "依据"}, {"message", "说明"}};
constexpr ListColumn fee_column_list[] = {
    {"ref", "申请人"},         {"requests", "申请件数"}, {"charged_items", "计费件数"},
    {"notified", "通知金额"},  {"computed", "标准金额"}, {"paid", "已缴"},
    {"register_nos", "登记号"}};
constexpr ListColumn moved_column_list[] = {{"request", "登记号"},
                                            {"organ", "机关"},
                                            {"due_on", "原应答日期"},
                                            {"due_on_after", "新应答日期"},
                                            {"provisional_after", "仍为暂定"},
                                            {"id", nullptr}};
constexpr ListColumn statistics_column_list[] = {
    {"organ", "机关"},      {"received", "新收"},    {"carried_in", "上期结转"},
    {"concluded", "办结"},  {"carried_out", "结转"}, {"answered", "答复"},
    {"on_time", "按时"},    {"late", "逾期"},        {"on_time_percent", "按时率%"},
    {"extended", "延期"},   {"corrected", "补正"},   {"consulted", "征求意见"},
    {"mean", "平均工作日"}, {"median", "中位数"},    {"lowest", "最短"},
    {"highest", "最长"}};

std::string text_of(const json::object& object, const char* name) {
  auto* value = object.if_contains(name);
  if (!value || value->is_null()) return "—";
  if (value->is_string()) return std::string(value->get_string());
  return json::serialize(*value);
}

// ---- the explanation ----------------------------------------------------------------------------

std::string line_of_run(const json::object& run) {
  auto line = "  " + text_of(run, "from") + " 至 " + text_of(run, "to") + "  " +
              padded(text_of(run, "days") + " 天", 7) + named<DayUse>(text_of(run, "use"));
  if (run.contains("first"))
    line += "：第 " + text_of(run, "first") + " 至 " + text_of(run, "last") + " 个工作日";
  if (run.contains("holiday"))
    line += "（" + text_of(run, "holiday") + "，" + text_of(run, "notice") + "）";
  if (run.contains("version")) line += "（事项 " + text_of(run, "version") + "）";
  return line + "\n";
}

std::string line_of_step(const json::object& step) {
  auto line = "  " + text_of(step, "on") + "  事项 " + text_of(step, "version") + "  " +
              text_of(step, "effect");
  if (step.contains("article")) line += "（" + text_of(step, "article") + "）";
  return line + "\n      → 应答日期 " + text_of(step, "due_on") + "，从严 " +
         text_of(step, "due_on_strict") + "\n";
}

// ---- the feed -----------------------------------------------------------------------------------

CalendarEvent event_of(const DueRow& row) {
  auto kind = row.clock.state == CaseState::redo ? TimerKind::redo : TimerKind::answer;
  CalendarEvent event{row.request->id.hex() + "-" + to_word(kind) + "@mingce", *row.clock.due_on,
                      row.request->register_no + " " + title_of(kind) + "到期",
                      "收到 " + to_string(*row.request->state.received_on), to_word(kind)};
  if (row.clock.provisional) event.description += "\n暂定：该年度节假日安排尚未公布";
  return event;
}

CalendarEvent event_of(const DeadlineRow& row) {
  auto& timer = row.timer;
  auto whose = row.request   ? row.request->id.hex()
               : row.dispute ? row.dispute->id.hex()
                             : row.organ;
  auto name = row.request ? row.request->register_no : row.dispute ? row.dispute->ref : row.organ;
  auto which = std::string(to_word(timer.kind)) + "-" + std::to_string(timer.version);
  // A yearly date is another matter every year.
  if (timer.kind == TimerKind::annual_report) which += "-" + std::to_string(year_of(*timer.due_on));
  CalendarEvent event{whose + "-" + which + "@mingce", *timer.due_on,
                      name + " " + title_of(timer.kind) + "到期", timer.article,
                      to_word(timer.kind)};
  if (timer.provisional) event.description += "\n暂定：该年度节假日安排尚未公布";
  return event;
}

} // namespace

std::span<const ListColumn> columns_of(DueList list) {
  if (list == DueList::unconfirmed) return submission_columns;
  if (list == DueList::deadlines) return deadline_columns;
  return due_columns;
}
std::span<const ListColumn> finding_columns() { return irregularity_columns; }
std::span<const ListColumn> fee_columns() { return fee_column_list; }
std::span<const ListColumn> moved_columns() { return moved_column_list; }
std::span<const ListColumn> statistics_columns() { return statistics_column_list; }

json::array statistics_rows(const json::object& statistics) {
  auto flat = [](json::object row) {
    if (auto* days = row.at("working_days").if_object())
      for (auto& member : json::object(*days)) row[member.key()] = member.value();
    return row;
  };
  json::array rows;
  for (auto& organ : statistics.at("organs").as_array()) rows.push_back(flat(organ.as_object()));
  if (rows.size() == 1) return rows;
  auto all = flat(statistics);
  all["organ"] = "合计";
  rows.push_back(std::move(all));
  return rows;
}

std::string render_clock(const json::object& clock) {
  auto text = text_of(clock, "register_no") + "（" + text_of(clock, "organ") + "）截至 " +
              text_of(clock, "on") + "，日志第 " + text_of(clock, "as_of") + " 条所知\n";
  text += "应答日期 " + text_of(clock, "due_on") + "，从严 " + text_of(clock, "due_on_strict") +
          "；剩余工作日 " + text_of(clock, "remaining_working_days") + "；预警 " +
          named<Lamp>(text_of(clock, "lamp")) + "\n";
  if (clock.at("provisional").as_bool()) text += "暂定：期限所及年度的节假日安排尚未公布\n";
  text += "\n事项\n";
  for (auto& step : clock.at("steps").as_array()) text += line_of_step(step.as_object());
  text += "\n逐段计算\n";
  for (auto& run : clock.at("runs").as_array()) text += line_of_run(run.as_object());
  text += "\n历次所示的应答日期\n";
  for (auto& told : clock.at("told").as_array())
    text += "  日志第 " + text_of(told.as_object(), "seq") + " 条（" +
            text_of(told.as_object(), "recorded_at") + "）  " +
            text_of(told.as_object(), "due_on") + "\n";
  return text;
}

std::string due_feed(const Register& reg, const Law& law, const std::string& organ,
                     const OrganSet& organs, Day today) {
  std::vector<CalendarEvent> events;
  for (auto& row : due_rows(reg, law, organs, today))
    if (row.clock.due_on) events.push_back(event_of(row));
  for (auto& row : deadlines(reg, law, organs, today))
    if (row.timer.due_on && row.timer.kind != TimerKind::redo) events.push_back(event_of(row));
  auto& name = reg.organs().find(organ)->second.name;
  return render_ics(name + " 政府信息公开期限", reg.recorded_at().value_or(Instant{}), events);
}

} // namespace mingce
