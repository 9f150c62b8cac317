#pragma once
// The numbers of the law and of practice as dated data (schemas/law), handed to the rules as a
// value.

#include "base/decimal.hpp"
#include "rules/calendar.hpp"
#include "rules/vocabulary.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mingce {

class JsonReader;

enum class PeriodUnit {
  working_days,
  days // calendar days; one that ends on a day of rest runs to the next working day
};
BOOST_DESCRIBE_ENUM(PeriodUnit, working_days, days)

/// One number of the law, in force for acts dated from `from` on.
struct LegalPeriod {
  Day from{};
  int length = 0;
  PeriodUnit unit{};
  std::string article;

  /// The last day of the period that begins on the day after `after`.
  Day end(Day after, const Calendar& calendar) const;
};

/// 信息处理费 (国办函〔2020〕109号): prices in yuan by slices (超额累进).
struct Tariff {
  struct Tier {
    std::uint32_t from = 1;       ///< first unit of the tier
    std::uint32_t price = 0;      ///< of each unit
    std::uint32_t step_units = 0; ///< with every so many further units …
    std::uint32_t step_price = 0; ///< … a unit costs so much more; 0: one price
  };
  std::vector<Tier> tiers;

  /// What the first `units` units cost together.
  Decimal total(std::uint32_t units) const;
};

/// Lamps: at most so many working days left.
struct Lamps {
  int yellow = 0;
  int orange = 0;
};

/// `MM-DD`, the last day of the year for something yearly.
struct YearlyDate {
  unsigned month = 1, day = 1;
  static std::optional<YearlyDate> parse(std::string_view text);
  Day in(int year) const;
};

class Law {
public:
  /// The files of schemas/law: calendar, periods, fees, management. Refused when a name that the
  /// rules ask for is missing or a line is not in the expected form.
  static Result<Law> load(const json::value& calendar, const json::value& periods,
                          const json::value& fees, const json::value& management);

  /// The notices that come with the program. Those loaded into a register stand beside them
  /// (projection/calendars.hpp); a period is counted by both.
  const Calendar& base_calendar() const { return base_calendar_; }
  /// The period of that name in force on that day (the earliest one for days before all of them).
  const LegalPeriod& period(std::string_view name, Day on) const;
  const Tariff& tariff(FeeScheme scheme) const { return tariffs_[std::size_t(scheme)]; }
  Day fees_from() const { return fees_from_; } ///< before that day there was no such fee

  Lamps lamps() const { return lamps_; }
  /// A submission unconfirmed for more working days than this is told.
  int unconfirmed_after() const { return unconfirmed_after_; }
  /// By when an organ of that kind reports on the year before, with the article.
  const std::pair<YearlyDate, std::string>& report_by(OrganKind kind) const {
    return report_by_.at(kind);
  }
  /// Upper ends of the bands of handling time; the last band is open.
  const std::vector<int>& bands() const { return bands_; }

private:
  void read_periods(const JsonReader& file);
  void read_fees(const JsonReader& file);
  void read_report_dates(const JsonReader& list);
  void read_management(const JsonReader& file);

  Calendar base_calendar_;
  std::map<std::string, std::vector<LegalPeriod>, std::less<>> periods_; ///< each by `from`
  Tariff tariffs_[2];
  Day fees_from_{};
  Lamps lamps_;
  int unconfirmed_after_ = 0;
  std::map<OrganKind, std::pair<YearlyDate, std::string>> report_by_;
  std::vector<int> bands_;
};

/// By what a period is reckoned: the law, and the calendar of one organ. Both must outlive it.
struct Terms {
  const Law& law;
  const Calendar& calendar;
};

} // namespace mingce
