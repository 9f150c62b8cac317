#pragma once
// From the register to what a period counts: every case and dispute asked where it stands. Tables
// and their explanations come from the same walk, so that a number and its cases cannot disagree.

#include "projection/basis.hpp"
#include "rules/standing.hpp"

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace mingce {

/// The first conclusion, if it happened within that tenure.
std::optional<Day> concluded_within(const RegisteredRequest& row, const HeldTenure& held);
/// The organ whose tenure it is on that day; none before receipt.
std::optional<std::string> holder_on(const Register& reg, const RegisteredRequest& row, Day day);
/// The organ that holds the case by all that is known.
std::string holder(const Register& reg, const RegisteredRequest& row);

/// The party to a dispute by the mergers dated before that day: the successor becomes it
/// (复议法19), as known at that position. The dispute has been opened.
std::string party_before(const Register& reg, const RegisteredDispute& row, Day day,
                         std::uint64_t position = Basis::present);

/// One tenure of a case that moves table 三 in a period.
struct CaseStanding {
  const RegisteredRequest& request;
  const CountedCase& counted;
  const HeldTenure& held;
  Standing place;
};
using EachCase = std::function<void(const CaseStanding&)>;
/// A dispute that counts, where it stands, and with which organ.
struct DisputeStanding {
  const RegisteredDispute& row;
  const Dispute& dispute;
  const Dispute::Turn& turn;
  const std::string& party;
};
using EachDispute = std::function<void(const DisputeStanding&)>;

/// Calls `each` for every tenure within the basis that moves table 三 in that period.
void each_standing(const Register& reg, const Basis& basis, const Period& period,
                   const Policy& policy, const EachCase& each);
/// The same for one case.
void each_standing(const Register& reg, const RegisteredRequest& row, const Basis& basis,
                   const Period& period, const Policy& policy, const EachCase& each);

/// By all that is known, every case by its own dates.
void each_standing(
    const Register& reg, const OrganSet& organs, const Period& period,
    const std::function<void(const RegisteredRequest&, const HeldTenure&, const Standing&)>& each);

/// Calls `each` for every dispute that counts in that period.
void each_dispute(const Register& reg, const Basis& basis, const Period& period,
                  const Policy& policy, const EachDispute& each);
void each_dispute(const Register& reg, const RegisteredDispute& row, const Basis& basis,
                  const Period& period, const Policy& policy, const EachDispute& each);

/// What a tenure adds to table 三; `times` -1 takes it out again.
void add(RequestCounts& counts, ApplicantKind kind, Outcome outcome, const Standing& place,
         int times = 1);

/// Table 三 of each organ, in one walk; an organ that counts nothing is left out.
using CountsByOrgan = std::map<std::string, RequestCounts>;
CountsByOrgan count_requests(const Register& reg, const Basis& basis, const Period& period,
                             const Policy& policy);

/// All three tables; `requests`: table 三, counted already on that basis.
Counts count(const Register& reg, const Basis& basis, const Period& period, const Policy& policy,
             const CountsByOrgan& requests);
Counts count(const Register& reg, const Basis& basis, const Period& period, const Policy& policy);
/// By all that is known, every case by its own dates.
Counts count(const Register& reg, const OrganSet& organs, const Period& period,
             const Policy& policy);

/// The same of each organ by itself.
std::map<std::string, Counts> count_by_organ(const Register& reg, const Basis& basis,
                                             const Period& period, const Policy& policy,
                                             const CountsByOrgan& requests);

/// Whether a registration that these organs voided would else be counted in the period, or was
/// voided in it.
bool is_voided_in(const Register& reg, const RegisteredRequest& row, const OrganSet& organs,
                  const Period& period);

} // namespace mingce
