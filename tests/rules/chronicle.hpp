#pragma once
// Random histories of a request that can have happened: every fact is judged as it is added, and
// what the rules refuse is left out. The same seed tells the same history everywhere.

#include "fixture.hpp"
#include "rules/decide.hpp"

#include <random>
#include <utility>

namespace mingce::test {

enum class Move {
  ask_correction,
  correct,
  consult_third_party,
  consult_other_organ,
  close_consultation,
  serve,
  extend,
  ask_reasons,
  delay,
  notify_fee,
  pay,
  waive,
  answer,
  redo,
  answer_redo
};

/// What may happen in a history; a move that stands twice happens more often.
struct Moves {
  std::vector<Move> list;
  bool one_correction = false; ///< at most one correction is asked for in each procedure
};

inline Moves before_the_answer() {
  using enum Move;
  return {{ask_correction, correct, correct, consult_third_party, consult_other_organ,
           close_consultation, close_consultation, serve, extend, ask_reasons, delay, notify_fee,
           pay, waive}};
}
inline Moves with_redo() {
  using enum Move;
  auto moves = before_the_answer();
  moves.list.insert(moves.list.end(), {answer, redo, redo, answer_redo});
  return moves;
}

class Chronicle {
public:
  Chronicle(std::uint32_t seed, Moves moves) : random_(seed), moves_(std::move(moves)) {
    today_ = day("2024-01-01") + date::days{below(900)};
    add(RequestReceived{});
    for (int left = below(20); left > 0; --left) {
      today_ += date::days{below(10)};
      move(moves_.list[std::size_t(below(int(moves_.list.size())))]);
    }
  }

  const std::vector<Fact>& facts() const { return facts_; }
  const Case& state() const { return state_; }
  Day today() const { return today_; } ///< of the last thing that was tried

  int below(int bound) { return int(random_() % std::uint32_t(bound)); }

  /// For messages.
  std::string story() const {
    std::string text;
    for (auto& fact : facts_)
      text += "\n  " + to_string(fact.on) + " " + type_of(fact.event).info().type;
    return text;
  }

private:
  void add(Event event) {
    auto version = std::uint32_t(facts_.size() + 1);
    Fact fact{version, version, today_, std::move(event)};
    if (refusal(state_, fact)) return;
    evolve(state_, fact);
    facts_.push_back(std::move(fact));
  }

  void move(Move what) {
    using enum Move;
    switch (what) {
    case ask_correction:
      return ask_for_correction();
    case correct:
      return add(CorrectionReceived{});
    case consult_third_party:
      return consult(ConsultedParty::third_party);
    case consult_other_organ:
      return consult(ConsultedParty::other_organ);
    case close_consultation:
      return close_one();
    case serve:
      return serve_one();
    case extend:
      return add(PeriodExtended{Count{std::uint32_t(1 + below(25))}, {}, {}, {}});
    case ask_reasons:
      return add(ReasonsRequested{later()});
    case delay:
      return add(AnswerDelayed{later(), {}});
    case notify_fee:
      return add(FeeNotified{FeeScheme::by_page, Count{40}, later(), {}, {}});
    case pay:
      return add(FeePaid{});
    case waive:
      return add(FeeWaived{});
    case answer:
      return add(RequestAnswered{});
    case redo:
      return order_redo();
    case answer_redo:
      return add(RedoAnswered{});
    }
  }
  Day later() { return today_ + date::days{1 + below(60)}; }
  void ask_for_correction() {
    if (moves_.one_correction && corrections_++ > 0) return;
    add(CorrectionRequested{later(), {}, {}});
  }
  void order_redo() {
    auto was_open = state_.redo.open;
    add(RedoOrdered{RedoOrigin::self, below(2) ? std::optional{later()} : std::nullopt});
    if (!was_open && state_.redo.open) corrections_ = 0;
  }
  void consult(ConsultedParty with) {
    auto id = "c" + std::to_string(state_.consultations.size());
    add(ConsultationOpened{id, with, {}, {}});
  }
  void close_one() {
    if (state_.consultations.empty()) return;
    auto which = std::size_t(below(int(state_.consultations.size())));
    add(ConsultationClosed{state_.consultations[which].id, {}});
  }
  /// Serves any letter that went out before, most often one that matters to no clock.
  void serve_one() {
    NoticeServed served;
    served.target.version = std::uint32_t(1 + below(int(facts_.size())));
    served.result = below(4) ? ServiceResult::delivered : ServiceResult::returned;
    add(served);
  }

  std::mt19937 random_;
  Moves moves_;
  std::vector<Fact> facts_;
  Case state_;
  Day today_{};
  int corrections_ = 0;
};

} // namespace mingce::test
