#pragma once
// The annual report in every form it can have. What needs the register is prepared first; printing
// needs it no more, so a lock on the register is not held meanwhile.

#include "app/reporting.hpp"
#include "report/narrative.hpp"
#include "report/paper.hpp"

#include <optional>
#include <string>

namespace mingce {

enum class ReportMedia { json, csv, text, html, xlsx, docx, pdf };
BOOST_DESCRIBE_ENUM(ReportMedia, json, csv, text, html, xlsx, docx, pdf)

/// The six sections for readers, without the checks.
bool is_paper(ReportMedia media);
/// Not for a terminal.
bool is_binary(ReportMedia media);
const char* content_type_of(ReportMedia media);

/// What the organ writes itself, this year and, where it is given, the year before.
struct Words {
  Narrative narrative;
  std::optional<Narrative> previous{};
};
/// Both as Markdown; an empty one was not given. None where neither was.
Result<std::optional<Words>> read_words(std::string_view narrative, std::string_view previous);

struct PreparedReport {
  Report report; ///< with the checks of the narrative, where there is one
  std::optional<Paper> paper; ///< for the forms that print one, and where there is a narrative
};

/// Failures as of `make_report`.
Result<PreparedReport> prepare_report(const Register& reg, const Statutes& statutes,
                                      const ReportQuery& query, ReportMedia media,
                                      const std::optional<Words>& words);

/// JSON names the paragraphs of the sections as well, where the organ gave its words. Failures:
/// `unusable` where there is nothing that could make a PDF (app/pdf.hpp).
Result<std::string> print_report(const PreparedReport& prepared, ReportMedia media);

} // namespace mingce
