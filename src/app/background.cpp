#include "app/background.hpp"

#include "app/contributions.hpp"
#include "projection/statistics.hpp"
#include "report/prose.hpp"
#include "rules/fees.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace mingce {
namespace {

constexpr std::string_view disclosed_family = "disclosed.";
constexpr int trend_years = 5;
constexpr std::size_t most_months = 24; ///< a longer period has no chart by month

// ---- time ---------------------------------------------------------------------------------------

date::year_month month_of(Day day) {
  date::year_month_day civil{day};
  return civil.year() / civil.month();
}

std::string month_label(date::year_month month, bool names_year) {
  auto label = std::to_string(unsigned(month.month())) + "月";
  return names_year ? std::to_string(int(month.year())) + "年" + label : label;
}

/// Within the period: under `next_open_year` a fact that was learned late counts on its first day.
Day day_within(Day day, const Period& period) { return std::clamp(day, period.from, period.to); }

std::vector<TrendPoint> months_of(const Register& reg, const Basis& basis, const Period& period,
                                  const Policy& policy) {
  std::vector<TrendPoint> points;
  auto first = month_of(period.from), last = month_of(period.to);
  bool one_year = first.year() == last.year();
  for (auto month = first; month <= last && points.size() <= most_months;
       month += date::months{1})
    points.push_back({month_label(month, !one_year)});
  if (points.size() > most_months) return {};
  auto point = [&](Day day) -> TrendPoint& {
    return points[std::size_t((month_of(day) - first).count())];
  };
  each_standing(reg, basis, period, policy, [&](const CaseStanding& found) {
    if (found.place.received)
      ++point(day_within(*found.request.state.received_on, period)).received;
    if (found.place.concluded) ++point(day_within(*found.counted.concluded_on, period)).concluded;
  });
  return points;
}

/// Somebody of those organs kept a register by then.
bool is_kept(const Register& reg, const OrganSet& organs, Day day) {
  return std::ranges::any_of(organs, [&](auto& organ) {
    auto* keeping = reg.keeping(organ);
    return keeping && keeping->since <= day;
  });
}

/// What the report of that year says, with what was collected.
TrendPoint point_of(const Register& reg, const Statutes& statutes, const ReportQuery& query,
                    const Edition& edition) {
  auto basis = basis_of(reg, query.organ, query.scope, period_of(query));
  auto totals = totals_of(counted_report(reg, statutes, query, edition, std::move(basis)));
  return {std::to_string(*query.year) + "年", totals.received.back(), totals.concluded.back()};
}

/// The year of the report and those before it, from the first one in which anything happened. A
/// year of which nothing is known has no point: it was not one without requests.
std::vector<TrendPoint> years_of(const Register& reg, const Statutes& statutes,
                                 const ReportQuery& query, const Edition& edition) {
  std::vector<TrendPoint> points;
  auto organs = organs_of(reg, query);
  for (int year = *query.year - trend_years + 1; year <= *query.year; ++year) {
    auto* in_force = statutes.editions.in_force(year);
    auto point = point_of(reg, statutes, {query.organ, year, {}, query.scope},
                          in_force && year < *query.year ? *in_force : edition);
    bool happened = point.received + point.concluded > 0;
    if (happened || (!points.empty() && is_kept(reg, organs, last_day_of(year))))
      points.push_back(std::move(point));
  }
  return points;
}

// ---- figures and fees ---------------------------------------------------------------------------

std::map<std::string, Decimal> disclosed_in(const Register& reg, const OrganSet& organs,
                                            const Period& period) {
  std::map<std::string, Decimal> items;
  for (auto& figure : reg.figures())
    if (figure.stands && organs.contains(figure.organ) && period.contains(figure.on) &&
        figure.item.starts_with(disclosed_family))
      items[figure.item.substr(disclosed_family.size())] += figure.quantity;
  return items;
}

using FeeLines = std::map<std::pair<std::string, FeeScheme>, FeeLine>;

void add_fee(const Register& reg, const RegisteredRequest& row, const Case::Fee& fee,
             const Law& law, const OrganSet& organs, const Period& period, FeeLines& lines) {
  auto line_on = [&](Day day) -> FeeLine* {
    auto organ = holder_on(reg, row, day);
    if (!period.contains(day) || !organ || !organs.contains(*organ)) return nullptr;
    auto& line = lines[{*organ, fee.scheme}];
    line.organ = reg.organs().find(*organ)->second.name;
    line.scheme = fee.scheme;
    return &line;
  };
  if (auto* line = line_on(fee.on)) {
    ++line->notices;
    line->units += fee.quantity;
    line->notified += notified_fee(fee, law);
  }
  for (auto& payment : fee.payments)
    if (auto* line = line_on(payment.on)) {
      bool refund = payment.amount.hundredths < 0;
      if (refund)
        line->refunded.hundredths -= payment.amount.hundredths;
      else
        line->paid += payment.amount;
    }
}

std::vector<FeeLine> fees_in(const Register& reg, const Law& law, const OrganSet& organs,
                             const Period& period) {
  FeeLines lines;
  for (auto& row : reg.requests())
    if (row.state.counts())
      for (auto& fee : row.state.fees) add_fee(reg, row, fee, law, organs, period, lines);
  std::vector<FeeLine> out;
  for (auto& [key, line] : lines) out.push_back(std::move(line));
  return out;
}

} // namespace

std::vector<FeeLine> fees_of(const Register& reg, const Statutes& statutes,
                             const ReportQuery& query, const Edition& edition) {
  auto period = period_of(query);
  auto basis = register_basis(reg, statutes.editions, query.organ, query.scope, period, edition);
  return fees_in(reg, statutes.law, basis.organs, period);
}

Background background_of(const Register& reg, const Statutes& statutes, const ReportQuery& query,
                         const Edition& edition) {
  auto period = period_of(query);
  auto basis = register_basis(reg, statutes.editions, query.organ, query.scope, period, edition);
  auto figures = statistics(reg, statutes.law, statutes.policy, basis.organs, period).all;
  Background out;
  each_standing(reg, basis, period, statutes.policy, [&](const CaseStanding& found) {
    if (found.place.received) ++out.channels[found.request.state.channel];
    out.received += found.place.received;
    out.concluded += found.place.concluded;
  });
  out.answered = figures.answered;
  out.on_time = figures.on_time;
  out.disclosed = disclosed_in(reg, organs_of(reg, query), period);
  out.fees = fees_in(reg, statutes.law, basis.organs, period);
  out.months = months_of(reg, basis, period, statutes.policy);
  if (query.year) out.years = years_of(reg, statutes, query, edition);
  return out;
}

} // namespace mingce
