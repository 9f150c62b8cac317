#include "cli/command.hpp"

#include "app/annual_paper.hpp"
#include "log/files.hpp"
#include "report/render.hpp"

#include <unistd.h>

#include <algorithm>
#include <iostream>
#include <memory>

namespace mingce {
namespace {

struct Options {
  ReportOptions report;
  ReportMedia media = ReportMedia::text;
  std::string out, narrative, previous_narrative;
  bool strict = false, full = false;
};

Result<std::optional<Words>> words_of(const Options& options) {
  std::string narrative, previous;
  for (auto [path, text] : {std::pair(&options.narrative, &narrative),
                            std::pair(&options.previous_narrative, &previous)}) {
    if (path->empty()) continue;
    auto read = read_file(*path);
    if (!read) return read.error();
    *text = std::move(*read);
  }
  return read_words(narrative, previous);
}

/// What a reader of the paper would not see.
void tell_findings(const std::vector<Check>& checks) {
  std::vector<Check> told;
  for (auto& check : checks)
    if (check.status == CheckStatus::fail || check.status == CheckStatus::warn)
      told.push_back(check);
  if (!told.empty()) std::cerr << render_text(told);
}

Result<PreparedReport> prepare(const Options& options, const Statutes& statutes) {
  auto query = options.report.query();
  if (!query) return query.error();
  auto words = words_of(options);
  if (!words) return words.error();
  // The paper speaks of other years as well.
  bool only_tables = !is_paper(options.media) && !*words;
  auto opened = open_for_report(options.report.data, options.report.as_of,
                                only_tables ? std::optional(period_of(*query)) : std::nullopt,
                                options.full);
  if (!opened) return opened.error();
  return prepare_report(opened->reg, statutes, *query, options.media, *words);
}

int report_with(const Options& options, const Statutes& statutes) {
  if (is_binary(options.media) && options.out.empty() && ::isatty(STDOUT_FILENO)) {
    std::cerr << "mingce: 该格式须用 --out 写入文件 | this format needs --out FILE\n";
    return usage;
  }
  auto prepared = prepare(options, statutes);
  if (!prepared) return report_failure(prepared.error(), options.report.data);
  auto printed = print_report(*prepared, options.media);
  if (!printed) return report_failure(printed.error());
  if (auto written = write_output(options.out, *printed); !written)
    return report_failure(written.error());
  auto& checks = prepared->report.checks;
  if (is_paper(options.media)) tell_findings(checks);
  bool failed = std::ranges::any_of(
      checks, [](auto& check) { return check.status == CheckStatus::fail; });
  return options.strict && failed ? refused : done;
}

void add_media(CLI::App& command, ReportMedia& media) {
  command
      .add_option_function<std::string>(
          "--format", [&media](const std::string& word) { media = *from_word<ReportMedia>(word); },
          "输出格式，默认 text；pdf 需要 WeasyPrint | output format, by default text; pdf needs "
          "WeasyPrint")
      ->check(CLI::IsMember(wire_words<ReportMedia>()));
}

} // namespace

void add_report(CLI::App& app, const Statutes& statutes, int& code) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand(
      "report", "生成年度报告（重放得出）| the annual report: tables, or the whole paper; by replay");
  options->report.add_to(*command);
  add_media(*command, options->media);
  command->add_option("--out", options->out, "写入文件 | write to this file");
  auto* narrative = command->add_option(
      "--narrative", options->narrative,
      "机关撰写的文字（Markdown，一、五、六部分）| what the organ writes, sections 1, 5 and 6");
  command
      ->add_option("--previous-narrative", options->previous_narrative,
                   "上年的文字，用于查重 | last year's, to be compared with")
      ->needs(narrative);
  command->add_flag("--strict", options->strict,
                    "有检查未通过则退出码为 1 | exit 1 if a check fails");
  command->add_flag("--full", options->full,
                    "重新读取每条事项并核对其哈希，不用已推导的数据 | read and hash every entry "
                    "again; nothing that was derived before is used");
  command->callback([options, &statutes, &code] { code = report_with(*options, statutes); });
}

} // namespace mingce
