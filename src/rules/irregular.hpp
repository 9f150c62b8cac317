#pragma once
// What did happen but should not have: recorded like everything else, and listed with its article.
// And what is incomplete: nothing wrong, but the file lacks something.

#include "rules/case.hpp"
#include "rules/law.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace mingce {

struct Irregularity {
  std::string code; ///< stable word for programs
  std::string article;
  std::uint32_t version = 0; ///< of the event that shows it
  Day on{};                  ///< its legal date
  Text message;
};

/// The irregularities of one case, in the order of its steps.
std::vector<Irregularity> irregularities(const Case& state, const Terms& terms);

/// What the file of a case lacks; `version` is the event that lacks it, 0 where none is meant.
std::vector<Irregularity> gaps(const Case& state, const Terms& terms);

} // namespace mingce
