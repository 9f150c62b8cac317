#include "cli/command.hpp"

#include "report/document.hpp"
#include "report/render.hpp"

#include <algorithm>
#include <memory>

namespace mingce {
namespace {

struct Options {
  ReportOptions report;
  std::string format = "text", out;
  bool strict = false;
};

std::string render(const Report& report, const std::string& format) {
  if (format == "json") return json::serialize(to_json(report.annual, report.checks)) + "\n";
  if (format == "csv") return render_csv(report.annual);
  return render_text(report.annual, report.checks);
}

int report_with(const Options& options, const Statutes& statutes) {
  auto query = options.report.query();
  if (!query) return report_failure(query.error());
  auto opened = options.report.open();
  if (!opened) return report_failure(opened.error(), options.report.data);
  auto report = make_report(opened->reg, statutes, *query);
  if (!report) return report_failure(report.error());
  if (auto written = write_output(options.out, render(*report, options.format)); !written)
    return report_failure(written.error());
  bool failed = std::ranges::any_of(report->checks,
                                    [](auto& check) { return check.status == CheckStatus::fail; });
  return options.strict && failed ? refused : done;
}

} // namespace

void add_report(CLI::App& app, const Statutes& statutes, int& code) {
  auto options = std::make_shared<Options>();
  auto* command =
      app.add_subcommand("report", "生成年度报告各表（重放得出）| the annual tables, by replay");
  options->report.add_to(*command);
  command->add_option("--format", options->format, "输出格式 | output format")
      ->check(CLI::IsMember({"text", "json", "csv"}))
      ->capture_default_str();
  command->add_option("--out", options->out, "写入文件 | write to this file");
  command->add_flag("--strict", options->strict,
                    "有检查未通过则退出码为 1 | exit 1 if a check fails");
  command->callback([options, &statutes, &code] { code = report_with(*options, statutes); });
}

} // namespace mingce
