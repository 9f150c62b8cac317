#include "http/openapi.hpp"

#include "base/ascii.hpp"
#include "http/api.hpp"

#include <set>

namespace mingce {
namespace {

json::object reference(const std::string& name) {
  return {{"$ref", "#/components/schemas/" + name}};
}

json::object described(const char* type, const char* description) {
  return {{"type", type}, {"description", description}};
}

json::object object_schema(json::object properties, json::array required) {
  return {{"type", "object"},
          {"properties", std::move(properties)},
          {"required", std::move(required)},
          {"additionalProperties", false}};
}

json::object list_of(json::object items) {
  return {{"type", "array"}, {"items", std::move(items)}};
}

/// `event.answered` is the component `request.answered` as it is: dots are allowed in names.
json::array all_event_types() {
  json::array types;
  for (auto& type : catalogue()) types.push_back(reference(type.info().type));
  return types;
}

json::object event_members() {
  return {{"type", described("string", "a type of the catalogue")},
          {"on", json::object{{"type", "string"},
                              {"format", "date"},
                              {"description", "legal date of the fact"}}},
          {"data", described("object", "members of that type")},
          {"source",
           json::object{{"enum", json::array{"observed", "asserted"}}, {"default", "observed"}}},
          {"documents", list_of(reference("Document"))}};
}

json::object with(json::object base, const json::object& more) {
  for (auto& member : more) base[member.key()] = member.value();
  return base;
}

json::object document_schema() {
  json::object digest{{"type", "string"}, {"pattern", "^[0-9a-f]{64}$"}};
  json::object text{{"type", "string"}, {"minLength", 1}};
  return object_schema({{"kind", text},
                        {"number", text},
                        {"sha256", digest},
                        {"size", json::object{{"type", "integer"}, {"minimum", 0}}},
                        {"sm3", digest},
                        {"name", with(text, {{"description", "of the file; kept apart"},
                                             {"x-privacy", "private"}})}},
                       {"kind", "sha256", "size"});
}

json::object body_schemas() {
  json::object organ_code{{"type", "string"}, {"pattern", "^[A-Za-z0-9._-]{1,64}$"}};
  json::object opening{{"organ", organ_code}};
  json::object out;
  out["Document"] = document_schema();
  out["Organ"] = data_schema(*find_event_type(OrganRegistered::info.type));
  out["Event"] = json::object{{"oneOf", all_event_types()}};
  auto several = object_schema({{"events", list_of(reference("Event"))}}, {"events"});
  out["Append"] = json::object{{"oneOf", json::array{reference("Event"), std::move(several)}}};
  out["OpenRequest"] = object_schema(
      with(with(opening, event_members()),
           {{"register_no", described("string", "unique within the organ; assigned when absent")}}),
      {"organ", "on", "data"});
  out["OpenDispute"] = object_schema(
      with(with(opening, event_members()),
           {{"ref", described("string", "unique within the organ; assigned when absent")},
            {"requests", list_of(json::object{{"type", "string"}})}}),
      {"organ", "type", "on", "data"});
  out["RecordFigure"] = object_schema(
      with(with(opening, event_members()),
           {{"ref", described("string", "unique within the organ; assigned when absent")}}),
      {"organ", "on", "data"});
  auto operation = object_schema(
      with(with(opening, event_members()),
           {{"stream", described("string", "id of a stream, or the label of an earlier operation")},
            {"new", described("string", "a label for the stream this operation opens")},
            {"register_no", json::object{{"type", "string"}}},
            {"ref", json::object{{"type", "string"}}},
            {"requests", list_of(json::object{{"type", "string"}})},
            {"expected_version", json::object{{"type", "integer"}, {"minimum", 0}}}}),
      {"type", "on", "data"});
  auto days = json::object{{"type", "object"},
                           {"description", "day → name of the holiday"},
                           {"additionalProperties", json::object{{"type", "string"}}}};
  json::object paper{{"title", json::object{{"type", "string"}}},
                     {"document_no", json::object{{"type", "string"}}},
                     {"issued_on", json::object{{"type", "string"}, {"format", "date"}}},
                     {"rest", days},
                     {"work", days}};
  out["CalendarFile"] = json::object{
      {"type", "object"},
      {"description", "give `years`, each the whole of its year, or `notices` in their order"},
      {"properties",
       json::object{
           {"region", described("string", "CN (default) or the code of an organ")},
           {"years", json::object{{"type", "object"},
                                  {"additionalProperties",
                                   json::object{{"type", "object"}, {"properties", paper}}}}},
           {"notices", list_of(json::object{{"type", "object"}, {"properties", paper}})}}}};
  out["Words"] = object_schema(
      {{"narrative", described("string", "Markdown: sections 一, 五 and 六 under their headings")},
       {"previous_narrative", described("string", "last year's, to be compared with")}},
      {"narrative"});
  out["Publication"] =
      object_schema({{"on", json::object{{"type", "string"}, {"format", "date"}}},
                     {"status", json::object{{"enum", json::array{"published", "submitted"}}}},
                     {"correction", described("boolean", "replaces what was published before")},
                     {"url", described("string", "where it stands on the web")},
                     {"documents", list_of(reference("Document"))}},
                    {"on"});
  out["Batch"] = object_schema({{"operations", list_of(std::move(operation))}}, {"operations"});
  return out;
}

/// Answers are described, not closed: members may be added to them.
json::object answer_schemas() {
  json::object out;
  out["RecordedEvent"] = json::object{
      {"type", "object"},
      {"properties",
       with(event_members(),
            {{"seq", described("integer", "place in the log, dense")},
             {"id", described("string", "opaque")},
             {"stream", described("string", "id of the request, dispute, figure or organ")},
             {"version", described("integer", "place in the stream, dense")},
             {"type_version", json::object{{"type", "integer"}}},
             {"recorded_at", json::object{{"type", "string"}, {"format", "date-time"}}},
             {"actor", json::object{{"type", "string"}}},
             {"organ", json::object{{"type", "string"}}}})}};
  json::array states, outcomes, lamps{nullptr};
  for (auto& word : wire_words<Lamp>()) lamps.push_back(json::string(word));
  for (auto& word : wire_words<CaseState>()) states.push_back(json::string(word));
  for (auto& word : wire_words<Outcome>()) outcomes.push_back(json::string(word));
  out["RequestView"] = json::object{
      {"type", "object"},
      {"properties",
       json::object{
           {"id", described("string", "opaque")},
           {"register_no", json::object{{"type", "string"}}},
           {"organ", json::object{{"type", "string"}}},
           {"applicant", json::object{{"type", "object"}}},
           {"subject", json::object{{"type", json::array{"string", "null"}}}},
           {"state", json::object{{"enum", std::move(states)}}},
           {"received_on",
            json::object{{"type", json::array{"string", "null"}}, {"format", "date"}}},
           {"due_on", json::object{{"type", json::array{"string", "null"}}, {"format", "date"}}},
           {"due_on_strict",
            json::object{{"type", json::array{"string", "null"}}, {"format", "date"}}},
           {"provisional", json::object{{"type", "boolean"}}},
           {"remaining_working_days", json::object{{"type", json::array{"integer", "null"}}}},
           {"lamp", json::object{{"enum", std::move(lamps)}}},
           {"timers", list_of(json::object{{"type", "object"}})},
           {"outcome", json::object{{"enum", std::move(outcomes)}}},
           {"concluded_on",
            json::object{{"type", json::array{"string", "null"}}, {"format", "date"}}},
           {"erased_on", json::object{{"type", json::array{"string", "null"}}, {"format", "date"}}},
           {"legal_hold", described("boolean", "a hold on erasure has not been lifted")},
           {"version", json::object{{"type", "integer"}}},
           {"irregularities", list_of(json::object{{"type", "object"}})}}}};
  for (auto* name :
       {"OrganView", "DisputeView",    "FigureView",      "Appended",        "BatchAppended",
        "Report",    "Cell",           "CellsByYear",     "Health",          "OpenApi",
        "Clock",     "Statistics",     "WorkingCalendar", "CalendarLoading", "Sample",
        "Published", "ReportVersions", "Dossier",         "InclusionProof",  "ConsistencyProof"})
    out[name] = json::object{{"type", "object"}};
  for (auto* name : {"OrganList", "EventList", "RequestPage", "DisputePage", "FigurePage"})
    out[name] = object_schema({{"items", list_of(json::object{{"type", "object"}})},
                               {"next", json::object{{"type", json::array{"string", "null"}}}}},
                              {"items"});
  out["Erasure"] = object_schema({{"organ", json::object{{"type", "string"}}},
                                  {"on", json::object{{"type", "string"}, {"format", "date"}}},
                                  {"ref", json::object{{"type", "string"}}},
                                  {"reason", json::object{{"type", "string"}}},
                                  {"approved_by", list_of(json::object{{"type", "string"}})}},
                                 {"organ", "on", "ref", "reason", "approved_by"});
  for (auto* name :
       {"DueList", "FindingList", "FeeList", "RevisionList", "Restatement", "RequestedFigures"})
    out[name] = list_of(json::object{{"type", "object"}});
  for (auto* name : {"EventLines", "EventStream", "Metrics", "CalendarFeed", "SignedNote", "Tile",
                     "VerifierKey", "Receipt"})
    out[name] = json::object{{"type", "string"}};
  out["Problem"] = json::object{
      {"type", "object"},
      {"properties",
       json::object{
           {"type", json::object{{"type", "string"}}},
           {"title", json::object{{"type", "string"}}},
           {"status", json::object{{"type", "integer"}}},
           {"detail", json::object{{"type", "string"}}},
           {"code", described("string", "stable word for programs")},
           {"errors",
            list_of(json::object{
                {"type", "object"},
                {"properties", json::object{{"pointer", json::object{{"type", "string"}}},
                                            {"message", json::object{{"type", "string"}}}}}})}}},
      {"required", json::array{"type", "title", "status", "detail", "code"}}};
  return out;
}

const char* media_type(const Route& route) {
  std::string_view answer = route.answer;
  if (answer == "EventLines") return "application/x-ndjson";
  if (answer == "EventStream") return "text/event-stream";
  if (answer == "Metrics" || answer == "SignedNote" || answer == "VerifierKey" ||
      answer == "Receipt")
    return "text/plain";
  if (answer == "Tile") return "application/octet-stream";
  if (answer == "CalendarFeed") return "text/calendar";
  return "application/json";
}

json::object parameter(const char* in, const std::string& name, const char* description,
                       bool required) {
  return {{"name", name},
          {"in", in},
          {"required", required},
          {"description", description},
          {"schema", json::object{{"type", "string"}}}};
}

json::array parameters_of(const Route& route) {
  json::array out;
  std::string_view path = route.path;
  for (auto open = path.find('{'); open != path.npos; open = path.find('{', open + 1)) {
    auto close = path.find('}', open);
    out.push_back(
        parameter("path", std::string(path.substr(open + 1, close - open - 1)), "", true));
  }
  for (auto& query : route.query)
    out.push_back(parameter("query", query.name, query.description, false));
  if (!route.body) return out;
  out.push_back(parameter("header", "X-Actor", "who records it; by default `local`", false));
  if (std::string_view(route.method) == "POST")
    out.push_back(parameter("header", "Idempotency-Key",
                            "the same key and body again give the first answer", false));
  if (std::string_view(route.body) == "Append")
    out.push_back(
        parameter("header", "If-Match", "the version the append relies on, quoted", false));
  if (std::holds_alternative<Route::Append>(route.handle))
    out.push_back(
        parameter("header", "Prefer",
                  "`return=minimal` (RFC 7240): of a request, a dispute or a figure the answer is "
                  "{seq, version} alone",
                  false));
  return out;
}

json::object operation_of(const Route& route) {
  json::object out{{"summary", route.summary}};
  if (auto parameters = parameters_of(route); !parameters.empty())
    out["parameters"] = std::move(parameters);
  if (route.body)
    out["requestBody"] = json::object{
        {"required", true},
        {"content",
         json::object{{"application/json", json::object{{"schema", reference(route.body)}}}}}};
  bool creates = route.body && std::string_view(route.method) == "POST" &&
                 std::string_view(route.answer) != "Report";
  json::object content{{media_type(route), json::object{{"schema", reference(route.answer)}}}};
  json::object success{{"description", route.summary}, {"content", std::move(content)}};
  json::object responses;
  // Where a load finds nothing new, nothing is created.
  if (!creates || std::string_view(route.answer) == "CalendarLoading") responses["200"] = success;
  if (creates) responses["201"] = success;
  responses["default"] = json::object{
      {"description", "RFC 9457 problem"},
      {"content",
       json::object{{"application/problem+json", json::object{{"schema", reference("Problem")}}}}}};
  out["responses"] = std::move(responses);
  return out;
}

} // namespace

json::object event_schema(const EventType& type) {
  auto& info = type.info();
  auto members = event_members();
  members["type"] = json::object{{"const", info.type}};
  members["data"] = data_schema(type);
  auto schema = object_schema(std::move(members), {"type", "on", "data"});
  schema["$schema"] = "https://json-schema.org/draft/2020-12/schema";
  schema["title"] = info.title;
  schema["x-stream"] = to_word(info.stream);
  schema["x-article"] = info.article;
  schema["x-type-version"] = std::int64_t(info.version);
  schema["properties"].get_object()["documents"] = list_of(document_schema());
  return schema;
}

json::object openapi_document() {
  json::object paths;
  for (auto& route : routes()) {
    auto& path = paths[route.path];
    if (path.is_null()) path = json::object{};
    path.get_object()[lower(route.method)] = operation_of(route);
  }
  auto schemas = with(body_schemas(), answer_schemas());
  for (auto& type : catalogue()) {
    auto schema = event_schema(type);
    schema.erase("$schema");
    schema["properties"].get_object()["documents"] = list_of(reference("Document"));
    schemas[type.info().type] = std::move(schema);
  }
  return {{"openapi", "3.1.0"},
          {"info", json::object{{"title", "mingce 明册"},
                                {"version", MINGCE_VERSION},
                                {"description",
                                 "政府信息公开申请登记册：事件只增不改，年度报告由重放得出。"}}},
          {"paths", std::move(paths)},
          {"components", json::object{{"schemas", std::move(schemas)}}}};
}

} // namespace mingce
