#include "report/html.hpp"

namespace mingce {
namespace {

const char* escape_of(char c) {
  switch (c) {
  case '&':
    return "&amp;";
  case '<':
    return "&lt;";
  case '>':
    return "&gt;";
  case '"':
    return "&quot;";
  case '\'':
    return "&#39;";
  default:
    break;
  }
  bool is_control = (static_cast<unsigned char>(c) < 0x20 && c != '\n' && c != '\t') || c == '\x7f';
  return is_control ? "\xEF\xBF\xBD" : nullptr;
}

std::string headings_of(std::span<const char* const> headings) {
  std::string cells;
  for (auto* heading : headings) cells += html_element("th", html_text(heading), "scope=\"col\"");
  return html_element("thead", html_element("tr", cells));
}

std::string table_of(std::span<const char* const> headings, std::string_view rows,
                     std::string_view attributes = {}) {
  auto inner = headings_of(headings) + html_element("tbody", rows);
  return html_element("table", inner, attributes) + "\n";
}

std::string row_of(std::span<const ListColumn> columns, const json::object& row) {
  std::string cells;
  for (auto& column : columns) {
    if (!column.title) continue;
    auto text = cell_text(row, column);
    cells += html_element("td", text.empty() ? "—" : html_text(text));
  }
  return html_element("tr", cells) + "\n";
}

} // namespace

std::string html_text(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (char c : text)
    if (auto* escape = escape_of(c))
      out += escape;
    else
      out += c;
  return out;
}

std::string html_element(const char* name, std::string_view inner, std::string_view attributes) {
  std::string out = "<" + std::string(name);
  if (!attributes.empty()) out.append(" ").append(attributes);
  return out.append(">").append(inner).append("</").append(name).append(">");
}

std::string html_row(std::string_view heading, std::string_view cell) {
  auto cells = html_element("th", html_text(heading), "scope=\"row\"") + html_element("td", cell);
  return html_element("tr", cells) + "\n";
}

std::string html_table(std::initializer_list<const char*> headings, std::string_view rows,
                       std::string_view attributes) {
  return table_of({headings.begin(), headings.size()}, rows, attributes);
}

std::string html_table(std::span<const ListColumn> columns, const json::array& rows) {
  std::vector<const char*> headings;
  for (auto& column : columns)
    if (column.title) headings.push_back(column.title);
  std::string lines;
  for (auto& row : rows) lines += row_of(columns, row.get_object());
  return table_of(headings, lines);
}

std::string html_page(std::string_view title, std::string_view style, std::string_view body) {
  auto head = "<meta charset=\"utf-8\">\n"
              "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n" +
              html_element("title", html_text(title)) + "\n" + html_element("style", style) + "\n";
  return "<!DOCTYPE html>\n<html lang=\"zh-CN\">\n" + html_element("head", "\n" + head) + "\n" +
         html_element("body", "\n" + std::string(body)) + "\n</html>\n";
}

} // namespace mingce
