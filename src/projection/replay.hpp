#pragma once
// From a log to the register at a position of it.

#include "projection/register.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

namespace mingce {

/// What a register reads to fold a stream again; the log must outlive it.
Register::StreamReader public_halves_of(const EntrySource& log);

/// The register as of that position, from the entries. `progress` (may be empty) is told the seq
/// now and then. With both halves the texts for searching come with it.
Result<Register> replay(const EntrySource& log, std::uint64_t up_to,
                        const std::function<void(std::uint64_t)>& progress = {},
                        LogView::Half half = LogView::Half::open);

/// The same from the spine where it is of use, else from the entries. With both halves the entries
/// are read. `concerning`: as for `Spine::load`.
Result<Register> load_register(const LogView& log, std::uint64_t up_to,
                               LogView::Half half = LogView::Half::open,
                               const std::function<void(std::uint64_t)>& progress = {},
                               const std::optional<Period>& concerning = {});

/// The same from every byte of the leaves: they are hashed again, and their root must be that of the
/// tree (`corrupt`, code `root_differs`).
Result<Register> replay_in_full(const LogView& log, std::uint64_t up_to,
                                const std::function<void(std::uint64_t)>& progress = {});

/// The position that a reader names by `as_of`: digits are a seq (at most the size of the log),
/// anything else an instant; empty: the end of the log. `invalid`, code `bad_parameter`, if it is
/// none.
Result<std::uint64_t> position_of(const EntrySource& log, std::string_view as_of);
/// The last position recorded at or before that instant; 0 if there is none.
Result<std::uint64_t> position_at(const EntrySource& log, Instant instant);

} // namespace mingce
