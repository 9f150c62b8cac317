#pragma once
// The annual report as a paper: the official title, six sections, their prose, tables and charts in
// their order (条例50; 国办公开办函〔2021〕30号). All that DOCX, HTML, PDF and XLSX print is here;
// a renderer adds looks and no words.

#include "report/background.hpp"
#include "report/chart.hpp"
#include "report/grid.hpp"
#include "report/narrative.hpp"

#include <string>
#include <variant>
#include <vector>

namespace mingce {

struct Passage {
  enum class Role {
    topic, ///< （一）主动公开
    body,
    missing ///< the organ has to write it: to be seen in a draft
  };
  Role role{};
  std::string text; ///< printable (report/xml.hpp)
};

using Block = std::variant<Passage, Grid, Chart>;

struct Section {
  std::string heading;
  std::vector<Block> blocks;
};

struct Paper {
  std::string title;
  std::string opening; ///< by what, and for which days, it was drawn up
  std::vector<Section> sections;
  std::string basis;   ///< edition and position of the log, for the properties of a file
  AsOf as_of;          ///< its instant is the only date of making that a file bears
};

/// The prose figures are words for cells of the report and for the background; the rest is the
/// organ's.
Paper compose(const AnnualReport& report, const Background& background,
              const Narrative& narrative);

} // namespace mingce
