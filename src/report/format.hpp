#pragma once
// An edition of the official report format (《政府信息公开工作年度报告格式》) as data. 条例50: the
// format is updated from time to time, so labels, rows and what each row counts are read from
// schemas/report-formats. A file is refused unless it accounts for every word of the vocabulary.

#include "base/json.hpp"
#include "base/result.hpp"
#include "rules/vocabulary.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mingce {

/// The column 总计 of tables 三 and 四.
inline constexpr std::string_view total_column = "total";

/// What a row of table 三 counts.
enum class RowSource { received, carried_in, outcome, outcome_total, carried_out };
BOOST_DESCRIBE_ENUM(RowSource, received, carried_in, outcome, outcome_total, carried_out)

/// Which days a cell of table 二 sums: of the year, before it, or all through its last day.
enum class Aggregate { sum_in_year, sum_before_year, sum_to_year_end };
BOOST_DESCRIBE_ENUM(Aggregate, sum_in_year, sum_before_year, sum_to_year_end)

/// How a quantity is printed; money is kept in yuan whatever the unit.
enum class Unit { count, yuan, yuan_shown_in_10k };
BOOST_DESCRIBE_ENUM(Unit, count, yuan, yuan_shown_in_10k)

/// A column, or a block of columns; `group` is the heading it shares with its neighbours, if any.
struct Column {
  std::string code;
  std::string label;
  std::string group{};
};

struct FigureTerm {
  std::string item; ///< `licences.decisions`
  int factor = 1;   ///< 1 or -1
};

struct FigureCell {
  std::vector<FigureTerm> terms;
  Aggregate aggregate{};
  Unit unit{};
};

struct FigureRow {
  std::string code; ///< unique in the whole of table 二
  std::string label;
  std::vector<FigureCell> cells; ///< one for each column of the block, in its order
};

struct FigureBlock {
  std::string code;
  std::string label;
  std::vector<Column> columns;
  std::vector<FigureRow> rows;
};

/// Table 二: figures that no case yields.
struct ProactiveTable {
  std::string heading;
  std::string row_header;
  std::vector<FigureBlock> blocks;
};

struct RequestRow {
  std::string code;
  std::string label;
  int depth = 0;
  std::optional<RowSource> source{}; ///< none: a heading without numbers
  std::vector<Outcome> outcomes{};   ///< what a row of source `outcome` counts
};

/// Table 三. Its columns are the applicant kinds in the order of ApplicantKind, then 总计.
struct RequestTable {
  std::string heading;
  std::string note;
  std::string column_header;
  std::vector<Column> columns;
  std::vector<RequestRow> rows;
};

/// Table 四. Columns are those of DisputeColumn, then 总计; blocks are those of DisputeBlock.
struct DisputeTable {
  std::string heading;
  std::vector<Column> columns;
  std::vector<Column> blocks;
};

struct Edition {
  std::string code;
  std::string authority; ///< 文号 of the notice that prescribes it
  int first_year = 0;
  std::optional<int> last_year{}; ///< none: still in force
  std::string title;              ///< with `{organ}` and `{year}`
  std::vector<std::string> sections;
  ProactiveTable proactive;
  RequestTable requests;
  DisputeTable disputes;

  bool applies_to(int year) const {
    return first_year <= year && (!last_year || year <= *last_year);
  }
};

/// Failure `invalid`, code `invalid_edition`, with every fault and its pointer: a wrong shape, an
/// unknown word, an outcome in no row or in two, columns that are not those of the vocabulary.
Result<Edition> load_edition(const json::value& document);

/// What the name of a figure item means to the editions loaded.
enum class FigureItem {
  known_count, ///< stands in table 二 of some edition; whole numbers
  known_money, ///< the same, in yuan
  misspelt,    ///< `licences.typo`: of a family the tables know, but no item of theirs
  free         ///< `disclosed.website`: a figure of the prose, whatever its unit
};

/// All editions. Pointers to an edition live as long as this object, a move of it included.
class Editions {
public:
  /// Refuses a text that is no edition, a code given twice, two editions for one year, and an
  /// item that is money in one edition and a count in another.
  static Result<Editions> load(std::span<const std::string_view> texts);

  const Edition* find(std::string_view code) const;
  /// Null for a year without an edition: before the first one nothing was prescribed.
  const Edition* in_force(int year) const;
  FigureItem classify(std::string_view item) const;
  std::span<const Edition> all() const { return editions_; }

private:
  Result<void> add(Edition edition);

  std::vector<Edition> editions_;
  std::map<std::string, bool, std::less<>> money_by_item_;
};

} // namespace mingce
