#include "intake/review.hpp"

#include "report/printed.hpp"

#include <algorithm>
#include <map>

namespace mingce {
namespace {

/// A name without brackets and without the ending that some titles leave out.
std::string bare_name(const std::string& organ) {
  auto name = folded(organ);
  name = name.substr(0, name.find('('));
  for (std::string_view ending : {"人民政府", "办事处", "政府"})
    if (name.ends_with(ending) && name.size() > ending.size()) {
      name.resize(name.size() - ending.size());
      break;
    }
  return name;
}

class Review {
public:
  Review(std::span<const ReviewedFile> files, const Editions& editions,
         const ReviewOptions& options)
      : files_(files), editions_(editions), options_(options) {}

  std::vector<Check> of(const ReviewedFile& file) const {
    auto& tables = file.report.tables;
    Evidence evidence{.origin = Origin::foreign};
    evidence.last_year = last_year_of(file);
    evidence.makes_regulations = makes_regulations(tables.organ);
    if (!file.report.prose.empty()) evidence.prose = file.report.prose;
    std::vector<RollUpMember> members;
    if (file.roll_up) members = members_of(file);
    evidence.members = &members;
    return run_checks(tables, editions_, evidence);
  }

private:
  bool is_same_organ(const Tables& one, const Tables& other) const {
    if (options_.same_organ) return true;
    return !one.organ.empty() && bare_name(one.organ) == bare_name(other.organ);
  }

  const Tables* last_year_of(const ReviewedFile& file) const {
    auto& tables = file.report.tables;
    for (auto& other : files_)
      if (tables.year && other.report.tables.year == *tables.year - 1 &&
          other.roll_up == file.roll_up && is_same_organ(tables, other.report.tables))
        return &other.report.tables;
    return nullptr;
  }

  std::vector<RollUpMember> members_of(const ReviewedFile& roll_up) const {
    std::vector<RollUpMember> members;
    std::map<std::string, std::size_t> by_name;
    auto member = [&](const std::string& name) -> RollUpMember& {
      auto [found, added] = by_name.try_emplace(bare_name(name), members.size());
      if (added) members.push_back({name});
      return members[found->second];
    };
    for (auto& name : options_.members) member(name);
    for (auto& file : files_) {
      auto& tables = file.report.tables;
      if (file.roll_up || tables.year != roll_up.report.tables.year) continue;
      // What does not say whose it is stands for itself.
      member(tables.organ.empty() ? file.file : tables.organ).reports.push_back(&tables);
    }
    return members;
  }

  std::span<const ReviewedFile> files_;
  const Editions& editions_;
  const ReviewOptions& options_;
};

} // namespace

std::vector<std::vector<Check>> review(std::span<const ReviewedFile> files,
                                       const Editions& editions, const ReviewOptions& options) {
  Review review(files, editions, options);
  std::vector<std::vector<Check>> out;
  out.reserve(files.size());
  for (auto& file : files) out.push_back(review.of(file));
  return out;
}

} // namespace mingce
