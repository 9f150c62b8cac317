#pragma once
// Organs, folded: what each is called, where it stands in the region, what it handed over.

#include "rules/history.hpp"

#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mingce {

struct Organ {
  /// Cases go from this organ to another: all that are open on that day, or those listed.
  struct HandOver {
    Day on{};
    std::string to;
    std::uint64_t seq = 0;
    bool merger = false;               ///< organ.merged: pending disputes go over as well
    std::vector<std::string> requests; ///< ids; empty: all
  };

  std::string name;
  OrganKind kind{};
  std::optional<std::string> parent;
  std::optional<Day> ended_on; ///< merged or dissolved, the earlier of both
  std::vector<HandOver> hand_overs;
};

Organ fold_organ(std::span<const Fact> facts);

/// Why the history of an organ is impossible by itself, if it is: it is registered once, merged at
/// most once and dissolved at most once. (A merged organ is often dissolved by the same paper.)
std::optional<Failure> refusal_of_organ(std::span<const Fact> facts);

/// By code. A region is an organ and everything below it, as the tree stands now.
using Organs = std::map<std::string, Organ, std::less<>>;
std::vector<std::string> region_of(const Organs& organs, const std::string& code);
/// `candidate` is `code` itself or stands below it.
bool is_within(const Organs& organs, const std::string& candidate, const std::string& code);

} // namespace mingce
