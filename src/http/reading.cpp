// The calls that read: views, lists, reports.

#include "http/api.hpp"

#include "http/parameters.hpp"
#include "report/document.hpp"
#include "report/render.hpp"

#include <algorithm>
#include <charconv>

namespace mingce {
namespace {

Result<void> organ_exists(const Register& reg, const std::string& code) {
  if (reg.organs().contains(code)) return {};
  return Failure{FailureKind::not_found, "unknown_organ", {"机关未登记", "no such organ"}};
}

Response json_response(const json::value& body) {
  Response response;
  response.body = json::serialize(body);
  return response;
}

// ---- the register -------------------------------------------------------------------------------

struct RequestFilter {
  std::string organ, assignee, text;
  std::optional<CaseState> state;
  std::optional<Outcome> outcome;
  std::optional<Day> received_from, received_to;

  static Result<RequestFilter> read(const Query& query) {
    RequestFilter filter{query.get("organ"), query.get("assignee"), query.get("q"), {}, {}, {}, {}};
    auto state = word<CaseState>(query, "state");
    if (!state) return state.error();
    auto outcome = word<Outcome>(query, "outcome");
    if (!outcome) return outcome.error();
    auto from = day(query, "received_from");
    if (!from) return from.error();
    auto to = day(query, "received_to");
    if (!to) return to.error();
    filter.state = *state;
    filter.outcome = *outcome;
    filter.received_from = *from;
    filter.received_to = *to;
    return filter;
  }

  bool matches(const Register& reg, const RegisteredRequest& row) const {
    auto& received_on = row.state.received_on;
    if (received_from && !(received_on && *received_on >= *received_from)) return false;
    if (received_to && !(received_on && *received_on <= *received_to)) return false;
    if (state && row.state.state() != *state) return false;
    if (outcome && !(row.state.conclusion && row.state.conclusion->outcome == *outcome))
      return false;
    if (!assignee.empty() && row.text->unit != assignee && row.text->person != assignee)
      return false;
    if (!text.empty() && !mentions(row)) return false;
    return organ.empty() || holder(reg, row) == organ;
  }

  /// Part of a number or of the subject; of persons only the whole name.
  bool mentions(const RegisteredRequest& row) const {
    auto part = [&](const std::string& in) { return in.find(text) != in.npos; };
    return part(row.register_no) || part(row.text->subject) ||
           std::ranges::any_of(row.text->document_nos, part) ||
           std::ranges::find(row.text->names, text) != row.text->names.end();
  }
};

struct Page {
  std::vector<StreamId> streams;
  std::uint64_t next = 0; ///< first_seq of the last one shown, if there are more
};

/// One page of rows in the order of the log; a cursor is the place of the last row shown.
template <class Row, class Matches>
Result<Page> page_of(const std::vector<Row>& rows, const Query& query, Matches matches) {
  auto limit = number(query, "limit", 1, 1'000, 50);
  if (!limit) return limit.error();
  auto cursor = number(query, "cursor", 0, std::uint64_t(1) << 62, 0);
  if (!cursor) return cursor.error();
  Page page;
  auto row = std::ranges::upper_bound(rows, *cursor, {}, &Row::first_seq);
  std::uint64_t last = 0;
  for (; row != rows.end(); ++row) {
    if (!matches(*row)) continue;
    if (page.streams.size() == *limit) {
      page.next = last;
      break;
    }
    page.streams.push_back(row->id);
    last = row->first_seq;
  }
  return page;
}

json::object page_object(json::array items, std::uint64_t next) {
  json::object out{{"items", std::move(items)}};
  out["next"] = next ? json::value(json::string(std::to_string(next))) : json::value(nullptr);
  return out;
}

// ---- reports ------------------------------------------------------------------------------------

Result<Scope> scope_of(const Query& query) {
  auto scope = word<Scope>(query, "scope");
  if (!scope) return scope.error();
  return scope->value_or(Scope::organ);
}

Result<ReportQuery> report_query(const Query& query) {
  ReportQuery out{.organ = query.get("organ"), .edition = query.get("edition")};
  if (out.organ.empty()) return bad_parameter("organ", "缺少必填项", "is mandatory");
  auto scope = scope_of(query);
  if (!scope) return scope.error();
  out.scope = *scope;
  return out;
}

Result<int> year_in(const std::string& text) {
  int year = 0;
  auto read = std::from_chars(text.data(), text.data() + text.size(), year);
  if (text.size() != 4 || read.ptr != text.data() + text.size() || year < 1900 || year > 2999)
    return bad_parameter("year", "应为四位年份", "must be a year of four digits");
  return year;
}

enum class Media { json, csv, text };

Result<Media> media_of(const Call& call) {
  auto& asked = call.query.get("media");
  if (asked == "csv") return Media::csv;
  if (asked == "text") return Media::text;
  if (!asked.empty() && asked != "json")
    return bad_parameter("media", "应为 json、csv 或 text", "must be json, csv or text");
  std::string_view accept = call.request.accept;
  if (asked.empty() && accept.find("application/json") == accept.npos) {
    if (accept.find("text/csv") != accept.npos) return Media::csv;
    if (accept.find("text/plain") != accept.npos) return Media::text;
  }
  return Media::json;
}

Response rendered(const Report& report, Media media) {
  Response response;
  switch (media) {
  case Media::json:
    response.body = json::serialize(to_json(report.annual, report.checks));
    break;
  case Media::csv:
    response.content_type = "text/csv; charset=utf-8";
    response.body = render_csv(report.annual);
    break;
  case Media::text:
    response.content_type = "text/plain; charset=utf-8";
    response.body = render_text(report.annual, report.checks);
    break;
  }
  return response;
}

/// The register at the position asked for: the live one, or a replay.
template <class Look>
auto with_register(const Office& office, const Query& query, Look look)
    -> decltype(look(std::declval<const Register&>())) {
  if (!query.has("as_of")) return office.read(look);
  auto at = position_asked(office.log(), query);
  if (!at) return at.error();
  auto reg = replay(office.log(), *at);
  if (!reg) return reg.error();
  return look(*reg);
}

} // namespace

// ---- one stream ---------------------------------------------------------------------------------

Result<Response> Api::show(const Call& call, StreamKind kind) const {
  auto found = target(call, kind);
  if (!found) return found.error();
  auto at = position_asked(office_.log(), call.query);
  if (!at) return at.error();
  auto view =
      view_of(office_.log(), office_.statutes().law, kind, found->stream, *at, call.language);
  if (!view) return view.error();
  auto response = json_response(*view);
  response.fields.emplace_back("ETag", etag_of(std::uint32_t(view->at("version").get_int64())));
  return response;
}

Result<Response> Api::history(const Call& call, StreamKind kind) const {
  auto found = target(call, kind);
  if (!found) return found.error();
  auto entries =
      office_.log().read_stream(found->stream, office_.log().size(), LogView::Half::both);
  if (!entries) return entries.error();
  json::array items;
  for (auto& entry : *entries) items.push_back(event_view(entry));
  return json_response(json::object{{"items", std::move(items)}});
}

Result<Response> Api::get_request(const Call& call) const {
  return show(call, StreamKind::request);
}
Result<Response> Api::get_dispute(const Call& call) const {
  return show(call, StreamKind::dispute);
}
Result<Response> Api::get_figure(const Call& call) const { return show(call, StreamKind::figure); }
Result<Response> Api::get_organ(const Call& call) const { return show(call, StreamKind::organ); }
Result<Response> Api::request_events(const Call& call) const {
  return history(call, StreamKind::request);
}
Result<Response> Api::dispute_events(const Call& call) const {
  return history(call, StreamKind::dispute);
}

Result<Response> Api::request_cells(const Call& call) const {
  auto found = target(call, StreamKind::request);
  if (!found) return found.error();
  return office_.read([&](const Register& reg) -> Result<Response> {
    auto cells =
        cells_of(reg, office_.statutes(), *reg.find_request(found->stream), office_.today());
    return json_response(json::object{{"id", call.path.front()}, {"years", std::move(cells)}});
  });
}

// ---- lists --------------------------------------------------------------------------------------

Result<Response> Api::list_organs(const Call&) const {
  auto ids = office_.read([](const Register& reg) {
    std::vector<StreamId> out;
    for (auto& [code, organ] : reg.organs()) out.push_back(reg.organ_row(code)->id);
    return out;
  });
  json::array items;
  for (auto& id : ids) {
    auto view = organ_view(office_.log(), id, office_.log().size());
    if (!view) return view.error();
    items.push_back(std::move(*view));
  }
  return json_response(json::object{{"items", std::move(items)}});
}

Result<Response> Api::list_requests(const Call& call) const {
  auto filter = RequestFilter::read(call.query);
  if (!filter) return filter.error();
  auto page = office_.read([&](const Register& reg) -> Result<Page> {
    if (!filter->organ.empty())
      if (auto known = organ_exists(reg, filter->organ); !known) return known.error();
    return page_of(reg.requests(), call.query,
                   [&](auto& row) { return filter->matches(reg, row); });
  });
  if (!page) return page.error();
  json::array items;
  for (auto& id : page->streams) {
    auto view = request_view(office_.log(), office_.statutes().law, id, office_.log().size(),
                             call.language);
    if (!view) return view.error();
    items.push_back(std::move(*view));
  }
  return json_response(page_object(std::move(items), page->next));
}

Result<Response> Api::list_disputes(const Call& call) const {
  auto& organ = call.query.get("organ");
  auto& request = call.query.get("request");
  auto page = office_.read([&](const Register& reg) -> Result<Page> {
    if (!organ.empty())
      if (auto known = organ_exists(reg, organ); !known) return known.error();
    return page_of(reg.disputes(), call.query, [&](auto& row) {
      return (organ.empty() || row.organ == organ) &&
             (request.empty() || std::ranges::find(row.requests, request) != row.requests.end() ||
              std::ranges::find(row.state.requests, request, &RequestRef::value) !=
                  row.state.requests.end());
    });
  });
  if (!page) return page.error();
  json::array items;
  for (auto& id : page->streams) {
    auto view = dispute_view(office_.log(), id, office_.log().size());
    if (!view) return view.error();
    items.push_back(std::move(*view));
  }
  return json_response(page_object(std::move(items), page->next));
}

Result<Response> Api::list_figures(const Call& call) const {
  auto& organ = call.query.get("organ");
  std::optional<int> year;
  if (call.query.has("year")) {
    auto read = year_in(call.query.get("year"));
    if (!read) return read.error();
    year = *read;
  }
  auto ids = office_.read([&](const Register& reg) -> Result<std::vector<StreamId>> {
    if (!organ.empty())
      if (auto known = organ_exists(reg, organ); !known) return known.error();
    std::vector<StreamId> out;
    for (auto& row : reg.figures())
      if ((organ.empty() || row.organ == organ) && (!year || year_of(row.on) == *year))
        out.push_back(row.id);
    return out;
  });
  if (!ids) return ids.error();
  json::array items;
  for (auto& id : *ids) {
    auto view = figure_view(office_.log(), id, office_.log().size());
    if (!view) return view.error();
    items.push_back(std::move(*view));
  }
  return json_response(page_object(std::move(items), 0));
}

// ---- reports ------------------------------------------------------------------------------------

Result<Response> Api::report(const Call& call, const ReportQuery& query) const {
  auto media = media_of(call);
  if (!media) return media.error();
  return with_register(office_, call.query, [&](const Register& reg) -> Result<Response> {
    auto report = make_report(reg, office_.statutes(), query);
    if (!report) return report.error();
    return rendered(*report, *media);
  });
}

Result<Response> Api::report_of_year(const Call& call) const {
  auto query = report_query(call.query);
  if (!query) return query.error();
  auto year = year_in(call.path.front());
  if (!year) return year.error();
  query->year = *year;
  return report(call, *query);
}

Result<Response> Api::report_of_period(const Call& call) const {
  auto query = report_query(call.query);
  if (!query) return query.error();
  auto from = day(call.query, "from"), to = day(call.query, "to");
  if (!from) return from.error();
  if (!to) return to.error();
  if (!*from) return bad_parameter("from", "缺少必填项", "is mandatory");
  if (!*to) return bad_parameter("to", "缺少必填项", "is mandatory");
  if (**to < **from) return bad_parameter("to", "不得早于 from", "must not be before `from`");
  query->period = Period{**from, **to};
  return report(call, *query);
}

Result<Response> Api::explain(const Call& call) const {
  auto query = report_query(call.query);
  if (!query) return query.error();
  auto year = year_in(call.path[0]);
  if (!year) return year.error();
  query->year = *year;
  return with_register(office_, call.query, [&](const Register& reg) -> Result<Response> {
    auto cell =
        explain_cell(reg, office_.statutes(), *query, call.path[1], call.path[2], call.path[3]);
    if (!cell) return cell.error();
    return json_response(*cell);
  });
}

} // namespace mingce
