#pragma once
// Small files that must survive a power cut: written whole under another name, synced, renamed.
// Failures are `unusable`, code `data_directory`; no path stands in a message.

#include "base/result.hpp"

#include <filesystem>
#include <string>
#include <string_view>

namespace mingce {

Result<std::string> read_file(const std::filesystem::path& path);
/// The file has its old content or the new, never a part.
Result<void> replace_file(const std::filesystem::path& path, std::string_view content,
                          unsigned mode = 0600);
/// For others to read; not synced.
Result<void> write_file(const std::filesystem::path& path, std::string_view content);
/// 0600; synced when this returns.
Result<void> append_to_file(const std::filesystem::path& path, std::string_view content);
/// 0700 when it is made; one that is there is left as it is.
Result<void> make_private_directory(const std::filesystem::path& path);

} // namespace mingce
