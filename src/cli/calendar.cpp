#include "app/calendar_loading.hpp"
#include "app/clock_views.hpp"
#include "cli/command.hpp"

#include <fstream>
#include <iostream>
#include <iterator>
#include <memory>

namespace mingce {
namespace {

struct Options {
  std::string data, file, organ, as_of;
  NoticeSource source;
  std::optional<Day> on;
  bool dry_run = false;
  int year = 0;
  ListFormat format = ListFormat::text;
};

Result<std::string> read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::string text{std::istreambuf_iterator<char>(in), {}};
  if (!in.good() && !in.eof())
    return Failure{
        FailureKind::unusable, "input", {"无法读取输入文件", "the input file cannot be read"}};
  return text;
}

void print(const Options& options, const json::object& summary) {
  if (options.format == ListFormat::json) {
    std::cout << json::serialize(summary) << '\n';
    return;
  }
  auto& moved = summary.at("moved").as_array();
  if (options.format == ListFormat::csv) {
    std::cout << render_list(moved, moved_columns(), options.format);
    return;
  }
  std::cout << (options.dry_run ? "将载入 | would load: " : "已载入 | loaded: ")
            << summary.at("notices").as_array().size()
            << "；不变 | unchanged: " << summary.at("unchanged").as_array().size()
            << "\n应答日期变动的在办申请 | open "
            << "requests whose due date moves:\n"
            << render_list(moved, moved_columns(), options.format);
}

/// A file at fault is told with the place of the fault, unless the message has it already.
int refuse(const Failure& failure, const std::string& file) {
  auto& fields = failure.fields;
  bool is_told =
      fields.empty() || failure.message.en.find(fields.front().pointer) != std::string::npos;
  return report_failure(failure, is_told ? file : file + " " + fields.front().pointer);
}

int load_with(const Options& options, const Statutes& statutes) {
  auto file = read_file(options.file);
  if (!file) return report_failure(file.error(), options.file);
  auto today = civil_day(now());
  auto plan_on = [&](const Register& reg) {
    return plan_calendar(reg, statutes.law, *file, options.source, options.on.value_or(today),
                         today);
  };
  if (options.dry_run) {
    auto opened = open_register(options.data);
    if (!opened) return report_failure(opened.error(), options.data);
    auto plan = plan_on(opened->reg);
    if (!plan) return refuse(plan.error(), options.file);
    print(options, plan->summary);
    return done;
  }
  auto office = Office::open(place_of(options.data), statutes, now);
  if (!office) return report_failure(office.error(), options.data);
  auto plan = (*office)->read(plan_on);
  if (!plan) return refuse(plan.error(), options.file);
  for (auto& operation : plan->operations) operation.actor = "local";
  if (auto recorded = (*office)->record(plan->operations); !recorded)
    return refuse(recorded.error(), options.file);
  print(options, plan->summary);
  return done;
}

int show_with(const Options& options, const Statutes& statutes) {
  auto opened = open_register(options.data, options.as_of);
  if (!opened) return report_failure(opened.error(), options.data);
  if (!options.organ.empty())
    if (auto known = organs_in(opened->reg, options.organ, Scope::organ); !known)
      return report_failure(known.error());
  auto calendar = calendar_of(opened->reg, statutes.law, options.organ, options.year);
  if (options.format == ListFormat::json) {
    std::cout << json::serialize(calendar) << '\n';
    return done;
  }
  static constexpr ListColumn columns[] = {
      {"on", "日期"}, {"worked", "上班"}, {"name", "名称"}, {"notice", "依据"}};
  if (options.format == ListFormat::text)
    std::cout << options.year << " 年：" << calendar.at("working_days").as_int64() << " 个工作日"
              << (calendar.at("provisional").as_bool() ? "（暂定：尚无节假日安排）" : "") << '\n';
  std::cout << render_list(calendar.at("days").as_array(), columns, options.format);
  return done;
}

void add_load(CLI::App& parent, const Statutes& statutes, int& code) {
  auto options = std::make_shared<Options>();
  auto* command = parent.add_subcommand(
      "load", "载入节假日安排，列出应答日期变动的在办申请 | load a notice on holidays");
  command->add_option("--data", options->data, "数据目录 | data directory")->required();
  command->add_option("file", options->file, "日历文件（JSON）| calendar file (JSON)")->required();
  command->add_option("--region", options->source.region,
                      "CN 或机关代码，优先于文件 | CN or the code of an organ, before the file's");
  command->add_option("--title", options->source.title, "文件标题 | title of the paper");
  command->add_option("--document-no", options->source.document_no, "文号 | number of the paper");
  add_day(*command, "--issued-on", options->source.issued_on, "发文日期 | day of issue");
  add_day(*command, "--on", options->on, "载入日期，默认今天 | legal date of the loading (today)");
  command->add_flag("--dry-run", options->dry_run, "只列出，不写入 | only list, write nothing");
  add_format(*command, options->format);
  command->callback([options, &statutes, &code] { code = load_with(*options, statutes); });
}

void add_show(CLI::App& parent, const Statutes& statutes, int& code) {
  auto options = std::make_shared<Options>();
  auto* command = parent.add_subcommand("show", "一年的节假日与调休 | the listed days of a year");
  command->add_option("--data", options->data, "数据目录 | data directory")->required();
  command->add_option("--year", options->year, "年度 | year")
      ->required()
      ->check(CLI::Range(1991, 2100));
  command->add_option("--organ", options->organ,
                      "含该机关的地方安排 | with the local notices for this organ");
  add_as_of(*command, options->as_of);
  add_format(*command, options->format);
  command->callback([options, &statutes, &code] { code = show_with(*options, statutes); });
}

} // namespace

void add_calendar(CLI::App& app, const Statutes& statutes, int& code) {
  auto* command = app.add_subcommand("calendar", "工作日历 | the working calendar");
  command->require_subcommand(1);
  add_load(*command, statutes, code);
  add_show(*command, statutes, code);
}

} // namespace mingce
