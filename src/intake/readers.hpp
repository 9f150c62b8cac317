#pragma once
// From a file's bytes to its tables and prose, one reader a format.

#include "base/result.hpp"
#include "intake/archive.hpp"
#include "intake/page.hpp"

#include <string_view>

namespace mingce {

/// RFC 4180 and what spreadsheets make of it: commas, semicolons or tabs. One table.
Result<Page> read_csv(std::string_view utf8);
/// Every table is one by itself, also those that stand within the cell of another.
Result<Page> read_html(std::string_view utf8);
/// Every sheet that can be seen is a table, merged ranges multiplied out.
Result<Page> read_xlsx(Archive& package);
Result<Page> read_docx(Archive& package);

} // namespace mingce
