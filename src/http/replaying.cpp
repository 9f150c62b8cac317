// The log itself over HTTP: replay in its order, and live.

#include "http/api.hpp"

#include "app/event_query.hpp"
#include "http/parameters.hpp"

#include <algorithm>
#include <charconv>

namespace mingce {
namespace {

constexpr auto unlimited = std::uint64_t(1) << 62;

/// Whose events, of which type, by whom: what every call about events can ask for.
Result<EventQuery> event_query(const Office& office, const Query& asked) {
  EventQuery query{
      .organ = asked.get("organ"), .type = asked.get("type"), .actor = asked.get("actor")};
  if (!query.type.empty() && !find_event_type(query.type))
    return bad_parameter("type", "未知的事项类型", "unknown event type");
  if (asked.has("request")) {
    query.request = StreamId::parse(asked.get("request"));
    if (!query.request) return bad_parameter("request", "应为申请的 id", "must be a request's id");
  }
  auto known = office.read([&](const Register& reg) { return check_known(query, reg); });
  if (!known) return known.error();
  return query;
}

/// The same, and from when to when.
Result<EventQuery> placed_query(const Office& office, const Query& asked) {
  auto query = event_query(office, asked);
  if (!query) return query.error();
  auto after = number(asked, "after", 0, unlimited, 0);
  if (!after) return after.error();
  query->from = *after + 1;
  if (asked.has("as_of")) {
    auto position = position_asked(office.log(), asked);
    if (!position) return position.error();
    query->to = *position;
  }
  auto recorded_from = instant(asked, "recorded_from"), recorded_to = instant(asked, "recorded_to");
  if (!recorded_from) return recorded_from.error();
  if (!recorded_to) return recorded_to.error();
  auto narrowed = query->narrow(office.log(), *recorded_from, *recorded_to);
  if (!narrowed) return narrowed.error();
  return query;
}

/// Reads on from where the query begins, a bounded stretch of the log at a time.
class EventCursor {
public:
  EventCursor(const LogView& log, EventQuery query) : log_(log), query_(std::move(query)) {}

  /// The next matching entries, rendered by `render`; empty at the end of the log as it is now.
  template <class Render>
  Result<std::string> next(std::uint64_t& remaining, Render render) {
    std::string out;
    while (out.empty() && remaining > 0 && !at_end()) {
      auto piece = query_;
      piece.to = end_of_stretch();
      query_.from = piece.to + 1;
      auto read = each_event(log_, piece, LogView::Half::both, [&](Entry&& entry) {
        render(entry, out);
        return --remaining > 0;
      });
      if (!read) return read.error();
    }
    return out;
  }
  bool at_end() const { return query_.from > end(); }

private:
  std::uint64_t end() const { return std::min(query_.to, log_.size()); }
  /// A stream is read at once: it is short, and found without a walk through the log.
  std::uint64_t end_of_stretch() const {
    constexpr std::uint64_t stretch = 512;
    return query_.request ? end() : std::min(query_.from + stretch - 1, end());
  }

  const LogView& log_;
  EventQuery query_;
};

} // namespace

Result<Response> Api::replay_events(const Call& call) const {
  auto limit = number(call.query, "limit", 1, unlimited, unlimited);
  if (!limit) return limit.error();
  auto query = placed_query(office_, call.query);
  if (!query) return query.error();
  Response response;
  response.content_type = "application/x-ndjson; charset=utf-8";
  response.stream = [cursor = std::make_shared<EventCursor>(office_.log(), *query),
                     remaining = *limit]() mutable -> Piece {
    auto lines = cursor->next(remaining, [](const Entry& entry, std::string& out) {
      out += event_text(entry);
      out += '\n';
    });
    // A damaged entry ends the stream short of its last chunk: the reader sees it was cut.
    if (!lines) throw std::runtime_error(lines.error().message.en);
    bool end = remaining == 0 || cursor->at_end();
    return {std::move(*lines), end ? Piece::Next::end : Piece::Next::more};
  };
  return response;
}

Result<Response> Api::follow_events(const Call& call) const {
  auto& last = call.request.last_event_id;
  std::uint64_t after = office_.log().size();
  if (!last.empty()) {
    auto read = std::from_chars(last.data(), last.data() + last.size(), after);
    if (read.ec != std::errc{} || read.ptr != last.data() + last.size())
      return Failure{FailureKind::unreadable,
                     "bad_last_event_id",
                     {"Last-Event-ID 应为日志序号", "Last-Event-ID must be a position of the log"}};
  } else if (call.query.has("after")) {
    auto read = number(call.query, "after", 0, unlimited, 0);
    if (!read) return read.error();
    after = *read;
  }
  auto query = event_query(office_, call.query);
  if (!query) return query.error();
  query->from = std::min(after, unlimited) + 1;
  Response response;
  response.content_type = "text/event-stream; charset=utf-8";
  response.stream = [cursor = std::make_shared<EventCursor>(office_.log(), *query), greeted = false,
                     quiet = 0]() mutable -> Piece {
    if (!std::exchange(greeted, true)) return {"retry: 2000\n\n", Piece::Next::more};
    auto remaining = unlimited;
    auto events = cursor->next(remaining, [](const Entry& entry, std::string& out) {
      out += "id: " + std::to_string(entry.seq) + "\nevent: ";
      out += std::string(entry.event.at("type").as_string()) + "\ndata: ";
      out += event_text(entry) + "\n\n";
    });
    if (!events) throw std::runtime_error(events.error().message.en);
    if (!events->empty()) {
      quiet = 0;
      return {std::move(*events), Piece::Next::more};
    }
    constexpr int waits_between_heartbeats = 150; // of 100 ms
    if (++quiet % waits_between_heartbeats == 0) return {": still here\n\n", Piece::Next::wait};
    return {"", Piece::Next::wait};
  };
  return response;
}

} // namespace mingce
