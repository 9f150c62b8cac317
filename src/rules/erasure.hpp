#pragma once
// 删除个人信息 (个人信息保护法47): when what is known of a person may be destroyed, and when not
// yet. An erasure is judged in its place, like every fact; and, because what it destroys is
// destroyed on the day it is recorded, by the case as it stands as well.

#include "rules/case.hpp"

#include <optional>
#include <string>
#include <vector>

namespace mingce {

/// What the case itself does not know.
struct ErasureSurroundings {
  std::vector<std::string> open_disputes; ///< linked to the request: their refs
  bool private_since = true;              ///< private text was recorded since the last erasure
};

/// Why the file is still needed on that day, by the case alone; nothing if it is not.
std::optional<Failure> refusal_while_needed(const Case& state, Day on);

/// Why nothing may be erased on that day, by the case as it stands and by what surrounds it.
std::optional<Failure> refusal_of_erasure(const Case& state, Day on,
                                          const ErasureSurroundings& surroundings);

/// What is destroyed does not come back: an erasure cannot be retracted.
std::optional<Failure> refusal_of_retraction(const EventType& target);

/// The last day of the retention period that the archiving names, counted from the latest
/// conclusion, else from the archiving. Day::max() for ever; none where no period was named.
std::optional<Day> retained_through(const Case& state);

bool is_erasure(const EventType& type); ///< applicant.erased

/// Whether a private half was recorded after the latest erasure; true where there was none.
/// `records` are a whole stream, in the order of their versions.
bool has_private_since_erasure(std::span<const Record> records);

} // namespace mingce
