#pragma once
// A log as plain files (C2SP tlog-tiles): what `mingce tiles` writes, to be read, kept and checked
// without RocksDB and without the keys. OUT/checkpoint, OUT/vkey, OUT/tile/…

#include "log/log.hpp"

#include <filesystem>
#include <memory>
#include <unordered_map>

namespace mingce {

/// The bundle of entries `tile/entries/<index>`, `width` of them: each prefixed by its length in
/// two bytes.
Result<std::string> entry_bundle(const LogView& log, std::uint64_t index, std::uint64_t width);

/// Writes the export of the log as far as the checkpoint goes, into a directory that is empty or
/// not there.
Result<void> write_static(const LogView& log, const Note& checkpoint, const VerifierKey& key,
                          const std::filesystem::path& out);

/// Reads such an export into memory. Nothing is believed: see verify.hpp.
class StaticLog : public EntrySource, public TreeSource {
public:
  /// `unusable` when the files are not there; `corrupt` when they cannot be read as an export.
  static Result<std::unique_ptr<StaticLog>> open(const std::filesystem::path& directory);

  const Note& note() const { return note_; }
  const LogCheckpoint& checkpoint() const { return checkpoint_; }
  /// As the export itself names it: a hint, no proof.
  const std::optional<VerifierKey>& named_key() const { return key_; }
  const std::vector<std::string>& leaves() const { return leaves_; }

  std::uint64_t size() const override { return leaves_.size(); }
  /// There are no private halves: `both` reads what `open` reads.
  Result<void> scan(std::uint64_t from, std::uint64_t to, Half half,
                    const std::function<bool(Entry&&)>& each) const override;
  Result<std::vector<Entry>> read_stream(const StreamId& stream, std::uint64_t up_to,
                                         Half half) const override;
  Result<std::string> read_tile(unsigned level, std::uint64_t index,
                                std::uint64_t width) const override;

private:
  explicit StaticLog(std::filesystem::path directory) : directory_(std::move(directory)) {}
  Result<void> read_bundle(std::uint64_t index, std::uint64_t width);

  std::filesystem::path directory_;
  Note note_;
  LogCheckpoint checkpoint_;
  std::optional<VerifierKey> key_;
  std::vector<std::string> leaves_;
  std::unordered_map<StreamId, std::vector<std::uint64_t>> streams_;
};

} // namespace mingce
