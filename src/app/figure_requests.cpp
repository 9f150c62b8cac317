#include "app/figure_requests.hpp"

#include "report/quantity.hpp"

#include <set>

namespace mingce {
namespace {

json::object line_of(const Register& reg, const std::string& organ, int year,
                     const FigureRequest& request, const std::string& item) {
  Decimal sum{};
  json::array figures;
  for (auto& row : reg.figures())
    if (row.stands && row.organ == organ && row.item == item && row.source_unit == request.unit &&
        year_of(row.on) == year) {
      sum += row.quantity;
      figures.push_back(json::string(row.id.hex()));
    }
  json::object line{{"organ", organ},        {"unit", request.unit},
                    {"item", item},          {"requested_on", to_string(request.on)},
                    {"respond_by", nullptr}, {"answered", !figures.empty()},
                    {"quantity", nullptr}};
  if (request.respond_by) line["respond_by"] = to_string(*request.respond_by);
  // Counts and amounts alike: exact, a number where it is whole.
  if (!figures.empty()) line["quantity"] = to_json(sum, Unit::yuan);
  line["figures"] = std::move(figures);
  return line;
}

} // namespace

Result<json::array> requested_figures_of(const Register& reg, const std::string& organ, Scope scope,
                                         int year) {
  if (!reg.organs().contains(organ)) return no_such_organ(organ);
  json::array lines;
  for (auto& code : organs_at(reg, organ, scope, Basis::present)) {
    auto* report = reg.find_report(code, year, Scope::organ);
    if (!report) continue;
    // Asked again, the later request holds.
    std::set<std::pair<std::string, std::string>> told;
    auto& requests = report->file.figure_requests;
    for (auto request = requests.rbegin(); request != requests.rend(); ++request)
      for (auto& item : request->items)
        if (told.emplace(request->unit, item).second)
          lines.push_back(line_of(reg, code, year, *request, item));
  }
  return lines;
}

std::span<const ListColumn> requested_figure_columns() {
  static constexpr ListColumn columns[] = {{"organ", "机关"},      {"unit", "填报单位"},
                                           {"item", "项目"},       {"requested_on", "通知日期"},
                                           {"respond_by", "期限"}, {"answered", "已填报"},
                                           {"quantity", "数量"}};
  return columns;
}

} // namespace mingce
