// The calls that append: each reads its body into operations, and answers from the log itself, so
// that the answer to a repeated Idempotency-Key is the first one.

#include "http/api.hpp"
#include "http/parameters.hpp"

#include "app/fields.hpp"
#include "app/what_if.hpp"
#include "base/joined.hpp"

#include <algorithm>
#include <charconv>
#include <set>

namespace mingce {
namespace {

constexpr std::size_t max_batch = 1'000;

/// Reads the members every event has, the last that the reader is asked for, and takes its data out
/// of `object`. Where there are faults, those of the data are told with them: the caller hears of
/// everything at once.
std::optional<Failure> take_event(FieldReader& reader, json::object& object, Operation& operation,
                                  const char* default_type = nullptr) {
  operation.type = reader.text("type", default_type == nullptr);
  if (operation.type.empty() && default_type) operation.type = default_type;
  operation.on = reader.day("on", true).value_or(Day{});
  auto* data = reader.require("data");
  read_provenance(reader, operation);
  auto failure = reader.finish();
  if (!failure) {
    operation.data = std::move(object["data"]);
    return {};
  }
  if (auto* type = find_event_type(operation.type); type && data)
    if (auto event = decode(*type, *data); !event)
      for (auto& field : event.error().fields)
        failure->fields.push_back({operation.at + field.pointer, field.message});
  return failure;
}

/// The members that open a stream.
void read_opening(FieldReader& reader, Operation& operation) {
  operation.organ = reader.text("organ", true);
  auto member =
      operation.kind == StreamKind::any && reader.has("ref")
          ? "ref"
          : number_member(operation.kind == StreamKind::any ? StreamKind::request : operation.kind);
  operation.number = reader.text(member, false);
  if (operation.kind == StreamKind::dispute || operation.kind == StreamKind::any)
    operation.requests = reader.texts("requests");
}

Result<std::optional<std::uint32_t>> expected_version(const std::string& if_match) {
  if (if_match.empty() || if_match == "*") return std::optional<std::uint32_t>{};
  std::string_view text = if_match;
  std::uint32_t version = 0;
  bool quoted = text.size() > 2 && text.front() == '"' && text.back() == '"';
  if (quoted) text = text.substr(1, text.size() - 2);
  if (!quoted)
    return Failure{FailureKind::unreadable,
                   "bad_if_match",
                   {"If-Match 应为带引号的版本号", "If-Match must be a quoted version"}};
  auto read = std::from_chars(text.data(), text.data() + text.size(), version);
  bool is_version = read.ec == std::errc{} && read.ptr == text.data() + text.size();
  // Any other tag is none of this stream: version 0 never holds.
  return std::optional{is_version ? version : 0};
}

/// The answer to a write is of the day of recording, so that it is the same when its key comes
/// again.
Day day_of(const Entry& entry) { return civil_day(entry.recorded_at); }

/// What concerns the report of an organ is appended where the organ is named.
void aim_at_report(Operation& operation, const std::string& organ) {
  auto* type = find_event_type(operation.type);
  if (!type || type->info().stream != StreamKind::report) return;
  operation.kind = StreamKind::report;
  operation.stream.reset();
  operation.organ = organ;
}

Response created(std::string body, std::uint32_t version) {
  Response response;
  response.status = 201;
  response.fields.emplace_back("ETag", etag_of(version));
  response.body = std::move(body);
  return response;
}

/// Where it stands, for who prefers a minimal answer.
Response confirmation(const Entry& last) {
  JsonText body(64);
  body["seq"] = last.seq;
  body["version"] = last.version;
  auto response = created(body.take(), last.version);
  response.fields.emplace_back("Preference-Applied", "return=minimal");
  return response;
}

/// The figures of a report of our own are counted, never sent.
std::optional<Failure> refusal_of_own_figures(const Operation& operation) {
  if (operation.type != ReportPublished::info.type && operation.type != ReportSubmitted::info.type)
    return {};
  return invalid(operation.at + "/type",
                 {"请用 POST /v1/reports/{year}/publication 公布或上报",
                  "publish or submit by POST /v1/reports/{year}/publication"},
                 "use_publication");
}

} // namespace

Result<json::object> body_object(const Request& request) {
  auto parsed = parse_json(request.body);
  if (!parsed) return parsed.error();
  if (!parsed->is_object())
    return Failure{FailureKind::unreadable,
                   "not_an_object",
                   {"请求内容应为 JSON 对象", "the body must be a JSON object"}};
  return std::move(parsed->get_object());
}

Result<std::optional<IdempotencyKey>> idempotency_key(const Call& call,
                                                      const std::string& content) {
  auto& key = call.request.idempotency_key;
  if (key.empty()) return std::optional<IdempotencyKey>{};
  bool printable = std::ranges::all_of(key, [](char c) { return c > ' ' && c < '\x7f'; });
  if (!printable || key.size() > 255)
    return Failure{FailureKind::unreadable,
                   "bad_idempotency_key",
                   {"Idempotency-Key 应为至多 255 个可见 ASCII 字符",
                    "Idempotency-Key must be at most 255 visible ASCII characters"}};
  return std::optional{IdempotencyKey{"http", key, joined({call.request.path, "\n", content})}};
}

/// The stream as that entry left it. The answer to a write is of the day of recording, so that it
/// is the same when its key comes again.
Result<WrittenView> Api::view_after(StreamKind kind, const Entry& last, Language language) const {
  if (kind == StreamKind::request) return request_views_.as_recorded(last, language);
  return written(view_at(kind, last.stream, last.seq, day_of(last), language));
}

Result<Writing> Api::writing(const Call& call, const std::string& content,
                             std::vector<Operation> operations, Writing::Render render) const {
  auto key = idempotency_key(call, content);
  if (!key) return key.error();
  for (auto& operation : operations)
    operation.actor = call.request.actor.empty() ? "local" : call.request.actor;
  return Writing{std::move(operations), std::move(*key), std::move(render)};
}

/// Which cells the append would move. Nothing is written, and no key is kept.
Result<Response> Api::suppose(const std::vector<Operation>& operations) const {
  auto supposed = office_.suppose(operations);
  if (!supposed) return supposed.error();
  auto answer = what_if(office_.log(), office_.statutes(), std::move(*supposed), office_.today());
  if (!answer) return answer.error();
  return json_response(to_json(*answer));
}

/// POST of a new request, dispute or figure.
Result<Writing> Api::open_stream(const Call& call, StreamKind kind, const char* collection) const {
  auto body = body_object(call.request);
  if (!body) return body.error();
  auto content = canonical(*body);
  FieldReader reader(*body);
  Operation operation;
  operation.kind = kind;
  read_opening(reader, operation);
  auto* usual_type = kind == StreamKind::request  ? RequestReceived::info.type
                     : kind == StreamKind::figure ? FigureRecorded::info.type
                                                  : nullptr;
  if (auto failure = take_event(reader, *body, operation, usual_type)) return *failure;
  std::vector<Operation> operations;
  operations.push_back(std::move(operation));
  return writing(call, content, std::move(operations),
                 [=, this, language = call.language, is_minimal = prefers_minimal(call.request)](
                     const Recorded& recorded) -> Result<Response> {
                   auto& entry = recorded.entries.front();
                   Response response;
                   if (is_minimal) {
                     response = confirmation(entry);
                   } else {
                     auto view = view_after(kind, entry, language);
                     if (!view) return view.error();
                     response = created(std::move(view->json), entry.version);
                   }
                   response.fields.emplace_back("Location",
                                                std::string(collection) + entry.stream.hex());
                   return response;
                 });
}

/// POST …/events: one event, or several as one.
Result<Writing> Api::append_to_stream(const Call& call, Target target) const {
  auto body = body_object(call.request);
  if (!body) return body.error();
  auto version = expected_version(call.request.if_match);
  if (!version) return version.error();

  auto content = canonical(*body);
  std::vector<Operation> operations;
  auto take = [&](json::object& object, const std::string& at) -> std::optional<Failure> {
    FieldReader reader(object, at);
    auto& operation = operations.emplace_back();
    operation.kind = target.kind;
    operation.stream = target.stream;
    operation.at = at;
    if (auto failure = take_event(reader, object, operation)) return failure;
    if (target.kind == StreamKind::organ) aim_at_report(operation, call.path.front());
    return refusal_of_own_figures(operation);
  };
  bool several = body->contains("events");
  if (several) {
    auto* events = body->at("events").if_array();
    if (!events || events->empty() || events->size() > max_batch || body->size() != 1)
      return invalid("/events", {"应为 1 至 1000 个事项的数组，且不带其他成员",
                                 "must be an array of 1 to 1000 events, without other members"});
    for (std::size_t i = 0; i < events->size(); ++i) {
      auto* event = (*events)[i].if_object();
      auto at = pointer_to("/events", i);
      if (!event) return invalid(at, {"应为对象", "must be an object"});
      if (auto failure = take(*event, at)) return *failure;
    }
  } else if (auto failure = take(*body, "")) {
    return *failure;
  }
  operations.front().expected_version = *version;

  // What is appended to an organ may go to its report, so that only a view tells its version.
  bool is_minimal = prefers_minimal(call.request) && target.kind != StreamKind::organ;
  return writing(call, content, std::move(operations),
                 [=, this, language = call.language](const Recorded& recorded) -> Result<Response> {
                   auto& entries = recorded.entries;
                   auto& last = entries.back();
                   if (is_minimal) return confirmation(last);
                   auto view = target.kind == StreamKind::organ
                                   ? written(organ_view(office_.log(), target.stream, last.seq))
                                   : view_after(target.kind, last, language);
                   if (!view) return view.error();
                   auto events = several ? event_texts(entries) : event_text(entries.front());
                   JsonText answer(events.size() + view->json.size() + 64);
                   answer[several ? "events" : "event"].is(events);
                   answer[to_word(target.kind)].is(view->json);
                   return created(answer.take(), view->version);
                 });
}

Result<Api::Target> Api::target(const Call& call, StreamKind kind) const {
  auto& name = call.path.front();
  auto id = is_named_by_organ(kind) ? std::optional{StreamId::of(to_word(kind), name, "")}
                                    : StreamId::parse(name);
  bool known = id && office_.read([&](const Register& reg) {
    switch (kind) {
    case StreamKind::request:
      return reg.find_request(*id) != nullptr;
    case StreamKind::dispute:
      return reg.find_dispute(*id) != nullptr;
    case StreamKind::figure:
      return reg.find_figure(*id) != nullptr;
    case StreamKind::calendar:
      return reg.find_calendar(*id) != nullptr;
    case StreamKind::report:
      return reg.find_report(*id) != nullptr;
    case StreamKind::organ:
    case StreamKind::any:
      break;
    }
    return reg.organ_row(name) != nullptr;
  });
  if (known) return Target{kind, *id};
  return no_such_record();
}

Result<Writing> Api::open_request(const Call& call) const {
  return open_stream(call, StreamKind::request, "/v1/requests/");
}
Result<Writing> Api::open_dispute(const Call& call) const {
  return open_stream(call, StreamKind::dispute, "/v1/disputes/");
}
Result<Writing> Api::record_figure(const Call& call) const {
  return open_stream(call, StreamKind::figure, "/v1/figures/");
}

Result<Writing> Api::append_to_request(const Call& call) const {
  auto found = target(call, StreamKind::request);
  if (!found) return found.error();
  return append_to_stream(call, *found);
}
Result<Writing> Api::append_to_dispute(const Call& call) const {
  auto found = target(call, StreamKind::dispute);
  if (!found) return found.error();
  return append_to_stream(call, *found);
}
Result<Writing> Api::append_to_figure(const Call& call) const {
  auto found = target(call, StreamKind::figure);
  if (!found) return found.error();
  return append_to_stream(call, *found);
}
Result<Writing> Api::append_to_organ(const Call& call) const {
  auto found = target(call, StreamKind::organ);
  if (!found) return found.error();
  return append_to_stream(call, *found);
}

/// One `applicant.erased` on each request of a person; the reason and the approvals are the same.
Result<Writing> Api::erase_person(const Call& call) const {
  auto body = body_object(call.request);
  if (!body) return body.error();
  FieldReader reader(*body, "");
  Operation pattern;
  auto organ = reader.text("organ", true), ref = reader.text("ref", true);
  pattern.on = reader.day("on", true).value_or(Day{});
  json::object data;
  for (auto* name : {"reason", "approved_by"})
    if (auto* value = reader.require(name)) data[name] = *value;
  pattern.data = std::move(data);
  if (auto failure = reader.finish()) return *failure;
  auto operations = office_.erasure_of_person(organ, ref, pattern);
  if (!operations) {
    // All may have gone by an earlier call with the same key: then that is the answer.
    auto key = idempotency_key(call, canonical(*body));
    if (!key) return key.error();
    auto kept = *key ? office_.log().find_key((*key)->digest()) : std::optional<KeptKey>{};
    if (!kept) return kept.error();
    if (!*kept) return operations.error();
  }
  return writing(call, canonical(*body),
                 operations ? std::move(*operations) : std::vector<Operation>{},
                 [this](const Recorded& recorded) -> Result<Response> {
                   JsonText answer;
                   answer["events"].is(event_texts(recorded.entries));
                   auto response = json_response(std::move(answer));
                   response.status = 201;
                   return response;
                 });
}

/// PUT: registers (201), confirms the same (200); another value is a conflict.
Result<Response> Api::put_organ(const Call& call) const {
  auto body = body_object(call.request);
  if (!body) return body.error();
  Operation operation;
  operation.kind = StreamKind::organ;
  operation.organ = call.path.front();
  operation.type = OrganRegistered::info.type;
  operation.on = office_.today();
  operation.data = *body;
  operation.actor = call.request.actor.empty() ? "local" : call.request.actor;
  auto wanted = decode(*find_event_type(operation.type), operation.data);
  if (!wanted) {
    // The body itself is the data: pointers are told from there.
    auto failure = wanted.error();
    for (auto& field : failure.fields) field.pointer.erase(0, std::string_view("/data").size());
    return failure;
  }
  Response response;
  auto recorded = office_.record({&operation, 1});
  if (recorded) {
    response.status = 201;
    response.fields.emplace_back("Location", "/v1/organs/" + operation.organ);
  } else if (recorded.error().code != "number_taken") {
    auto failure = recorded.error();
    for (auto& field : failure.fields)
      if (field.pointer.starts_with("/data")) field.pointer.erase(0, 5);
    return failure;
  } else {
    auto& asked = std::get<OrganRegistered>(*wanted);
    auto parent = asked.parent ? std::optional{asked.parent->value} : std::nullopt;
    bool same = office_.read([&](const Register& reg) {
      auto& known = reg.organs().find(operation.organ)->second;
      return known.name == asked.name && known.kind == asked.kind && known.parent == parent;
    });
    if (!same)
      return Failure{
          FailureKind::impossible,
          "organ_differs",
          {"该机关已登记且内容不同，应添加变更事项",
           "the organ is registered with other values: append the event that changed it"}};
  }
  auto view =
      organ_view(office_.log(), StreamId::of(to_word(StreamKind::organ), operation.organ, ""),
                 office_.log().size());
  if (!view) return view.error();
  response.fields.emplace_back("ETag", etag_of(std::uint32_t(view->at("version").get_int64())));
  response.body = json::serialize(*view);
  return response;
}

Result<Writing> Api::append_batch(const Call& call) const {
  auto body = body_object(call.request);
  if (!body) return body.error();
  auto content = canonical(*body);
  FieldReader top(*body);
  top.require("operations");
  auto* given = body->if_contains("operations");
  auto* list = given ? given->if_array() : nullptr;
  if (given && (!list || list->empty() || list->size() > max_batch))
    top.refuse("operations", "应为 1 至 1000 个操作的数组",
               "must be an array of 1 to 1000 operations");
  if (auto failure = top.finish()) return *failure;

  std::vector<Operation> operations;
  for (std::size_t i = 0; i < list->size(); ++i) {
    auto at = pointer_to("/operations", i);
    auto* object = (*list)[i].if_object();
    if (!object) return invalid(at, {"应为对象", "must be an object"});
    FieldReader reader(*object, at);
    Operation operation;
    operation.kind = StreamKind::any;
    operation.at = at;
    operation.stream_label = reader.text("stream", false);
    operation.label = reader.text("new", false);
    if (operation.stream_label.empty() == operation.label.empty())
      reader.refuse("stream", "stream 与 new 须且只须给出一个", "give either stream or new");
    if (operation.stream_label.empty()) read_opening(reader, operation);
    if (auto version = reader.integer("expected_version"))
      operation.expected_version = std::uint32_t(std::clamp<std::int64_t>(*version, 0, 0xffffffff));
    if (auto failure = take_event(reader, *object, operation)) return *failure;
    if (auto failure = refusal_of_own_figures(operation)) return *failure;
    operations.push_back(std::move(operation));
  }
  return writing(
      call, content, std::move(operations),
      [=, this, language = call.language](const Recorded& recorded) -> Result<Response> {
        auto& entries = recorded.entries;
        json::array streams;
        std::set<StreamId> shown;
        for (auto& entry : entries) {
          if (!shown.insert(entry.stream).second) continue;
          auto opening = office_.log().read_stream(entry.stream, entry.seq, LogView::Half::open);
          if (!opening) return opening.error();
          auto envelope = read_envelope_head(opening->front().event);
          if (!envelope) return envelope.error();
          auto kind = envelope->type->info().stream;
          auto& last = entries.back();
          auto view = view_at(kind, entry.stream, last.seq, day_of(last), language);
          if (!view) return view.error();
          streams.push_back(json::object{{"kind", to_word(kind)}, {"view", std::move(*view)}});
        }
        JsonText answer;
        answer["events"].is(event_texts(entries));
        answer["streams"] = streams;
        auto response = json_response(std::move(answer));
        response.status = 201;
        return response;
      });
}

} // namespace mingce
