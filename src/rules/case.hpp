#pragma once
// One request, folded: what its facts, in their order, have made of it (条例29–40). The fold is
// total: it never fails, whatever it is given; what is impossible is refused before (decide.hpp).
// It reads public members only, so that the tables can be derived from the public leaves alone.

#include "rules/history.hpp"
#include "rules/retention.hpp"
#include "rules/step.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mingce {

/// What holds of a received case that is neither void nor split.
struct Standstill {
  bool redo = false, concluded = false;
  bool correction = false, fee = false, opinion = false, reasons = false; ///< awaited

  /// The state is the first of these that holds.
  CaseState state() const;
};

struct Case {
  struct Consultation {
    std::string id;
    ConsultedParty with{};
    bool open = true;
    bool ended_by_restart = false; ///< its later closing is accepted and moves nothing
  };
  struct Conclusion {
    Day on{};
    Outcome outcome{};
    std::uint64_t seq = 0;
  };
  /// Money that came in for a fee; a refund is negative.
  struct Payment {
    Day on{};
    Decimal amount{};
  };
  /// 收费通知 (国办函〔2020〕109号)
  struct Fee {
    Day on{};
    std::uint32_t version = 0;
    FeeScheme scheme{};
    std::uint32_t quantity = 0;
    std::uint32_t prior_items = 0;   ///< of the applicant in that month, before this notice
    std::optional<Decimal> notified; ///< the amount on the notice, where it was recorded
    Day pay_by{};
    Decimal paid{}, refunded{};
    bool waived = false;
    std::vector<Payment> payments; ///< in their order; together `paid` less `refunded`
  };
  struct Redo {
    bool open = false;
    std::optional<Day> due_on;
    std::optional<Conclusion> conclusion; ///< of the latest redo; table 三 keeps the first outcome
  };

  /// 归档 with its period of keeping
  struct Archiving {
    Day on{};
    Retention retention;
  };

  // what it is
  ApplicantKind kind{};
  bool kind_provisional = false; ///< 申请人类别暂定
  Matter matter = Matter::disclosure;
  Channel channel{};

  // where it stands
  std::optional<Day> submitted_on;
  std::optional<Day> received_on; ///< 收到申请之日 (条例31)
  std::optional<Day> submission_closed_on;
  bool voided = false;
  bool split = false;
  std::optional<Conclusion> conclusion; ///< the first one: the one that table 三 counts
  Redo redo;

  // what it waits for
  std::optional<Day> correction_by; ///< a correction is awaited until then (条例30)
  std::optional<Day> payment_by;    ///< a fee is awaited until then (国办函〔2020〕109号)
  bool awaits_reasons = false;      ///< 条例35
  std::vector<Consultation> consultations;
  std::optional<Day> assigned_on; ///< to a unit or a person, for the first time

  // what has been
  std::vector<Step> steps; ///< in the order of (on, version)
  std::vector<Fee> fees;
  bool fee_paid = false;

  // what is kept of the person (个人信息保护法47)
  std::optional<Archiving> archived; ///< the latest that names a period
  std::uint32_t holds = 0;           ///< 暂停删除 not lifted yet
  std::optional<Day> erased_on;      ///< the latest time

  // where it comes from
  std::uint64_t received_seq = 0;
  std::uint64_t reclassified_seq = 0; ///< 0: never
  std::vector<std::uint64_t> amendments;
  std::pair<Day, std::uint32_t> latest{}; ///< order() of the last fact folded

  CaseState state() const;
  bool counts() const { return received_on && !voided && !split && matter == Matter::disclosure; }
};

/// The case after one more fact. `fact` does not stand before `latest`.
void evolve(Case& state, const Fact& fact);

/// The case of all facts, given in their order.
Case fold_case(std::span<const Fact> facts);

} // namespace mingce
