#pragma once
// Checks several reports of others together: each by itself, against the same organ's report of the
// year before, and a parent's roll-up against its members.

#include "intake/recognise.hpp"
#include "report/checks.hpp"

#include <span>
#include <string>
#include <vector>

namespace mingce {

struct ReviewedFile {
  std::string file;
  ForeignReport report;
  bool roll_up = false; ///< of all other organs' reports of its year
};

struct ReviewOptions {
  bool same_organ = false; ///< all files are of one organ, however they name it
  /// Who must be in a roll-up, by name; empty: whoever is there.
  std::vector<std::string> members{};
};

/// One list of checks for each file, in their order. Which organ a report is of, its title says;
/// what is said in brackets and how the organ ends (人民政府, 办事处) is not compared.
std::vector<std::vector<Check>> review(std::span<const ReviewedFile> files,
                                       const Editions& editions, const ReviewOptions& options);

} // namespace mingce
