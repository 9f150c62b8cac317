#pragma once
// The few pieces of HTML that the pages are made of. Text is escaped here and nowhere else.

#include "report/list.hpp"

#include <initializer_list>
#include <span>
#include <string>
#include <string_view>

namespace mingce {

/// Text as it may stand in an element or in a quoted attribute. Control characters, which no page
/// may hold, become U+FFFD.
std::string html_text(std::string_view text);

/// `<name attributes>inner</name>`; `inner` is HTML.
std::string html_element(const char* name, std::string_view inner,
                         std::string_view attributes = {});

/// A row of a table whose first cell is its heading; `cell` is HTML.
std::string html_row(std::string_view heading, std::string_view cell);
/// A table with a heading above each column; `rows` is HTML.
std::string html_table(std::initializer_list<const char*> headings, std::string_view rows,
                       std::string_view attributes = {});
/// A table of the columns that have a title; a blank is shown as a dash.
std::string html_table(std::span<const ListColumn> columns, const json::array& rows);

/// A whole page in Chinese, with its style inside and nothing from elsewhere.
std::string html_page(std::string_view title, std::string_view style, std::string_view body);

} // namespace mingce
