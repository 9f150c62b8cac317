#pragma once
// The parts of a ZIP package, unpacked within bounds: a bomb is refused, not inflated.

#include "base/result.hpp"
#include "intake/page.hpp"

#include <memory>
#include <string>
#include <string_view>

namespace mingce {

class Archive {
public:
  /// `bytes` must outlive the archive. `unreadable` for what is no ZIP file.
  static Result<Archive> open(std::string_view bytes);

  bool has(const std::string& name) const;
  /// `unreadable` for a part that is missing, damaged or encrypted; `too_large`.
  Result<std::string> read(const std::string& name);

private:
  struct Close {
    void operator()(void* archive) const;
  };
  explicit Archive(void* archive) : archive_(archive) {}

  std::unique_ptr<void, Close> archive_;
  std::size_t left_ = limits::package_bytes;
};

} // namespace mingce
