#include "projection/replay.hpp"

#include "projection/spine.hpp"

#include <algorithm>
#include <charconv>

namespace mingce {

Register::StreamReader public_halves_of(const EntrySource& log) {
  return [&log](const StreamId& stream, std::uint64_t up_to) {
    return log.read_stream(stream, up_to, LogView::Half::open);
  };
}

Result<Register> replay(const EntrySource& log, std::uint64_t up_to,
                        const std::function<void(std::uint64_t)>& progress, LogView::Half half) {
  bool with_texts = half == LogView::Half::both;
  Register result(public_halves_of(log),
                  with_texts ? std::optional(SearchTexts(both_halves_of(log))) : std::nullopt);
  Result<void> applied;
  auto scanned = log.scan(1, up_to, half, [&](Entry&& entry) {
    if (progress && entry.seq % 4096 == 0) progress(entry.seq);
    applied = result.apply(entry);
    return applied.has_value();
  });
  if (!scanned) return scanned.error();
  if (!applied) return applied.error();
  return result;
}

Result<Register> load_register(const LogView& log, std::uint64_t up_to, LogView::Half half,
                               const std::function<void(std::uint64_t)>& progress,
                               const std::optional<Period>& concerning) {
  auto spine = half == LogView::Half::open ? Spine::open(log) : std::nullopt;
  if (spine && spine->position() <= up_to) {
    auto loaded = spine->load(log, up_to, concerning);
    if (loaded || loaded.error().code != bad_derived().code) return loaded;
  }
  return replay(log, up_to, progress, half);
}

Result<Register> replay_in_full(const LogView& log, std::uint64_t up_to,
                                const std::function<void(std::uint64_t)>& progress) {
  Register result(public_halves_of(log));
  Frontier hashed;
  Result<void> applied;
  auto scanned = log.scan_leaves(1, up_to, [&](std::string_view leaf) {
    hashed.append(hash_leaf(leaf));
    if (progress && hashed.size() % 4096 == 0) progress(hashed.size());
    auto entry = applied ? read_leaf(hashed.size(), leaf) : Result<Entry>(Failure{});
    if (applied) applied = entry ? result.apply(*entry) : entry.error();
  });
  if (!scanned) return scanned.error();
  if (!applied) return applied.error();
  auto root = log.tree().root(up_to);
  if (!root) return root.error();
  if (*root != hashed.root())
    return Failure{FailureKind::corrupt,
                   "root_differs",
                   {"重新计算的根与日志的树不符",
                    "the entries do not give the root of the log's tree"}};
  return result;
}

Result<std::uint64_t> position_of(const EntrySource& log, std::string_view as_of) {
  if (as_of.empty()) return log.size();
  std::uint64_t seq = 0;
  auto end = as_of.data() + as_of.size();
  auto read = std::from_chars(as_of.data(), end, seq);
  if (read.ec == std::errc{} && read.ptr == end) return std::min(seq, log.size());
  if (auto instant = parse_instant(as_of)) return position_at(log, *instant);
  return invalid("/as_of",
                 {"as_of 应为日志序号或 RFC 3339 时刻",
                  "as_of must be a position of the log or an RFC 3339 instant"},
                 "bad_parameter");
}

Result<std::uint64_t> position_at(const EntrySource& log, Instant instant) {
  std::uint64_t low = 0, high = log.size(); // recorded_at never decreases along the log
  while (low < high) {
    auto middle = low + (high - low + 1) / 2;
    std::optional<Instant> at;
    auto scanned = log.scan(middle, middle, LogView::Half::open, [&](Entry&& entry) {
      at = entry.recorded_at;
      return false;
    });
    if (!scanned) return scanned.error();
    if (at && *at <= instant)
      low = middle;
    else
      high = middle - 1;
  }
  return low;
}

} // namespace mingce
