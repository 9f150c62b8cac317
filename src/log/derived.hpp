#pragma once
// What was derived from the entries and is kept beside them to save work: named blocks of bytes in
// `DIR/spine/`. They vouch for nothing. They count only where they are sealed with a key of this
// register, bound to the root of its tree at their position, and made by this very build of the
// program; whatever else lies there is as if it were not there, and the entries are read instead.
//
//   spine/head             which blocks there are, sealed as a whole
//   spine/NAME-POSITION    a block, as it was derived at that position

#include "log/log.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mingce {

/// `corrupt`, code `bad_derived`: what is there is not what was derived.
Failure bad_derived();

class DerivedBlocks {
public:
  struct Block {
    std::uint64_t position = 0; ///< at which it was written; later ones left it as it was
    std::uint64_t bytes = 0;
    std::string seal{}; ///< hexadecimal
  };

  /// Nothing where there are none that count. Needs the keys.
  static std::optional<DerivedBlocks> open(const LogView& log);

  /// The entries up to there are in them.
  std::uint64_t position() const { return position_; }
  const std::map<std::string, Block, std::less<>>& blocks() const { return blocks_; }
  /// `bad_derived` where the bytes are not those that were sealed, or are gone: a
  /// writer may have replaced them meanwhile. Thread-safe.
  Result<std::string> read(std::string_view name) const;

  struct Change {
    std::string name;
    std::string bytes;
  };
  /// Replaces the blocks that are named, keeps the others, and moves all on to that position of the
  /// log. Seen as a whole or not at all, also after a power cut. For the process that writes the
  /// log; one thread.
  static Result<DerivedBlocks> replace(const LogView& log, const std::optional<DerivedBlocks>& old,
                                       std::uint64_t position, const std::vector<Change>& changes);
  /// Everything derived is taken away; it can be derived again.
  static void discard(const LogPlace& place);

private:
  std::string seal(std::string_view name, const Block& block, std::string_view bytes) const;
  std::string head() const;

  std::filesystem::path directory_;
  Digest key_{};
  std::uint64_t position_ = 0;
  std::string root_; ///< of the tree at that position, hexadecimal
  std::map<std::string, Block, std::less<>> blocks_;
};

} // namespace mingce
