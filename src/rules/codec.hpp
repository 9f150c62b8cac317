#pragma once
// Event ↔ JSON. The wire form of an event's data is one object; at rest it is two halves, the
// public one (covered by proofs) and the private one (sealed, erasable). All of it derives from
// the catalogue; nothing here knows a single event by name but the amendment.

#include "base/json.hpp"
#include "base/result.hpp"
#include "rules/events.hpp"

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mingce {

/// One line of the catalogue at run time.
class EventType {
public:
  const EventInfo& info() const { return *info_; }
  std::size_t index() const { return index_; }

private:
  friend std::span<const EventType> catalogue();
  const EventInfo* info_ = nullptr;
  std::size_t index_ = 0;
};

/// All event types in the order of the catalogue.
std::span<const EventType> catalogue();
/// The type of that wire name, or nullptr.
const EventType* find_event_type(std::string_view type);
inline const EventType& type_of(const Event& event) { return catalogue()[event.index()]; }

/// The two halves of one fact. Merged (`merge_into`) they are the wire form.
struct Halves {
  json::value open = json::object{};   ///< public half
  json::value closed = json::object{}; ///< private half; empty when there is nothing private
  bool has_private() const { return !closed.get_object().empty(); }
};

/// Translates a reference to another request, both ways (register number ↔ id).
using Translate = std::function<Result<std::string>(const std::string&)>;

struct DecodeOptions {
  bool private_may_be_missing = false; ///< the private half is sealed, erased or not asked for
  Translate request_id{};              ///< applied to every RequestRef; default: taken as it is
};

/// Reads `data` of that type. Unknown, missing and ill-typed members are all reported, each with a
/// pointer below `/data`. For `event.amended` the patch itself is checked by `check_patch`.
Result<Event> decode(const EventType& type, const json::object& data, const DecodeOptions& = {});
Result<Event> decode(const EventType& type, const json::value& data, const DecodeOptions& = {});

/// The types that an amendment reaches: that of its target and, while that is an amendment itself,
/// that of the target's target, and so on.
using AmendedTypes = std::span<const EventType* const>;

/// The halves of an event. An amendment's patch is split by the types it amends: `amended` is
/// mandatory when `event` is an EventAmended with data.
Halves encode(const Event& event, AmendedTypes amended = {});

/// Checks the members of a patch one by one against the amended type (null removes an optional
/// member) and normalises them. Pointers below `/data/data`.
Result<Patch> check_patch(AmendedTypes amended, const Patch& patch, const DecodeOptions& = {});

/// The data of an event after an amendment: each member of `patch` replaces that of `data`.
/// Works on full data and on public halves alike.
void apply_patch(json::object& data, const json::object& patch);

/// Rewrites every reference to a request inside `data` (full or public half) of that type.
Result<void> translate_references(const EventType& type, json::value& data, const Translate&);

/// The form of an organ's code: 1 to 64 letters, digits, dots, dashes, underscores.
bool is_organ_code(std::string_view code);

/// JSON Schema (2020-12) of `data`; every member says `x-privacy: public | private`.
json::object data_schema(const EventType& type);

} // namespace mingce
