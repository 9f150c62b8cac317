#include "cli/command.hpp"

#include "app/statutes.hpp"

#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <iostream>

namespace mingce {

int exit_code_of(const Failure& failure) {
  // What was typed does not make sense, whatever the register holds.
  for (auto* code :
       {"edition_needed", "unknown_edition", "bad_parameter", "which_period", "bad_cell"})
    if (failure.code == code) return usage;
  switch (failure.kind) {
  case FailureKind::unusable:
  case FailureKind::corrupt:
  case FailureKind::unknown:
  case FailureKind::no_space:
  case FailureKind::busy:
    return cannot_use;
  case FailureKind::unreadable:
  case FailureKind::invalid:
  case FailureKind::not_found:
  case FailureKind::impossible:
  case FailureKind::precondition:
  case FailureKind::reused_key:
    break;
  }
  return refused;
}

int report_failure(const Failure& failure, const std::string& subject) {
  std::cerr << "mingce: " << subject << (subject.empty() ? "" : ": ") << failure.message.zh << " | "
            << failure.message.en << " [" << failure.code << "]\n";
  return exit_code_of(failure);
}

int report_failures(const Failure& failure, const std::string& subject) {
  auto code = report_failure(failure, subject);
  for (auto& field : failure.fields)
    std::cerr << "  " << field.pointer << ": " << field.message.zh << " | " << field.message.en
              << '\n';
  return code;
}

Instant now() { return date::floor<std::chrono::milliseconds>(std::chrono::system_clock::now()); }

Progress::Progress(std::string what, std::uint64_t total)
    : what_(std::move(what)), total_(total), shown_(::isatty(STDERR_FILENO) == 1) {}

Progress::~Progress() {
  if (shown_) std::fprintf(stderr, "\r\033[K");
}

std::function<void(std::uint64_t)> Progress::counter() {
  if (!shown_) return {};
  return [this](std::uint64_t count) {
    if (total_)
      std::fprintf(stderr, "\r%s %3llu%% (%llu / %llu)", what_.c_str(),
                   static_cast<unsigned long long>(count * 100 / total_),
                   static_cast<unsigned long long>(count), static_cast<unsigned long long>(total_));
    else
      std::fprintf(stderr, "\r%s %llu", what_.c_str(), static_cast<unsigned long long>(count));
  };
}

Result<void> write_output(const std::string& path, const std::string& content) {
  auto failed = [] {
    return Failure{
        FailureKind::unusable, "output", {"无法写出文件", "the output cannot be written"}};
  };
  if (path.empty()) {
    std::cout << content << std::flush;
    if (!std::cout.good()) return failed();
    return {};
  }
  auto temporary = path + ".new";
  {
    std::ofstream out(temporary, std::ios::binary);
    out << content << std::flush;
    if (!out.good()) return failed();
  }
  std::error_code ec;
  std::filesystem::rename(temporary, path, ec);
  if (ec) return failed();
  return {};
}

namespace {
std::string key_file; ///< --key-file, of whichever command this process runs
} // namespace

LogPlace place_of(const std::string& data) { return {data, key_file}; }

void tell_new_keys(const LogPlace& place) {
  std::cerr << "mingce: 已建立密钥 " << place.keys().string()
            << "，请另行备份：失去密钥，个人信息将无法读取 | the keys were made there: keep a copy "
               "apart from the data, without them personal data cannot be read\n";
}

int run(int argc, char** argv) {
  auto statutes = load_statutes();
  if (!statutes) return report_failure(statutes.error());

  int code = done;
  CLI::App app{"明册 mingce：政府信息公开申请登记册\n"
               "The register of 政府信息公开申请, from which the annual report is derived.",
               "mingce"};
  app.set_version_flag("--version", std::string("mingce ") + MINGCE_VERSION);
  app.require_subcommand(1);
  app.fallthrough(); // --key-file may follow the command
  app.add_option("--key-file", key_file,
                 "密钥文件，默认 DIR.keys/keys | key file, by default DIR.keys/keys")
      ->envname("MINGCE_KEY_FILE");
  app.failure_message(CLI::FailureMessage::help);
  app.get_formatter()->column_width(34);
  add_serve(app, *statutes, code);
  add_import(app, *statutes, code);
  add_export(app, code);
  add_report(app, *statutes, code);
  add_check(app, *statutes, code);
  add_explain(app, *statutes, code);
  add_publish(app, *statutes, code);
  add_restatement(app, *statutes, code);
  add_collect(app, *statutes, code);
  add_figures(app, *statutes, code);
  add_replay(app, *statutes, code);
  add_diff(app, *statutes, code);
  add_due(app, *statutes, code);
  add_statistics(app, *statutes, code);
  add_irregularities(app, *statutes, code);
  add_fees(app, *statutes, code);
  add_calendar(app, *statutes, code);
  add_revisions(app, *statutes, code);
  add_sample(app, *statutes, code);
  add_dossier(app, *statutes, code);
  add_verify(app, *statutes, code);
  add_tiles(app, code);
  add_checkpoint(app, code);
  add_receipt(app, code);
  add_keys(app, code);
  add_repair(app, code);
  add_spine(app, code);
  add_backup(app, code);
  add_restore(app, code);
  add_erase(app, *statutes, code);
  add_schemas(app, code);
  app.footer("退出码 exit codes: 0 完成 done · 1 检查未通过或输入被拒 refused · 2 用法 usage · "
             "3 数据目录或文件无法使用 unusable");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    bool asked = error.get_exit_code() == int(CLI::ExitCodes::Success);
    if (asked) return app.exit(error);
    std::cerr << "mingce: " << error.what() << "\n用法见 mingce --help | see mingce --help\n";
    return usage;
  }
  return code;
}

} // namespace mingce
