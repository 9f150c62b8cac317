#include "http/problem.hpp"

namespace mingce {
namespace {

Response render(unsigned status, const std::string& code, const std::string& detail,
                json::object extra, Language language) {
  json::object body{{"type", "urn:mingce:problem:" + code},
                    {"title", in(language, title_of(status))},
                    {"status", status},
                    {"detail", detail},
                    {"code", code}};
  for (auto& member : extra) body[member.key()] = member.value();
  Response response;
  response.status = status;
  response.content_type = "application/problem+json; charset=utf-8";
  response.body = json::serialize(body);
  response.fields.emplace_back("Content-Language", language == Language::zh ? "zh-CN" : "en");
  if (status == 503 || status == 429) response.fields.emplace_back("Retry-After", "1");
  return response;
}

} // namespace

unsigned status_of(FailureKind kind) {
  switch (kind) {
  case FailureKind::unreadable:
    return 400;
  case FailureKind::not_found:
    return 404;
  case FailureKind::impossible:
    return 409;
  case FailureKind::precondition:
    return 412;
  case FailureKind::invalid:
  case FailureKind::reused_key:
    return 422;
  case FailureKind::busy:
  case FailureKind::unknown:
    return 503;
  case FailureKind::no_space:
    return 507;
  case FailureKind::unusable:
  case FailureKind::corrupt:
    break;
  }
  return 500;
}

Response problem(const Failure& failure, Language language) {
  json::object extra;
  if (!failure.article.empty()) extra["article"] = failure.article;
  if (failure.version) extra["version"] = std::int64_t(*failure.version);
  if (failure.kind == FailureKind::unknown) extra["outcome"] = "unknown";
  if (!failure.fields.empty()) {
    json::array errors;
    for (auto& field : failure.fields)
      errors.push_back(
          json::object{{"pointer", field.pointer}, {"message", in(language, field.message)}});
    extra["errors"] = std::move(errors);
  }
  auto response = render(status_of(failure.kind), failure.code, in(language, failure.message),
                         std::move(extra), language);
  if (failure.version) response.fields.emplace_back("ETag", etag_of(*failure.version));
  return response;
}

Response problem(unsigned status, const char* code, const Text& detail, Language language) {
  return render(status, code, in(language, detail), {}, language);
}

Text title_of(unsigned status) {
  switch (status) {
  case 400:
    return {"请求无法读取", "Unreadable request"};
  case 404:
    return {"不存在", "Not found"};
  case 405:
    return {"不支持该方法", "Method not allowed"};
  case 408:
    return {"请求超时", "Request timeout"};
  case 409:
    return {"与已记录的历史矛盾", "Contradicts the recorded history"};
  case 412:
    return {"版本不符", "Precondition failed"};
  case 413:
    return {"内容过大", "Content too large"};
  case 415:
    return {"不支持的内容类型", "Unsupported media type"};
  case 422:
    return {"字段有误", "Invalid fields"};
  case 429:
    return {"请求过多", "Too many requests"};
  case 431:
    return {"请求头过大", "Request header fields too large"};
  case 501:
    return {"不支持的传输编码", "Transfer coding not implemented"};
  case 503:
    return {"暂不可用", "Service unavailable"};
  case 505:
    return {"不支持的协议版本", "HTTP version not supported"};
  case 507:
    return {"存储空间不足", "Insufficient storage"};
  default:
    return {"内部错误", "Internal error"};
  }
}

} // namespace mingce
