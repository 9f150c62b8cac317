#pragma once
// Annual reports of others, as they are found: one file in, one report out.
//
//   file → bytes → page (prose and tables) → printed cells by their labels → report → checks
//          intake   encoding, readers        scan                            recognise  review

#include "base/result.hpp"
#include "intake/recognise.hpp"

#include <string>
#include <string_view>

namespace mingce {

/// What the bytes are tells the format, not the name of the file: a report document in JSON, XLSX,
/// DOCX, HTML, else CSV. Failures: `unreadable` or `invalid` (damaged, no report), `unusable` with
/// code `too_large` beyond the limits of page.hpp.
Result<ForeignReport> read_report(std::string_view bytes, std::string_view file_name,
                                  const Editions& editions);

/// The same from the disk; `unusable` if it cannot be opened.
Result<ForeignReport> read_report_file(const std::string& path, const Editions& editions);

} // namespace mingce
