#include "app/provenance.hpp"
#include "cli/command.hpp"

#include <iostream>
#include <memory>

namespace mingce {
namespace {

struct Options {
  ReportOptions report;
  std::string cell, request, format = "text";
};

std::string text_of(const json::value& value) {
  if (value.is_null()) return "—";
  if (value.is_string()) return std::string(value.get_string());
  return json::serialize(value);
}

/// One line a case (dispute, figure): `2020-00001  natural_person  received_on=… events=[…]`.
void print_lines(const json::array& lines) {
  for (auto& line : lines) {
    auto& object = line.get_object();
    for (auto& member : object)
      if (member.key() != "id") std::cout << "  " << member.key() << "=" << text_of(member.value());
    std::cout << '\n';
  }
}

/// The other way round: what one case adds to which report.
int explain_request(const Options& options, const Statutes& statutes) {
  auto opened = options.report.open();
  if (!opened) return report_failure(opened.error(), options.report.data);
  auto request = find_request(opened->reg, options.request, {options.report.organ});
  if (!request) return report_failure(request.error(), options.request);
  auto years = cells_of(opened->reg, statutes, **request, civil_day(now()));
  if (options.format == "json") {
    std::cout << json::serialize(json::object{{"id", (*request)->id.hex()}, {"years", years}})
              << '\n';
    return done;
  }
  print_lines(years);
  return done;
}

int explain_with(const Options& options, const Statutes& statutes) {
  if (!options.request.empty()) return explain_request(options, statutes);
  auto query = options.report.query();
  auto first = options.cell.find('/'), last = options.cell.rfind('/');
  if (!query) return report_failure(query.error());
  if (first == last)
    return report_failure(
        invalid("/cell", {"--cell 应为 表/行/列", "--cell must be TABLE/ROW/COLUMN"}, "bad_cell"));
  auto opened = options.report.open();
  if (!opened) return report_failure(opened.error(), options.report.data);
  auto cell =
      explain_cell(opened->reg, *opened->log, statutes, *query, options.cell.substr(0, first),
                   options.cell.substr(first + 1, last - first - 1), options.cell.substr(last + 1));
  if (!cell) return report_failure(cell.error());
  if (options.format == "json") {
    std::cout << json::serialize(*cell) << '\n';
    return done;
  }
  std::cout << text_of(cell->at("row_label")) << " · " << text_of(cell->at("column_label")) << " = "
            << text_of(cell->at("value")) << '\n';
  for (auto* list : {"cases", "disputes", "figures", "collected"})
    if (auto* lines = cell->if_contains(list)) print_lines(lines->get_array());
  return done;
}

} // namespace

void add_explain(CLI::App& app, const Statutes& statutes, int& code) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand(
      "explain",
      "一个数字背后的案件和事项，或一件申请影响的数字 | the cases behind a number, or the "
      "numbers a case moves");
  options->report.add_to(*command);
  auto* which = command->add_option_group("which");
  which->add_option("--cell", options->cell,
                    "表/行/列，如 requests/received/natural_person | TABLE/ROW/COLUMN");
  which->add_option("--request", options->request,
                    "一件申请（登记编号或 id）影响哪些单元格 | the cells that a request moves");
  which->require_option(1);
  command->add_option("--format", options->format, "输出格式 | output format")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command->callback([options, &statutes, &code] { code = explain_with(*options, statutes); });
}

} // namespace mingce
