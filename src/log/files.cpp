#include "log/files.hpp"

#include "base/descriptor.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

namespace mingce {
namespace {

namespace fs = std::filesystem;

Failure cannot_use_file() {
  return {FailureKind::unusable,
          "data_directory",
          {"数据目录或密钥目录中的文件无法读写",
           "a file of the data or key directory cannot be read or written"}};
}

class OpenFile {
public:
  OpenFile(const fs::path& path, int flags, unsigned mode = 0600)
      : file_(::open(path.c_str(), flags | O_CLOEXEC, mode)) {}
  bool write(std::string_view content) const {
    while (file_ && !content.empty()) {
      auto written = ::write(file_.get(), content.data(), content.size());
      if (written <= 0) return false;
      content.remove_prefix(std::size_t(written));
    }
    return bool(file_);
  }
  bool sync() const { return file_ && ::fsync(file_.get()) == 0; }

private:
  Descriptor file_;
};

fs::path directory_of(const fs::path& path) {
  auto parent = path.parent_path();
  return parent.empty() ? fs::path(".") : parent;
}

bool sync_directory(const fs::path& path) { return OpenFile(path, O_RDONLY).sync(); }

} // namespace

Result<std::string> read_file(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in.is_open()) return cannot_use_file();
  std::error_code ec;
  auto expected = fs::file_size(path, ec);
  std::string text(ec ? 0 : std::size_t(expected), '\0');
  in.read(text.data(), std::streamsize(text.size()));
  text.resize(std::size_t(in.gcount()));
  if (in) text.append(std::istreambuf_iterator<char>(in), {}); // it has grown, or is no plain file
  if (in.bad()) return cannot_use_file();
  return text;
}

Result<void> replace_file(const fs::path& path, std::string_view content, unsigned mode) {
  auto temporary = path;
  temporary += ".new";
  {
    OpenFile file(temporary, O_WRONLY | O_CREAT | O_TRUNC, mode);
    if (!file.write(content) || !file.sync()) return cannot_use_file();
  }
  std::error_code ec;
  fs::rename(temporary, path, ec);
  if (ec || !sync_directory(directory_of(path))) return cannot_use_file();
  return {};
}

Result<void> write_file(const fs::path& path, std::string_view content) {
  std::ofstream out(path, std::ios::binary);
  out.write(content.data(), std::streamsize(content.size())).flush();
  if (!out) return cannot_use_file();
  return {};
}

Result<void> append_to_file(const fs::path& path, std::string_view content) {
  OpenFile file(path, O_WRONLY | O_CREAT | O_APPEND);
  if (!file.write(content) || !file.sync() || !sync_directory(directory_of(path)))
    return cannot_use_file();
  return {};
}

Result<void> make_private_directory(const fs::path& path) {
  std::error_code ec;
  if (path.empty() || fs::is_directory(path, ec)) return {};
  fs::create_directories(path.parent_path(), ec);
  if (::mkdir(path.c_str(), 0700) != 0) return cannot_use_file();
  return {};
}

} // namespace mingce
