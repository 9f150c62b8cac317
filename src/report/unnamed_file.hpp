#pragma once
// For a library that writes to a path, where only the bytes are wanted.

#include "base/descriptor.hpp"

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace mingce {

/// A file without a name, gone when it is closed: the library writes to a path.
class UnnamedFile {
public:
  UnnamedFile() : file_(::memfd_create("mingce", MFD_CLOEXEC)) {
    if (!file_) throw std::system_error(errno, std::generic_category());
  }

  std::string path() const { return "/proc/self/fd/" + std::to_string(file_.get()); }
  std::string content() const {
    std::string bytes(std::size_t(::lseek(file_.get(), 0, SEEK_END)), '\0');
    auto read = ::pread(file_.get(), bytes.data(), bytes.size(), 0);
    if (read != ssize_t(bytes.size())) throw std::system_error(errno, std::generic_category());
    return bytes;
  }

private:
  Descriptor file_;
};

} // namespace mingce
