#include "cli/command.hpp"

#include "intake/intake.hpp"
#include "intake/review.hpp"
#include "report/document.hpp"
#include "report/printed.hpp"
#include "report/render.hpp"

#include <algorithm>
#include <fstream>
#include <iostream>
#include <memory>

namespace mingce {
namespace {

struct Options {
  std::vector<std::string> files, parents;
  std::string format = "text", members;
  bool same_organ = false;
};

/// The edition's code; by table where they differ, as a document names them. null: none is there.
json::value edition_json(const Layout& layout) {
  const Edition* one = nullptr;
  for (auto* edition : layout.all())
    if (edition && !one) one = edition;
  if (!one) return nullptr;
  if (!layout.mixed()) return json::string(one->code);
  json::object out;
  auto add = [&](const char* table, const Edition* edition) {
    if (edition) out[table] = edition->code;
  };
  add("proactive", layout.proactive);
  add("requests", layout.requests);
  add("disputes", layout.disputes);
  return out;
}

std::string edition_text(const Layout& layout) {
  auto edition = edition_json(layout);
  return edition.is_string() ? std::string(edition.get_string()) : json::serialize(edition);
}

std::string render_json(const std::vector<ReviewedFile>& files,
                        const std::vector<std::vector<Check>>& checks) {
  json::array out;
  for (std::size_t i = 0; i < files.size(); ++i) {
    auto& tables = files[i].report.tables;
    json::value year, organ;
    if (tables.year) year = *tables.year;
    if (!tables.organ.empty()) organ = tables.organ;
    out.push_back(json::object{{"file", files[i].file},
                               {"edition", edition_json(tables.layout)},
                               {"year", std::move(year)},
                               {"organ", std::move(organ)},
                               {"checks", to_json(checks[i])}});
  }
  return json::serialize(out) + "\n";
}

std::string render_all(const std::vector<ReviewedFile>& files,
                       const std::vector<std::vector<Check>>& checks) {
  std::string out;
  for (std::size_t i = 0; i < files.size(); ++i) {
    auto& tables = files[i].report.tables;
    auto year = tables.year ? std::to_string(*tables.year) + " 年" : std::string("年度不明");
    out += (i ? "\n" : "") + files[i].file + "\n" +
           (tables.organ.empty() ? "机关不明" : tables.organ) + "，" + year + "，格式 " +
           edition_text(tables.layout) + "\n" + render_text(checks[i]);
    for (auto& check : checks[i])
      if (check.status == CheckStatus::fail || check.status == CheckStatus::warn)
        for (auto& cell : check.cells) out += "    " + check.id + "  " + cell + "\n";
  }
  return out;
}

Result<std::vector<std::string>> read_members(const std::string& path) {
  std::vector<std::string> names;
  if (path.empty()) return names;
  std::ifstream in(path);
  if (!in)
    return Failure{FailureKind::unusable, "no_such_file", {"文件无法打开", "cannot be opened"}};
  for (std::string line; std::getline(in, line);)
    if (auto name = folded(line); !name.empty()) names.push_back(std::move(name));
  return names;
}

int check_with(const Options& options, const Statutes& statutes) {
  auto members = read_members(options.members);
  if (!members) return report_failure(members.error(), options.members);
  int code = done;
  std::vector<ReviewedFile> files;
  auto take = [&](const std::string& path, bool roll_up) {
    auto report = read_report_file(path, statutes.editions);
    if (report)
      files.push_back({path, std::move(*report), roll_up});
    else {
      report_failure(report.error(), path);
      for (auto& field : report.error().fields)
        std::cerr << "  " << field.pointer << "  " << field.message.zh << " | " << field.message.en
                  << "\n";
      code = cannot_use;
    }
  };
  for (auto& path : options.parents) take(path, true);
  for (auto& path : options.files)
    if (std::ranges::find(options.parents, path) == options.parents.end()) take(path, false);
  auto checks = review(files, statutes.editions, {options.same_organ, std::move(*members)});
  auto output = options.format == "json" ? render_json(files, checks) : render_all(files, checks);
  if (auto written = write_output({}, output); !written) return report_failure(written.error());
  bool failed = std::ranges::any_of(checks, [](auto& list) {
    return std::ranges::any_of(list, [](auto& one) { return one.status == CheckStatus::fail; });
  });
  return code == done && failed ? refused : code;
}

} // namespace

void add_check(CLI::App& app, const Statutes& statutes, int& code) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand(
      "check",
      "校验任何机关的年度报告（JSON、CSV、XLSX、DOCX、网页）| checks annual reports of anyone");
  command->add_option("FILE", options->files,
                      "报告文件；同一机关的多个年度一并校验 | reports; the years of one organ are "
                      "checked against each other");
  command
      ->add_option("--parent", options->parents,
                   "汇总报告：与其他文件逐格核对 | a roll-up, compared with the other files")
      ->allow_extra_args(false);
  command->add_option("--members", options->members,
                      "汇总范围，每行一个机关名称 | who must be in the roll-up, a name a line");
  command->add_flag("--same-organ", options->same_organ,
                    "所有文件属同一机关 | all files are of one organ");
  command->add_option("--format", options->format, "输出格式 | output format")
      ->check(CLI::IsMember({"text", "json"}))
      ->capture_default_str();
  command->callback([options, &statutes, &code] {
    if (options->files.empty() && options->parents.empty()) throw CLI::RequiredError("FILE");
    code = check_with(*options, statutes);
  });
}

} // namespace mingce
