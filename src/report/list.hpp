#pragma once
// A list of JSON rows as it was asked for: JSON for programs, CSV for spreadsheets, text for a
// terminal. The same rows, so that no format says more than another; written row by row, so that
// a long list costs its text and no more.

#include "base/described.hpp"
#include "base/json.hpp"

#include <span>
#include <string>
#include <vector>

namespace mingce {

enum class ListFormat { json, csv, text };
BOOST_DESCRIBE_ENUM(ListFormat, json, csv, text)

struct ListColumn {
  const char* member; ///< of the row; also the heading in CSV
  const char* title;  ///< heading in text; nullptr: in CSV only
  /// In text: what people call a word of the wire; nullptr: printed as it is.
  std::string (*name_of)(std::string_view word) = nullptr;
};

/// What stands in that column for people: 是 or 否, the name of a word, a text as it is; blank
/// where the member is null or left out.
std::string cell_text(const json::object& row, const ListColumn& column);

class ListWriter {
public:
  /// `columns` must outlive the writer. JSON rows are printed whole; in the other formats a member
  /// that is null or left out is blank, arrays and objects are printed as JSON.
  ListWriter(std::span<const ListColumn> columns, ListFormat format);

  void add(const json::object& row);
  /// The whole list; nothing can be added after it.
  std::string finish();

private:
  void add_text(const json::object& row);
  std::string draw() const;

  std::span<const ListColumn> columns_;
  ListFormat format_;
  std::string out_;
  bool empty_ = true;
  std::vector<std::string> cells_; ///< text: row by row, the headings first
  std::vector<bool> numeric_;      ///< text: columns that hold numbers
};

std::string render_list(const json::array& rows, std::span<const ListColumn> columns,
                        ListFormat format);

} // namespace mingce
