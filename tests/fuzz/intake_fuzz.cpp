// Any bytes at all, read as a report and checked: nothing may crash, hang or grow without end.

#include "app/statutes.hpp"
#include "intake/intake.hpp"
#include "intake/review.hpp"

#include <cstddef>
#include <cstdint>
#include <string_view>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto statutes = mingce::load_statutes().value();
  std::string_view bytes(reinterpret_cast<const char*>(data), size);
  auto report = mingce::read_report(bytes, "fuzz", statutes.editions);
  if (!report) return 0;
  const mingce::ReviewedFile file{"fuzz", std::move(*report)};
  mingce::review({&file, 1}, statutes.editions, {});
  return 0;
}
