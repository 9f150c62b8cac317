#pragma once
// PDF from a page, by WeasyPrint (https://weasyprint.org), an external program: no layout of our own,
// and nothing to install for who needs no PDF. It is started without a shell, reads the page from
// its standard input, is given no address to fetch from, and is ended after five minutes.

#include "base/day.hpp"
#include "base/result.hpp"

#include <string>

namespace mingce {

/// `html` is self-contained. `made_at` is the only date the file bears: equal arguments give equal
/// bytes with the same WeasyPrint. Failures: `unusable`, code `no_pdf_renderer` where the program
/// is not installed, `pdf_failed` where it gives up. Thread-safe; blocks for some seconds.
Result<std::string> make_pdf(const std::string& html, Instant made_at);

} // namespace mingce
