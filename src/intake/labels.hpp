#pragma once
// Labels of the official tables, recognised as people print them: with or without ordinals,
// punctuation and brackets, abridged, or a word changed.

#include "report/format.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mingce {

/// Codes that a printed label may stand for: the labels of all editions, and common abridgements.
class Vocabulary {
public:
  void add(std::string_view label, std::string_view code);
  /// The code whose label is nearest, if any is near enough; null.
  const std::string* find(std::string_view printed) const;

private:
  struct Label {
    std::u32string key;
    std::string code;
  };
  std::vector<Label> labels_;
};

/// The words of the tables in all editions.
struct ReportLabels {
  explicit ReportLabels(const Editions& editions);

  Vocabulary figure_rows, figure_columns;     ///< table 二
  Vocabulary request_rows, request_columns;   ///< table 三
  Vocabulary dispute_blocks, dispute_columns; ///< table 四
};

} // namespace mingce
