#include "http/server_session.hpp"

#include "intake/encoding.hpp"

namespace mingce {

std::string to_line(const Access& access) {
  auto now =
      std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  // Neither a method nor a template has a character that JSON would escape.
  std::string line = "{\"at\":\"" + to_string(now) + "\",\"method\":\"" + access.method;
  line += "\",\"route\":\"" + access.route + "\",\"status\":" + std::to_string(access.status);
  line += ",\"bytes_in\":" + std::to_string(access.bytes_in);
  line += ",\"bytes_out\":" + std::to_string(access.bytes_out);
  return line + ",\"us\":" + std::to_string(access.took.count()) + "}\n";
}

Request to_request(const http::request<http::string_body>& message) {
  Request request;
  request.method = std::string(message.method_string());
  std::string_view target(message.target().data(), message.target().size());
  auto question = target.find('?');
  request.path = target.substr(0, question);
  if (question != target.npos) request.query = target.substr(question + 1);
  auto field = [&](auto name) { return std::string(message[name]); };
  request.accept = field(http::field::accept);
  request.accept_language = field(http::field::accept_language);
  request.content_type = field(http::field::content_type);
  request.if_match = field(http::field::if_match);
  request.idempotency_key = field("Idempotency-Key");
  request.actor = field("X-Actor");
  request.last_event_id = field("Last-Event-ID");
  return request;
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

std::string to_bytes(http::response<http::string_body>& message) {
  std::string text;
  http::response_serializer<http::string_body> serializer(message);
  beast::error_code ec;
  while (!ec && !serializer.is_done())
    serializer.next(ec, [&](beast::error_code&, const auto& buffers) {
      auto size = net::buffer_size(buffers);
      auto before = text.size();
      text.resize(before + size);
      net::buffer_copy(net::buffer(text.data() + before, size), buffers);
      serializer.consume(size);
    });
  return text;
}

} // namespace mingce
