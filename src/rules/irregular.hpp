#pragma once
// What did happen but should not have: recorded like everything else, and listed with its article.

#include "rules/history.hpp"
#include "rules/law.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace mingce {

struct Irregularity {
  std::string code; ///< stable word for programs
  std::string article;
  std::uint32_t version = 0; ///< of the event that shows it
  Text message;
};

/// The irregularities of one case, in the order of its facts.
std::vector<Irregularity> irregularities(std::span<const Fact> facts, const Law& law);

} // namespace mingce
