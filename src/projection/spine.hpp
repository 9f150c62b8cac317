#pragma once
// The spine of a log: the register as it stood at a position, in sealed blocks (log/derived.hpp).
// Who needs the register reads it and the few entries after it, instead of every entry there ever
// was; where it does not hold, or is not there, the entries are read. It holds what the rules read
// of each case, which is public; no word of a person.
//
//   index-N   of 8,192 requests each: id, first and last day of the case, bytes of its row
//   rows-N    the rows of the same, packed (packed.hpp)
//   disputes, figures, rest
//
// A report reads the index of all, and of the rows only those that its period concerns.

#include "log/derived.hpp"
#include "projection/register.hpp"

#include <optional>
#include <string>
#include <vector>

namespace mingce {

/// So many entries may lie beyond the spine before it is moved on: in a quiet moment, and at most,
/// however busy the log is. A start reads them one by one.
constexpr std::uint64_t spine_tail = 50'000, longest_spine_tail = 150'000;

class SpineRows;

class Spine {
public:
  /// Nothing where there is none that counts.
  static std::optional<Spine> open(const LogView& log);

  std::uint64_t position() const { return blocks_.position(); }

  /// The register at a position of the log, not before the spine's. With `concerning`, of the
  /// requests at least those that the report of that period needs; then nothing may be asked but
  /// that report. `corrupt`, code `bad_derived`, where a block does not hold. Texts are not read.
  Result<Register> load(const LogView& log, std::uint64_t up_to,
                        const std::optional<Period>& concerning = {}) const;

  /// Moves the spine of the log on to its end, piece by piece, or makes one; stops where `go_on`
  /// says false. For the process that writes the log; appends go on meanwhile.
  static Result<void> advance(const LogView& log, const std::function<bool()>& go_on = {});

  /// The same, once more than `tail` entries lie beyond it.
  static Result<void> keep_up(const LogView& log, std::uint64_t tail,
                              const std::function<bool()>& go_on = {});

  /// `corrupt`, code `bad_derived`, where a block is not what was sealed.
  Result<void> check_seals() const;
  /// Whether the spine, and the entries after it, give this very register, which was folded from
  /// the entries alone.
  Result<bool> agrees(const LogView& log, const Register& folded) const;

private:
  struct Rest;
  using Changes = std::vector<DerivedBlocks::Change>;

  explicit Spine(DerivedBlocks blocks) : blocks_(std::move(blocks)) {}
  Result<Register> restored(const LogView& log) const;
  Result<Register> loaded(const LogView& log, std::uint64_t up_to, Register reg,
                          SpineRows& rows) const;
  static Result<Spine> advanced(const LogView& log, const std::optional<Spine>& old,
                                std::uint64_t to);
  static Result<Changes> changes(const Register& reg, SpineRows* rows, std::uint64_t since);
  static std::string packed_rest(const Register& reg);
  static Result<void> unpack_rest(Register& reg, const LogView& log, std::string_view bytes);

  DerivedBlocks blocks_;
};

} // namespace mingce
