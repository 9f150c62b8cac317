#pragma once
// What identifies a file: a backup's part, an attachment.

#include "base/result.hpp"
#include "log/digest.hpp"

#include <cstdint>
#include <filesystem>

namespace mingce {

/// What a file holds, told in 32 bytes twice over.
struct FileDigests {
  Digest sha256{}, sm3{};
  std::uint64_t size = 0; ///< bytes
};

/// Read once from beginning to end, in constant memory. Failure kind `unusable`, which does not say
/// the path: the caller knows it.
Result<FileDigests> digest_file(const std::filesystem::path& path);

} // namespace mingce
