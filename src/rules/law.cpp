#include "rules/law.hpp"

#include <algorithm>
#include <charconv>

namespace mingce {
namespace {

constexpr std::string_view asked_for[] = {
    "answer",         "extension_cap",    "correction_notice",
    "consultation",   "fee_payment",      "redo_without_period",
    "reply_ordinary", "reply_simplified", "defence",
    "appeal",         "appeal_of_ruling"};

Failure broken(const std::string& pointer) {
  return invalid(pointer, {"法定数据格式有误", "the data of the law are not in the expected form"},
                 "broken_law");
}

/// Reads members of an object that must be there; one fault is kept.
class Line {
public:
  Line(const json::value& in, std::string at) : object_(in.if_object()), at_(std::move(at)) {
    if (!object_) fault_ = broken(at_);
  }
  std::string text(const char* name) {
    auto* value = find(name);
    if (value && value->is_string()) return std::string(value->get_string());
    note(name);
    return {};
  }
  Day day(const char* name) {
    auto day = parse_day(text(name));
    if (!day) note(name);
    return day.value_or(Day{});
  }
  int number(const char* name, std::optional<int> without = {}) {
    auto* value = find(name);
    if (!value && without) return *without;
    if (value && value->is_int64() && value->get_int64() >= 0 && value->get_int64() < 1'000'000)
      return int(value->get_int64());
    note(name);
    return 0;
  }
  json::array array(const char* name) {
    auto* value = find(name);
    if (value && value->is_array()) return value->get_array();
    note(name);
    return {};
  }
  const json::value* find(const char* name) {
    return object_ ? object_->if_contains(name) : nullptr;
  }
  void note(const char* name) {
    if (!fault_) fault_ = broken(pointer_to(at_, std::string_view(name)));
  }
  const std::optional<Failure>& fault() const { return fault_; }

private:
  const json::object* object_;
  std::string at_;
  std::optional<Failure> fault_;
};

Result<Tariff> read_tariff(Line& file, const char* name) {
  Tariff tariff;
  for (auto& tier : file.array(name)) {
    Line line(tier, pointer_to("", std::string_view(name)));
    tariff.tiers.push_back({std::uint32_t(line.number("from")), std::uint32_t(line.number("price")),
                            std::uint32_t(line.number("step_units", 0)),
                            std::uint32_t(line.number("step_price", 0))});
    if (line.fault()) return *line.fault();
  }
  bool ascending =
      std::ranges::is_sorted(tariff.tiers, std::ranges::less_equal{}, &Tariff::Tier::from);
  if (tariff.tiers.empty() || tariff.tiers.front().from != 1 || !ascending)
    return broken(pointer_to("", std::string_view(name)));
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

Result<void> Law::read_periods(const json::value& periods) {
  Line file(periods, "");
  for (auto& in : file.array("periods")) {
    Line line(in, "/periods");
    auto unit = from_word<PeriodUnit>(line.text("unit"));
    if (!unit) line.note("unit");
    periods_[line.text("name")].push_back({line.day("from"), line.number("value"),
                                           unit.value_or(PeriodUnit{}), line.text("article")});
    if (line.fault()) return *line.fault();
  }
  if (file.fault()) return *file.fault();
  for (auto& [name, versions] : periods_) std::ranges::sort(versions, {}, &LegalPeriod::from);
  for (auto name : asked_for)
    if (!periods_.contains(name)) return broken("/periods/" + std::string(name));
  return {};
}

Result<void> Law::read_fees(const json::value& fees) {
  Line file(fees, "");
  fees_from_ = file.day("from");
  for (auto scheme : {FeeScheme::by_item, FeeScheme::by_page}) {
    auto tariff = read_tariff(file, to_word(scheme).c_str());
    if (!tariff) return tariff.error();
    tariffs_[std::size_t(scheme)] = std::move(*tariff);
  }
  if (file.fault()) return *file.fault();
  return {};
}

Result<void> Law::read_report_dates(const json::array& lines) {
  for (auto& in : lines) {
    Line line(in, "/report_by");
    auto by = YearlyDate::parse(line.text("by"));
    if (!by) line.note("by");
    for (auto& word : line.array("kinds")) {
      auto kind = word.is_string() ? from_word<OrganKind>(std::string_view(word.get_string()))
                                   : std::nullopt;
      if (!kind) return broken("/report_by/kinds");
      report_by_[*kind] = {by.value_or(YearlyDate{}), line.text("article")};
    }
    if (line.fault()) return *line.fault();
  }
  for (auto& word : wire_words<OrganKind>())
    if (!report_by_.contains(*from_word<OrganKind>(word))) return broken("/report_by");
  return {};
}

Result<void> Law::read_management(const json::value& management) {
  static const json::value nothing;
  Line file(management, "");
  unconfirmed_after_ = file.number("unconfirmed_after");
  auto* lamps = file.find("lamps");
  Line line(lamps ? *lamps : nothing, "/lamps");
  lamps_ = {line.number("yellow"), line.number("orange")};
  if (line.fault()) return *line.fault();
  if (auto read = read_report_dates(file.array("report_by")); !read) return read;
  auto bands = file.array("bands"); // the last one is open
  for (std::size_t i = 0; i + 1 < bands.size(); ++i)
    bands_.push_back(Line(bands[i], "/bands").number("to"));
  if (!std::ranges::is_sorted(bands_)) return broken("/bands");
  if (file.fault()) return *file.fault();
  return {};
}

Result<Law> Law::load(const json::value& calendar, const json::value& periods,
                      const json::value& fees, const json::value& management) {
  Law law;
  auto notices = read_notices(calendar);
  if (!notices) return notices.error();
  law.base_calendar_ = Calendar(std::move(*notices));
  if (auto read = law.read_periods(periods); !read) return read.error();
  if (auto read = law.read_fees(fees); !read) return read.error();
  if (auto read = law.read_management(management); !read) return read.error();
  return law;
}

const LegalPeriod& Law::period(std::string_view name, Day on) const {
  auto& versions = periods_.find(name)->second;
  auto after = std::ranges::upper_bound(versions, on, {}, &LegalPeriod::from);
  return after == versions.begin() ? versions.front() : *std::prev(after);
}

} // namespace mingce
