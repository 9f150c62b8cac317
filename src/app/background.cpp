#include "app/background.hpp"

#include "projection/statistics.hpp"
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

std::vector<TrendPoint> months_of(const Register& reg, const OrganSet& organs,
                                  const Period& period) {
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
  each_standing(reg, organs, period, [&](auto& row, auto&, auto& place) {
    if (place.received) ++point(*row.state.received_on).received;
    if (place.concluded) ++point(row.state.conclusion->on).concluded;
  });
  return points;
}

/// The year of the report and those before it, from the first one in which anything happened.
std::vector<TrendPoint> years_of(const Register& reg, const OrganSet& organs, int last) {
  std::vector<TrendPoint> points;
  for (int year = last - trend_years + 1; year <= last; ++year) {
    TrendPoint point{std::to_string(year) + "年"};
    each_standing(reg, organs, Period::of_year(year), [&](auto&, auto&, auto& place) {
      point.received += place.received;
      point.concluded += place.concluded;
    });
    bool began = !points.empty() || point.received + point.concluded > 0;
    if (began) points.push_back(std::move(point));
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

Background background_of(const Register& reg, const Statutes& statutes, const ReportQuery& query) {
  auto organs = organs_of(reg, query);
  auto period = period_of(query);
  auto figures = statistics(reg, statutes.law, statutes.policy, organs, period).all;
  Background out;
  for (auto& [channel, count] : figures.channels) out.channels[channel] = count;
  out.answered = figures.answered;
  out.on_time = figures.on_time;
  out.disclosed = disclosed_in(reg, organs, period);
  out.fees = fees_in(reg, statutes.law, organs, period);
  out.months = months_of(reg, organs, period);
  if (query.year) out.years = years_of(reg, organs, *query.year);
  return out;
}

} // namespace mingce
