#pragma once
// On what a report is counted: whose cases, as known at which position, and which years before it
// are closed (rules/late_facts.hpp). Without closed years every case counts by its own dates.

#include "projection/register.hpp"
#include "rules/counts.hpp"
#include "rules/late_facts.hpp"

#include <memory>
#include <set>
#include <string>
#include <vector>

namespace mingce {

using OrganSet = std::set<std::string, std::less<>>;

/// One organ's tenure of a case (rules/standing.hpp).
struct HeldTenure {
  std::string organ;
  Tenure tenure;
  std::uint64_t hand_over_seq = 0; ///< of the event that brought it here; 0: by receipt
};

/// A published year of one series of reports, and how it had been counted.
struct ClosedYear {
  int year = 0;
  std::uint64_t position = 0;
  OrganSet organs;                          ///< whose, as the region was then
  std::shared_ptr<const ClosedYear> before; ///< null: it was counted by the cases' own dates

  Day open_from() const { return first_day_of(year + 1); }
};

struct Basis {
  static constexpr auto present = ~std::uint64_t{0};

  OrganSet organs;
  std::uint64_t position = present;           ///< as known then
  std::shared_ptr<const ClosedYear> closed{}; ///< the latest before the period
};

/// How the report of that organ and scope is counted in a period, under the policy in force
/// (`late_fact`): a published year as it was published, an open one with the years before closed.
Basis basis_of(const Register& reg, const std::string& organ, Scope scope, const Period& period);
/// The same for a year that may have been published already, as if it were still open.
Basis open_basis(const Register& reg, const std::string& organ, Scope scope, const Period& period);
/// Whatever has been published: every case by its own dates, as known now.
Basis present_basis(const Register& reg, const std::string& organ, Scope scope);
/// On which the published report of that year was counted. It is in `reg`.
Basis published_basis(const Register& reg, const RegisteredReport& report,
                      const ReportVersion& published);

/// One case as a basis takes it, tenure by tenure.
struct Stay {
  CountedCase counted;
  std::vector<HeldTenure> held;
};
/// None: it is in no line of any period on that basis.
std::optional<Stay> stay_of(const Register& reg, const RegisteredRequest& row, const Basis& basis,
                            const Policy& policy);
/// A dispute as a basis takes it; null where it was not known.
std::shared_ptr<const Dispute> dispute_of(const Register& reg, const RegisteredDispute& row,
                                          const Basis& basis);
/// A quantity of table 二 on the day on which it counts.
struct FigureEntry {
  Day on{};
  std::string item;
  Decimal quantity{};
};
/// What one figure adds: itself, or, where it was amended after a year had been closed, what was
/// published and in the open year the difference.
std::vector<FigureEntry> entries_of(const Register& reg, const RegisteredFigure& row,
                                    const Basis& basis);

/// Who held the case from when to when. Empty for a case that was never received.
std::vector<HeldTenure> tenures(const Register& reg, const RegisteredRequest& row);
/// Whether a hand-over is about this case: of all that is open, or named in it.
bool takes(const Organ::HandOver& over, const RegisteredRequest& row);
/// The organ and all below it, as known at that position.
OrganSet organs_at(const Register& reg, const std::string& organ, Scope scope,
                   std::uint64_t position);

} // namespace mingce
