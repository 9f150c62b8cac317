#include "log/space.hpp"

#include "log/wal_tail.hpp"

#include <algorithm>

namespace mingce {
namespace {

namespace fs = std::filesystem;

constexpr std::uint64_t mebibyte = 1ull << 20, gibibyte = 1ull << 30;

std::uint64_t limit(const std::optional<std::uint64_t>& given, std::uint64_t fixed,
                    std::uint64_t share) {
  return given.value_or(std::min(fixed, share));
}

} // namespace

Room room_at(const fs::path& directory, const SpaceLimits& limits, std::uint64_t owed) {
  std::error_code ec;
  auto space = fs::space(directory, ec);
  if (ec) return Room::ample;
  auto needed = [&](std::uint64_t limit) { return limit + std::min(owed, ~limit); };
  if (space.available < needed(limit(limits.for_any, gibibyte, space.capacity / 40)))
    return Room::none;
  if (space.available < needed(limit(limits.for_new, 5 * gibibyte, space.capacity / 20)))
    return Room::scarce;
  return Room::ample;
}

Failure refused_for(Room room) {
  if (room == Room::scarce)
    return {FailureKind::no_space,
            "little_space",
            {"磁盘空间将尽，暂不登记新的申请；在办申请的答复等照常记录",
             "little disk space is left: no new request is registered, what is open goes on"}};
  return {FailureKind::no_space,
          "no_space",
          {"磁盘空间不足，暂停写入", "too little disk space: writing is paused"}};
}

bool has_room_to_recover(const fs::path& ledger, unsigned copies) {
  std::error_code ec;
  std::uint64_t needed = 8 * mebibyte;
  for (auto& file : fs::directory_iterator(ledger, ec))
    if (is_write_ahead_log(file.path())) needed += (1 + copies) * file.file_size(ec);
  auto space = fs::space(ledger, ec);
  return ec || space.available >= needed;
}

} // namespace mingce
