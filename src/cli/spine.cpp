#include "cli/command.hpp"

#include "projection/spine.hpp"

#include <iostream>
#include <memory>

namespace mingce {
namespace {

struct Options {
  std::string data;
  bool rebuild = false;
};

int spine_with(const Options& options) {
  auto log = Log::open(place_of(options.data), {.now = now});
  if (!log) return report_failure(log.error(), options.data);
  if (options.rebuild) DerivedBlocks::discard((*log)->place());
  if (auto advanced = Spine::advance(**log); !advanced)
    return report_failure(advanced.error(), options.data);
  std::cout << "已推导至第 " << (*log)->size() << " 条 | derived up to entry " << (*log)->size()
            << '\n';
  return done;
}

} // namespace

void add_spine(CLI::App& app, int& code) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand(
      "spine", "把由日志推导的数据更新到末条（启动与报告因此更快）| moves what is derived from the "
               "log on to its end: starts and reports are faster for it");
  command->add_option("--data", options->data, "数据目录 | data directory")->required();
  command->add_flag("--rebuild", options->rebuild,
                    "弃去原有的，全部重新推导 | takes away what is there and derives all again");
  command->callback([options, &code] { code = spine_with(*options); });
}

} // namespace mingce
