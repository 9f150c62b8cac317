#pragma once
// The numbers of the law as dated data (schemas/law), handed to the rules as a value.

#include "rules/calendar.hpp"

#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mingce {

/// One number of the law, in force for acts dated from `from` on.
struct LegalPeriod {
  Day from{};
  int working_days = 0;
  std::string article;
};

class Law {
public:
  /// `periods` and `calendar` are schemas/law/periods.json and calendar.json. Refused when a name
  /// that the rules ask for is missing or a line is not in the expected form.
  static Result<Law> load(const json::value& periods, const json::value& calendar);

  const Calendar& calendar() const { return calendar_; }
  /// The period of that name in force on that day (the earliest one for days before all of them).
  const LegalPeriod& period(std::string_view name, Day on) const;

private:
  Calendar calendar_;
  std::map<std::string, std::vector<LegalPeriod>, std::less<>> periods_; ///< each by `from`
};

} // namespace mingce
