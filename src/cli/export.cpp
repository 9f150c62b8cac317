#include "app/import.hpp"
#include "cli/command.hpp"

#include <iostream>
#include <memory>

namespace mingce {
namespace {

struct Options {
  std::string data;
  bool with_personal_data = false;
};

int export_with(const Options& options) {
  auto log = LogView::open(place_of(options.data));
  if (!log) return report_failure(log.error(), options.data);
  Progress progress("导出 exporting", (*log)->size());
  auto written = export_register(
      **log, std::cout,
      {.with_personal_data = options.with_personal_data, .progress = progress.counter()});
  std::cout.flush();
  return written ? int(done) : report_failure(written.error());
}

} // namespace

void add_export(CLI::App& app, int& code) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand(
      "export", "导出整个日志（可再导入）| the whole log, in the form import reads");
  command->add_option("--data", options->data, "数据目录 | data directory")->required();
  command->add_flag("--with-personal-data", options->with_personal_data,
                    "含个人信息 | personal data in the clear");
  command->callback([options, &code] { code = export_with(*options); });
}

} // namespace mingce
