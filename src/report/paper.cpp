#include "report/paper.hpp"

#include "report/prose.hpp"
#include "report/xml.hpp"

#include <utility>

namespace mingce {
namespace {

using Role = Passage::Role;

constexpr const char* ordinals[] = {"（一）", "（二）", "（三）", "（四）", "（五）"};

void add(Section& section, Role role, const std::string& text) {
  section.blocks.emplace_back(Passage{role, printable(text)});
}

void add(Section& section, const std::vector<std::string>& sentences) {
  for (auto& sentence : sentences) add(section, Role::body, sentence);
}

void add(Section& section, const std::vector<NarrativeParagraph>& paragraphs) {
  for (auto& paragraph : paragraphs) add(section, Role::body, paragraph.text);
}

void mark_if_empty(Section& section, std::size_t before) {
  if (section.blocks.size() == before) add(section, Role::missing, "（待撰写）");
}

// ── charts ──────────────────────────────────────────────────────────────────────────────────────

Chart outcome_chart(const Totals& totals) {
  Chart chart{Chart::Kind::bars, "办理结果（件）", {}, {{"办结", {}}}};
  for (auto& group : totals.results) {
    chart.labels.push_back(group.label);
    chart.series.front().values.push_back(group.count);
  }
  return chart;
}

Chart trend_chart(std::string title, const std::vector<TrendPoint>& points) {
  Chart chart{Chart::Kind::columns, std::move(title), {}, {{"新收", {}}, {"办结", {}}}};
  for (auto& point : points) {
    chart.labels.push_back(point.label);
    chart.series[0].values.push_back(point.received);
    chart.series[1].values.push_back(point.concluded);
  }
  return chart;
}

/// A chart of nothing, or of a single point, shows nothing; one of some months alone, where the
/// rest is in a report that was collected, would contradict the table above it.
void add_charts(Section& section, const Totals& totals, const Background& background) {
  if (totals.concluded.back() > 0) section.blocks.emplace_back(outcome_chart(totals));
  bool moved = totals.received.back() + totals.concluded.back() > 0;
  bool by_month = background.received == totals.received.back() &&
                  background.concluded == totals.concluded.back();
  if (moved && by_month && background.months.size() > 1)
    section.blocks.emplace_back(trend_chart("各月新收与办结（件）", background.months));
  if (background.years.size() > 1)
    section.blocks.emplace_back(trend_chart("历年新收与办结（件）", background.years));
}

// ── sections ────────────────────────────────────────────────────────────────────────────────────

std::vector<std::string> generated(Topic topic, const AnnualReport& report,
                                   const Background& background) {
  if (topic == Topic::proactive) return disclosure_sentences(report, background);
  if (topic == Topic::on_request) return request_sentences(report, background);
  return {};
}

void fill_overview(Section& section, const AnnualReport& report, const Background& background,
                   const Narrative& narrative) {
  add(section, narrative.of(Topic::overview));
  for (std::size_t i = 0; i < overview_topics.size(); ++i) {
    auto& [topic, name] = overview_topics[i];
    add(section, Role::topic, std::string(ordinals[i]) + name);
    auto before = section.blocks.size();
    add(section, generated(topic, report, background));
    add(section, narrative.of(topic));
    mark_if_empty(section, before);
  }
}

} // namespace

Paper compose(const AnnualReport& report, const Background& background,
              const Narrative& narrative) {
  Paper paper{printable(title_of(report)),
              printable(opening_sentence(report)),
              {},
              report.edition->code + "，日志第 " + std::to_string(report.as_of.seq) + " 条",
              report.as_of};
  for (auto& heading : report.edition->sections) paper.sections.push_back({heading, {}});
  auto& sections = paper.sections;
  fill_overview(sections[0], report, background, narrative);
  sections[1].blocks.emplace_back(proactive_grid(report));
  sections[2].blocks.emplace_back(requests_grid(report));
  add_charts(sections[2], totals_of(report), background);
  sections[3].blocks.emplace_back(disputes_grid(report));
  add(sections[4], narrative.of(Topic::problems));
  mark_if_empty(sections[4], 0);
  add(sections[5], closing_sentences(report, background));
  add(sections[5], narrative.of(Topic::other_matters));
  return paper;
}

} // namespace mingce
