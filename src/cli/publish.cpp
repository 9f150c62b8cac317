// The commands about published reports: publish one, and tell what has moved since.

#include "app/publishing.hpp"
#include "app/restatement.hpp"
#include "cli/command.hpp"

#include <iostream>
#include <memory>

namespace mingce {
namespace {

struct PublishOptions {
  std::string data;
  ReportQuery report;
  std::optional<Day> on;
  std::string url;
  std::vector<std::string> files;
  bool submitted = false, correction = false, dry_run = false;
};

struct RestatementOptions : RegisterOptions {
  int year = 0;
  ListFormat format = ListFormat::json;
};

Result<Publishing> publishing_of(const PublishOptions& options) {
  Publishing publishing{.report = options.report,
                        .on = options.on.value_or(civil_day(now())),
                        .submitted = options.submitted,
                        .correction = options.correction,
                        .url = options.url};
  for (auto& file : options.files) {
    auto document = document_of(file, "annual_report");
    if (!document) return document.error();
    publishing.documents.push_back(std::move(*document));
  }
  return publishing;
}

void print(const Operation& operation, bool recorded) {
  auto& data = operation.data.as_object();
  std::cout << (recorded ? "已记录 | recorded: " : "将记录 | would record: ") << operation.type
            << " " << operation.organ << " " << data.at("year").as_int64() << " ("
            << std::string(data.at("scope").as_string()) << ", "
            << std::string(data.at("edition").as_string()) << ")\n"
            << "截至日志序号 | figures as of: " << data.at("position").as_int64() << '\n'
            << "SHA-256: " << std::string(data.at("digests").at("sha256").as_string()) << '\n';
}

int publish_with(const PublishOptions& options, const Statutes& statutes) {
  auto publishing = publishing_of(options);
  if (!publishing) return report_failure(publishing.error());
  if (options.dry_run) {
    auto opened = open_register(options.data);
    if (!opened) return report_failure(opened.error(), options.data);
    auto plan = plan_publication(opened->reg, statutes, *publishing);
    if (!plan) return report_failures(plan.error());
    print(*plan, false);
    return done;
  }
  auto office = Office::open(place_of(options.data), statutes, now);
  if (!office) return report_failure(office.error(), options.data);
  auto plan = (*office)->read(
      [&](const Register& reg) { return plan_publication(reg, statutes, *publishing); });
  if (!plan) return report_failures(plan.error());
  plan->actor = "local";
  if (auto recorded = (*office)->record({&*plan, 1}); !recorded)
    return report_failures(recorded.error());
  if (auto note = (*office)->checkpoint(); !note) return report_failure(note.error());
  print(*plan, true);
  return done;
}

constexpr ListColumn columns[] = {{"cell", "单元格"},
                                  {"published", "已公布"},
                                  {"current", "现为"},
                                  {"events", "事项"},
                                  {"recorded_at", "记录于"}};

int restatement_with(const RestatementOptions& options, const Statutes& statutes) {
  auto opened = options.open();
  if (!opened) return report_failure(opened.error(), options.data);
  auto moved =
      restatement(opened->reg, *opened->log, statutes, options.organ, options.year, options.scope);
  if (!moved) return report_failure(moved.error());
  std::cout << render_list(to_json(*moved), columns, options.format);
  return done;
}

} // namespace

void add_publish(CLI::App& app, const Statutes& statutes, int& code) {
  auto options = std::make_shared<PublishOptions>();
  auto* command = app.add_subcommand(
      "publish", "公布年度报告，固定其数字 | publish an annual report: its figures are frozen");
  add_report_of_year(*command, options->data, options->report);
  add_day(*command, "--on", options->on, "公布（上报）日期，默认今天 | day of publication (today)");
  command->add_option("--url", options->url, "网址 | where it stands on the web");
  command->add_option("--file", options->files,
                      "所公布的文件，只记摘要 | a file as published; only its digests are kept");
  command->add_flag("--correction", options->correction,
                    "更正后重新公布 | replaces what was published before");
  command->add_flag("--submitted", options->submitted,
                    "只上报，尚未公布 | handed to the superior, not published yet");
  command->add_flag("--dry-run", options->dry_run, "只检查，不写入 | only check, write nothing");
  command->callback([options, &statutes, &code] { code = publish_with(*options, statutes); });
}

void add_restatement(CLI::App& app, const Statutes& statutes, int& code) {
  auto options = std::make_shared<RestatementOptions>();
  auto* command = app.add_subcommand(
      "restatement", "已公布数字此后的变动 | what moved since the figures were published");
  options->add_to(*command);
  command->add_option("--year", options->year, "年度 | year")
      ->required()
      ->check(CLI::Range(1900, 2999));
  add_format(*command, options->format, "json");
  command->callback([options, &statutes, &code] { code = restatement_with(*options, statutes); });
}

} // namespace mingce
