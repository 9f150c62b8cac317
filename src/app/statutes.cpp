#include "app/statutes.hpp"

#include "app/embedded_data.hpp"

#include <array>

namespace mingce {

Result<Statutes> load_statutes() {
  auto periods = parse_json(embedded::law_periods);
  if (!periods) return periods.error();
  auto calendar = parse_json(embedded::law_calendar);
  if (!calendar) return calendar.error();
  auto law = Law::load(*periods, *calendar);
  if (!law) return law.error();
  auto editions = Editions::load(
      std::array{embedded::report_formats_cn_2019, embedded::report_formats_cn_2021});
  if (!editions) return editions.error();
  return Statutes{std::move(*law), std::move(*editions), {}};
}

} // namespace mingce
