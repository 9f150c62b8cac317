#include "report/render.hpp"

#include "report/quantity.hpp"
#include "report/text_grid.hpp"

#include <map>
#include <numeric>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

namespace mingce {
namespace {

constexpr std::size_t label_width = 42;  ///< longer row labels are wrapped
constexpr std::size_t indent_width = 2;  ///< for each level of a row
constexpr std::size_t kind_width = 8;    ///< headings of table 三: 社会公益／组织
constexpr std::size_t result_width = 4;  ///< headings of table 四: 结果／维持
constexpr std::size_t check_width = 100; ///< longer check messages are wrapped

std::vector<std::string> indented_label(const std::string& label, int depth) {
  std::string indent(std::size_t(depth) * indent_width, ' ');
  auto lines = wrapped(label, label_width - indent.size());
  for (auto& line : lines) line.insert(0, indent);
  return lines;
}

// ── table 二 ────────────────────────────────────────────────────────────────────────────────────

/// The blocks have different numbers of columns: each takes an equal share of so many.
std::size_t shared_columns(const ProactiveTable& table) {
  std::size_t columns = 1;
  for (auto& block : table.blocks) columns = std::lcm(columns, block.columns.size());
  return columns;
}

void add_block(const FigureBlock& block, const AnnualReport& report, std::size_t columns,
               TextGrid& grid) {
  TextGrid::Span share{columns / block.columns.size(), 1};
  grid.add_row();
  grid.add({block.label}, Align::centre, {columns + 1, 1});
  grid.add_row();
  grid.add({report.edition->proactive.row_header}, Align::centre);
  for (auto& column : block.columns) grid.add({column.label}, Align::centre, share);
  for (auto& row : block.rows) {
    grid.add_row();
    grid.add(wrapped(row.label, label_width), Align::left);
    auto& cells = report.proactive.find(row.code)->second;
    for (std::size_t i = 0; i < block.columns.size(); ++i)
      grid.add({to_string(cells.find(block.columns[i].code)->second, row.cells[i].unit)},
               Align::right, share);
  }
}

std::string draw_proactive(const AnnualReport& report) {
  auto columns = shared_columns(report.edition->proactive);
  TextGrid grid(columns + 1);
  for (auto& block : report.edition->proactive.blocks) add_block(block, report, columns, grid);
  return grid.draw();
}

// ── headings that several columns share ─────────────────────────────────────────────────────────

struct Heading {
  std::string label;
  std::size_t columns = 1;
  bool grouped = false;
};

bool shares_heading(const std::vector<Heading>& headings, const Column& column) {
  return !headings.empty() && headings.back().grouped && headings.back().label == column.group;
}

/// Neighbours of one group under one heading; a column without a group is its own.
std::vector<Heading> headings_of(const std::vector<Column>& columns) {
  std::vector<Heading> headings;
  for (auto& column : columns)
    if (column.group.empty())
      headings.push_back({column.label});
    else if (shares_heading(headings, column))
      ++headings.back().columns;
    else
      headings.push_back({column.group, 1, true});
  return headings;
}

// ── table 三 ────────────────────────────────────────────────────────────────────────────────────

void add_request_headings(const RequestTable& table, TextGrid& grid) {
  grid.add_row();
  grid.add(wrapped(table.note, label_width), Align::centre, {1, 3});
  grid.add({table.column_header}, Align::centre, {table.columns.size(), 1});
  grid.add_row();
  for (auto& heading : headings_of(table.columns))
    grid.add({heading.label}, Align::centre, {heading.columns, heading.grouped ? 1u : 2u});
  grid.add_row();
  for (auto& column : table.columns)
    if (!column.group.empty()) grid.add(wrapped(column.label, kind_width), Align::centre);
}

void add_request_row(const RequestRow& row, const AnnualReport& report, TextGrid& grid) {
  auto label = indented_label(row.label, row.depth);
  auto found = report.requests.find(row.code);
  if (found == report.requests.end()) {
    grid.add(std::move(label), Align::left, {std::tuple_size_v<RequestCells> + 1, 1});
    return;
  }
  grid.add(std::move(label), Align::left);
  for (auto number : found->second) grid.add({std::to_string(number)}, Align::right);
}

std::string draw_requests(const AnnualReport& report) {
  auto& table = report.edition->requests;
  TextGrid grid(table.columns.size() + 1);
  add_request_headings(table, grid);
  for (auto& row : table.rows) {
    grid.add_row();
    add_request_row(row, report, grid);
  }
  return grid.draw();
}

// ── table 四 ────────────────────────────────────────────────────────────────────────────────────

void add_dispute_headings(const DisputeTable& table, TextGrid& grid) {
  auto width = table.columns.size();
  grid.add_row();
  for (auto& heading : headings_of(table.blocks))
    grid.add({heading.label}, Align::centre, {heading.columns * width, heading.grouped ? 1u : 2u});
  grid.add_row();
  for (auto& block : table.blocks)
    if (!block.group.empty()) grid.add({block.label}, Align::centre, {width, 1});
  grid.add_row();
  for (std::size_t i = 0; i < table.blocks.size(); ++i)
    for (auto& column : table.columns) grid.add(wrapped(column.label, result_width), Align::centre);
}

std::string draw_disputes(const AnnualReport& report) {
  auto& table = report.edition->disputes;
  TextGrid grid(table.blocks.size() * table.columns.size());
  add_dispute_headings(table, grid);
  grid.add_row();
  for (auto& block : table.blocks)
    for (auto number : report.disputes.find(block.code)->second)
      grid.add({std::to_string(number)}, Align::right);
  return grid.draw();
}

// ── what follows the tables ─────────────────────────────────────────────────────────────────────

std::string_view spoken(CheckStatus status) {
  switch (status) {
  case CheckStatus::pass:
    return "通过";
  case CheckStatus::fail:
    return "不通过";
  case CheckStatus::warn:
    return "提示";
  case CheckStatus::not_applicable:
    return "不适用";
  }
  return {};
}

std::string check_lines(const Check& check) {
  auto head = "  " + check.id + "  " +
              padded(check.disposed ? "已处置" : std::string(spoken(check.status)), 6) + "  ";
  std::string out;
  for (auto& line : wrapped(check.message.zh, check_width - head.size())) {
    out += head + line + "\n";
    head.assign(display_width(head), ' ');
  }
  return out;
}

/// At most so many register numbers a line; `mingce irregularities` lists them all.
std::string irregularity_lines(const Notes& notes) {
  constexpr std::size_t shown = 5;
  std::string text;
  for (auto& note : notes.irregularities) {
    text += "  " + note.code + "（" + note.article + "）" + std::to_string(note.requests.size()) +
            " 件：";
    for (std::size_t i = 0; i < std::min(shown, note.requests.size()); ++i)
      text += (i ? "、" : "") + note.requests[i];
    text += note.requests.size() > shown ? " 等\n" : "\n";
  }
  return text.empty() ? text : "不规范情形\n" + text;
}

std::string voided_line(const Notes& notes) {
  std::string numbers;
  for (auto& number : notes.voided) numbers += (numbers.empty() ? "" : "、") + number;
  return "作废登记（不计入任何一项）：" + (numbers.empty() ? "无" : numbers) + "\n";
}

/// Whose figures these are, where they are not all from the organ's own register.
std::string organ_lines(const Notes& notes) {
  std::map<FigureSource, std::string> by_source;
  std::string both;
  for (auto& organ : notes.organs) {
    auto& names = by_source[organ.source];
    names += (names.empty() ? "" : "、") + organ.name;
    if (organ.has_both) both += (both.empty() ? "" : "、") + organ.name;
  }
  std::string text;
  auto add = [&](FigureSource source, const char* heading) {
    if (auto found = by_source.find(source); found != by_source.end())
      text += heading + found->second + "\n";
  };
  add(FigureSource::own_register, "由登记册统计：");
  add(FigureSource::collected, "由报送的年度报告汇总：");
  add(FigureSource::missing, "未报送，未计入：");
  add(FigureSource::other_edition, "所报格式无法折算，未计入：");
  if (!both.empty()) text += "另有报送的年度报告，以登记册为准：" + both + "\n";
  return text;
}

/// The reconciliation of what was published with what is known by now.
std::string publication_lines(const Notes& notes) {
  if (!notes.publication) return {};
  auto& publication = *notes.publication;
  auto text = "已于 " + to_string(publication.on) + " 公布（日志第 " +
              std::to_string(publication.position) + " 条）" +
              (publication.url.empty() ? "" : "：" + publication.url) + "\n";
  if (publication.differences.empty()) return text + "公布的数字此后没有变动\n";
  text += "公布后的变动（已公布 → 现为）\n";
  for (auto& each : publication.differences)
    text += "  " + each.cell + "  " + to_string(each.published, each.unit) + " → " +
            to_string(each.current, each.unit) + "\n";
  return text;
}

std::string basis_lines(const AnnualReport& report) {
  auto& edition = *report.edition;
  auto& as_of = report.as_of;
  std::string scope = report.subject.scope == Scope::organ ? "本机关" : "本机关及所属各机关汇总";
  std::string recorded =
      as_of.recorded_at ? "（记录于 " + to_string(*as_of.recorded_at) + "）" : "";
  return "统计范围：" + scope + "\n" + "报告格式：" + edition.code + "（" + edition.authority +
         "）\n" + organ_lines(report.notes) + irregularity_lines(report.notes) +
         voided_line(report.notes) + publication_lines(report.notes) + "截至日志第 " +
         std::to_string(as_of.seq) + " 条" + recorded + "\n";
}

std::string section(const std::string& heading, const std::string& table) {
  return "\n" + heading + "\n" + table;
}

} // namespace

std::string render_text(const std::vector<Check>& checks) {
  std::string out;
  for (auto& check : checks) out += check_lines(check);
  return out;
}

std::string render_text(const AnnualReport& report, const std::vector<Check>& checks) {
  auto& edition = *report.edition;
  return title_of(report) + "\n" + section(edition.proactive.heading, draw_proactive(report)) +
         section(edition.requests.heading, draw_requests(report)) +
         section(edition.disputes.heading, draw_disputes(report)) +
         section("校验", render_text(checks)) + "\n" + basis_lines(report);
}

} // namespace mingce
