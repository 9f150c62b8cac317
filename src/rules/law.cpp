#include "rules/law.hpp"

#include "base/json_reader.hpp"

#include <algorithm>

namespace mingce {
namespace {

constexpr std::string_view asked_for[] = {
    "answer",         "extension_cap",    "correction_notice",
    "consultation",   "fee_payment",      "redo_without_period",
    "reply_ordinary", "reply_simplified", "defence",
    "appeal",         "appeal_of_ruling"};

void complain(const JsonReader& reader) {
  reader.complain({"格式有误", "is not in the expected form"});
}

Day day_of(const JsonReader& reader) {
  auto text = reader.text();
  auto day = parse_day(text);
  if (!day && !text.empty()) complain(reader);
  return day.value_or(Day{});
}

int number_of(const JsonReader& reader) {
  auto number = reader.integer().value_or(0);
  if (number >= 0 && number < 1'000'000) return int(number);
  complain(reader);
  return 0;
}

Tariff read_tariff(const JsonReader& list) {
  Tariff tariff;
  auto number = [](const JsonReader& reader) { return std::uint32_t(number_of(reader)); };
  for (auto& tier : list.elements())
    tariff.tiers.push_back({number(tier.member("from")), number(tier.member("price")),
                            number(tier.optional_member("step_units")),
                            number(tier.optional_member("step_price"))});
  bool ascending =
      std::ranges::is_sorted(tariff.tiers, std::ranges::less_equal{}, &Tariff::Tier::from);
  if (tariff.tiers.empty() || tariff.tiers.front().from != 1 || !ascending) complain(list);
  return tariff;
}

} // namespace

Day LegalPeriod::end(Day after, const Calendar& calendar) const {
  if (unit == PeriodUnit::working_days) return calendar.add_working_days(after, length);
  return calendar.on_or_next_working_day(after + date::days{length});
}

Decimal Tariff::total(std::uint32_t units) const {
  std::int64_t yuan = 0;
  for (std::size_t i = 0; i < tiers.size() && tiers[i].from <= units; ++i) {
    auto& tier = tiers[i];
    auto last = i + 1 < tiers.size() ? std::min(units, tiers[i + 1].from - 1) : units;
    std::int64_t price = tier.price;
    auto step = tier.step_units ? tier.step_units : last;
    for (auto first = tier.from; first <= last; first += step, price += tier.step_price)
      yuan += price * std::min<std::int64_t>(step, last - first + 1);
  }
  return Decimal::whole(yuan);
}

std::optional<YearlyDate> YearlyDate::parse(std::string_view text) {
  // A leap day does not come every year.
  auto day = text.size() == 5 ? parse_day("2001-" + std::string(text)) : std::nullopt;
  if (!day) return std::nullopt;
  date::year_month_day parts{*day};
  return YearlyDate{unsigned(parts.month()), unsigned(parts.day())};
}

Day YearlyDate::in(int year) const {
  return date::year{year} / date::month{month} / date::day{day};
}

void Law::read_periods(const JsonReader& file) {
  auto list = file.member("periods");
  for (auto& line : list.elements()) {
    LegalPeriod period{day_of(line.member("from")), number_of(line.member("value")),
                       line.member("unit").word<PeriodUnit>().value_or(PeriodUnit{}),
                       line.member("article").text()};
    periods_[line.member("name").text()].push_back(std::move(period));
  }
  for (auto& [name, versions] : periods_) std::ranges::sort(versions, {}, &LegalPeriod::from);
  for (auto name : asked_for)
    if (!periods_.contains(name))
      list.complain({"缺少 " + std::string(name), "lacks " + std::string(name)});
}

void Law::read_fees(const JsonReader& file) {
  fees_from_ = day_of(file.member("from"));
  for (auto scheme : {FeeScheme::by_item, FeeScheme::by_page})
    tariffs_[std::size_t(scheme)] = read_tariff(file.member(to_word(scheme)));
}

void Law::read_report_dates(const JsonReader& list) {
  for (auto& line : list.elements()) {
    auto by = YearlyDate::parse(line.member("by").text());
    if (!by) complain(line.member("by"));
    for (auto& kind : line.member("kinds").elements())
      if (auto word = kind.word<OrganKind>())
        report_by_[*word] = {by.value_or(YearlyDate{}), line.member("article").text()};
  }
  for (auto& word : wire_words<OrganKind>())
    if (!report_by_.contains(*from_word<OrganKind>(word)))
      list.complain({"缺少 " + word, "lacks " + word});
}

void Law::read_management(const JsonReader& file) {
  unconfirmed_after_ = number_of(file.member("unconfirmed_after"));
  auto lamps = file.member("lamps");
  lamps_ = {number_of(lamps.member("yellow")), number_of(lamps.member("orange"))};
  read_report_dates(file.member("report_by"));
  auto bands = file.member("bands").elements(); // the last one is open
  for (std::size_t i = 0; i + 1 < bands.size(); ++i)
    bands_.push_back(number_of(bands[i].member("to")));
  if (!std::ranges::is_sorted(bands_)) complain(file.member("bands"));
}

Result<Law> Law::load(const json::value& calendar, const json::value& periods,
                      const json::value& fees, const json::value& management) {
  Law law;
  auto notices = read_notices(calendar);
  if (!notices) return notices.error();
  law.base_calendar_ = Calendar(std::move(*notices));
  std::vector<FieldError> errors;
  law.read_periods(JsonReader(periods, errors));
  law.read_fees(JsonReader(fees, errors));
  law.read_management(JsonReader(management, errors));
  if (!errors.empty())
    return refusal("broken_law", {"法定数据", "the data of the law"}, std::move(errors));
  return law;
}

const LegalPeriod& Law::period(std::string_view name, Day on) const {
  auto& versions = periods_.find(name)->second;
  auto after = std::ranges::upper_bound(versions, on, {}, &LegalPeriod::from);
  return after == versions.begin() ? versions.front() : *std::prev(after);
}

} // namespace mingce
