#include "app/statutes.hpp"

#include "app/embedded_data.hpp"

#include <array>

namespace mingce {

Result<Statutes> load_statutes() {
  json::value files[4];
  for (std::size_t i = 0; auto text : {embedded::law_calendar, embedded::law_periods,
                                       embedded::law_fees, embedded::law_management}) {
    auto parsed = parse_json(text);
    if (!parsed) return parsed.error();
    files[i++] = std::move(*parsed);
  }
  auto law = Law::load(files[0], files[1], files[2], files[3]);
  if (!law) return law.error();
  auto editions = Editions::load(
      std::array{embedded::report_formats_cn_2019, embedded::report_formats_cn_2021});
  if (!editions) return editions.error();
  return Statutes{std::move(*law), std::move(*editions), {}};
}

} // namespace mingce
