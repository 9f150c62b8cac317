// The commands about figures that no case yields: ask the units that supply them, and see who has
// not answered.

#include "app/figure_requests.hpp"
#include "cli/command.hpp"

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
}

} // namespace mingce
