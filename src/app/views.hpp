#pragma once
// What readers are shown of one stream: JSON views, the same over HTTP and on the command line.
// A view of a stream up to a position depends on nothing that comes later.

#include "app/office.hpp"
#include "base/json_text.hpp"
#include "projection/due.hpp"

#include <string>

namespace mingce {

enum class Language { zh, en };
inline const std::string& in(Language language, const Text& text) {
  return language == Language::zh ? text.zh : text.en;
}

/// `not_found`: of a stream that was asked for by its id, or by a name.
Failure no_such_record();

/// The envelope of contract §2; `data` with its private half where the entry was read with it.
json::object event_view(const Entry& entry);
/// The same, ready to be sent: of one, and of several as an array.
std::string event_text(const Entry& entry);
std::string event_texts(std::span<const Entry> entries);

/// The wire form of an event's data, both halves together.
json::object full_data(const Event& event);

/// The position that a register reflects, and when its last entry was recorded.
json::object position_view(const Register& reg);

/// A stream read for showing: its entries up to a position, resolved.
struct History {
  std::vector<Entry> entries;
  std::vector<Record> records;
  std::vector<Fact> facts;
};
Result<History> read_history(const LogView& log, const StreamId& stream, std::uint64_t up_to,
                             LogView::Half half = LogView::Half::both);

/// From where a view is taken: up to a position, at the end of a day, by the calendar and the
/// thresholds of the organ as known then. It owns what it needs but the law.
struct Viewpoint {
  std::uint64_t up_to = 0;
  Day today{};
  const Law* law = nullptr;
  std::shared_ptr<const Calendar> calendar;
  Lamps lamps;

  Terms terms() const { return {*law, *calendar}; }
};

/// Gives viewpoints on the streams of a register as it stands; used under its lock.
class Viewer {
public:
  Viewer(const Register& reg, const Law& law, std::uint64_t up_to, Day today);
  /// On any stream; on one that is not known, that of no organ in particular.
  Viewpoint on(const StreamId& stream) const;
  /// On any stream of that organ.
  Viewpoint of(const std::string& organ) const;

private:
  const Register& register_;
  const Law& law_;
  std::uint64_t up_to_;
  Day today_;
  Calendars calendars_;
};

/// The day of a view up to a position: today at the end of the log, else the day of recording.
Result<Day> day_of_view(const LogView& log, std::uint64_t up_to, Day today);

Result<json::object> dispute_view(const LogView& log, const Viewpoint& from, const StreamId& stream,
                                  LogView::Half half = LogView::Half::both);
/// Whether a dispute is about that request, by its opening or by a later link.
bool is_about(const RegisteredDispute& dispute, const std::string& request);
Result<json::object> figure_view(const LogView& log, const StreamId& stream, std::uint64_t up_to);
Result<json::object> organ_view(const LogView& log, const StreamId& stream, std::uint64_t up_to);
/// The notices of one region's calendar.
Result<json::object> calendar_view(const LogView& log, const StreamId& stream, std::uint64_t up_to);
/// The versions of one report side by side, and the checks disposed.
Result<json::object> report_view(const LogView& log, const StreamId& stream, std::uint64_t up_to);

/// A view that is ready to be sent: one JSON object.
struct WrittenView {
  std::string json;
  std::uint32_t version = 0;
};
Result<WrittenView> written(const Result<json::object>& view);

/// The view that fits the kind of stream.
Result<json::object> view_of(const LogView& log, const Viewpoint& from, StreamKind kind,
                             const StreamId& stream, Language language);

} // namespace mingce
