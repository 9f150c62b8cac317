#pragma once
// What every reader of a file yields, whatever the file was: prose and tables, in their order.

#include <cstddef>
#include <string>
#include <variant>
#include <vector>

namespace mingce {

/// One place of a table. A cell that spans several places stands in all of them.
struct RawCell {
  std::string text;
  bool covered = false; ///< not the first place of its cell
};
using RawRow = std::vector<RawCell>;

struct RawTable {
  std::vector<RawRow> rows;
};

/// A paragraph, or a table. The text within a table that is no report table is prose as well.
using Block = std::variant<std::string, RawTable>;

struct Page {
  std::string title{}; ///< where the file names one apart
  std::vector<Block> blocks{};
};

/// What no honest report exceeds; beyond it a file is refused (`too_large`).
namespace limits {
inline constexpr std::size_t file_bytes = 32u << 20;
inline constexpr std::size_t part_bytes = 32u << 20;    ///< one unpacked part of a package
inline constexpr std::size_t package_bytes = 96u << 20; ///< all parts that are read
inline constexpr std::size_t package_entries = 10'000;
inline constexpr std::size_t columns = 256;
inline constexpr std::size_t cells = 50'000; ///< of a file, spans multiplied out
inline constexpr int depth = 200;            ///< of nested elements
} // namespace limits

} // namespace mingce
