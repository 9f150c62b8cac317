// The commands about figures that no case yields: ask the units that supply them, and see who has
// not answered.

#include "app/figure_requests.hpp"
#include "cli/command.hpp"
#include "log/files.hpp"

#include <algorithm>
#include <filesystem>
#include <iostream>
#include <memory>

namespace mingce {
namespace {

struct Options {
  std::string data, unit;
  ReportQuery report;
  std::vector<std::string> items;
  std::optional<Day> on, respond_by;
  ListFormat format = ListFormat::text;
  bool all = false;
};

struct SheetOptions {
  std::string data, unit, out;
  ReportQuery report;
  std::vector<std::string> files;
  std::optional<Day> on;
  bool dry_run = false;
};

int request_with(const Options& options, const Statutes& statutes) {
  Operation operation;
  operation.kind = StreamKind::report;
  operation.organ = options.report.organ;
  operation.type = FiguresRequested::info.type;
  operation.on = options.on.value_or(civil_day(now()));
  operation.actor = "local";
  json::object data{{"year", *options.report.year},
                    {"unit", options.unit},
                    {"items", json::array(options.items.begin(), options.items.end())}};
  if (options.respond_by) data["respond_by"] = to_string(*options.respond_by);
  operation.data = std::move(data);
  auto office = Office::open(place_of(options.data), statutes, now);
  if (!office) return report_failure(office.error(), options.data);
  if (auto recorded = (*office)->record({&operation, 1}); !recorded)
    return report_failures(recorded.error());
  std::cout << "已通知 | asked: " << options.unit << "（" << options.items.size()
            << " 项 items）\n";
  return done;
}

int open_with(const Options& options) {
  auto opened = open_register(options.data);
  if (!opened) return report_failure(opened.error(), options.data);
  auto& report = options.report;
  auto rows = requested_figures_of(opened->reg, report.organ, report.scope, *report.year);
  if (!rows) return report_failure(rows.error());
  json::array shown;
  for (auto& row : *rows)
    if (options.all || !row.at("answered").as_bool()) shown.push_back(row);
  std::cout << render_list(shown, requested_figure_columns(), options.format);
  return done;
}

int sheet_with(const SheetOptions& options, const Statutes& statutes) {
  auto opened = open_register(options.data);
  if (!opened) return report_failure(opened.error(), options.data);
  auto& report = options.report;
  auto sheet = figure_sheet_of(opened->reg, statutes, report.organ, *report.year, options.unit);
  if (!sheet) return report_failure(sheet.error());
  if (auto written = write_output(options.out, render_figure_sheet(*sheet)); !written)
    return report_failure(written.error());
  return done;
}

/// The year's figures belong to the year: its last day, unless that is still to come.
Day day_of_figures(const SheetOptions& options) {
  auto last = last_day_of(*options.report.year);
  return options.on.value_or(std::min(last, civil_day(now())));
}

Result<SheetPlan> plan_file(const Register& reg, const Statutes& statutes,
                            const SheetOptions& options, const std::string& file) {
  auto bytes = read_file(std::filesystem::path(file));
  if (!bytes) return bytes.error();
  auto sheet = read_filled_sheet(std::string_view(*bytes));
  if (!sheet) return sheet.error();
  auto plan = plan_sheet(reg, statutes, *sheet, options.report.organ, *options.report.year,
                         day_of_figures(options));
  auto document = document_of(file, "figure_sheet");
  if (!document) return document.error();
  if (plan)
    for (auto& operation : plan->operations) {
      operation.actor = "local";
      operation.documents = {*document};
    }
  return plan;
}

/// One file, all of its rows or none.
int read_one(const std::string& file, const std::function<Result<SheetPlan>()>& make_plan,
             Office* office) {
  auto plan = make_plan();
  if (!plan) return report_failures(plan.error(), file);
  for (auto& fault : plan->faults)
    std::cerr << "mingce: " << file << ' ' << fault.pointer << ": " << fault.message.zh << " | "
              << fault.message.en << '\n';
  if (!plan->faults.empty()) return refused;
  if (office && !plan->operations.empty())
    if (auto recorded = office->record(plan->operations); !recorded)
      return report_failures(recorded.error(), file);
  std::cout << file << "（" << plan->unit << "）：填报 | supplied " << plan->operations.size()
            << "，不变 | unchanged " << plan->unchanged.size() << "，未填 | blank "
            << plan->blank.size();
  for (auto& item : plan->blank) std::cout << ' ' << item;
  std::cout << '\n';
  return done;
}

int read_with(const SheetOptions& options, const Statutes& statutes) {
  int code = done;
  if (options.dry_run) {
    auto opened = open_register(options.data);
    if (!opened) return report_failure(opened.error(), options.data);
    for (auto& file : options.files) {
      auto plan = [&] { return plan_file(opened->reg, statutes, options, file); };
      code = std::max(code, read_one(file, plan, nullptr));
    }
    return code;
  }
  auto office = Office::open(place_of(options.data), statutes, now);
  if (!office) return report_failure(office.error(), options.data);
  for (auto& file : options.files) {
    auto plan = [&] {
      return (*office)->read(
          [&](const Register& reg) { return plan_file(reg, statutes, options, file); });
    };
    code = std::max(code, read_one(file, plan, office->get()));
  }
  return code;
}

void add_sheet(CLI::App& parent, const Statutes& statutes, int& code) {
  auto options = std::make_shared<SheetOptions>();
  auto* command =
      parent.add_subcommand("sheet", "单位的填报表（XLSX）| the sheet for a unit to fill in");
  add_report_of_year(*command, options->data, options->report);
  command->add_option("--unit", options->unit, "填报单位 | the unit")->required();
  command->add_option("--out", options->out, "写入文件 | write to this file")->required();
  command->callback([options, &statutes, &code] { code = sheet_with(*options, statutes); });
}

void add_read(CLI::App& parent, const Statutes& statutes, int& code) {
  auto options = std::make_shared<SheetOptions>();
  auto* command = parent.add_subcommand(
      "read", "读入填好的填报表，每份全部记录或全不记录 | take filled sheets, each whole or not");
  add_report_of_year(*command, options->data, options->report);
  command->add_option("file", options->files, "填好的填报表 | the filled sheets")->required();
  add_day(*command, "--on", options->on, "数字的日期，默认年末 | day of the figures (end of year)");
  command->add_flag("--dry-run", options->dry_run, "只检查，不写入 | only check, write nothing");
  command->callback([options, &statutes, &code] { code = read_with(*options, statutes); });
}

void add_request(CLI::App& parent, const Statutes& statutes, int& code) {
  auto options = std::make_shared<Options>();
  auto* command = parent.add_subcommand("request", "通知单位填报 | ask a unit to supply figures");
  add_report_of_year(*command, options->data, options->report);
  command->add_option("--unit", options->unit, "填报单位 | the unit")->required();
  command->add_option("--item", options->items, "项目，可多次给出 | an item, may be given again")
      ->required();
  add_day(*command, "--respond-by", options->respond_by, "填报期限 | by when");
  add_day(*command, "--on", options->on, "通知日期，默认今天 | day of the request (today)");
  command->callback([options, &statutes, &code] { code = request_with(*options, statutes); });
}

void add_open(CLI::App& parent, int& code) {
  auto options = std::make_shared<Options>();
  auto* command =
      parent.add_subcommand("open", "尚未填报的单位和项目 | who has not answered, for which items");
  add_report_of_year(*command, options->data, options->report);
  command->add_flag("--all", options->all, "已填报的也列出 | those who have as well");
  add_format(*command, options->format);
  command->callback([options, &code] { code = open_with(*options); });
}

} // namespace

void add_figures(CLI::App& app, const Statutes& statutes, int& code) {
  auto* command = app.add_subcommand(
      "figures", "表二等须由各单位填报的数字 | figures that units supply: table 二 and the prose");
  command->require_subcommand(1);
  add_request(*command, statutes, code);
  add_open(*command, code);
  add_sheet(*command, statutes, code);
  add_read(*command, statutes, code);
}

} // namespace mingce
