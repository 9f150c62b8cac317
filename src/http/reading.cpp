// The calls that read: views, lists, reports.

#include "http/api.hpp"

#include "app/annual_paper.hpp"
#include "app/provenance.hpp"
#include "base/json_reader.hpp"
#include "http/parameters.hpp"
#include "http/preferences.hpp"

#include <algorithm>
#include <charconv>

namespace mingce {
namespace {

Result<void> organ_exists(const Register& reg, const std::string& code) {
  if (reg.organs().contains(code)) return {};
  return Failure{FailureKind::not_found, "unknown_organ", {"机关未登记", "no such organ"}};
}

// ---- the register -------------------------------------------------------------------------------

struct RequestFilter {
  std::string organ, assignee, text;
  std::optional<CaseState> state;
  std::optional<Outcome> outcome;
  std::optional<Day> received_from, received_to, due_before;
  std::optional<Lamp> lamp;

  static Result<RequestFilter> read(const Query& query) {
    RequestFilter filter;
    filter.organ = query.get("organ");
    filter.assignee = query.get("assignee");
    filter.text = query.get("q");
    auto lamp = word<Lamp>(query, "lamp");
    if (!lamp) return lamp.error();
    auto due_before = day(query, "due_before");
    if (!due_before) return due_before.error();
    filter.lamp = *lamp;
    filter.due_before = *due_before;
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

  bool matches(const Register& reg, const Calendars& calendars, const Law& law, Day today,
               const RegisteredRequest& row) const {
    auto& received_on = row.state.received_on;
    if (received_from && !(received_on && *received_on >= *received_from)) return false;
    if (received_to && !(received_on && *received_on <= *received_to)) return false;
    if (state && row.state.state() != *state) return false;
    if (outcome && !(row.state.conclusion && row.state.conclusion->outcome == *outcome))
      return false;
    if (needs_texts() && !has_words(*reg.text_of(row), row)) return false;
    if (!organ.empty() && holder(reg, row) != organ) return false;
    return !(lamp || due_before) || is_due_so(reg, calendars, law, today, row);
  }

  /// As the view shows it: a concluded request has a due date, but no lamp.
  bool is_due_so(const Register& reg, const Calendars& calendars, const Law& law, Day today,
                 const RegisteredRequest& row) const {
    auto clock = read_clock(row.state, today, calendars.terms(row.organ),
                            lamps_for(reg.organs(), row.organ, law));
    if (lamp && clock.lamp != lamp) return false;
    return !due_before || (clock.due_on && *clock.due_on < *due_before);
  }

  /// Only these words are private; whatever else is asked for is known at once after a start.
  bool needs_texts() const { return !assignee.empty() || !text.empty(); }

  bool has_words(const SearchText& words, const RegisteredRequest& row) const {
    if (!assignee.empty() && words.unit != assignee && words.person != assignee) return false;
    return text.empty() || mentions(words, row);
  }

  /// Part of a number or of the subject; of persons only the whole name.
  bool mentions(const SearchText& words, const RegisteredRequest& row) const {
    auto part = [&](const std::string& in) { return in.find(text) != in.npos; };
    return part(row.register_no) || part(words.subject) ||
           std::ranges::any_of(words.document_nos, part) ||
           std::ranges::find(words.names, text) != words.names.end();
  }
};

struct Page {
  std::vector<StreamId> streams;
  std::vector<std::uint32_t> versions; ///< of each
  std::uint64_t next = 0;              ///< first_seq of the last one shown, if there are more
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
    page.versions.push_back(row->version);
    last = row->first_seq;
  }
  return page;
}

/// `items`: an array as it stands in the answer.
Response page_response(std::string_view items, std::uint64_t next) {
  JsonText out;
  out["items"].is(items);
  out["next"] = next ? json::value(json::string(std::to_string(next))) : json::value(nullptr);
  return json_response(std::move(out));
}

// ---- reports ------------------------------------------------------------------------------------

/// By `media`, else by the weights of `Accept`; of forms wanted alike, JSON before all.
Result<ReportMedia> media_of(const Call& call) {
  if (call.query.has("media")) {
    auto media = from_word<ReportMedia>(call.query.get("media"));
    if (!media)
      return bad_parameter("media", "应为 json、csv、text、html、xlsx、docx 或 pdf",
                           "must be json, csv, text, html, xlsx, docx or pdf");
    return *media;
  }
  static constexpr ReportMedia forms[] = {ReportMedia::json, ReportMedia::docx, ReportMedia::xlsx,
                                          ReportMedia::pdf,  ReportMedia::csv,  ReportMedia::html,
                                          ReportMedia::text};
  std::vector<std::string_view> types;
  for (auto form : forms) {
    std::string_view type = content_type_of(form);
    types.push_back(type.substr(0, type.find(';')));
  }
  return forms[preferred_type(call.request.accept, types).value_or(0)];
}

/// What the organ writes, in the body of a POST.
Result<std::optional<Words>> words_of(const Call& call) {
  if (call.request.method != "POST") return std::optional<Words>{};
  auto body = parse_json(call.request.body);
  if (!body) return body.error();
  std::vector<FieldError> errors;
  JsonReader in(*body, errors);
  in.allow_only({"narrative", "previous_narrative"});
  auto narrative = in.member("narrative").text();
  auto previous = in.optional_member("previous_narrative").text();
  if (!errors.empty())
    return refusal("invalid_field", {"字段有误", "invalid fields"}, std::move(errors));
  return read_words(narrative, previous);
}

std::string file_name(const ReportSubject& subject, ReportMedia media) {
  auto days = subject.year ? std::to_string(*subject.year)
                           : to_string(subject.period.from) + "_" + to_string(subject.period.to);
  return "report-" + days + "." + to_word(media);
}

Result<Response> printed(const PreparedReport& prepared, ReportMedia media) {
  auto body = print_report(prepared, media);
  if (!body) return body.error();
  Response response;
  response.content_type = content_type_of(media);
  response.body = std::move(*body);
  if (media == ReportMedia::html)
    response.fields.emplace_back("Content-Security-Policy",
                                 "default-src 'none'; style-src 'unsafe-inline'");
  if (is_binary(media))
    response.fields.emplace_back("Content-Disposition",
                                 "attachment; filename=\"" +
                                     file_name(prepared.report.annual.subject, media) + "\"");
  return response;
}

} // namespace

// ---- one stream ---------------------------------------------------------------------------------

Result<json::object> Api::view_at(StreamKind kind, const StreamId& stream, std::uint64_t up_to,
                                  Day today, Language language) const {
  auto from = office_.read([&](const Register& reg) {
    return Viewer(reg, office_.statutes().law, up_to, today).on(stream);
  });
  return view_of(office_.log(), from, kind, stream, language);
}

namespace {

Response to_response(WrittenView view) {
  Response response;
  response.body = std::move(view.json);
  response.fields.emplace_back("ETag", etag_of(view.version));
  return response;
}

} // namespace

Result<Response> Api::show(const Call& call, StreamKind kind) const {
  auto found = target(call, kind);
  if (!found) return found.error();
  auto at = position_asked(office_.log(), call.query);
  if (!at) return at.error();
  auto day = day_of_view(office_.log(), *at, office_.today());
  if (!day) return day.error();
  auto view = written(view_at(kind, found->stream, *at, *day, call.language));
  if (!view) return view.error();
  return to_response(std::move(*view));
}

Result<Response> Api::history(const Call& call, StreamKind kind) const {
  auto found = target(call, kind);
  if (!found) return found.error();
  auto at = position_asked(office_.log(), call.query);
  if (!at) return at.error();
  auto entries = office_.log().read_stream(found->stream, *at, LogView::Half::both);
  if (!entries) return entries.error();
  if (entries->empty()) return no_such_record();
  JsonText answer;
  answer["items"].is(event_texts(*entries));
  return json_response(std::move(answer));
}

Result<Response> Api::get_request(const Call& call) const {
  auto id = StreamId::parse(call.path.front());
  if (!id || call.query.has("as_of")) return show(call, StreamKind::request);
  auto view = request_views_.as_it_stands(*id, office_.today(), call.language);
  if (!view) return view.error();
  return to_response(std::move(*view));
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
  return with_register(
      office_, call.query, LogView::Half::open, [&](const Register& reg) -> Result<Response> {
        auto* row = reg.find_request(found->stream);
        if (!row) return no_such_record();
        auto day = day_asked(office_, call.query, reg);
        if (!day) return day.error();
        auto cells = cells_of(reg, office_.statutes(), *row, *day);
        return json_response(json::object{{"id", call.path.front()}, {"years", std::move(cells)}});
      });
}

// ---- lists --------------------------------------------------------------------------------------

Result<Response> Api::list_organs(const Call& call) const {
  std::uint64_t position = 0;
  using Ids = Result<std::vector<StreamId>>;
  auto ids =
      with_register(office_, call.query, LogView::Half::open, [&](const Register& reg) -> Ids {
        position = reg.size();
        std::vector<StreamId> out;
        for (auto& [code, organ] : reg.organs()) out.push_back(reg.organ_row(code)->id);
        return out;
      });
  if (!ids) return ids.error();
  json::array items;
  for (auto& id : *ids) {
    auto view = organ_view(office_.log(), id, position);
    if (!view) return view.error();
    items.push_back(std::move(*view));
  }
  return json_response(json::object{{"items", std::move(items)}});
}

Result<Response> Api::list_requests(const Call& call) const {
  auto filter = RequestFilter::read(call.query);
  if (!filter) return filter.error();
  std::vector<Viewpoint> viewpoints; // of a register of the past
  bool stands = !call.query.has("as_of");
  std::uint64_t position = 0;
  Day today{};
  auto look = [&](const Register& reg) -> Result<Page> {
    if (!filter->organ.empty())
      if (auto known = organ_exists(reg, filter->organ); !known) return known.error();
    if (filter->needs_texts() && !reg.has_texts()) return texts_not_read();
    auto day = day_asked(office_, call.query, reg);
    if (!day) return day.error();
    auto& law = office_.statutes().law;
    Calendars calendars(reg, law);
    auto page = page_of(reg.requests(), call.query,
                        [&](auto& row) { return filter->matches(reg, calendars, law, *day, row); });
    position = reg.size();
    today = *day;
    Viewer viewer(reg, law, position, today);
    if (page && !stands)
      for (auto& id : page->streams) viewpoints.push_back(viewer.on(id));
    return page;
  };
  auto page = with_register(office_, call.query, LogView::Half::both, look);
  if (!page) return page.error();
  std::vector<std::string> items;
  items.reserve(page->streams.size());
  for (std::size_t i = 0; i < page->streams.size(); ++i) {
    auto& id = page->streams[i];
    auto view =
        stands ? request_views_.as_it_stood(id, page->versions[i], position, today, call.language)
               : written(request_view(office_.log(), viewpoints[i], id, call.language));
    if (!view) return view.error();
    items.push_back(std::move(view->json));
  }
  return page_response(json_array(items), page->next);
}

Result<Response> Api::list_disputes(const Call& call) const {
  auto& organ = call.query.get("organ");
  auto& request = call.query.get("request");
  std::vector<Viewpoint> viewpoints;
  auto look = [&](const Register& reg) -> Result<Page> {
    if (!organ.empty())
      if (auto known = organ_exists(reg, organ); !known) return known.error();
    auto day = day_asked(office_, call.query, reg);
    if (!day) return day.error();
    auto page = page_of(reg.disputes(), call.query, [&](auto& row) {
      return (organ.empty() || row.organ == organ) && (request.empty() || is_about(row, request));
    });
    Viewer viewer(reg, office_.statutes().law, reg.size(), *day);
    if (page)
      for (auto& id : page->streams) viewpoints.push_back(viewer.on(id));
    return page;
  };
  auto page = with_register(office_, call.query, LogView::Half::open, look);
  if (!page) return page.error();
  json::array items;
  for (std::size_t i = 0; i < page->streams.size(); ++i) {
    auto view = dispute_view(office_.log(), viewpoints[i], page->streams[i]);
    if (!view) return view.error();
    items.push_back(std::move(*view));
  }
  return page_response(json::serialize(items), page->next);
}

Result<Response> Api::list_figures(const Call& call) const {
  auto& organ = call.query.get("organ");
  std::optional<int> year;
  if (call.query.has("year")) {
    auto read = year_in(call.query.get("year"));
    if (!read) return read.error();
    year = *read;
  }
  std::uint64_t position = 0;
  auto look = [&](const Register& reg) -> Result<std::vector<StreamId>> {
    if (!organ.empty())
      if (auto known = organ_exists(reg, organ); !known) return known.error();
    position = reg.size();
    std::vector<StreamId> out;
    for (auto& row : reg.figures())
      if ((organ.empty() || row.organ == organ) && (!year || year_of(row.on) == *year))
        out.push_back(row.id);
    return out;
  };
  auto ids = with_register(office_, call.query, LogView::Half::open, look);
  if (!ids) return ids.error();
  json::array items;
  for (auto& id : *ids) {
    auto view = figure_view(office_.log(), id, position);
    if (!view) return view.error();
    items.push_back(std::move(*view));
  }
  return page_response(json::serialize(items), 0);
}

// ---- reports ------------------------------------------------------------------------------------

/// With a key a POST is answered as of the position at which the key came first.
Result<Response> Api::report(const Call& call, const ReportQuery& query) const {
  auto media = media_of(call);
  if (!media) return media.error();
  auto words = words_of(call);
  if (!words) return words.error();
  auto prepare = [&](const Register& reg) {
    return prepare_report(reg, office_.statutes(), query, *media, *words);
  };
  auto keyed = [&](const Recorded& recorded) -> Result<Response> {
    auto reg = load_register(office_.log(), recorded.first_seq - 1);
    if (!reg) return reg.error();
    auto prepared = prepare(*reg);
    return prepared ? printed(*prepared, *media) : prepared.error();
  };
  bool has_key = call.request.method == "POST" && !call.request.idempotency_key.empty();
  if (has_key && !call.query.has("as_of")) {
    auto asked = writing(call, canonical(*parse_json(call.request.body)), {}, keyed);
    return asked ? write_and_wait(*asked) : asked.error();
  }
  bool may_be_kept = call.request.method == "GET" && !call.query.has("as_of");
  auto question = call.request.path + "?" + call.request.query + " " + to_word(*media);
  auto position = office_.read([](auto& reg) { return reg.size(); });
  if (may_be_kept)
    if (auto kept = kept_reports_.find(question, position)) return std::move(*kept);
  auto prepared = with_register(office_, call.query, LogView::Half::open, [&](auto& reg) {
    position = reg.size();
    return prepare(reg);
  });
  if (!prepared) return prepared.error();
  auto answer = printed(*prepared, *media);
  if (answer && may_be_kept) kept_reports_.keep(question, position, *answer);
  return answer;
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
  auto asked = period(call.query);
  if (!asked) return asked.error();
  query->period = *asked;
  return report(call, *query);
}

Result<Response> Api::explain(const Call& call) const {
  auto query = report_query(call.query);
  if (!query) return query.error();
  auto year = year_in(call.path[0]);
  if (!year) return year.error();
  query->year = *year;
  return with_register(office_, call.query, LogView::Half::open,
                       [&](const Register& reg) -> Result<Response> {
                         auto cell = explain_cell(reg, office_.log(), office_.statutes(), *query,
                                                  call.path[1], call.path[2], call.path[3]);
                         if (!cell) return cell.error();
                         return json_response(*cell);
                       });
}

} // namespace mingce
