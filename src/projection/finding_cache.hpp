#pragma once
// What is irregular in each case, or lacking, as it was found last: a report asks it of every case
// of its year, and from one report to the next few cases change. Thread-safe.

#include "rules/irregular.hpp"

#include <cstdint>
#include <functional>
#include <mutex>
#include <unordered_map>
#include <vector>

namespace mingce {

class FindingCache {
public:
  struct Findings {
    std::vector<Irregularity> irregular, gaps;
  };
  using Find = std::function<Findings()>;

  /// All calls of one walk over the register. Calendars and the tree of organs have a say in every
  /// case: what was found before they changed last (`since`, a position of the log) is forgotten.
  class Walk {
  public:
    /// Of the case with that number, at that version of its stream; null where nothing is found.
    const Findings* of(std::size_t number, std::uint32_t version, const Find& find);

  private:
    friend class FindingCache;
    Walk(FindingCache& cache, std::uint64_t since);
    FindingCache& cache_;
    std::lock_guard<std::mutex> lock_;
  };
  Walk walk(std::uint64_t since) { return {*this, since}; }

private:
  std::mutex mutex_;
  std::uint64_t since_ = 0;
  std::vector<std::uint32_t> versions_; ///< by number: of what was found; 0: not looked at yet
  std::unordered_map<std::size_t, Findings> findings_;
};

} // namespace mingce
