#include "projection/finding_cache.hpp"

namespace mingce {

FindingCache::Walk::Walk(FindingCache& cache, std::uint64_t since)
    : cache_(cache), lock_(cache.mutex_) {
  if (cache_.since_ == since) return;
  cache_.since_ = since;
  cache_.versions_.clear();
  cache_.findings_.clear();
}

const FindingCache::Findings* FindingCache::Walk::of(std::size_t number, std::uint32_t version,
                                                     const Find& find) {
  auto& versions = cache_.versions_;
  if (number >= versions.size()) versions.resize(number + 1);
  if (versions[number] != version) {
    versions[number] = version;
    cache_.findings_.erase(number);
    if (auto found = find(); !found.irregular.empty() || !found.gaps.empty())
      cache_.findings_.emplace(number, std::move(found));
  }
  auto found = cache_.findings_.find(number);
  return found == cache_.findings_.end() ? nullptr : &found->second;
}

} // namespace mingce
