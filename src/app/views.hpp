#pragma once
// What readers are shown of one stream: JSON views, the same over HTTP and on the command line.
// A view of a stream up to a position depends on nothing that comes later.

#include "app/office.hpp"

#include <string>

namespace mingce {

enum class Language { zh, en };
inline const std::string& in(Language language, const Text& text) {
  return language == Language::zh ? text.zh : text.en;
}

/// The envelope of contract §2; `data` with its private half where the entry was read with it.
json::object event_view(const Entry& entry);

/// A stream read for showing: its entries up to a position, resolved.
struct History {
  std::vector<Entry> entries;
  std::vector<Record> records;
  std::vector<Fact> facts;
};
Result<History> read_history(const LogView& log, const StreamId& stream, std::uint64_t up_to,
                             LogView::Half half = LogView::Half::both);

Result<json::object> request_view(const LogView& log, const Law& law, const StreamId& stream,
                                  std::uint64_t up_to, Language language,
                                  LogView::Half half = LogView::Half::both);
Result<json::object> dispute_view(const LogView& log, const StreamId& stream, std::uint64_t up_to);
Result<json::object> figure_view(const LogView& log, const StreamId& stream, std::uint64_t up_to);
Result<json::object> organ_view(const LogView& log, const StreamId& stream, std::uint64_t up_to);

/// The view that fits the kind of stream.
Result<json::object> view_of(const LogView& log, const Law& law, StreamKind kind,
                             const StreamId& stream, std::uint64_t up_to, Language language);

} // namespace mingce
