#pragma once
// The requests of a spine, in blocks: an index of all and, beside it, the packed rows, so that who
// needs few rows reads few. Private to projection/spine.

#include "log/derived.hpp"
#include "projection/register.hpp"

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace mingce {

/// As a request lies in the index of its block.
struct IndexRow {
  std::array<std::uint8_t, 16> id{};
  std::int32_t from = 0, through = 0; ///< days since 1970
  std::uint32_t bytes = 0;            ///< of the row

  static IndexRow of(const RegisteredRequest& row, std::size_t bytes);
  CaseSpan span() const;
};

/// The blocks, read as they are needed. Each request has a number, in the order of the log from 0.
class SpineRows {
public:
  /// The blocks must outlive it.
  explicit SpineRows(const DerivedBlocks& blocks);

  std::size_t size() const { return size_; }

  /// The index of all, and the rows that `wants` is true for; on all processors. False where a
  /// block does not hold.
  bool read(const std::function<bool(const CaseSpan&)>& wants);
  std::size_t wanted() const;
  /// Hands on what was wanted, in the order of the log; once.
  void each_wanted(const std::function<void(RegisteredRequest&&, const CaseSpan&)>& take);

  std::optional<std::size_t> number_of(const StreamId& id);
  /// One row that was not wanted at first; nothing where there is no such request. `bad_derived`.
  Result<std::optional<RegisteredRequest>> fetch(const StreamId& id);

  /// The blocks with these requests in them, by number, as they have to be written; all others stay
  /// as the bytes they were. `rows` may be null: there was no spine before. `bad_derived`.
  using Touched = std::map<std::size_t, const RegisteredRequest*>;
  static Result<std::vector<DerivedBlocks::Change>> changes(SpineRows* rows,
                                                            const Touched& touched);

private:
  struct Block {
    std::vector<IndexRow> index;
    std::string rows;
    std::vector<RegisteredRequest> wanted;
    std::vector<CaseSpan> spans;
  };
  class BlockWriter;

  bool read_block(std::size_t n, const std::function<bool(const CaseSpan&)>& wants);
  bool read_rows(std::size_t n);
  static bool unpack_row(const Block& block, std::size_t i, std::size_t offset,
                         RegisteredRequest& row);
  void sort_numbers();

  const DerivedBlocks& stored_;
  std::vector<Block> blocks_;
  std::size_t size_ = 0;
  std::vector<std::pair<StreamId, std::uint32_t>> numbers_; ///< sorted, once it is needed
  std::map<std::size_t, std::vector<std::size_t>> offsets_;
};

} // namespace mingce
