#pragma once
// The cases behind one tally (period_tally.hpp): what each adds to it, so that it can be taken out
// again when the case has gone on.

#include "projection/period_tally.hpp"

#include <unordered_map>
#include <vector>

namespace mingce {

struct PeriodQuestion {
  const Law* law = nullptr;
  Policy policy;
  Basis basis;
  Period period;
  Day day{};

  /// Every case counts by its own dates, as known now: then it changes only with its own entries.
  bool may_be_kept() const { return !basis.closed && basis.position == Basis::present; }
  /// Of questions that may be kept.
  bool is_same(const PeriodQuestion& other) const;
};

/// Used by one thread, with one register.
class PeriodCases {
public:
  explicit PeriodCases(PeriodQuestion question) : question_(std::move(question)) {}

  const PeriodQuestion& question() const { return question_; }
  /// Takes what was recorded since the last time; everything anew if calendars or organs changed.
  void follow(const Register& reg);
  PeriodTally tally() const;

private:
  /// A tenure that moves table 三.
  struct Place {
    std::uint32_t organ = nowhere;
    ApplicantKind kind{};
    Outcome outcome{};
    Standing standing{};
  };
  static constexpr std::uint32_t nowhere = ~std::uint32_t{0};
  using Cases = std::vector<const RegisteredRequest*>;

  void clear();
  void take(const Register& reg, const Cases& cases);
  void take_out(std::size_t number);
  void put_in(const Register& reg, const DueOn& due_on, const RegisteredRequest& row);
  void place(const Register& reg, const RegisteredRequest& row);
  void count(const Place& place, int times);
  std::uint32_t number_of_organ(const std::string& code);

  PeriodQuestion question_;
  std::uint64_t position_ = 0, surroundings_ = 0;
  std::vector<std::string> organs_;
  std::vector<RequestCounts> counts_; ///< of the same
  std::unordered_map<std::string, std::uint32_t> organ_numbers_;
  // By the number of the request:
  std::vector<Place> places_;                                   ///< the first of each
  std::unordered_map<std::size_t, std::vector<Place>> further_; ///< those of hand-overs
  PeriodTally told_; ///< but for table 三 and what is received twice; a code may have no case left
};

} // namespace mingce
