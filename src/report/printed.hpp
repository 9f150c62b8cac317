#pragma once
// Numbers and labels as people print them: full-width digits, thousands apart by commas, units,
// remarks, and half a dozen ways to say "nothing".

#include "base/decimal.hpp"
#include "report/format.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace mingce {

/// Compatibility forms replaced (NFKC: １ → 1, （ → (), white space and invisible characters left
/// out. Bytes that are no UTF-8 are dropped.
std::string folded(std::string_view text);

struct Printed {
  std::optional<Decimal> value{}; ///< none: blank, or no number can be made out
  bool plain = true;              ///< false: there is other text beside the number, or instead
};

/// One cell. Blank are white space, dashes, strokes and 无. `3件`, `+3` and `减3` are plain, and
/// money may name its own unit (`5.2万元`); of `3（含上年）` the leading number is taken, of
/// `共3件` the only one. A count with a fraction is no number.
Printed read_printed(std::string_view text, Unit unit);

} // namespace mingce
