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
  auto log = LogView::open(options.report.data);
  if (!log) return report_failure(log.error(), options.report.data);
  auto position = position_of(**log, options.report.as_of);
  if (!position) return report_failure(position.error());
  Result<Report> report = Failure{};
  {
    Progress progress("重放 replaying", *position);
    auto reg = replay(**log, *position, progress.counter());
    if (!reg) return report_failure(reg.error());
    report = make_report(*reg, statutes, *query);
  }
  if (!report) return report_failure(report.error());
  if (auto written = write_output(options.out, render(*report, options.format)); !written)
    return report_failure(written.error());
  bool failed = std::ranges::any_of(report->checks,
                                    [](auto& check) { return check.status == CheckStatus::fail; });
  return options.strict && failed ? refused : done;
}

} // namespace

void ReportOptions::add_to(CLI::App& command) {
  command.add_option("--data", data, "数据目录 | data directory")->required();
  command.add_option("--organ", organ, "机关代码 | code of the organ")->required();
  auto* of_year = command.add_option("--year", year, "年度 | year")->check(CLI::Range(1900, 2999));
  auto* first = command.add_option("--from", from, "任意时段的首日 | first day of any period")
                    ->excludes(of_year);
  command.add_option("--to", to, "任意时段的末日 | last day of any period")->needs(first);
  command
      .add_option("--scope", scope,
                  "organ 本机关 · region 含所有下级 | organ, or region: all below it too")
      ->check(CLI::IsMember({"organ", "region"}))
      ->capture_default_str();
  command.add_option(
      "--edition", edition,
      "格式版本，默认为该年度施行的版本 | edition, by default the one in force (cn-2019, cn-2021)");
  command.add_option("--as-of", as_of,
                     "按当时所知：日志序号或时刻 | as known then: a position or an instant");
}

Result<ReportQuery> ReportOptions::query() const {
  ReportQuery query{.organ = organ, .scope = *from_word<Scope>(scope), .edition = edition};
  if (year != 0) {
    query.year = year;
    return query;
  }
  auto first = parse_day(from), last = parse_day(to);
  if (!first || !last || *last < *first)
    return invalid(
        "/year",
        {"须给出 --year，或有效的 --from 与 --to", "give --year, or valid --from and --to"},
        "which_period");
  query.period = Period{*first, *last};
  return query;
}

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
