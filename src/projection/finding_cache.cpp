#include "projection/finding_cache.hpp"

namespace mingce {

void FindingCache::forget_before(std::uint64_t since) {
  if (since_ == since) return;
  since_ = since;
  looked_.clear();
}

std::vector<std::size_t> FindingCache::unknown(std::span<const Asked> cases) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < cases.size(); ++i) {
    auto& [number, version] = cases[i];
    if (number >= looked_.size()) looked_.resize(number + 1);
    if (looked_[number].version != version) out.push_back(i);
  }
  return out;
}

void FindingCache::keep(const Asked& one, Findings&& found) {
  bool is_anything = !found.irregular.empty() || !found.gaps.empty();
  looked_[one.number] = {
      one.version, is_anything ? std::make_shared<const Findings>(std::move(found)) : nullptr};
}

} // namespace mingce
