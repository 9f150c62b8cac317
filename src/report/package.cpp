#include "report/package.hpp"

#include <zip.h>

#include <memory>
#include <new>

namespace mingce {
namespace {

/// 1 January 1980, the first day a ZIP file can name.
constexpr zip_uint16_t fixed_date = 0x21, fixed_time = 0;

struct FreeSource {
  void operator()(zip_source_t* source) const { zip_source_free(source); }
};
using Source = std::unique_ptr<zip_source_t, FreeSource>;

Source buffer(const void* data, std::size_t size) {
  Source source(zip_source_buffer_create(data, size, 0, nullptr));
  if (!source) throw std::bad_alloc();
  return source;
}

void add(zip_t* archive, const Part& part) {
  auto source = buffer(part.bytes.data(), part.bytes.size());
  auto index = zip_file_add(archive, part.name.c_str(), source.get(), ZIP_FL_ENC_UTF_8);
  if (index < 0) throw std::bad_alloc();
  source.release(); // now the archive's
  zip_file_set_dostime(archive, zip_uint64_t(index), fixed_time, fixed_date, 0);
}

std::string content_of(zip_source_t* source) {
  zip_stat_t about;
  zip_stat_init(&about);
  if (zip_source_open(source) != 0 || zip_source_stat(source, &about) != 0) throw std::bad_alloc();
  std::string bytes(about.size, '\0');
  auto read = zip_source_read(source, bytes.data(), bytes.size());
  zip_source_close(source);
  if (read != zip_int64_t(bytes.size())) throw std::bad_alloc();
  return bytes;
}

} // namespace

std::string zip_package(const std::vector<Part>& parts) {
  auto target = buffer(nullptr, 0);
  auto* archive = zip_open_from_source(target.get(), ZIP_TRUNCATE, nullptr);
  if (!archive) throw std::bad_alloc();
  zip_source_keep(target.get()); // outlives the archive, to be read
  try {
    for (auto& part : parts) add(archive, part);
  } catch (...) {
    zip_discard(archive);
    throw;
  }
  if (zip_close(archive) != 0) {
    zip_discard(archive);
    throw std::bad_alloc();
  }
  return content_of(target.get());
}

} // namespace mingce
