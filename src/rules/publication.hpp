#pragma once
// The report of one organ, year and scope on its way: submitted, returned, published, or collected
// from elsewhere (条例49). Its versions stand side by side; nothing that was said is replaced.

#include "rules/history.hpp"

#include <optional>
#include <string>
#include <vector>

namespace mingce {

enum class ReportStatus {
  submitted, // 已上报
  returned,  // 已退回
  published, // 已公布
  collected  // 汇集（非本登记册统计）
};
BOOST_DESCRIBE_ENUM(ReportStatus, submitted, returned, published, collected)

struct ReportVersion {
  std::uint32_t version = 0; ///< of its stream
  std::uint64_t seq = 0;
  Day on{};
  ReportStatus status{}; ///< `returned` once it was, whatever it was before
  std::optional<Day> returned_on{};
  std::string edition;
  std::string proactive_edition; ///< of table 二
  std::uint64_t position = 0;    ///< counted from the log up to there; 0: not counted here
  LateFact late_fact = LateFact::restate;
  std::string url;
  json::object cells; ///< the tables of the report document
};

/// A failing check that was accepted with a reason (`check.disposed`).
struct Disposal {
  std::uint64_t seq = 0;
  std::uint32_t version = 0;
  Day on{};
  std::string check;
  std::vector<std::string> cells; ///< empty: wherever it fails
};

/// What a unit was asked to supply (`figures.requested`).
struct FigureRequest {
  std::uint64_t seq = 0;
  Day on{};
  std::string unit;
  std::vector<std::string> items;
  std::optional<Day> respond_by;
};

struct ReportFile {
  std::vector<ReportVersion> versions; ///< in the order in which they were recorded
  std::vector<Disposal> disposals;
  std::vector<FigureRequest> figure_requests;

  /// The latest of that status, or nullptr.
  const ReportVersion* latest(ReportStatus status) const;
  /// Every one of these cells is covered by some disposal of that check.
  bool disposes(const std::string& check, const std::vector<std::string>& cells) const;
};

ReportFile fold_report(std::span<const Fact> facts);

/// Why the history of a report is impossible, if it is: only a version that was submitted or
/// collected, and not returned yet, can be returned.
std::optional<Failure> refusal_of_report(std::span<const Fact> facts);

/// The number of its stream within the organ: `2024`, `2024-region`.
std::string report_number(int year, Scope scope);
/// The number that the data of an event of such a stream name; empty for data that name no year.
std::string report_number(const json::object& data);

} // namespace mingce
