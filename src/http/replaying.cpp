// The log itself over HTTP: replay in its order, and live.

#include "http/api.hpp"

#include "http/parameters.hpp"

#include <charconv>

namespace mingce {
namespace {

struct EventFilter {
  std::string organ, type;
  bool matches(const Entry& entry) const {
    auto is = [&](const char* member, const std::string& wanted) {
      return wanted.empty() || entry.event.at(member).as_string() == std::string_view(wanted);
    };
    return is("organ", organ) && is("type", type);
  }
  static Result<EventFilter> read(const Query& query) {
    EventFilter filter{query.get("organ"), query.get("type")};
    if (!filter.type.empty() && !find_event_type(filter.type))
      return bad_parameter("type", "未知的事项类型", "unknown event type");
    return filter;
  }
};

/// Reads on from `after`, a bounded stretch of the log at a time.
class EventCursor {
public:
  EventCursor(const LogView& log, EventFilter filter, std::uint64_t after)
      : log_(log), filter_(std::move(filter)), after_(after) {}

  /// The next matching entries, rendered by `render`; empty at the end of the log as it is now.
  template <class Render>
  Result<std::string> next(std::uint64_t& remaining, Render render) {
    constexpr std::uint64_t stretch = 512;
    std::string out;
    while (out.empty() && remaining > 0 && after_ < log_.size()) {
      auto to = std::min(after_ + stretch, log_.size());
      auto scanned = log_.scan(after_ + 1, to, LogView::Half::both, [&](Entry&& entry) {
        after_ = entry.seq;
        if (!filter_.matches(entry)) return true;
        render(entry, out);
        return --remaining > 0;
      });
      if (!scanned) return scanned.error();
    }
    return out;
  }
  bool at_end() const { return after_ >= log_.size(); }

private:
  const LogView& log_;
  EventFilter filter_;
  std::uint64_t after_;
};

} // namespace

Result<Response> Api::replay_events(const Call& call) const {
  constexpr auto unlimited = std::uint64_t(1) << 62;
  auto after = number(call.query, "after", 0, unlimited, 0);
  if (!after) return after.error();
  auto limit = number(call.query, "limit", 1, unlimited, unlimited);
  if (!limit) return limit.error();
  auto filter = EventFilter::read(call.query);
  if (!filter) return filter.error();
  Response response;
  response.content_type = "application/x-ndjson; charset=utf-8";
  response.stream = [cursor = std::make_shared<EventCursor>(office_.log(), *filter, *after),
                     remaining = *limit]() mutable -> Piece {
    auto lines = cursor->next(remaining, [](const Entry& entry, std::string& out) {
      out += json::serialize(event_view(entry));
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
    auto read = number(call.query, "after", 0, std::uint64_t(1) << 62, 0);
    if (!read) return read.error();
    after = *read;
  }
  auto filter = EventFilter::read(call.query);
  if (!filter) return filter.error();
  Response response;
  response.content_type = "text/event-stream; charset=utf-8";
  response.stream = [cursor = std::make_shared<EventCursor>(office_.log(), *filter, after),
                     greeted = false, quiet = 0]() mutable -> Piece {
    if (!std::exchange(greeted, true)) return {"retry: 2000\n\n", Piece::Next::more};
    auto remaining = std::uint64_t(1) << 62;
    auto events = cursor->next(remaining, [](const Entry& entry, std::string& out) {
      out += "id: " + std::to_string(entry.seq) + "\nevent: ";
      out += std::string(entry.event.at("type").as_string()) + "\ndata: ";
      out += json::serialize(event_view(entry)) + "\n\n";
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
