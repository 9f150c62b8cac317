#pragma once
// Reads tests/tables/*.table: one row a line, words apart by white space; `#` begins a comment and
// `|` only guides the eye.

#include "files.hpp"

#include <sstream>
#include <stdexcept>
#include <string>
#include <vector>

namespace mingce::test {

struct TableRow {
  std::string place; ///< file and line, for messages
  std::vector<std::string> words;
};

inline std::vector<TableRow> read_table(const std::string& name) {
  std::ifstream in(source_dir / "tests/tables" / name);
  if (!in) throw std::runtime_error("no table " + name);
  std::vector<TableRow> rows;
  std::string line;
  for (int number = 1; std::getline(in, line); ++number) {
    TableRow row{name + ":" + std::to_string(number), {}};
    std::istringstream words(line.substr(0, line.find('#')));
    for (std::string word; words >> word;)
      if (word != "|") row.words.push_back(word);
    if (!row.words.empty()) rows.push_back(std::move(row));
  }
  return rows;
}

} // namespace mingce::test
