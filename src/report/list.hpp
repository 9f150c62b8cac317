#pragma once
// A list of JSON rows as people read it: drawn for a terminal, or as CSV for a spreadsheet. The
// same rows, so that no format says more than another.

#include "base/json.hpp"

#include <span>
#include <string>

namespace mingce {

struct ListColumn {
  const char* member; ///< of the row; also the heading in CSV
  const char* title;  ///< heading in text; nullptr: in CSV only
};

/// A blank for null and for a member that a row does not have; arrays and objects as JSON.
std::string render_list_csv(const json::array& rows, std::span<const ListColumn> columns);
/// Drawn with box characters; `empty` is printed where there is no row.
std::string render_list_text(const json::array& rows, std::span<const ListColumn> columns,
                             const std::string& empty);

} // namespace mingce
