#include "http/server_session.hpp"

#include "base/json_text.hpp"
#include "intake/encoding.hpp"

namespace mingce {

std::string to_line(const Access& access) {
  auto now =
      std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  JsonText line(256);
  line["at"] = to_string(now);
  line["method"] = access.method;
  line["route"] = access.route;
  line["status"] = access.status;
  line["bytes_in"] = access.bytes_in;
  line["bytes_out"] = access.bytes_out;
  line["us"] = access.took.count();
  return line.take() + '\n';
}

namespace {

/// Where the field goes; nullptr: nowhere.
std::string* member_for(Request& request, http::field field, beast::string_view name) {
  switch (field) {
  case http::field::accept:
    return &request.accept;
  case http::field::accept_language:
    return &request.accept_language;
  case http::field::content_type:
    return &request.content_type;
  case http::field::if_match:
    return &request.if_match;
  case http::field::prefer:
    return &request.prefer;
  case http::field::unknown:
    break;
  default:
    return nullptr;
  }
  if (beast::iequals(name, "Idempotency-Key")) return &request.idempotency_key;
  if (beast::iequals(name, "X-Actor")) return &request.actor;
  if (beast::iequals(name, "Last-Event-ID")) return &request.last_event_id;
  return nullptr;
}

} // namespace

Request to_request(const http::request<http::string_body>& message) {
  Request request;
  request.method = std::string(message.method_string());
  std::string_view target(message.target().data(), message.target().size());
  auto question = target.find('?');
  request.path = target.substr(0, question);
  if (question != target.npos) request.query = target.substr(question + 1);
  for (auto& field : message)
    // Of a repeated field the first counts.
    if (auto* member = member_for(request, field.name(), field.name_string());
        member && member->empty())
      *member = field.value();
  return request;
}

std::string_view known_method(const std::string& method) {
  auto verb = http::string_to_verb(method);
  auto word = http::to_string(verb);
  return verb == http::verb::unknown ? "-" : std::string_view(word.data(), word.size());
}

/// The actor is written into the log: one line of text, not an essay.
bool is_good_actor(const std::string& actor) { return actor.size() <= 200 && is_utf8(actor); }

Language language_in(const http::request<http::string_body>& message) {
  auto field = message[http::field::accept_language];
  return language_of({field.data(), field.size()});
}

Response early_problem(unsigned status, Language language) {
  switch (status) {
  case 400:
    return problem(400, "malformed_request", {"请求格式有误", "the request is malformed"},
                   language);
  case 408:
    return problem(408, "timeout", {"请求未在时限内发完", "the request did not arrive in time"},
                   language);
  case 413:
    return problem(413, "body_too_large", {"请求内容过大", "the body is too large"}, language);
  case 431:
    return problem(431, "head_too_large", {"请求头过大", "the request head is too large"},
                   language);
  case 501:
    return problem(501, "transfer_coding", {"不支持的传输编码", "unsupported transfer coding"},
                   language);
  case 503:
    return problem(503, "stopping", {"服务正在停止", "the service is stopping"}, language);
  default:
    return problem(505, "http_version", {"不支持的 HTTP 版本", "unsupported HTTP version"},
                   language);
  }
}

std::string head_of(const Response& response, bool keep_alive, std::optional<std::size_t> length) {
  using Field = decltype(response.fields)::value_type;
  auto reason = http::obsolete_reason(http::int_to_status(response.status));
  std::string text;
  text.reserve(512 + length.value_or(0)); // the body often goes behind it
  text.append("HTTP/1.1 ").append(std::to_string(response.status)).append(" ");
  text.append(reason.data(), reason.size()).append("\r\n");
  auto field = [&](std::string_view name, std::string_view value) {
    text.append(name).append(": ");
    append_field_value(value, text);
    text.append("\r\n");
  };
  if (!keep_alive) field("Connection", "close");
  field("Content-Type", response.content_type);
  if (std::ranges::find(response.fields, "Cache-Control", &Field::first) == response.fields.end())
    field("Cache-Control", "no-store");
  field("X-Content-Type-Options", "nosniff");
  for (auto& [name, value] : response.fields) field(name, value);
  if (length)
    field("Content-Length", std::to_string(*length));
  else
    field("Transfer-Encoding", "chunked");
  text += "\r\n";
  return text;
}

} // namespace mingce
