#pragma once

#include <unistd.h>

#include <utility>

namespace mingce {

/// An open file of the operating system, closed with its owner; -1: none, as open(2) says it when
/// it fails.
class Descriptor {
public:
  explicit Descriptor(int file = -1) : file_(file) {}
  Descriptor(Descriptor&& other) noexcept : file_(std::exchange(other.file_, -1)) {}
  Descriptor& operator=(Descriptor&& other) noexcept {
    std::swap(file_, other.file_);
    return *this;
  }
  ~Descriptor() {
    if (file_ >= 0) ::close(file_);
  }

  explicit operator bool() const { return file_ >= 0; }
  int get() const { return file_; }

private:
  int file_;
};

} // namespace mingce
