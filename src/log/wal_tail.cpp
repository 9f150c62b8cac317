#include "log/wal_tail.hpp"

#include "log/store.hpp"

#include <boost/crc.hpp>

#include <algorithm>
#include <optional>
#include <string_view>

namespace mingce {
namespace {

constexpr std::size_t block_bytes = 32 << 10, head_bytes = 7, sector_bytes = 512;
constexpr std::size_t shortest_rest = 8; ///< bytes that are not all zero by chance

enum class Type : std::uint8_t { none, whole, first, middle, last };

struct Record {
  std::uint64_t at = 0;
  std::size_t size = 0; ///< with its head
  Type type = Type::none;

  std::uint64_t end() const { return at + size; }
  bool begins_batch() const { return type == Type::whole || type == Type::first; }
  bool ends_batch() const { return type == Type::whole || type == Type::last; }
};

std::uint32_t read_le(std::string_view bytes, std::size_t count) {
  std::uint32_t value = 0;
  for (std::size_t i = count; i-- > 0;) value = value << 8 | std::uint8_t(bytes[i]);
  return value;
}

/// CRC-32C (RFC 3720), masked as RocksDB does: a checksum that is stored is no checksum of itself.
std::uint32_t checksum(std::string_view bytes) {
  boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
  crc.process_bytes(bytes.data(), bytes.size());
  std::uint32_t sum = crc.checksum();
  return (sum >> 15 | sum << 17) + 0xa282ead8u;
}

bool is_zero(std::string_view bytes) {
  return std::ranges::all_of(bytes, [](char byte) { return byte == 0; });
}

/// A file of blocks; the one that was read last is kept.
class Blocks {
public:
  explicit Blocks(const ReadAt& read) : read_(read) {}

  /// What there is from `at` to the end of its block; empty behind the end of the file.
  Result<std::string_view> from(std::uint64_t at) {
    auto number = at / block_bytes;
    if (number != number_) {
      auto block = read_(number * block_bytes, block_bytes);
      if (!block) return block.error();
      block_ = std::move(*block);
      number_ = number;
    }
    return std::string_view(block_).substr(std::min(block_.size(), at % block_bytes));
  }

private:
  const ReadAt& read_;
  std::string block_;
  std::uint64_t number_ = ~0ull;
};

std::uint64_t next_block(std::uint64_t at) { return (at / block_bytes + 1) * block_bytes; }

/// The record that begins with these bytes, if its head is one; its content is not looked at.
std::optional<Record> record_in(std::string_view bytes, std::uint64_t at) {
  if (bytes.size() < head_bytes) return {};
  auto type = std::uint8_t(bytes[6]);
  Record record{at, head_bytes + read_le(bytes.substr(4), 2), Type(type)};
  if (type == 0 || type > std::uint8_t(Type::last)) return {};
  if (at % block_bytes + record.size > block_bytes) return {};
  return record;
}

bool is_whole(std::string_view bytes, const Record& record) {
  if (bytes.size() < record.size) return false;
  return checksum(bytes.substr(6, record.size - 6)) == read_le(bytes, 4);
}

class Tail {
public:
  explicit Tail(const ReadAt& read) : blocks_(read) {}

  Result<std::uint64_t> end(WalState state) {
    if (auto found = find_last_batch(); !found) return found.error();
    if (auto walked = walk_last_batch(); !walked) return walked.error();
    if (state == WalState::growing) return whole_;
    auto torn = is_torn();
    if (!torn) return torn.error();
    auto followed = *torn ? is_followed() : Result<bool>(true);
    if (!followed) return followed.error();
    if (*followed) return storage_failure(rocksdb::Status::Corruption());
    return whole_;
  }

private:
  /// The record at that place, or at the next block where there is no room for a head.
  Result<std::optional<Record>> record_at(std::uint64_t at) {
    if (at % block_bytes > block_bytes - head_bytes) at = next_block(at);
    auto bytes = blocks_.from(at);
    if (!bytes) return bytes.error();
    return record_in(*bytes, at);
  }

  /// From head to head.
  Result<void> find_last_batch() {
    for (std::uint64_t at = 0;;) {
      auto record = record_at(at);
      if (!record) return record.error();
      if (!*record) return {};
      if ((*record)->begins_batch()) last_batch_ = (*record)->at;
      at = (*record)->end();
    }
  }

  /// Sets where the whole batches end, and where a record stands that is none or not whole.
  Result<void> walk_last_batch() {
    whole_ = stop_ = last_batch_;
    for (bool within = false;;) {
      auto record = record_at(stop_);
      if (!record) return record.error();
      if (!*record || (*record)->begins_batch() == within) return {};
      auto bytes = blocks_.from((*record)->at);
      if (!bytes) return bytes.error();
      if (!is_whole(*bytes, **record)) return {};
      stop_ = (*record)->end();
      within = !(*record)->ends_batch();
      if (!within) whole_ = stop_;
    }
  }

  /// Whether something of what should stand at the stop was never written.
  Result<bool> is_torn() {
    if (stop_ % block_bytes > block_bytes - head_bytes) stop_ = next_block(stop_);
    auto bytes = blocks_.from(stop_);
    if (!bytes) return bytes.error();
    auto record = record_in(*bytes, stop_);
    // Where no head can be read: a head, and the least that follows one.
    auto size = std::min(record ? record->size : head_bytes + shortest_rest,
                         block_bytes - std::size_t(stop_ % block_bytes));
    if (bytes->size() < size) return true; // the file ends within it
    if (size >= head_bytes + shortest_rest &&
        is_zero(bytes->substr(size - shortest_rest, shortest_rest)))
      return true;
    for (std::size_t from = 0; from < size;) {
      auto to = from + sector_bytes - (stop_ + from) % sector_bytes;
      if (is_zero(bytes->substr(from, to - from))) return true;
      from = to;
    }
    return false;
  }

  /// Whether a batch begins behind the stop: anywhere in its block, since it is not known where
  /// the next record begins; in later ones from head to head.
  Result<bool> is_followed() {
    auto block = blocks_.from(stop_);
    if (!block) return block.error();
    for (std::size_t i = 1; i + head_bytes <= block->size(); ++i)
      if (begins_whole_batch(block->substr(i), stop_ + i)) return true;
    for (auto begin = next_block(stop_);; begin = next_block(begin)) {
      auto bytes = blocks_.from(begin);
      if (!bytes) return bytes.error();
      if (bytes->empty()) return false;
      for (std::size_t i = 0; i < bytes->size();) {
        auto rest = bytes->substr(i);
        auto record = record_in(rest, begin + i);
        if (!record || !is_whole(rest, *record)) break;
        if (record->begins_batch()) return true;
        i += record->size;
      }
    }
  }

  static bool begins_whole_batch(std::string_view bytes, std::uint64_t at) {
    auto record = record_in(bytes, at);
    return record && record->begins_batch() && is_whole(bytes, *record);
  }

  Blocks blocks_;
  std::uint64_t last_batch_ = 0, stop_ = 0, whole_ = 0;
};

} // namespace

Result<std::uint64_t> end_of_batches(const ReadAt& read, WalState state) {
  return Tail(read).end(state);
}

} // namespace mingce
