#pragma once
// Signs in the name of the log (README.md, Checkpoints). What is new is read from the database
// again and hashed again, apart from the sequencer's trees; what was signed is never contradicted.
// Private to src/log. Thread-safe; appends go on meanwhile.

#include "log/log.hpp"

#include <mutex>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace mingce {

/// The roots of the suites after the first, as extension lines of a checkpoint.
std::vector<std::string> roots_beside(std::span<const Frontier> trees);

class Notary {
public:
  /// Both must outlive the notary.
  Notary(const LogView& log, LogView::Store& store) : log_(log), store_(store) {}

  /// The signed checkpoint of the log as it is now; kept and anchored before it is given.
  Result<Note> sign();
  Result<Note> keep_cosignatures(const Note& given);

private:
  Result<void> resume();
  Result<std::optional<Note>> signed_last();
  Result<void> hash_up_to(std::uint64_t size);
  Result<void> check(std::uint64_t size) const;
  Result<Note> signed_note(const KeyRing& ring, std::uint64_t size) const;
  Result<void> keep(std::uint64_t size, const Note& note);

  const LogView& log_;
  LogView::Store& store_;
  std::mutex mutex_;
  std::optional<Note> latest_;
  std::vector<Frontier> hashed_; ///< one a suite, from the entries as they were read again
};

} // namespace mingce
