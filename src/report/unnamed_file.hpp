#pragma once
// For a library that writes to a path, where only the bytes are wanted.

#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <string>
#include <system_error>

namespace mingce {

/// A file without a name, gone when it is closed: the library writes to a path.
class UnnamedFile {
public:
  UnnamedFile() : descriptor_(::memfd_create("mingce", MFD_CLOEXEC)) {
    if (descriptor_ < 0) throw std::system_error(errno, std::generic_category());
  }
  ~UnnamedFile() { ::close(descriptor_); }
  UnnamedFile(const UnnamedFile&) = delete;
  UnnamedFile& operator=(const UnnamedFile&) = delete;

  std::string path() const { return "/proc/self/fd/" + std::to_string(descriptor_); }
  std::string content() const {
    std::string bytes(std::size_t(::lseek(descriptor_, 0, SEEK_END)), '\0');
    auto read = ::pread(descriptor_, bytes.data(), bytes.size(), 0);
    if (read != ssize_t(bytes.size())) throw std::system_error(errno, std::generic_category());
    return bytes;
  }

private:
  int descriptor_;
};

} // namespace mingce
