#include "rules/fees.hpp"

namespace mingce {

Decimal computed_fee(const Case::Fee& fee, const Law& law) {
  auto& tariff = law.tariff(fee.scheme);
  if (fee.scheme == FeeScheme::by_page) return tariff.total(fee.quantity);
  return {tariff.total(fee.prior_items + fee.quantity).hundredths -
          tariff.total(fee.prior_items).hundredths};
}

} // namespace mingce
