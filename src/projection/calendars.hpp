#pragma once
// Which calendar an organ's periods are counted by: the notices that came with the program, those
// loaded into the log, and the local ones of the organ and of those above it — as known at a
// position of the log, or by the papers issued up to a day.

#include "projection/register.hpp"
#include "rules/law.hpp"

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mingce {

/// Of which state of knowledge: loaded up to a position, of papers issued up to a day.
struct CalendarVersion {
  std::uint64_t position = ~std::uint64_t{0};
  std::optional<Day> issued_by{};
};

/// Made for one operation and used by one thread. `reg` and `law` must outlive it.
class Calendars {
public:
  Calendars(const Register& reg, const Law& law, CalendarVersion version = {});

  /// The calendar of an organ (by whose register a case is kept); of a code that is not
  /// registered the national one. Valid as long as this object.
  const Calendar& of(const std::string& organ) const { return *share(organ); }
  /// The same, to be kept longer than this object (but not than the law).
  std::shared_ptr<const Calendar> share(const std::string& organ) const;
  Terms terms(const std::string& organ) const { return {law_, of(organ)}; }

  /// With these notices beside those that are known, as if they had just been loaded.
  void suppose(const std::vector<Notice>& notices);

private:
  std::shared_ptr<const Calendar> build(const std::vector<std::string>& regions) const;

  const Register& register_;
  const Law& law_;
  CalendarVersion version_;
  std::vector<Notice> loaded_; ///< in the order of the log
  mutable std::map<std::string, std::shared_ptr<const Calendar>, std::less<>> by_organ_;
  mutable std::shared_ptr<const Calendar> national_;
};

/// The notices that one region's stream holds at a position: amended and retracted as known then.
std::vector<Notice> notices_at(const RegisteredCalendar& row, std::uint64_t position);

} // namespace mingce
