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

/// Where the figures of one organ in a report come from.
enum class FigureSource {
  own_register,  // 本系统登记册
  collected,     // 汇集的年度报告
  missing,       // 未报送，未计入
  other_edition, // 所报格式无法折算，未计入
};
BOOST_DESCRIBE_ENUM(FigureSource, own_register, collected, missing, other_edition)

struct OrganNote {
  std::string code, name;
  FigureSource source{};
  Scope scope = Scope::organ; ///< `region`: with all below it, which are not listed
  std::uint64_t seq = 0;      ///< of the report that was collected
  bool has_both = false;      ///< a report was collected as well, and the register is used
};

/// A published number that is no longer what the facts say.
struct CellDifference {
  std::string cell; ///< table/row/column
  Unit unit{};
  Decimal published{}, current{};
  std::vector<std::uint64_t> events{}; ///< seqs of what made the difference
  std::optional<Instant> recorded_at{}; ///< of the latest of them
};

struct PublicationNote {
  Day on{};
  std::uint64_t seq = 0, position = 0;
  std::string edition, url;
  LateFact late_fact{};
  std::vector<CellDifference> differences{};
};

struct Notes {
  std::vector<std::string> voided{}; ///< register numbers of voided registrations
  std::vector<IrregularityNote> irregularities{};
  std::vector<OrganNote> organs{}; ///< of a region, or where the register is not the source
  std::optional<PublicationNote> publication{}; ///< the latest, where the year has been published
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
