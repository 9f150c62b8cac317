#include "http/kept_reports.hpp"

namespace mingce {
namespace {

constexpr std::size_t most = 32; ///< questions; a paper with charts is some hundred kilobytes

} // namespace

std::optional<Response> KeptReports::find(const std::string& question,
                                          std::uint64_t position) const {
  std::lock_guard lock(mutex_);
  auto found = kept_.find(question);
  if (found == kept_.end() || found->second.position != position) return {};
  return found->second.answer;
}

void KeptReports::keep(const std::string& question, std::uint64_t position,
                       const Response& answer) {
  std::lock_guard lock(mutex_);
  if (kept_.size() >= most && !kept_.contains(question)) kept_.clear();
  kept_[question] = {position, answer};
}

} // namespace mingce
