#pragma once
// A step of the procedure: what one fact means to the clock and to the irregularities, without its
// text. A case keeps its steps, so that due dates, lamps and figures of any day come from memory.

#include "base/day.hpp"

#include <cstdint>
#include <optional>

namespace mingce {

enum class StepKind : std::uint8_t {
  submitted,            // word: Channel
  received,             // word: Channel, number: Matter, until: submitted_on
  correction_requested, // until: respond_by
  correction_extended,  // until: respond_by
  correction_received,
  consultation_opened, // number: which consultation of the case, word: ConsultedParty
  consultation_closed, // number: which consultation of the case, word: ConsultationResult
  served,              // number: version of the letter, word: ServiceResult
  extended,            // number: working days, until: notified_on
  reasons_requested,   // until: respond_by
  reasons_received,    // number: 1 if reasonable
  delayed,             // until: the day told to the applicant
  fee_notified,        // number: which fee of the case, word: FeeScheme, until: pay_by
  fee_paid,
  fee_waived,
  answered,      // word: Outcome, number: 1 + LateReason or 0
  closed,        // word: Outcome; a conclusion without an answer
  redo_ordered,  // word: RedoOrigin, until: due_on
  redo_answered, // word: Outcome, number: 1 + LateReason or 0
  submission_closed,
  split,
  voided,
  erased
};

struct Step {
  Day on{};
  std::uint32_t version = 0; ///< of the event
  std::uint32_t number = 0;
  std::optional<Day> until{};
  StepKind kind{};
  std::uint8_t word = 0;

  // what is on the paper
  bool has_document_no = false;
  bool names_earlier_request = false;
  bool names_ground = false;
  bool tells_reconsideration_first = false; ///< 复议法23.2

  template <class Enum>
  Enum as() const {
    return static_cast<Enum>(word);
  }
  bool concludes() const {
    return kind == StepKind::answered || kind == StepKind::closed ||
           kind == StepKind::redo_answered;
  }
};

} // namespace mingce
