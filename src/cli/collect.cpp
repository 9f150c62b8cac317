#include "app/publishing.hpp"
#include "cli/command.hpp"
#include "intake/intake.hpp"

#include <iostream>
#include <memory>

namespace mingce {
namespace {

struct Options {
  std::string data, file, url;
  ReportQuery report;
  std::optional<Day> on;
  bool dry_run = false;
};

Result<Collecting> collecting_of(const Options& options) {
  auto& report = options.report;
  Collecting collecting{report.organ, *report.year, report.scope,
                        options.on.value_or(civil_day(now())), options.url};
  auto document = document_of(options.file, "annual_report");
  if (!document) return document.error();
  collecting.documents.push_back(std::move(*document));
  return collecting;
}

int collect_with(const Options& options, const Statutes& statutes) {
  auto read = read_report_file(options.file, statutes.editions);
  if (!read) return report_failures(read.error(), options.file);
  auto collecting = collecting_of(options);
  if (!collecting) return report_failure(collecting.error(), options.file);
  auto plan_on = [&](const Register& reg) {
    return plan_collection(reg, *collecting, read->tables);
  };
  if (options.dry_run) {
    auto opened = open_register(options.data);
    if (!opened) return report_failure(opened.error(), options.data);
    if (auto plan = plan_on(opened->reg); !plan) return report_failures(plan.error(), options.file);
    return done;
  }
  auto office = Office::open(place_of(options.data), statutes, now);
  if (!office) return report_failure(office.error(), options.data);
  auto plan = (*office)->read(plan_on);
  if (!plan) return report_failures(plan.error(), options.file);
  plan->actor = "local";
  auto recorded = (*office)->record({&*plan, 1});
  if (!recorded) return report_failures(recorded.error(), options.file);
  if (auto note = (*office)->checkpoint(); !note) return report_failure(note.error());
  std::cout << "已汇集 | collected: " << options.report.organ << " " << *options.report.year
            << "（日志第 " << recorded->first_seq << " 条 | entry " << recorded->first_seq
            << "）\n";
  return done;
}

} // namespace

void add_collect(CLI::App& app, const Statutes& statutes, int& code) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand(
      "collect",
      "汇集下级或往年的年度报告 | record a subordinate's report, or one of an earlier year");
  add_report_of_year(*command, options->data, options->report);
  command
      ->add_option("file,--file", options->file,
                   "报告文件（JSON、CSV、XLSX、DOCX、网页）| the report (JSON, CSV, XLSX, DOCX, "
                   "web page)")
      ->required();
  add_day(*command, "--on", options->on, "收到日期，默认今天 | day of receipt (today)");
  command->add_option("--url", options->url, "原文网址 | where it stands on the web");
  command->add_flag("--dry-run", options->dry_run, "只检查，不写入 | only check, write nothing");
  command->callback([options, &statutes, &code] { code = collect_with(*options, statutes); });
}

} // namespace mingce
