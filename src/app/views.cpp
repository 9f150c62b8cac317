#include "app/views.hpp"

#include "app/clock_views.hpp"
#include "app/request_views.hpp"

#include <algorithm>

namespace mingce {
namespace {

json::object head_of(const History& history, StreamKind kind) {
  auto& first = history.entries.front();
  json::object out{{"id", first.stream.hex()}};
  if (auto* number = first.event.if_contains(number_member(kind)))
    out[number_member(kind)] = *number;
  out["organ"] = first.event.at("organ");
  return out;
}

void add_version(json::object& out, const History& history) {
  out["version"] = std::int64_t(history.entries.back().version);
}

} // namespace

json::object full_data(const Event& event) {
  auto halves = encode(event);
  merge_into(halves.open, halves.closed);
  return std::move(halves.open.get_object());
}

Failure no_such_record() {
  return {FailureKind::not_found, "not_found", {"没有这条记录", "no such record"}};
}

namespace {

/// `documents` and `data`, each with what the private half says of it.
void add_contents(json::object& out, const json::value& documents, const Entry& entry) {
  out["documents"] = documents;
  out["data"] = entry.event.at("data");
  if (entry.body) merge_private(out, *entry.body);
}

void add_contents(JsonText& out, const json::value& documents, const Entry& entry) {
  auto& data = entry.event.at("data");
  auto* body = entry.body ? entry.body->if_object() : nullptr;
  auto* names = body ? body->if_contains(names_of_documents) : nullptr;
  if (names)
    out["documents"].is_merged(documents, *names);
  else
    out["documents"] = documents;
  if (body)
    out["data"].is_merged(data, *entry.body, names_of_documents);
  else
    out["data"] = data;
}

template <class Out>
void describe_contents(Out& out, const Entry& entry) {
  static const json::value no_documents = json::array{};
  auto* given = entry.event.if_contains("documents");
  add_contents(out, given ? *given : no_documents, entry);
}

template <class Out>
void describe(Out& out, const Entry& entry) {
  auto& event = entry.event;
  auto stream = entry.stream.hex();
  out["seq"] = std::int64_t(entry.seq);
  out["id"] = stream + "-" + std::to_string(entry.version);
  out["stream"] = stream;
  out["version"] = std::int64_t(entry.version);
  for (auto* name : {"type", "type_version", "on"}) out[name] = event.at(name);
  out["recorded_at"] = to_string(entry.recorded_at);
  out["actor"] = entry.actor;
  for (auto* name : {"organ", "register_no", "ref", "requests", "source"})
    if (auto* value = event.if_contains(name)) out[name] = *value;
  describe_contents(out, entry);
}

} // namespace

json::object event_view(const Entry& entry) {
  json::object out;
  out.reserve(16);
  describe(out, entry);
  return out;
}

std::string event_text(const Entry& entry) {
  JsonText out(512);
  describe(out, entry);
  return out.take();
}

std::string event_texts(std::span<const Entry> entries) {
  std::vector<std::string> texts;
  texts.reserve(entries.size());
  for (auto& entry : entries) texts.push_back(event_text(entry));
  return json_array(texts);
}

json::object position_view(const Register& reg) {
  auto recorded_at = reg.recorded_at();
  json::object out{{"seq", std::int64_t(reg.size())}};
  out["recorded_at"] = recorded_at ? json::value(to_string(*recorded_at)) : json::value(nullptr);
  return out;
}

Result<History> read_history(const LogView& log, const StreamId& stream, std::uint64_t up_to,
                             LogView::Half half) {
  auto entries = log.read_stream(stream, up_to, half);
  if (!entries) return entries.error();
  if (entries->empty()) return no_such_record();
  auto records = to_records(*entries);
  if (!records) return records.error();
  auto facts = resolve(*records);
  if (!facts) return facts.error();
  return History{std::move(*entries), std::move(*records), std::move(*facts)};
}

Viewer::Viewer(const Register& reg, const Law& law, std::uint64_t up_to, Day today)
    : register_(reg), law_(law), up_to_(up_to), today_(today), calendars_(reg, law, {up_to, {}}) {}

Viewpoint Viewer::on(const StreamId& stream) const {
  std::string organ;
  if (auto* request = register_.find_request(stream)) organ = request->organ;
  if (auto* dispute = register_.find_dispute(stream)) organ = dispute->organ;
  return of(organ);
}

Viewpoint Viewer::of(const std::string& organ) const {
  return {up_to_, today_, &law_, calendars_.share(organ),
          lamps_for(register_.organs(), organ, law_, up_to_)};
}

Result<Day> day_of_view(const LogView& log, std::uint64_t up_to, Day today) {
  if (up_to == 0 || up_to >= log.size()) return today;
  auto scanned = log.scan(up_to, up_to, LogView::Half::open, [&](Entry&& entry) {
    today = civil_day(entry.recorded_at);
    return false;
  });
  if (!scanned) return scanned.error();
  return today;
}

Result<json::object> dispute_view(const LogView& log, const Viewpoint& from, const StreamId& stream,
                                  LogView::Half half) {
  auto history = read_history(log, stream, from.up_to, half);
  if (!history) return history.error();
  auto state = fold_dispute(history->facts);
  auto out = head_of(*history, StreamKind::dispute);
  out["block"] = to_word(state.block);
  out["role"] = to_word(state.role);
  out["opened_on"] = or_null(state.opened_on);
  auto turn = state.turn_at(Day::max());
  out["result"] = or_null(turn ? std::optional{turn->column} : std::nullopt);
  out["since"] = or_null(turn ? std::optional{turn->on} : std::nullopt);
  out["suspended"] = state.suspended;
  out["voided"] = state.voided;
  json::array requests;
  if (auto* linked = history->entries.front().event.if_contains("requests"); linked)
    requests = linked->get_array();
  for (auto& request : state.requests) requests.push_back(json::string(request.value));
  out["requests"] = std::move(requests);
  add_timers(out, timers_of(state, from.today, from.terms(), from.lamps), {});
  add_version(out, *history);
  return out;
}

bool is_about(const RegisteredDispute& dispute, const std::string& request) {
  return std::ranges::find(dispute.requests, request) != dispute.requests.end() ||
         std::ranges::find(dispute.state.requests, request, &RequestRef::value) !=
             dispute.state.requests.end();
}

Result<json::object> figure_view(const LogView& log, const StreamId& stream, std::uint64_t up_to) {
  auto history = read_history(log, stream, up_to);
  if (!history) return history.error();
  auto out = head_of(*history, StreamKind::figure);
  out["retracted"] = history->facts.empty();
  if (!history->facts.empty()) {
    auto& fact = history->facts.front();
    out["on"] = to_string(fact.on);
    for (auto& member : full_data(fact.event)) out[member.key()] = member.value();
  }
  add_version(out, *history);
  return out;
}

Result<json::object> organ_view(const LogView& log, const StreamId& stream, std::uint64_t up_to) {
  auto history = read_history(log, stream, up_to);
  if (!history) return history.error();
  auto organ = fold_organ(history->facts);
  json::object out{{"code", history->entries.front().event.at("organ")},
                   {"id", stream.hex()},
                   {"name", organ.name},
                   {"kind", to_word(organ.kind)}};
  out["parent"] = organ.parent ? json::value(json::string(*organ.parent)) : json::value(nullptr);
  out["ended_on"] = or_null(organ.ended_on);
  Organ::Settings settings;
  for (auto& set : organ.settings) settings.take(set.value);
  json::object shown;
  if (settings.report_by) shown["report_by"] = *settings.report_by;
  if (settings.lamp_yellow) shown["lamp_yellow"] = *settings.lamp_yellow;
  if (settings.lamp_orange) shown["lamp_orange"] = *settings.lamp_orange;
  if (settings.late_fact) shown["late_fact"] = to_word(*settings.late_fact);
  out["settings"] = std::move(shown);
  add_version(out, *history);
  return out;
}

Result<json::object> calendar_view(const LogView& log, const StreamId& stream,
                                   std::uint64_t up_to) {
  auto history = read_history(log, stream, up_to);
  if (!history) return history.error();
  json::object out{{"region", history->entries.front().event.at("organ")}, {"id", stream.hex()}};
  json::array notices;
  for (auto& fact : history->facts) {
    auto notice = full_data(fact.event);
    notice["seq"] = std::int64_t(fact.seq);
    notice["version"] = std::int64_t(fact.version);
    notices.push_back(std::move(notice));
  }
  out["notices"] = std::move(notices);
  add_version(out, *history);
  return out;
}

namespace {

json::object version_view(const ReportVersion& version) {
  json::object out{{"version", std::int64_t(version.version)},
                   {"seq", std::int64_t(version.seq)},
                   {"status", to_word(version.status)},
                   {"on", to_string(version.on)},
                   {"returned_on", json::value(or_null(version.returned_on))},
                   {"edition", version.edition}};
  if (version.proactive_edition != version.edition)
    out["proactive_edition"] = version.proactive_edition;
  if (version.position != 0) {
    out["position"] = std::int64_t(version.position);
    out["late_fact"] = to_word(version.late_fact);
  }
  if (!version.url.empty()) out["url"] = version.url;
  out["cells"] = version.cells;
  return out;
}

} // namespace

Result<json::object> report_view(const LogView& log, const StreamId& stream, std::uint64_t up_to) {
  auto history = read_history(log, stream, up_to);
  if (!history) return history.error();
  auto& first = history->records.front().data;
  auto* scope = first.if_contains("scope");
  json::object out{{"id", stream.hex()},
                   {"organ", history->entries.front().event.at("organ")},
                   {"year", first.at("year")}};
  out["scope"] = scope ? *scope : json::value(json::string(to_word(Scope::organ)));
  auto file = fold_report(history->facts);
  json::array versions, disposals;
  for (auto& version : file.versions) versions.push_back(version_view(version));
  for (auto& fact : history->facts)
    if (auto* disposed = std::get_if<CheckDisposed>(&fact.event)) {
      json::object line{{"version", std::int64_t(fact.version)},
                        {"seq", std::int64_t(fact.seq)},
                        {"on", to_string(fact.on)},
                        {"check", disposed->check},
                        {"reason", disposed->reason.value}};
      if (disposed->cells)
        line["cells"] = json::array(disposed->cells->begin(), disposed->cells->end());
      disposals.push_back(std::move(line));
    }
  out["versions"] = std::move(versions);
  out["disposals"] = std::move(disposals);
  add_version(out, *history);
  return out;
}

Result<WrittenView> written(const Result<json::object>& view) {
  if (!view) return view.error();
  return WrittenView{json::serialize(*view), std::uint32_t(view->at("version").get_int64())};
}

Result<json::object> view_of(const LogView& log, const Viewpoint& from, StreamKind kind,
                             const StreamId& stream, Language language) {
  auto up_to = from.up_to;
  switch (kind) {
  case StreamKind::request:
    return request_view(log, from, stream, language);
  case StreamKind::dispute:
    return dispute_view(log, from, stream);
  case StreamKind::figure:
    return figure_view(log, stream, up_to);
  case StreamKind::calendar:
    return calendar_view(log, stream, up_to);
  case StreamKind::report:
    return report_view(log, stream, up_to);
  case StreamKind::organ:
  case StreamKind::any:
    break;
  }
  return organ_view(log, stream, up_to);
}

} // namespace mingce
