// The calls that publish a report, and what became of its figures since.

#include "app/publishing.hpp"
#include "app/fields.hpp"
#include "app/figure_requests.hpp"
#include "app/restatement.hpp"
#include "http/api.hpp"
#include "http/parameters.hpp"

#include <algorithm>

namespace mingce {
namespace {

/// `{year}`, `organ`, `scope`, `edition`.
Result<ReportQuery> year_query(const Call& call) {
  auto query = report_query(call.query);
  if (!query) return query.error();
  auto year = year_in(call.path.front());
  if (!year) return year.error();
  query->year = *year;
  return query;
}

Result<Publishing> read_publishing(const Call& call, const json::object& body) {
  auto query = year_query(call);
  if (!query) return query.error();
  Publishing publishing{.report = *query};
  FieldReader reader(body);
  publishing.on = reader.day("on", true).value_or(Day{});
  publishing.url = reader.text("url", false);
  auto status = reader.text("status", false);
  if (!status.empty() && status != "published" && status != "submitted")
    reader.refuse("status", "应为 published 或 submitted", "must be published or submitted");
  publishing.submitted = status == "submitted";
  if (auto* correction = reader.find("correction")) {
    if (correction->is_bool())
      publishing.correction = correction->get_bool();
    else
      reader.refuse("correction", "应为 true 或 false", "must be true or false");
  }
  Operation provenance;
  read_provenance(reader, provenance);
  publishing.documents = std::move(provenance.documents);
  if (auto failure = reader.finish()) return *failure;
  return publishing;
}

} // namespace

/// The figures are those of the register when the call is decided; the body brings none.
Result<Response> Api::publish_report(const Call& call) const {
  auto body = body_object(call.request);
  if (!body) return body.error();
  auto publishing = read_publishing(call, *body);
  if (!publishing) return publishing.error();
  // Which report is meant is said in the query: the same key for another one is another content.
  auto& asked = publishing->report;
  auto content = canonical(json::object{{"body", *body},
                                        {"organ", asked.organ},
                                        {"scope", to_word(asked.scope)},
                                        {"edition", asked.edition}});
  auto render = [&](const Recorded& recorded) -> Result<Response> {
    auto& entry = recorded.entries.front();
    auto view = report_view(office_.log(), entry.stream, entry.seq);
    if (!view) return view.error();
    Response response;
    response.status = 201;
    response.fields.emplace_back("ETag", etag_of(entry.version));
    response.body =
        json::serialize(json::object{{"event", event_view(entry)}, {"report", std::move(*view)}});
    return response;
  };
  auto key = idempotency_key(call, content);
  if (!key) return key.error();
  // Another event may get in between the plan and its append; then the figures are counted anew.
  constexpr int attempts = 16;
  for (int attempt = 0;; ++attempt) {
    auto kept = *key ? office_.log().find_key((*key)->digest()) : std::optional<KeptKey>{};
    if (!kept) return kept.error();
    std::vector<Operation> operations; // none: an earlier call with the same key is answered
    if (!*kept) {
      auto plan = office_.read([&](const Register& reg) {
        return plan_publication(reg, office_.statutes(), *publishing);
      });
      if (!plan) return plan.error();
      operations.push_back(std::move(*plan));
    }
    auto asked = writing(call, content, std::move(operations), render);
    if (!asked) return asked.error();
    auto written = write_and_wait(*asked);
    if (!written && written.error().code == "version_mismatch" && attempt < attempts) continue;
    if (written)
      if (auto note = office_.checkpoint(); !note) return note.error();
    return written;
  }
}

Result<Response> Api::restatement_of_year(const Call& call) const {
  auto query = year_query(call);
  if (!query) return query.error();
  return with_register(office_, call.query, LogView::Half::open,
                       [&](const Register& reg) -> Result<Response> {
                         auto moved = restatement(reg, office_.log(), office_.statutes(),
                                                  query->organ, *query->year, query->scope);
                         if (!moved) return moved.error();
                         return json_response(to_json(*moved));
                       });
}

Result<Response> Api::requested_figures(const Call& call) const {
  auto asked = list_call(call);
  if (!asked) return asked.error();
  auto year = year_in(call.path.front());
  if (!year) return year.error();
  return with_register(
      office_, call.query, LogView::Half::open, [&](const Register& reg) -> Result<Response> {
        auto rows = requested_figures_of(reg, asked->organ, asked->scope, *year);
        if (!rows) return rows.error();
        return in_format(render_list(*rows, requested_figure_columns(), asked->format),
                         asked->format);
      });
}

Result<Response> Api::report_versions(const Call& call) const {
  auto query = year_query(call);
  if (!query) return query.error();
  auto at = position_asked(office_.log(), call.query);
  if (!at) return at.error();
  auto stream = StreamId::of(to_word(StreamKind::report), query->organ,
                             report_number(*query->year, query->scope));
  auto known = office_.read([&](const Register& reg) {
    auto* report = reg.find_report(stream);
    return report && report->first_seq <= *at;
  });
  if (!known)
    return Failure{FailureKind::not_found,
                   "no_versions",
                   {"该年度报告尚无上报、公布或汇集的版本", "nothing was submitted, published or "
                                                            "collected for that year"}};
  auto view = report_view(office_.log(), stream, *at);
  if (!view) return view.error();
  return json_response(*view);
}

} // namespace mingce
