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

  /// 管理设置: what this organ has set for itself and all below it.
  struct Settings {
    std::optional<std::string> report_by; ///< `MM-DD`
    std::optional<int> lamp_yellow, lamp_orange;
    std::optional<LateFact> late_fact;

    void take(const Settings& later);
  };
  /// A value and the place in the log from which it was known.
  template <class T>
  struct Known {
    std::uint64_t seq = 0;
    T value;
  };

  std::string name;
  OrganKind kind{};
  std::optional<std::string> parent;
  std::optional<Day> ended_on; ///< merged or dissolved, the earlier of both
  std::vector<HandOver> hand_overs;
  std::vector<Known<std::string>> parents; ///< all it has had, the present one last
  std::vector<Known<Settings>> settings;   ///< each adds to those before
};

Organ fold_organ(std::span<const Fact> facts);

/// Why the history of an organ is impossible by itself, if it is: it is registered once, merged at
/// most once and dissolved at most once. (A merged organ is often dissolved by the same paper.)
std::optional<Failure> refusal_of_organ(std::span<const Fact> facts);

/// By code. A region is an organ and everything below it, as the tree stands now.
using Organs = std::map<std::string, Organ, std::less<>>;
/// The organ and those above it, from the top down, as the tree was known at that position; empty
/// for a code that is not registered.
std::vector<std::string> lineage_of(const Organs& organs, const std::string& code,
                                    std::uint64_t position);
/// What it and those above it have set, the nearest first.
Organ::Settings settings_of(const Organs& organs, const std::string& code, std::uint64_t position);
std::vector<std::string> region_of(const Organs& organs, const std::string& code);
/// `candidate` is `code` itself or stands below it.
bool is_within(const Organs& organs, const std::string& candidate, const std::string& code);

} // namespace mingce
