#include "projection/spine_rows.hpp"

#include "projection/packed_register.hpp"
#include "projection/parallel.hpp"

#include <algorithm>
#include <cstring>

namespace mingce {
namespace {

// Old cases that are still open are wanted of every block: a small one is read for them.
constexpr std::size_t rows_a_block = 1'024;

std::string index_block(std::size_t n) { return "index-" + std::to_string(n); }
std::string rows_block(std::size_t n) { return "rows-" + std::to_string(n); }

static_assert(sizeof(IndexRow) == 28);

std::optional<std::vector<IndexRow>> read_index(const std::string& bytes) {
  if (bytes.empty() || bytes.size() % sizeof(IndexRow) != 0) return {};
  std::vector<IndexRow> rows(bytes.size() / sizeof(IndexRow));
  std::memcpy(rows.data(), bytes.data(), bytes.size());
  return rows;
}

void append_to(std::string& index, const IndexRow& row) {
  index.append(reinterpret_cast<const char*>(&row), sizeof row);
}

} // namespace

IndexRow IndexRow::of(const RegisteredRequest& row, std::size_t bytes) {
  auto span = CaseSpan::of(row.state);
  return {row.id.bytes, std::int32_t(span.from.time_since_epoch().count()),
          std::int32_t(span.through.time_since_epoch().count()), std::uint32_t(bytes)};
}

CaseSpan IndexRow::span() const { return {Day(date::days(from)), Day(date::days(through))}; }

// ---- reading ------------------------------------------------------------------------------------

SpineRows::SpineRows(const DerivedBlocks& blocks) : stored_(blocks) {
  std::size_t count = 0;
  while (stored_.blocks().contains(index_block(count))) ++count;
  blocks_.resize(count);
}

bool SpineRows::read(const std::function<bool(const CaseSpan&)>& wants) {
  bool ok = in_parallel(blocks_.size(), [&](std::size_t n) { return read_block(n, wants); });
  for (auto& block : blocks_) size_ += block.index.size();
  return ok;
}

std::size_t SpineRows::wanted() const {
  std::size_t count = 0;
  for (auto& block : blocks_) count += block.wanted.size();
  return count;
}

void SpineRows::each_wanted(const std::function<void(RegisteredRequest&&, const CaseSpan&)>& take) {
  for (auto& block : blocks_) {
    for (std::size_t i = 0; i < block.wanted.size(); ++i)
      take(std::move(block.wanted[i]), block.spans[i]);
    block.wanted = {};
  }
}

bool SpineRows::read_block(std::size_t n, const std::function<bool(const CaseSpan&)>& wants) {
  auto bytes = stored_.read(index_block(n));
  auto index = bytes ? read_index(*bytes) : std::nullopt;
  if (!index) return false;
  auto& block = blocks_[n];
  block.index = std::move(*index);
  std::size_t offset = 0;
  for (std::size_t i = 0; i < block.index.size(); offset += block.index[i++].bytes) {
    auto span = block.index[i].span();
    if (!wants(span)) continue;
    if (!read_rows(n) || !unpack_row(block, i, offset, block.wanted.emplace_back())) return false;
    block.spans.push_back(span);
  }
  block.rows = {};
  return true;
}

bool SpineRows::read_rows(std::size_t n) {
  if (!blocks_[n].rows.empty()) return true;
  auto bytes = stored_.read(rows_block(n));
  if (!bytes) return false;
  blocks_[n].rows = std::move(*bytes);
  return true;
}

bool SpineRows::unpack_row(const Block& block, std::size_t i, std::size_t offset,
                           RegisteredRequest& row) {
  auto bytes = block.index[i].bytes;
  if (offset + bytes > block.rows.size()) return false;
  row.id.bytes = block.index[i].id;
  return unpack(std::string_view(block.rows).substr(offset, bytes), row);
}

std::optional<std::size_t> SpineRows::number_of(const StreamId& id) {
  if (numbers_.empty()) sort_numbers();
  auto found = std::ranges::lower_bound(numbers_, id, {}, [](auto& each) { return each.first; });
  if (found == numbers_.end() || found->first != id) return {};
  return found->second;
}

void SpineRows::sort_numbers() {
  numbers_.reserve(size_);
  std::uint32_t number = 0;
  for (auto& block : blocks_)
    for (auto& row : block.index) numbers_.emplace_back(StreamId{row.id}, number++);
  std::ranges::sort(numbers_);
}

Result<std::optional<RegisteredRequest>> SpineRows::fetch(const StreamId& id) {
  auto number = number_of(id);
  if (!number) return std::optional<RegisteredRequest>{};
  auto n = *number / rows_a_block, i = *number % rows_a_block;
  if (!read_rows(n)) return bad_derived();
  auto& offsets = offsets_[n];
  if (offsets.empty())
    for (std::size_t at = 0; auto& row : blocks_[n].index) {
      offsets.push_back(at);
      at += row.bytes;
    }
  RegisteredRequest row;
  if (!unpack_row(blocks_[n], i, offsets[i], row)) return bad_derived();
  return std::optional(std::move(row));
}

// ---- writing ------------------------------------------------------------------------------------

/// A block as it will be stored: the rows of the former one, some of them anew, and new ones.
class SpineRows::BlockWriter {
public:
  std::string index, rows;

  void go_on_from(const Block& old) { old_ = &old; }
  /// Ascending.
  void put(std::size_t i, const RegisteredRequest& row) {
    keep_up_to(i);
    auto one = packed(row);
    append_to(index, IndexRow::of(row, one.size()));
    rows += one;
    if (old_ && next_ < old_->index.size()) offset_ += old_->index[next_].bytes;
    ++next_;
  }
  void finish() {
    if (old_) keep_up_to(old_->index.size());
  }

private:
  void keep_up_to(std::size_t end) {
    for (; old_ && next_ < std::min(end, old_->index.size()); ++next_) {
      auto& stored = old_->index[next_];
      append_to(index, stored);
      rows.append(old_->rows, offset_, stored.bytes);
      offset_ += stored.bytes;
    }
  }

  const Block* old_ = nullptr;
  std::size_t next_ = 0, offset_ = 0;
};

Result<std::vector<DerivedBlocks::Change>> SpineRows::changes(SpineRows* rows,
                                                              const Touched& touched) {
  std::vector<DerivedBlocks::Change> changes;
  for (auto row = touched.begin(); row != touched.end();) {
    auto n = row->first / rows_a_block;
    BlockWriter block;
    if (rows && n < rows->blocks_.size()) {
      if (!rows->read_rows(n)) return bad_derived();
      block.go_on_from(rows->blocks_[n]);
    }
    for (; row != touched.end() && row->first / rows_a_block == n; ++row)
      block.put(row->first % rows_a_block, *row->second);
    block.finish();
    changes.push_back({index_block(n), std::move(block.index)});
    changes.push_back({rows_block(n), std::move(block.rows)});
  }
  return changes;
}

} // namespace mingce
