#include "app/publishing.hpp"

#include "log/digest.hpp"
#include "report/document.hpp"
#include "report/quantity.hpp"

#include <algorithm>

namespace mingce {
namespace {

Failure already_published() {
  return {FailureKind::impossible,
          "already_published",
          {"该年度报告已公布；更正后重新公布须说明 correction",
           "the report of that year has been published: say `correction` to publish it anew"}};
}

Failure nothing_to_correct() {
  return {
      FailureKind::impossible,
      "not_published",
      {"该年度报告尚未公布，没有可更正的", "nothing has been published that could be corrected"}};
}

std::optional<Failure> refusal_of_checks(const Report& report) {
  Failure failure{FailureKind::impossible,
                  "failing_checks",
                  {"有未处置的校验不通过项，不能公布", "a check fails and has not been disposed"}};
  for (auto& check : report.checks)
    if (check.status == CheckStatus::fail && !check.disposed)
      failure.fields.push_back({"/checks/" + check.id, check.message});
  if (failure.fields.empty()) return {};
  return failure;
}

json::object digests_of(const json::object& cells) {
  auto text = canonical(cells);
  return {{"sha256", to_hex(sha256(text))}, {"sm3", to_hex(hash(HashSuite::sm3, {text}))}};
}

Operation operation_for(const char* type, const std::string& organ, Day on, json::object data,
                        const RegisteredReport* known) {
  Operation operation;
  operation.kind = StreamKind::report;
  operation.organ = organ;
  operation.type = type;
  operation.on = on;
  operation.data = std::move(data);
  operation.expected_version = known ? std::uint32_t(known->records.size()) : 0;
  return operation;
}

/// The tables as numbers: a blank is 0.
json::object plain_tables(const Tables& tables) {
  json::object out;
  for (auto& place : places_of(tables.layout)) {
    auto value = to_json(tables.at(place.name()).value_or(Decimal{}), place.unit);
    auto& table = out[place.table];
    if (!table.is_object()) table = json::object{};
    auto& row = table.get_object()[place.row];
    if (place.table == "requests") {
      if (!row.is_array()) row = json::array{};
      row.get_array().push_back(std::move(value));
    } else {
      if (!row.is_object()) row = json::object{};
      row.get_object()[place.column] = std::move(value);
    }
  }
  return out;
}

} // namespace

Result<Operation> plan_publication(const Register& reg, const Statutes& statutes,
                                   const Publishing& publishing) {
  auto& query = publishing.report;
  auto report = make_open_report(reg, statutes, query);
  if (!report) return report.error();
  auto* known = reg.find_report(query.organ, *query.year, query.scope);
  bool published = known && known->file.latest(ReportStatus::published);
  if (published && !publishing.correction) return already_published();
  if (!published && publishing.correction) return nothing_to_correct();
  if (!publishing.submitted)
    if (auto refused = refusal_of_checks(*report)) return *refused;
  auto cells = tables_json(report->annual);
  auto policy = settings_of(reg.organs(), query.organ, reg.size()).late_fact;
  json::object data{{"year", *query.year},
                    {"scope", to_word(query.scope)},
                    {"edition", report->annual.edition->code},
                    {"position", std::int64_t(reg.size())},
                    {"digests", digests_of(cells)},
                    {"late_fact", to_word(policy.value_or(LateFact::restate))}};
  data["cells"] = std::move(cells);
  if (!publishing.url.empty() && !publishing.submitted) data["url"] = publishing.url;
  auto* type = publishing.submitted ? ReportSubmitted::info.type : ReportPublished::info.type;
  auto operation = operation_for(type, query.organ, publishing.on, std::move(data), known);
  operation.documents = publishing.documents;
  return operation;
}

Result<Operation> plan_collection(const Register& reg, const Collecting& collecting,
                                  const Tables& tables) {
  if (!reg.organs().contains(collecting.organ)) return no_such_organ(collecting.organ);
  if (tables.year && *tables.year != collecting.year)
    return invalid("/year", {"文件所载年度与所给年度不同", "the report is of another year"},
                   "other_year");
  auto& layout = tables.layout;
  if (std::ranges::any_of(layout.all(), [](auto* edition) { return !edition; }))
    return invalid("", {"报告须有表二、表三、表四", "the report must have the three tables"},
                   "incomplete_report");
  if (layout.requests != layout.disputes)
    return invalid("/edition",
                   {"表三与表四须为同一格式", "tables 三 and 四 must follow one edition"});
  json::object data{{"year", collecting.year},
                    {"scope", to_word(collecting.scope)},
                    {"edition", layout.requests->code},
                    {"cells", plain_tables(tables)}};
  if (layout.proactive != layout.requests) data["proactive_edition"] = layout.proactive->code;
  if (!collecting.url.empty()) data["url"] = collecting.url;
  auto operation =
      operation_for(ReportCollected::info.type, collecting.organ, collecting.on, std::move(data),
                    reg.find_report(collecting.organ, collecting.year, collecting.scope));
  operation.documents = collecting.documents;
  return operation;
}

} // namespace mingce
