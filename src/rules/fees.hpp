#pragma once
// 信息处理费 (国办函〔2020〕109号): what a notice should ask for, beside what it asked for.

#include "rules/case.hpp"
#include "rules/law.hpp"

namespace mingce {

/// By item the slices run over all items of the applicant in the month, so a notice asks for the
/// difference that its own items make; by page each request is counted by itself.
Decimal computed_fee(const Case::Fee& fee, const Law& law);

/// The amount the applicant was told: as recorded, else as computed.
inline Decimal notified_fee(const Case::Fee& fee, const Law& law) {
  return fee.notified.value_or(computed_fee(fee, law));
}

} // namespace mingce
