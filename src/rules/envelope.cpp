#include "rules/envelope.hpp"

#include <algorithm>

namespace mingce {
namespace {

constexpr std::size_t max_name = 1'000; // bytes

Failure unknown_entry() {
  return {
      FailureKind::corrupt,
      "unknown_event",
      {"日志中有本程序不认识的事项类型", "the log holds an event that this program does not know"}};
}

std::optional<std::string_view> text_in(const json::object& object, const char* name) {
  auto* value = object.if_contains(name);
  if (!value || !value->is_string()) return std::nullopt;
  return std::string_view(value->get_string());
}

bool text_of(const json::object& object, const char* name, std::string& into) {
  auto text = text_in(object, name);
  if (text) into = *text;
  return text.has_value();
}

bool is_digest(std::string_view text) {
  return text.size() == 64 && std::ranges::all_of(text, [](char c) {
           return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f');
         });
}

/// Reads an optional text of at most so many bytes; false if it is there and is none.
bool read_short_text(const json::object& object, const char* name, std::size_t limit,
                     std::optional<std::string>& into) {
  std::string text;
  if (!object.contains(name)) return true;
  if (!text_of(object, name, text) || text.empty() || text.size() > limit) return false;
  into = std::move(text);
  return true;
}

bool is_member_of_document(std::string_view name) {
  static constexpr std::string_view known[] = {"kind", "number", "sha256", "size", "sm3", "name"};
  return std::ranges::find(known, name) != std::end(known);
}

std::optional<Document> read_document(const json::value& in, const std::string& at,
                                      std::vector<FieldError>& errors) {
  auto before = errors.size();
  auto refuse = [&](const std::string& member, const char* zh, const char* en) {
    errors.push_back({pointer_to(at, member), {zh, en}});
  };
  auto* object = in.if_object();
  if (!object) {
    errors.push_back({at, {"应为对象", "must be an object"}});
    return std::nullopt;
  }
  Document document;
  if (!text_of(*object, "kind", document.kind) || document.kind.empty() ||
      document.kind.size() > 200)
    refuse("kind", "缺少必填项或格式有误", "is mandatory: a short string");
  if (!text_of(*object, "sha256", document.sha256) || !is_digest(document.sha256))
    refuse("sha256", "应为 64 位小写十六进制", "must be 64 lower-case hexadecimal digits");
  if (auto* size = object->if_contains("size"); size && size->is_int64() && size->get_int64() >= 0)
    document.size = std::uint64_t(size->get_int64());
  else
    refuse("size", "应为不小于 0 的整数（字节）", "must be a non-negative integer (bytes)");
  if (!read_short_text(*object, "number", 200, document.number))
    refuse("number", "应为不超过 200 字节的字符串", "must be a string of at most 200 bytes");
  if (!read_short_text(*object, "sm3", 64, document.sm3) ||
      (document.sm3 && !is_digest(*document.sm3)))
    refuse("sm3", "应为 64 位小写十六进制", "must be 64 lower-case hexadecimal digits");
  if (!read_short_text(*object, "name", max_name, document.name))
    refuse("name", "应为不超过 1000 字节的文件名", "must be a file name of at most 1000 bytes");
  for (auto& member : *object)
    if (!is_member_of_document(member.key()))
      refuse(std::string(member.key()), "未知的成员", "unknown member");
  if (errors.size() != before) return std::nullopt;
  return document;
}

} // namespace

bool opens_stream(const EventType& type) {
  std::string_view name = type.info().type;
  return name == RequestReceived::info.type || name == RequestSubmitted::info.type ||
         name == ReconsiderationAccepted::info.type || name == LitigationFiled::info.type ||
         name == FigureRecorded::info.type || name == OrganRegistered::info.type ||
         name == CalendarLoaded::info.type ||
         (type.info().stream == StreamKind::report && name != ReportReturned::info.type);
}

bool is_named_by_organ(StreamKind kind) {
  return kind == StreamKind::organ || kind == StreamKind::calendar;
}

const char* number_member(StreamKind kind) {
  return kind == StreamKind::request ? "register_no" : "ref";
}

Halves halves_of(const std::vector<Document>& documents) {
  json::array open, closed;
  bool any_name = false;
  for (auto& document : documents) {
    json::object object{{"kind", document.kind}};
    if (document.number) object["number"] = *document.number;
    object["sha256"] = document.sha256;
    object["size"] = std::int64_t(document.size);
    if (document.sm3) object["sm3"] = *document.sm3;
    open.push_back(std::move(object));
    any_name = any_name || document.name;
    closed.push_back(document.name ? json::object{{"name", *document.name}} : json::object{});
  }
  return {std::move(open), any_name ? json::value(std::move(closed)) : json::value(nullptr)};
}

json::value wire_form(const std::vector<Document>& documents) {
  auto halves = halves_of(documents);
  if (!halves.closed.is_null()) merge_into(halves.open, halves.closed);
  return std::move(halves.open);
}

json::value join_private(Halves data, const std::vector<Document>& documents) {
  auto names = halves_of(documents).closed;
  if (!names.is_null()) data.closed.get_object()[names_of_documents] = std::move(names);
  return data.has_private() ? std::move(data.closed) : json::value{};
}

void merge_private(json::object& event, const json::value& body) {
  auto* members = body.if_object();
  if (!members) return;
  auto& data = event["data"];
  if (!data.is_object()) data.emplace_object();
  for (auto& member : *members)
    if (member.key() != names_of_documents)
      merge_member(data.get_object(), member);
    else if (auto* documents = event.if_contains("documents"))
      merge_into(*documents, member.value());
}

Result<std::vector<Document>> read_documents(const json::value& in) {
  std::vector<FieldError> errors;
  std::vector<Document> documents;
  auto* array = in.if_array();
  if (!array || array->size() > 100)
    errors.push_back(
        {"/documents", {"应为至多 100 个元素的数组", "must be an array of at most 100"}});
  else
    for (std::size_t i = 0; i < array->size(); ++i)
      if (auto document = read_document((*array)[i], pointer_to("/documents", i), errors))
        documents.push_back(std::move(*document));
  if (errors.empty()) return documents;
  return Failure{FailureKind::invalid, "invalid_field", errors.front().message, std::move(errors)};
}

json::object to_json(Envelope envelope) {
  json::object out;
  out.reserve(8);
  out.emplace("data", std::move(envelope.data));
  if (!envelope.documents.empty()) out["documents"] = halves_of(envelope.documents).open;
  out["on"] = to_string(envelope.on);
  out["organ"] = envelope.organ;
  if (!envelope.number.empty()) out[number_member(envelope.type->info().stream)] = envelope.number;
  if (!envelope.requests.empty())
    out["requests"] = json::array(envelope.requests.begin(), envelope.requests.end());
  out["source"] = to_word(envelope.source);
  out["type"] = envelope.type->info().type;
  out["type_version"] = std::int64_t(envelope.type_version);
  return out;
}

Result<EnvelopeHead> read_envelope_head(const json::object& event) {
  EnvelopeHead envelope;
  auto type = text_in(event, "type"), on = text_in(event, "on"), source = text_in(event, "source");
  auto* data = event.if_contains("data");
  auto* version = event.if_contains("type_version");
  if (!type || !on || !source || !text_of(event, "organ", envelope.organ) || !data ||
      !data->is_object() || !version || !version->is_int64())
    return unknown_entry();
  auto day = parse_day(*on);
  auto known_source = from_word<Source>(*source);
  envelope.type = find_event_type(*type);
  envelope.type_version = std::uint32_t(version->get_int64());
  // A later version of a type decodes through a step from the earlier one; there is none yet.
  if (!day || !known_source || !envelope.type || envelope.type_version < 1 ||
      envelope.type_version > envelope.type->info().version)
    return unknown_entry();
  envelope.on = *day;
  envelope.source = *known_source;
  text_of(event, number_member(envelope.type->info().stream), envelope.number);
  if (auto* requests = event.if_contains("requests"); requests && requests->is_array())
    for (auto& request : requests->get_array())
      if (request.is_string()) envelope.requests.emplace_back(request.get_string());
  if (auto* documents = event.if_contains("documents")) {
    auto read = read_documents(*documents);
    if (!read) return unknown_entry();
    envelope.documents = std::move(*read);
  }
  return envelope;
}

Result<Envelope> read_envelope(json::object event) {
  auto head = read_envelope_head(event);
  if (!head) return head.error();
  return Envelope{std::move(*head), std::move(event["data"].get_object())};
}

const json::object& data_of(const json::object& event) { return event.at("data").get_object(); }

} // namespace mingce
