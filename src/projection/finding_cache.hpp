#pragma once
// What is irregular in each case, or lacking, as it was found last: a report asks it of every case
// of its year, and from one report to the next few cases change. Thread-safe.

#include "projection/parallel.hpp"
#include "rules/irregular.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <mutex>
#include <span>
#include <vector>

namespace mingce {

/// Of one case.
struct Findings {
  std::vector<Irregularity> irregular, gaps;
};

class FindingCache {
public:
  /// The case with that number, at that version of its stream.
  struct Asked {
    std::size_t number = 0;
    std::uint32_t version = 0;
  };
  using Known = std::shared_ptr<const Findings>;

  /// What is found in each of the cases, in their order; null where nothing is. Those that are not
  /// known yet are looked at on several threads: each time `make_finder` gives what tells the
  /// findings of the i-th. Calendars and the tree of organs have a say in every case: what was
  /// found before they changed last (`since`, a position of the log) is forgotten.
  template <class MakeFinder>
  std::vector<Known> find_all(std::uint64_t since, std::span<const Asked> cases,
                              const MakeFinder& make_finder);

private:
  void forget_before(std::uint64_t since);
  /// The places in `cases` of what is not known at its version.
  std::vector<std::size_t> unknown(std::span<const Asked> cases);
  void keep(const Asked& one, Findings&& found);

  struct Looked {
    std::uint32_t version = 0; ///< 0: not looked at yet
    Known found;
  };

  std::mutex mutex_;
  std::uint64_t since_ = 0;
  std::vector<Looked> looked_; ///< by number
};

template <class MakeFinder>
std::vector<FindingCache::Known> FindingCache::find_all(std::uint64_t since,
                                                        std::span<const Asked> cases,
                                                        const MakeFinder& make_finder) {
  std::lock_guard lock(mutex_);
  forget_before(since);
  auto missing = unknown(cases);
  std::vector<Findings> found(missing.size());
  constexpr std::size_t at_once = 1'024;
  in_parallel((missing.size() + at_once - 1) / at_once, [&](std::size_t n) {
    auto find = make_finder();
    for (auto i = n * at_once; i < std::min((n + 1) * at_once, missing.size()); ++i)
      found[i] = find(missing[i]);
    return true;
  });
  for (std::size_t i = 0; i < missing.size(); ++i) keep(cases[missing[i]], std::move(found[i]));
  std::vector<Known> out;
  out.reserve(cases.size());
  for (auto& one : cases) out.push_back(looked_[one.number].found);
  return out;
}

} // namespace mingce
