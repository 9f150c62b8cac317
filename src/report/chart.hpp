#pragma once
// A chart as numbers. A workbook and a text document get a native one, a page gets it drawn.

#include <cstdint>
#include <string>
#include <vector>

namespace mingce {

struct Chart {
  enum class Kind {
    bars,   ///< lying, one series
    columns ///< standing, one or more series side by side
  };
  struct Series {
    std::string name;
    std::vector<std::int64_t> values; ///< none negative, one for each label
  };

  Kind kind{};
  std::string title;
  std::vector<std::string> labels;
  std::vector<Series> series;
};

/// Colours of the series, `rrggbb`, told apart in print and by the colour-blind.
const char* series_colour(std::size_t index);

/// All numbers of the chart in one sentence, for those who cannot see it.
std::string alternative_text(const Chart& chart);

/// A drawing to stand in a page; it names itself and carries the alternative text.
std::string draw_svg(const Chart& chart);

} // namespace mingce
