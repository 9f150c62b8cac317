#include "cli/command.hpp"

#include <unistd.h>

#include <csignal>
#include <cstdio>
#include <exception>
#include <string_view>

namespace {

/// RocksDB as Debian builds it asserts: on some damaged bytes of a table, and on a full disk, it
/// ends the process where it should give an error. It is an error all the same.
void tell_of_assertion(int) {
  constexpr std::string_view words =
      "mingce: 存储库中止运行：数据文件已损坏，或磁盘已满；请检查磁盘，以 repair --dry-run 查看 | "
      "the storage library has given up: a data file is damaged, or the disk is full; look at the "
      "disk and at repair --dry-run [storage]\n";
  [[maybe_unused]] auto written = ::write(STDERR_FILENO, words.data(), words.size());
  ::_exit(mingce::cannot_use);
}

} // namespace

int main(int argc, char** argv) {
  std::signal(SIGABRT, tell_of_assertion);
  try {
    return mingce::run(argc, argv);
  } catch (const std::exception& error) {
    std::fprintf(stderr, "mingce: 内部错误 | internal error: %s\n", error.what());
    return mingce::cannot_use;
  }
}
