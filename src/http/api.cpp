#include "http/api.hpp"

#include "http/openapi.hpp"
#include "http/parameters.hpp"
#include "http/preferences.hpp"
#include "http/problem.hpp"

#include <algorithm>
#include <cstdio>
#include <memory>

namespace mingce {
namespace {

constexpr int expensive_at_once = 4, expensive_waiting = 16;

using Segments = std::vector<std::string_view>;

Segments segments(std::string_view path) {
  Segments out;
  out.reserve(8);
  while (!path.empty()) {
    path.remove_prefix(1);
    auto slash = path.find('/');
    out.push_back(path.substr(0, slash));
    path.remove_prefix(std::min(slash, path.size()));
  }
  return out;
}

bool is_parameter(std::string_view segment) { return segment.starts_with('{'); }

struct Pattern {
  const Route* route;
  Segments segments;
  bool takes_the_rest;
};

const std::vector<Pattern>& patterns() {
  static const auto all = [] {
    std::vector<Pattern> out;
    for (auto& route : routes()) {
      auto wanted = segments(route.path);
      bool takes_the_rest = wanted.back().ends_with("+}");
      out.push_back({&route, std::move(wanted), takes_the_rest});
    }
    return out;
  }();
  return all;
}

bool fits(const Pattern& pattern, const Segments& given) {
  auto& wanted = pattern.segments;
  if (pattern.takes_the_rest ? given.size() < wanted.size() : given.size() != wanted.size())
    return false;
  for (std::size_t i = 0; i < wanted.size(); ++i)
    if (!is_parameter(wanted[i]) && wanted[i] != given[i]) return false;
  return true;
}

/// The decoded parameters if the path fits the template.
std::optional<std::vector<std::string>> match(const Pattern& pattern, std::string_view path,
                                              const Segments& given) {
  if (!fits(pattern, given)) return std::nullopt;
  auto& wanted = pattern.segments;
  std::vector<std::string> parameters;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (!is_parameter(wanted[i])) continue;
    if (pattern.takes_the_rest && i + 1 == wanted.size()) {
      auto rest = given[i].data() - path.data();
      parameters.emplace_back(path.substr(std::size_t(rest)));
      break;
    }
    auto decoded = percent_decoded(given[i]);
    if (!decoded || decoded->empty()) return std::nullopt;
    parameters.push_back(std::move(*decoded));
  }
  return parameters;
}

Result<void> check_parameters(const Route& route, const Query& query) {
  for (auto& given : query.values())
    if (std::ranges::none_of(route.query, [&](auto& known) { return given.first == known.name; }))
      return invalid(pointer_to("", given.first), {"未知的查询参数", "unknown query parameter"},
                     "unknown_parameter");
  return {};
}

bool is_json(std::string_view content_type) {
  if (content_type == "application/json") return true; // nearly always
  auto preferences = preferences_of(content_type);
  return preferences.size() == 1 && preferences.front().name == "application/json";
}

Response server_error(Language language) {
  return problem(500, "internal",
                 {"内部错误，请联系管理员", "internal error: tell the administrator"}, language);
}

} // namespace

Result<Query> Query::parse(std::string_view text) {
  Query query;
  while (!text.empty()) {
    auto pair = text.substr(0, text.find('&'));
    text.remove_prefix(std::min(pair.size() + 1, text.size()));
    if (pair.empty()) continue;
    auto equals = pair.find('=');
    auto name = percent_decoded(pair.substr(0, equals), true);
    auto value = percent_decoded(equals == pair.npos ? "" : pair.substr(equals + 1), true);
    if (!name || !value)
      return Failure{FailureKind::unreadable,
                     "unreadable_query",
                     {"查询串的转义有误", "the query is not properly escaped"}};
    if (!query.values_.emplace(*name, *value).second)
      return invalid(pointer_to("", *name), {"查询参数重复", "the parameter occurs twice"},
                     "repeated_parameter");
  }
  return query;
}

const std::string& Query::get(std::string_view name) const {
  static const std::string none;
  auto found = values_.find(name);
  return found == values_.end() ? none : found->second;
}

Api::Api(Office& office, std::function<std::string()> metrics)
    : office_(office), request_views_(office), metrics_(std::move(metrics)),
      expensive_slots_(expensive_at_once) {}

namespace {

/// The answer of `make`, whatever happens.
Response guarded(Language language, const char* route,
                 const std::function<Result<Response>()>& make) {
  Response response;
  try {
    auto result = make();
    response = result ? std::move(*result) : problem(result.error(), language);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "{\"level\":\"error\",\"what\":%s}\n",
                 json::serialize(json::string(error.what())).c_str());
    response = server_error(language);
  }
  response.route = route;
  return response;
}

Result<Response> answer_to(const Result<Recorded>& recorded, const Writing::Render& render) {
  if (!recorded) return recorded.error();
  auto response = render(*recorded);
  if (response && recorded->replayed) response->fields.emplace_back("Idempotency-Replayed", "true");
  return response;
}

/// Erasing waits for the files, and many operations at once take their time.
bool may_be_quick(const Writing& writing) {
  constexpr std::size_t few = 16;
  return writing.operations.size() <= few &&
         std::ranges::none_of(writing.operations, [](auto& operation) {
           return operation.type == ApplicantErased::info.type;
         });
}

} // namespace

/// The route of a call, or the answer that there is none.
struct Api::Found {
  const Route* route = nullptr;
  std::vector<std::string> parameters;
  std::string allowed; ///< methods of that path, where it is another than this
};

Api::Found Api::find(const Request& request) {
  Found found;
  auto given = segments(request.path);
  for (auto& pattern : patterns()) {
    auto parameters = match(pattern, request.path, given);
    if (!parameters) continue;
    auto& route = *pattern.route;
    found.route = &route;
    if (request.method == route.method) return {&route, std::move(*parameters), {}};
    found.allowed += (found.allowed.empty() ? "" : ", ") + std::string(route.method);
    if (std::string_view(route.method) == "GET") found.allowed += ", HEAD"; // by the server itself
  }
  return found;
}

Result<Call> Api::call_of(const Request& request, Found& found, Language language) {
  auto query = Query::parse(request.query);
  if (!query) return query.error();
  if (auto known = check_parameters(*found.route, *query); !known) return known.error();
  return Call{request, std::move(found.parameters), std::move(*query), language};
}

void Api::answer(const Request& request, const Aside& aside, Reply reply) const {
  auto language = language_of(request.accept_language);
  auto found = find(request);
  auto now = [&](Response response) {
    if (found.route) response.route = found.route->path;
    reply([response = std::move(response)] { return response; });
  };
  if (!found.route)
    return now(problem(404, "no_such_path", {"没有这个路径", "no such path"}, language));
  if (!found.allowed.empty()) {
    auto response = problem(
        405, "method_not_allowed",
        {"该路径支持的方法：" + found.allowed, "this path allows: " + found.allowed}, language);
    response.fields.emplace_back("Allow", found.allowed);
    return now(std::move(response));
  }
  auto& route = *found.route;
  auto read = call_of(request, found, language);
  if (!read) return now(problem(read.error(), language));
  if (route.body && !is_json(request.content_type))
    return now(problem(415, "not_json",
                       {"请求内容应为 application/json", "the body must be application/json"},
                       language));
  auto call = std::make_shared<const Call>(std::move(*read));
  constexpr std::size_t short_body = 64 << 10;
  bool is_append = std::holds_alternative<Route::Append>(route.handle);
  bool is_quick = (is_append || route.pace == Pace::quick) && request.body.size() <= short_body &&
                  !call->query.has("as_of") && !call->query.has("dry_run");
  if (is_quick)
    perform(route, call, aside, reply);
  else
    aside([this, &route, call, aside, reply] { perform(route, call, aside, reply); });
}

void Api::perform(const Route& route, const std::shared_ptr<const Call>& call, const Aside& aside,
                  const Reply& reply) const {
  auto language = call->language;
  std::optional<Writing> writing;
  auto response = guarded(language, route.path, [&]() -> Result<Response> {
    if (auto* answer = std::get_if<Route::Answer>(&route.handle)) {
      bool replays = route.pace == Pace::expensive || call->query.has("as_of");
      if (!replays) return (this->**answer)(*call);
      return run_limited(language, [&] { return (this->**answer)(*call); });
    }
    auto dry_run = is_dry_run(call->query);
    if (!dry_run) return dry_run.error();
    auto asked = (this->*std::get<Route::Append>(route.handle))(*call);
    if (!asked) return asked.error();
    if (*dry_run) return run_limited(language, [&] { return suppose(asked->operations); });
    writing = std::move(*asked);
    return Response{};
  });
  if (!writing) return reply([response = std::move(response)] { return response; });
  write(std::move(*writing), language, route.path, aside, reply);
}

/// Decided here and now; answered when it is on stable storage.
void Api::write(Writing writing, Language language, const char* route, const Aside& aside,
                const Reply& reply) const {
  if (!may_be_quick(writing))
    return aside([this, language, route, reply, writing = std::move(writing)] {
      auto response = guarded(language, route, [&] { return write_and_wait(writing); });
      reply([response = std::move(response)] { return response; });
    });
  struct Answering {
    Writing::Render render;
    Reply reply;
    Language language;
    const char* route;
    std::optional<Result<Recorded>> recorded{};
  };
  auto answering =
      std::make_shared<Answering>(Answering{std::move(writing.render), reply, language, route});
  auto answer = [answering] {
    return guarded(answering->language, answering->route,
                   [&] { return answer_to(*answering->recorded, answering->render); });
  };
  office_.record(std::move(writing.operations), std::move(writing.key), aside,
                 [answering, answer](Result<Recorded> recorded) {
                   answering->recorded.emplace(std::move(recorded));
                   answering->reply(answer);
                 });
}

Result<Response> Api::write_and_wait(const Writing& writing) const {
  return answer_to(office_.record(writing.operations, writing.key), writing.render);
}

/// Replays of the whole log are few at a time; some wait, more are sent away.
Result<Response> Api::run_limited(Language language,
                                  const std::function<Result<Response>()>& replay) const {
  struct Counted {
    std::atomic<int>& count;
    explicit Counted(std::atomic<int>& counted) : count(counted) {}
    Counted(const Counted&) = delete;
    Counted& operator=(const Counted&) = delete;
    ~Counted() { --count; }
  };
  if (++expensive_calls_ > expensive_at_once + expensive_waiting) {
    --expensive_calls_;
    return problem(429, "too_many_replays",
                   {"同时进行的重放过多，请稍后重试", "too many replays at once: retry later"},
                   language);
  }
  Counted counted(expensive_calls_);
  expensive_slots_.acquire();
  struct Released {
    std::counting_semaphore<>& slots;
    ~Released() { slots.release(); }
  } released{expensive_slots_};
  return replay();
}

// ---- operations ---------------------------------------------------------------------------------

Result<Response> Api::health(const Call&) const {
  Response response;
  response.body = R"({"status":"ok"})";
  return response;
}

Result<Response> Api::readiness(const Call& call) const {
  if (!office_.is_writable())
    return problem(503, "not_ready", {"不接受写入", "writes are not accepted"}, call.language);
  return health(call);
}

Result<Response> Api::metrics(const Call&) const {
  Response response;
  response.content_type = "text/plain; version=0.0.4; charset=utf-8";
  response.body = metrics_();
  return response;
}

Result<Response> Api::openapi(const Call&) const {
  static const std::string document = json::serialize(openapi_document());
  Response response;
  response.body = document;
  return response;
}

} // namespace mingce
