#pragma once
// The annual report of 条例50: what was counted, laid into the rows and columns of one edition.

#include "base/day.hpp"
#include "base/decimal.hpp"
#include "report/format.hpp"
#include "rules/counts.hpp"

#include <array>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

namespace mingce {

/// Whose cases: the organ's own, or those of the organ and all below it.
enum class Scope { organ, region };
BOOST_DESCRIBE_ENUM(Scope, organ, region)

/// Of whom and when the report speaks.
struct ReportSubject {
  std::string organ_code;
  std::string organ_name;
  std::optional<int> year{}; ///< none: the report of an arbitrary period
  Period period{};           ///< the whole year, where there is one
  Scope scope = Scope::organ;
};

/// The position of the log that the report reflects, inclusive. An empty log: 0 and no instant.
struct AsOf {
  std::uint64_t seq = 0;
  std::optional<Instant> recorded_at{};
};

/// One kind of irregularity in the period, with the requests that show it.
struct IrregularityNote {
  std::string code, article;
  std::vector<std::string> requests; ///< register numbers, each once
};

struct Notes {
  std::vector<std::string> voided{}; ///< register numbers of voided registrations
  std::vector<IrregularityNote> irregularities{};
};

/// The last number is 总计.
using RequestCells = std::array<std::int64_t, enum_size<ApplicantKind> + 1>;
using DisputeCells = std::array<std::int64_t, enum_size<DisputeColumn> + 1>;
/// Column code → quantity; money in yuan.
using FigureCells = std::map<std::string, Decimal, std::less<>>;

struct AnnualReport {
  ReportSubject subject;
  const Edition* edition = nullptr; ///< must outlive the report
  AsOf as_of{};
  Notes notes{};
  std::map<std::string, FigureCells, std::less<>> proactive{}; ///< by row code
  std::map<std::string, RequestCells, std::less<>> requests{}; ///< by row code, headings left out
  std::map<std::string, DisputeCells, std::less<>> disputes{}; ///< by block code
};

AnnualReport fill(const Edition& edition, const Counts& counts, ReportSubject subject,
                  AsOf as_of = {}, Notes notes = {});

/// The official title. It is that of a year: a report of another period is no annual report, and
/// says so.
std::string title_of(const AnnualReport& report);

} // namespace mingce
