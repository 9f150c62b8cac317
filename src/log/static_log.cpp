#include "log/static_log.hpp"

#include "log/files.hpp"

namespace mingce {
namespace {

namespace fs = std::filesystem;

Failure broken_export(const std::string& file) {
  return {FailureKind::corrupt,
          "broken_export",
          {"导出文件有误：" + file, "the export is broken at " + file}};
}

Failure cannot_write() {
  return {FailureKind::unusable, "output", {"无法写出文件", "the output cannot be written"}};
}

Result<void> write_new(const fs::path& path, std::string_view content) {
  std::error_code ec;
  fs::create_directories(path.parent_path(), ec);
  if (ec) return cannot_write();
  return write_file(path, content);
}

/// Calls `each` for every tile of that level, with its width.
template <class Each>
Result<void> each_tile(unsigned level, std::uint64_t size, Each each) {
  for (std::uint64_t index = 0;; ++index) {
    auto width = width_of_tile(level, index, size);
    if (width == 0) return {};
    if (Result<void> done = each(index, width); !done) return done;
  }
}

} // namespace

Result<std::string> entry_bundle(const LogView& log, std::uint64_t index, std::uint64_t width) {
  std::string bundle;
  auto first = index * tile_width + 1;
  auto scanned = log.scan_leaves(first, first + width - 1, [&](std::string_view leaf) {
    bundle += char(leaf.size() >> 8);
    bundle += char(leaf.size() & 0xff);
    bundle += leaf;
  });
  if (!scanned) return scanned.error();
  return bundle;
}

Result<void> write_static(const LogView& log, const Note& note, const VerifierKey& key,
                          const fs::path& out) {
  auto checkpoint = LogCheckpoint::parse(note.text);
  std::error_code ec;
  // Into an earlier export it may go: tiles never change, partial ones stay beside.
  bool is_free =
      !fs::exists(out, ec) || fs::is_empty(out, ec) || fs::exists(out / "checkpoint", ec);
  if (!checkpoint || !is_free) return cannot_write();
  auto size = checkpoint->size;
  for (unsigned level = 0; level < tile_levels(size); ++level) {
    auto written = each_tile(level, size, [&](auto index, auto width) -> Result<void> {
      auto tile = log.read_tile(level, index, width);
      if (!tile) return tile.error();
      return write_new(out / tile_path(level, index, width), *tile);
    });
    if (!written) return written;
  }
  auto written = each_tile(0, size, [&](auto index, auto width) -> Result<void> {
    auto bundle = entry_bundle(log, index, width);
    if (!bundle) return bundle.error();
    return write_new(out / tile_path(std::nullopt, index, width), *bundle);
  });
  if (!written) return written;
  if (auto named = write_new(out / "vkey", key.to_string() + '\n'); !named) return named;
  return write_new(out / "checkpoint", note.to_string());
}

Result<std::unique_ptr<StaticLog>> StaticLog::open(const fs::path& directory) {
  std::unique_ptr<StaticLog> log(new StaticLog(directory));
  auto text = read_file(directory / "checkpoint");
  if (!text) return text.error();
  auto note = Note::parse(*text);
  auto checkpoint = note ? LogCheckpoint::parse(note->text) : std::nullopt;
  if (!checkpoint) return broken_export("checkpoint");
  log->note_ = std::move(*note);
  log->checkpoint_ = std::move(*checkpoint);
  if (auto key = read_file(directory / "vkey"); key && key->ends_with('\n'))
    log->key_ = VerifierKey::parse(std::string_view(*key).substr(0, key->size() - 1));
  auto read = each_tile(0, log->checkpoint_.size,
                        [&](auto index, auto width) { return log->read_bundle(index, width); });
  if (!read) return read.error();
  return log;
}

Result<void> StaticLog::read_bundle(std::uint64_t index, std::uint64_t width) {
  auto name = tile_path(std::nullopt, index, width);
  auto bundle = read_file(directory_ / name);
  if (!bundle) return broken_export(name);
  std::string_view rest = *bundle;
  for (std::uint64_t i = 0; i < width; ++i) {
    if (rest.size() < 2) return broken_export(name);
    std::size_t bytes = std::size_t(std::uint8_t(rest[0])) << 8 | std::uint8_t(rest[1]);
    if (rest.size() < 2 + bytes) return broken_export(name);
    leaves_.emplace_back(rest.substr(2, bytes));
    rest.remove_prefix(2 + bytes);
    auto entry = read_leaf(leaves_.size(), leaves_.back());
    if (!entry) return entry.error();
    streams_[entry->stream].push_back(leaves_.size());
  }
  if (!rest.empty()) return broken_export(name);
  return {};
}

Result<void> StaticLog::scan(std::uint64_t from, std::uint64_t to, Half,
                             const std::function<bool(Entry&&)>& each) const {
  for (auto seq = std::max<std::uint64_t>(from, 1); seq <= std::min(to, size()); ++seq) {
    auto entry = read_leaf(seq, leaves_[seq - 1]);
    if (!entry) return entry.error();
    if (!each(std::move(*entry))) return {};
  }
  return {};
}

Result<std::vector<Entry>> StaticLog::read_stream(const StreamId& stream, std::uint64_t up_to,
                                                  Half) const {
  std::vector<Entry> entries;
  auto found = streams_.find(stream);
  if (found == streams_.end()) return entries;
  for (auto seq : found->second) {
    if (seq > up_to) break;
    auto entry = read_leaf(seq, leaves_[seq - 1]);
    if (!entry) return entry.error();
    entries.push_back(std::move(*entry));
  }
  return entries;
}

Result<std::string> StaticLog::read_tile(unsigned level, std::uint64_t index,
                                         std::uint64_t width) const {
  auto name = tile_path(level, index, width);
  auto tile = read_file(directory_ / name);
  if (!tile || tile->size() != width * digest_bytes) return broken_export(name);
  return tile;
}

} // namespace mingce
