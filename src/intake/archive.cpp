#include "intake/archive.hpp"

#include "intake/table_builder.hpp"

#include <zip.h>

#include <algorithm>
#include <array>

namespace mingce {
namespace {

zip_t* handle(void* archive) { return static_cast<zip_t*>(archive); }

Failure damaged(const std::string& part = {}) {
  return {FailureKind::unreadable,
          "unreadable_file",
          {"压缩包已损坏或加密" + (part.empty() ? "" : "：" + part),
           "the package is damaged or encrypted" + (part.empty() ? "" : ": " + part)}};
}

} // namespace

void Archive::Close::operator()(void* archive) const { zip_discard(handle(archive)); }

Result<Archive> Archive::open(std::string_view bytes) {
  zip_error_t error;
  zip_error_init(&error);
  auto* source = zip_source_buffer_create(bytes.data(), bytes.size(), 0, &error);
  auto* archive = source ? zip_open_from_source(source, ZIP_RDONLY, &error) : nullptr;
  if (source && !archive) zip_source_free(source);
  zip_error_fini(&error);
  if (!archive) return damaged();
  Archive opened(archive);
  if (zip_get_num_entries(archive, 0) > zip_int64_t(limits::package_entries)) return too_large();
  return opened;
}

bool Archive::has(const std::string& name) const {
  return zip_name_locate(handle(archive_.get()), name.c_str(), 0) >= 0;
}

Result<std::string> Archive::read(const std::string& name) {
  auto* file = zip_fopen(handle(archive_.get()), name.c_str(), 0);
  if (!file) return damaged(name);
  std::string out;
  std::array<char, 65536> buffer{};
  zip_int64_t got = 0;
  // What the directory says of a size is not believed; what comes out is counted.
  auto most = std::min(limits::part_bytes, left_);
  while ((got = zip_fread(file, buffer.data(), buffer.size())) > 0 && out.size() <= most)
    out.append(buffer.data(), std::size_t(got));
  zip_fclose(file);
  if (got < 0) return damaged(name);
  if (out.size() > most) return too_large();
  left_ -= out.size();
  return out;
}

} // namespace mingce
