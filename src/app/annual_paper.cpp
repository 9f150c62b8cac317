#include "app/annual_paper.hpp"

#include "app/background.hpp"
#include "app/pdf.hpp"
#include "report/document.hpp"
#include "report/narrative_checks.hpp"
#include "report/render.hpp"
#include "report/render_paper.hpp"

namespace mingce {
namespace {

/// The words of the paper, section by section.
json::array sections_json(const Paper& paper) {
  json::array out;
  for (auto& section : paper.sections) {
    json::array paragraphs;
    for (auto& block : section.blocks)
      if (auto* passage = std::get_if<Passage>(&block))
        paragraphs.push_back(json::string(passage->text));
    out.push_back(json::object{{"heading", section.heading}, {"paragraphs", paragraphs}});
  }
  return out;
}

std::string json_of(const PreparedReport& prepared) {
  auto document = to_json(prepared.report.annual, prepared.report.checks);
  if (prepared.paper) document["sections"] = sections_json(*prepared.paper);
  return json::serialize(document) + "\n";
}

} // namespace

bool is_paper(ReportMedia media) { return media >= ReportMedia::html; }
bool is_binary(ReportMedia media) { return media >= ReportMedia::xlsx; }

const char* content_type_of(ReportMedia media) {
  switch (media) {
  case ReportMedia::json:
    return "application/json; charset=utf-8";
  case ReportMedia::csv:
    return "text/csv; charset=utf-8";
  case ReportMedia::text:
    return "text/plain; charset=utf-8";
  case ReportMedia::html:
    return "text/html; charset=utf-8";
  case ReportMedia::xlsx:
    return "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";
  case ReportMedia::docx:
    return "application/vnd.openxmlformats-officedocument.wordprocessingml.document";
  case ReportMedia::pdf:
    return "application/pdf";
  }
  return "";
}

Result<std::optional<Words>> read_words(std::string_view narrative, std::string_view previous) {
  if (narrative.empty() && previous.empty()) return std::optional<Words>{};
  auto read = read_narrative(narrative);
  if (!read) return read.error();
  Words words{std::move(*read)};
  if (previous.empty()) return std::optional(std::move(words));
  auto before = read_narrative(previous);
  if (!before) return before.error();
  words.previous = std::move(*before);
  return std::optional(std::move(words));
}

Result<PreparedReport> prepare_report(const Register& reg, const Statutes& statutes,
                                      const ReportQuery& query, ReportMedia media,
                                      const std::optional<Words>& words) {
  auto report = make_report(reg, statutes, query,
                            words ? std::optional(words->narrative.whole()) : std::nullopt);
  if (!report) return report.error();
  PreparedReport prepared{std::move(*report), {}};
  if (words) {
    auto previous = words->previous ? &*words->previous : nullptr;
    for (auto& check : check_narrative(words->narrative, previous))
      prepared.report.checks.push_back(std::move(check));
  }
  if (words || is_paper(media))
    prepared.paper = compose(prepared.report.annual,
                             background_of(reg, statutes, query, *prepared.report.annual.edition),
                             words ? words->narrative : Narrative{});
  return prepared;
}

Result<std::string> print_report(const PreparedReport& prepared, ReportMedia media) {
  auto& [report, paper] = prepared;
  switch (media) {
  case ReportMedia::json:
    return json_of(prepared);
  case ReportMedia::csv:
    return render_csv(report.annual);
  case ReportMedia::text:
    return render_text(report.annual, report.checks);
  case ReportMedia::html:
    return render_html(*paper);
  case ReportMedia::xlsx:
    return render_xlsx(*paper);
  case ReportMedia::docx:
    return render_docx(*paper);
  case ReportMedia::pdf:
    break;
  }
  return make_pdf(render_html(*paper), paper->as_of.recorded_at.value_or(Instant{}));
}

} // namespace mingce
