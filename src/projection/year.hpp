#pragma once
// From the register to what a period counts: every case and dispute asked where it stands. Tables
// and their explanations come from the same walk, so that a number and its cases cannot disagree.

#include "projection/register.hpp"
#include "rules/counts.hpp"
#include "rules/standing.hpp"

#include <functional>
#include <map>
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

/// Who held the case from when to when. Empty for a case that was never received.
std::vector<HeldTenure> tenures(const Register& reg, const RegisteredRequest& row);
/// Whether a hand-over is about this case: of all that is open, or named in it.
bool takes(const Organ::HandOver& over, const RegisteredRequest& row);
/// The first conclusion, if it happened within that tenure.
std::optional<Day> concluded_within(const RegisteredRequest& row, const HeldTenure& held);
/// The organ whose tenure it is on that day; none before receipt.
std::optional<std::string> holder_on(const Register& reg, const RegisteredRequest& row, Day day);
/// The organ that holds the case by all that is known.
std::string holder(const Register& reg, const RegisteredRequest& row);

/// The party to a dispute by the mergers dated before that day: the successor becomes it
/// (复议法19). The dispute has been opened.
std::string party_before(const Register& reg, const RegisteredDispute& row, Day day);

/// Calls `each` for every tenure within `organs` that moves table 三 in that period.
void each_standing(
    const Register& reg, const OrganSet& organs, const Period& period,
    const std::function<void(const RegisteredRequest&, const HeldTenure&, const Standing&)>& each);

/// Calls `each` for every dispute that counts for `organs` in that period, with its turn.
void each_standing(const Register& reg, const OrganSet& organs, const Period& period,
                   const Policy& policy,
                   const std::function<void(const RegisteredDispute&, const Dispute::Turn&)>& each);

Counts count(const Register& reg, const OrganSet& organs, const Period& period,
             const Policy& policy);

/// The same of each organ by itself, in one walk; an organ that counts nothing is left out.
std::map<std::string, Counts> count_by_organ(const Register& reg, const OrganSet& organs,
                                             const Period& period, const Policy& policy);

/// Register numbers of voided registrations that these organs would otherwise count in the period.
std::vector<std::string> voided_in(const Register& reg, const OrganSet& organs,
                                   const Period& period);

} // namespace mingce
