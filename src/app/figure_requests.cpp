#include "app/figure_requests.hpp"

#include "report/quantity.hpp"

#include <algorithm>
#include <set>

namespace mingce {
namespace {

/// What a unit has supplied of an item for a year.
std::vector<const RegisteredFigure*> supplied(const Register& reg, const std::string& organ,
                                              int year, const std::string& unit,
                                              const std::string& item) {
  std::vector<const RegisteredFigure*> rows;
  for (auto& row : reg.figures())
    if (row.stands && row.organ == organ && row.item == item && row.source_unit == unit &&
        year_of(row.on) == year)
      rows.push_back(&row);
  return rows;
}

Decimal sum_of(const std::vector<const RegisteredFigure*>& rows) {
  Decimal sum{};
  for (auto* row : rows) sum += row->quantity;
  return sum;
}

json::object line_of(const Register& reg, const std::string& organ, int year,
                     const FigureRequest& request, const std::string& item) {
  auto rows = supplied(reg, organ, year, request.unit, item);
  json::array figures;
  for (auto* row : rows) figures.push_back(json::string(row->id.hex()));
  json::object line{{"organ", organ},        {"unit", request.unit},
                    {"item", item},          {"requested_on", to_string(request.on)},
                    {"respond_by", nullptr}, {"answered", !figures.empty()},
                    {"quantity", nullptr}};
  if (request.respond_by) line["respond_by"] = to_string(*request.respond_by);
  // Counts and amounts alike: exact, a number where it is whole.
  if (!figures.empty()) line["quantity"] = to_json(sum_of(rows), Unit::yuan);
  line["figures"] = std::move(figures);
  return line;
}

/// Reads the rows of a sheet one by one; each is taken, unchanged, blank, or at fault.
class SheetReader {
public:
  SheetReader(const Register& reg, const FigureSheet& asked, Day on, SheetPlan& plan)
      : reg_(reg), asked_(asked), on_(on), plan_(plan) {}

  void take(const FilledRow& row) {
    auto known = std::ranges::find(asked_.rows, row.item, &FigureSheetRow::item);
    if (known == asked_.rows.end())
      return fault(row, "未通知该单位填报此项目", "the unit was not asked for this item");
    if (!seen_.insert(row.item).second)
      return fault(row, "该项目已在前面填报", "the item stands in an earlier row");
    if (row.quantity.empty()) return plan_.blank.push_back(row.item);
    auto quantity = parse_decimal(row.quantity);
    if (!quantity)
      return fault(row, "数量不是最多两位小数的数", "no number with at most two decimals");
    if (!known->money && !quantity->is_whole())
      return fault(row, "件数应为整数", "a count must be a whole number");
    auto before = supplied(reg_, asked_.organ_code, asked_.year, asked_.unit, row.item);
    if (before.empty()) return record(row, *quantity);
    if (sum_of(before) == *quantity) return plan_.unchanged.push_back(row.item);
    if (before.size() > 1)
      return fault(row, "该项目已有多条填报，请逐条更正",
                   "several figures stand for this item: amend them one by one");
    amend(row, *before.front(), *quantity);
  }

private:
  void fault(const FilledRow& row, const char* zh, const char* en) {
    plan_.faults.push_back({"/rows/" + row.number, {row.item + "：" + zh, row.item + ": " + en}});
  }
  static json::value exact(Decimal quantity) { return to_json(quantity, Unit::yuan); }

  void record(const FilledRow& row, Decimal quantity) {
    auto& operation = plan_.operations.emplace_back();
    operation.kind = StreamKind::figure;
    operation.organ = asked_.organ_code;
    operation.type = FigureRecorded::info.type;
    json::object data{{"item", row.item}, {"source_unit", asked_.unit}};
    data["quantity"] = exact(quantity);
    if (!row.note.empty()) data["note"] = row.note;
    complete(row, operation, std::move(data));
  }
  void amend(const FilledRow& row, const RegisteredFigure& figure, Decimal quantity) {
    auto& operation = plan_.operations.emplace_back();
    operation.kind = StreamKind::figure;
    operation.stream = figure.id;
    operation.type = EventAmended::info.type;
    json::object patch;
    patch["quantity"] = exact(quantity);
    json::object data{{"target", 1}, {"reason", row.note.empty() ? "填报表更正" : row.note}};
    data["data"] = std::move(patch);
    complete(row, operation, std::move(data));
  }
  void complete(const FilledRow& row, Operation& operation, json::object data) {
    operation.on = on_;
    operation.data = std::move(data);
    operation.at = "/rows/" + row.number;
  }

  const Register& reg_;
  const FigureSheet& asked_;
  Day on_;
  SheetPlan& plan_;
  std::set<std::string> seen_;
};

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

Result<FigureSheet> figure_sheet_of(const Register& reg, const Statutes& statutes,
                                    const std::string& organ, int year, const std::string& unit) {
  auto known = reg.organs().find(organ);
  if (known == reg.organs().end()) return no_such_organ(organ);
  auto edition = edition_for(statutes.editions, {organ, year});
  if (!edition) return edition.error();
  FigureSheet sheet{organ, known->second.name, year, unit, {}, {}};
  if (auto* report = reg.find_report(organ, year, Scope::organ))
    for (auto& request : report->file.figure_requests) {
      if (request.unit != unit) continue;
      sheet.respond_by = request.respond_by;
      for (auto& item : request.items) {
        if (std::ranges::find(sheet.rows, item, &FigureSheetRow::item) != sheet.rows.end())
          continue;
        sheet.rows.push_back(figure_sheet_row(**edition, item));
        if (auto rows = supplied(reg, organ, year, unit, item); !rows.empty())
          sheet.rows.back().known = sum_of(rows);
      }
    }
  if (sheet.rows.empty())
    return Failure{FailureKind::not_found,
                   "not_requested",
                   {"该年度未通知该单位填报", "the unit was asked for nothing that year"}};
  return sheet;
}

Result<SheetPlan> plan_sheet(const Register& reg, const Statutes& statutes,
                             const FilledSheet& sheet, const std::string& organ, int year, Day on) {
  if (sheet.organ_code != organ || sheet.year != std::to_string(year))
    return invalid("/", {"填报表属于其他机关或年度", "the sheet is of another organ or year"},
                   "other_sheet");
  auto asked = figure_sheet_of(reg, statutes, organ, year, sheet.unit);
  if (!asked) return asked.error();
  SheetPlan plan{sheet.unit, {}, {}, {}, {}};
  SheetReader reader(reg, *asked, on, plan);
  for (auto& row : sheet.rows) reader.take(row);
  if (!plan.faults.empty()) plan.operations.clear();
  return plan;
}

} // namespace mingce
