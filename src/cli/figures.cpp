// The commands about how requests were handled: statistics, irregularities, fees.

#include "app/clock_views.hpp"
#include "cli/command.hpp"

#include <iostream>
#include <memory>

namespace mingce {
namespace {

struct Options : RegisterOptions, PeriodOptions {
  ListFormat format = ListFormat::text;
  Finding finding = Finding::irregular;
  std::string month;
};

int statistics_with(const Options& options, const Statutes& statutes) {
  auto asked = options.period();
  if (!asked) return report_failure(asked.error());
  auto opened = options.open(LogView::Half::both);
  if (!opened) return report_failure(opened.error(), options.data);
  auto figures = statistics_view(opened->reg, statutes, options.organ, options.scope, *asked,
                                 civil_day(now()));
  if (!figures) return report_failure(figures.error());
  if (options.format == ListFormat::json)
    std::cout << json::serialize(*figures) << '\n';
  else
    std::cout << render_list(statistics_rows(*figures), statistics_columns(), options.format);
  return done;
}

int irregularities_with(const Options& options, const Statutes& statutes) {
  auto asked = options.period();
  if (!asked) return report_failure(asked.error());
  auto opened = options.open();
  if (!opened) return report_failure(opened.error(), options.data);
  ListWriter rows(finding_columns(), options.format);
  auto listed =
      finding_list(opened->reg, statutes.law, options.organ, options.scope, *asked, options.finding,
                   Language::zh, [&](json::object row) { rows.add(row); });
  if (!listed) return report_failure(listed.error());
  std::cout << rows.finish();
  return done;
}

int fees_with(const Options& options, const Statutes& statutes) {
  auto first = parse_day(options.month + "-01");
  if (!first)
    return report_failure(
        invalid("/month", {"--month 应为 YYYY-MM", "--month must be YYYY-MM"}, "bad_parameter"));
  auto opened = options.open(LogView::Half::both);
  if (!opened) return report_failure(opened.error(), options.data);
  date::year_month_day parts{*first};
  auto rows = fee_list(opened->reg, statutes.law, options.organ, options.scope,
                       parts.year() / parts.month());
  if (!rows) return report_failure(rows.error());
  std::cout << render_list(*rows, fee_columns(), options.format);
  return done;
}

} // namespace

void add_statistics(CLI::App& app, const Statutes& statutes, int& code) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("statistics",
                                     "一个时段的办理质效 | how requests of a period were handled");
  options->RegisterOptions::add_to(*command);
  options->PeriodOptions::add_to(*command);
  add_format(*command, options->format);
  command->callback([options, &statutes, &code] { code = statistics_with(*options, statutes); });
}

void add_irregularities(CLI::App& app, const Statutes& statutes, int& code) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand(
      "irregularities", "一个时段的不规范情形 | what happened in a period but should not have");
  options->RegisterOptions::add_to(*command);
  options->PeriodOptions::add_to(*command);
  add_format(*command, options->format);
  command->add_flag_function(
      "--incomplete", [options](std::int64_t) { options->finding = Finding::gap; },
      "改列待补全的内容 | what the files lack, instead");
  command->callback(
      [options, &statutes, &code] { code = irregularities_with(*options, statutes); });
}

void add_fees(CLI::App& app, const Statutes& statutes, int& code) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand(
      "fees", "一个月内各申请人的件数与费用 | items and fees by applicant in a month");
  options->RegisterOptions::add_to(*command);
  command->add_option("--month", options->month, "年月 YYYY-MM | the month")->required();
  add_format(*command, options->format);
  command->callback([options, &statutes, &code] { code = fees_with(*options, statutes); });
}

} // namespace mingce
