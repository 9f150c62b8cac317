#pragma once
// The REST interface as a function from request to response. Dispatch and the OpenAPI document
// read the same table of routes. Thread-safe: any number of threads may call `answer`.

#include "app/lists.hpp"
#include "app/office.hpp"
#include "app/reporting.hpp"
#include "app/request_views.hpp"
#include "http/kept_reports.hpp"
#include "http/message.hpp"

#include <atomic>
#include <map>
#include <semaphore>
#include <span>
#include <string>
#include <variant>
#include <vector>

namespace mingce {

/// The decoded query of a call; each name once.
class Query {
public:
  static Result<Query> parse(std::string_view text);

  bool has(std::string_view name) const { return values_.contains(name); }
  /// The value, or "" when it was not given.
  const std::string& get(std::string_view name) const;
  const std::map<std::string, std::string, std::less<>>& values() const { return values_; }

private:
  std::map<std::string, std::string, std::less<>> values_;
};

/// One call on its way to its handler.
struct Call {
  const Request& request;
  std::vector<std::string> path; ///< what stood for the `{…}` of the template, decoded
  Query query;
  Language language;
};

/// What an append asks for, and what it will answer once that is recorded.
struct Writing {
  std::vector<Operation> operations;
  std::optional<IdempotencyKey> key;
  using Render = std::function<Result<Response>(const Recorded&)>;
  Render render;
};

/// Where a call is answered.
enum class Pace {
  quick,    ///< where its connection lives: it looks at little and waits for nothing
  steady,   ///< aside
  expensive ///< aside, few at a time: replays and streams of the whole log
};

class Api;

struct QueryParameter {
  const char* name;
  const char* description;
};

struct Route {
  const char* method;
  const char* path;    ///< `/v1/requests/{id}`; a last `{name+}` stands for one segment or more
  const char* summary; ///< one line, for the reference
  std::vector<QueryParameter> query;
  const char* body;   ///< name of the body's schema, or nullptr
  const char* answer; ///< name of the answer's schema
  using Answer = Result<Response> (Api::*)(const Call&) const;
  using Append = Result<Writing> (Api::*)(const Call&) const; ///< quick, unless it erases
  std::variant<Answer, Append> handle;
  Pace pace = Pace::steady;
};

std::span<const Route> routes();

/// The body as a JSON object; `unreadable` otherwise.
Result<json::object> body_object(const Request& request);
/// What the header `Idempotency-Key` stands for with that content (canonical JSON); none where it
/// was not given.
Result<std::optional<IdempotencyKey>> idempotency_key(const Call& call, const std::string& content);

class Api {
public:
  /// `office` must outlive the API. `metrics` renders /metrics.
  Api(Office& office, std::function<std::string()> metrics);

  /// A `Handler` (message.hpp).
  void answer(const Request& request, const Aside& aside, Reply reply) const;

  // ---- organs
  Result<Response> put_organ(const Call&) const;
  Result<Response> get_organ(const Call&) const;
  Result<Response> list_organs(const Call&) const;
  Result<Writing> append_to_organ(const Call&) const;
  // ---- requests
  Result<Writing> open_request(const Call&) const;
  Result<Writing> append_to_request(const Call&) const;
  Result<Response> get_request(const Call&) const;
  Result<Response> request_events(const Call&) const;
  Result<Response> request_cells(const Call&) const;
  Result<Response> list_requests(const Call&) const;
  // ---- disputes
  Result<Writing> open_dispute(const Call&) const;
  Result<Writing> append_to_dispute(const Call&) const;
  Result<Response> get_dispute(const Call&) const;
  Result<Response> dispute_events(const Call&) const;
  Result<Response> list_disputes(const Call&) const;
  // ---- figures
  Result<Writing> record_figure(const Call&) const;
  Result<Writing> append_to_figure(const Call&) const;
  Result<Response> get_figure(const Call&) const;
  Result<Response> list_figures(const Call&) const;
  // ---- several streams
  Result<Writing> append_batch(const Call&) const;
  // ---- reports
  Result<Response> report_of_year(const Call&) const;
  Result<Response> report_of_period(const Call&) const;
  Result<Response> explain(const Call&) const;
  Result<Response> publish_report(const Call&) const;
  Result<Response> restatement_of_year(const Call&) const;
  Result<Response> report_versions(const Call&) const;
  Result<Response> requested_figures(const Call&) const;
  // ---- time
  Result<Response> due(const Call&) const;
  Result<Response> due_calendar(const Call&) const;
  Result<Response> clock(const Call&) const;
  Result<Response> statistics(const Call&) const;
  Result<Response> irregularities(const Call&) const;
  Result<Response> incomplete(const Call&) const;
  Result<Response> fees(const Call&) const;
  Result<Response> calendar(const Call&) const;
  Result<Response> load_calendar(const Call&) const;
  // ---- the log
  Result<Response> replay_events(const Call&) const;
  Result<Response> follow_events(const Call&) const;
  // ---- auditing
  Result<Response> revisions(const Call&) const;
  Result<Response> sample(const Call&) const;
  Result<Response> dossier_of_request(const Call&) const;
  // ---- proofs
  Result<Response> checkpoint(const Call&) const;
  Result<Response> keep_cosignatures(const Call&) const;
  Result<Response> verifier_key(const Call&) const;
  Result<Response> tile(const Call&) const;
  Result<Response> inclusion(const Call&) const;
  Result<Response> consistency(const Call&) const;
  Result<Response> receipt(const Call&) const;
  Result<Writing> erase_person(const Call&) const;
  // ---- operations
  Result<Response> health(const Call&) const;
  Result<Response> readiness(const Call&) const;
  Result<Response> metrics(const Call&) const;
  Result<Response> openapi(const Call&) const;

private:
  struct Target {
    StreamKind kind;
    StreamId stream;
  };
  /// Completes a writing with the caller and the key of the call.
  Result<Writing> writing(const Call& call, const std::string& content,
                          std::vector<Operation> operations, Writing::Render render) const;
  Result<Response> suppose(const std::vector<Operation>& operations) const;
  void perform(const Route& route, const std::shared_ptr<const Call>& call, const Aside& aside,
               const Reply& reply) const;
  Result<Response> write_and_wait(const Writing& writing) const;
  void write(Writing writing, Language language, const char* route, const Aside& aside,
             const Reply& reply) const;
  Result<Writing> open_stream(const Call& call, StreamKind kind, const char* collection) const;
  Result<Writing> append_to_stream(const Call& call, Target target) const;
  Result<Target> target(const Call& call, StreamKind kind) const;
  /// A stream up to a position, at the end of a day.
  Result<json::object> view_at(StreamKind kind, const StreamId& stream, std::uint64_t up_to,
                               Day today, Language language) const;
  Result<WrittenView> view_after(StreamKind kind, const Entry& last, Language language) const;
  Result<Response> show(const Call& call, StreamKind kind) const;
  Result<Response> history(const Call& call, StreamKind kind) const;
  Result<Response> report(const Call& call, const ReportQuery& query) const;
  Result<Response> findings(const Call& call, Finding finding) const;
  struct Found;
  static Found find(const Request& request);
  static Result<Call> call_of(const Request& request, Found& found, Language language);
  Result<Response> run_limited(Language language,
                               const std::function<Result<Response>()>& replay) const;

  Office& office_;
  RequestViews request_views_;
  mutable KeptReports kept_reports_;
  std::function<std::string()> metrics_;
  mutable std::counting_semaphore<> expensive_slots_;
  mutable std::atomic<int> expensive_calls_{0};
};

} // namespace mingce
