#include "app/import.hpp"
#include "cli/command.hpp"
#include "report/quantity.hpp"

#include <fstream>
#include <iostream>
#include <memory>

namespace mingce {
namespace {

struct Options {
  std::string data, file;
  bool dry_run = false, preserve = false;
};

void print_bad_line(const BadLine& bad) {
  auto& failure = bad.failure;
  auto print = [&](const std::string& pointer, const Text& message) {
    std::cerr << "第 " << bad.number << " 行 line " << bad.number << ": "
              << (pointer.empty() ? "/" : pointer) << ": " << message.zh << " | " << message.en
              << " [" << failure.code << "]\n";
  };
  if (failure.fields.empty()) print("", failure.message);
  for (auto& field : failure.fields) print(field.pointer, field.message);
}

/// What the events would do to the reports.
void print(const WhatIf& would) {
  if (!would.cells.empty()) std::cout << "将变动的单元格 | cells that would move:\n";
  for (auto& each : would.cells)
    std::cout << "  " << each.organ << ' ' << each.year << ' ' << each.cell << "  "
              << to_string(each.before, each.unit) << " → " << to_string(each.after, each.unit)
              << '\n';
  for (auto& each : would.restates)
    std::cout << "  已公布的数字将变动 | moves published figures: " << each.organ << ' '
              << each.year << (each.scope == Scope::region ? " region" : "") << '\n';
}

int import_with(const Options& options, const Statutes& statutes) {
  std::ifstream file;
  if (options.file != "-") {
    file.open(options.file, std::ios::binary);
    if (!file)
      return report_failure(
          {FailureKind::unusable, "input", {"无法读取输入文件", "the input file cannot be read"}},
          options.file);
  }
  std::istream& lines = options.file == "-" ? std::cin : file;
  Result<ImportResult> result = Failure{};
  {
    Progress progress("导入 importing", 0);
    result = import_register(
        place_of(options.data), lines, statutes, now,
        {.dry_run = options.dry_run, .preserve = options.preserve, .progress = progress.counter()});
  }
  if (!result) return report_failure(result.error(), options.data);
  if (result->made_keys) tell_new_keys(place_of(options.data));
  for (auto& bad : result->bad) print_bad_line(bad);
  if (!result->bad.empty()) {
    std::cerr << "mingce: " << result->bad.size() << " 行有误，未写入任何内容 | "
              << result->bad.size() << " bad lines: nothing was written\n";
    return refused;
  }
  std::cout << (options.dry_run ? "检查通过，未写入 | checked, nothing written: "
                                : "已导入 | imported: ")
            << (options.dry_run ? result->lines : result->appended) << " 条 events";
  if (result->skipped) std::cout << "，跳过 | skipped: " << result->skipped;
  std::cout << '\n';
  if (result->would) print(*result->would);
  return done;
}

} // namespace

void add_import(CLI::App& app, const Statutes& statutes, int& code) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("import", "导入别处保存的登记册（全部有效才写入）| take over "
                                               "a register kept elsewhere, all or nothing");
  command->add_option("--data", options->data, "数据目录 | data directory")->required();
  command
      ->add_option("file", options->file,
                   "NDJSON 文件，- 为标准输入 | NDJSON file, - for standard input")
      ->required();
  command->add_flag("--dry-run", options->dry_run, "只检查，不写入 | check only, write nothing");
  command->add_flag(
      "--preserve", options->preserve,
      "保留 seq、recorded_at、actor（目录须为空）| keep them; into an empty directory only");
  command->callback([options, &statutes, &code] { code = import_with(*options, statutes); });
}

} // namespace mingce
