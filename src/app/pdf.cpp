#include "app/pdf.hpp"

#include "base/descriptor.hpp"

#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <optional>
#include <semaphore>
#include <thread>

namespace mingce {
namespace {

using namespace std::chrono_literals;

constexpr auto patience = 300s; ///< taking over a Chinese font takes seconds
constexpr auto glance = 20ms;
/// Each takes a processor and some 100 MB.
constexpr int at_once = 2;

Failure failed() {
  return {FailureKind::unusable,
          "pdf_failed",
          {"PDF 生成失败；可改用 html 或 docx", "the PDF could not be made; take html or docx"}};
}

Failure not_installed() {
  return {FailureKind::unusable,
          "no_pdf_renderer",
          {"生成 PDF 需要安装 WeasyPrint（Debian 软件包 weasyprint）",
           "PDF needs WeasyPrint (Debian package weasyprint) to be installed"}};
}

/// What the program reads, or where it writes: in memory, without a name.
class MemoryFile {
public:
  MemoryFile() : file_(::memfd_create("page", MFD_CLOEXEC)) {}

  int descriptor() const { return file_.get(); }
  bool fill(const std::string& bytes) {
    auto written = ::pwrite(file_.get(), bytes.data(), bytes.size(), 0);
    return written == ssize_t(bytes.size());
  }
  std::optional<std::string> content() const {
    auto size = ::lseek(file_.get(), 0, SEEK_END);
    if (size < 0) return {};
    std::string bytes(std::size_t(size), '\0');
    if (::pread(file_.get(), bytes.data(), bytes.size(), 0) != size) return {};
    return bytes;
  }

private:
  Descriptor file_;
};

struct FileActions {
  posix_spawn_file_actions_t actions;
  FileActions(int in, int out) {
    ::posix_spawn_file_actions_init(&actions);
    ::posix_spawn_file_actions_adddup2(&actions, in, STDIN_FILENO);
    ::posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
    ::posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    // Neither the log nor a connection is any of its business.
    ::posix_spawn_file_actions_addclosefrom_np(&actions, STDERR_FILENO + 1);
  }
  ~FileActions() { ::posix_spawn_file_actions_destroy(&actions); }
  FileActions(const FileActions&) = delete;
  FileActions& operator=(const FileActions&) = delete;
};

/// Starts the program; 0 where it is not there.
pid_t start(int in, int out, Instant made_at) {
  auto from_environment = [](const char* name) {
    auto* value = std::getenv(name);
    return std::string(name) + "=" + (value ? value : "");
  };
  auto date = date::floor<std::chrono::seconds>(made_at).time_since_epoch().count();
  std::array<std::string, 4> variables{from_environment("PATH"), from_environment("HOME"),
                                       "LANG=C.UTF-8",
                                       "SOURCE_DATE_EPOCH=" + std::to_string(date)};
  std::array<char*, 5> environment{variables[0].data(), variables[1].data(), variables[2].data(),
                                   variables[3].data(), nullptr};
  std::array<std::string, 5> words{"weasyprint", "--encoding", "utf-8", "-", "-"};
  std::array<char*, 6> arguments{words[0].data(), words[1].data(), words[2].data(),
                                 words[3].data(), words[4].data(), nullptr};
  FileActions files(in, out);
  pid_t child = 0;
  auto error = ::posix_spawnp(&child, arguments[0], &files.actions, nullptr, arguments.data(),
                              environment.data());
  return error == 0 ? child : 0;
}

/// Whether it ended well, and in time.
bool ends_well(pid_t child) {
  auto deadline = std::chrono::steady_clock::now() + patience;
  for (int status = 0;;) {
    auto ended = ::waitpid(child, &status, WNOHANG);
    if (ended == child) return WIFEXITED(status) && WEXITSTATUS(status) == 0;
    if (ended < 0 && errno != EINTR) return false;
    if (std::chrono::steady_clock::now() > deadline) {
      ::kill(child, SIGKILL);
      ::waitpid(child, &status, 0);
      return false;
    }
    std::this_thread::sleep_for(glance);
  }
}

} // namespace

Result<std::string> make_pdf(const std::string& html, Instant made_at) {
  static std::counting_semaphore<at_once> places(at_once);
  if (!places.try_acquire_for(patience))
    return Failure{FailureKind::busy,
                   "too_many_pdfs",
                   {"正在生成的 PDF 过多，请稍后重试", "too many PDFs at once: retry later"}};
  struct Released {
    ~Released() { places.release(); }
  } released;
  MemoryFile page, pdf;
  if (!page.fill(html)) return failed();
  auto child = start(page.descriptor(), pdf.descriptor(), made_at);
  if (child == 0) return not_installed();
  if (!ends_well(child)) return failed();
  auto bytes = pdf.content();
  if (!bytes || !bytes->starts_with("%PDF-")) return failed();
  return std::move(*bytes);
}

} // namespace mingce
