#pragma once
// Taking over a register kept elsewhere: NDJSON lines (contract §6), validated whole, appended as
// one. And the inverse: the whole log as such lines.

#include "app/office.hpp"
#include "app/what_if.hpp"

#include <filesystem>
#include <functional>
#include <istream>
#include <ostream>

namespace mingce {

struct ImportOptions {
  bool dry_run = false;
  bool preserve = false; ///< keep seq, recorded_at and actor; into an empty directory only
  std::string actor = "import";
  std::function<void(std::uint64_t)> progress{}; ///< told the number of the line
};

/// A line that cannot be taken, and why.
struct BadLine {
  std::uint64_t number = 0; ///< counted from 1
  Failure failure;
};

struct ImportResult {
  std::uint64_t lines = 0;
  std::uint64_t appended = 0; ///< 0 when there are bad lines, and on a dry run
  bool made_keys = false;     ///< the register was new: its keys were made with it
  std::uint64_t skipped = 0;  ///< lines whose key had been seen before
  std::vector<BadLine> bad;
  std::optional<WhatIf> would; ///< on a dry run without bad lines: the cells that would move
};

/// Nothing is written unless every line is good; what is written becomes visible at once.
Result<ImportResult> import_register(const LogPlace& place, std::istream& lines,
                                     const Statutes& statutes, const std::function<Instant()>& now,
                                     const ImportOptions& options);

struct ExportOptions {
  bool with_personal_data = false;
  std::function<void(std::uint64_t)> progress{};
};

/// One line an event, in the order of the log. Without personal data a line says `sealed` with the
/// commitment of its private half; such a line can be imported again.
Result<void> export_register(const LogView& log, std::ostream& out, const ExportOptions& options);

} // namespace mingce
