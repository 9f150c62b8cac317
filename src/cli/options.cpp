// Options that several commands share.

#include "cli/command.hpp"

#include "log/file_digest.hpp"
#include "projection/replay.hpp"

#include <deque>
#include <filesystem>

namespace mingce {

CLI::Option* RegisterOptions::add_to(CLI::App& command) {
  command.add_option("--data", data, "数据目录 | data directory")->required();
  auto* whose = command.add_option("--organ", organ, "机关代码 | code of the organ")->required();
  command
      .add_option_function<std::string>(
          "--scope", [this](const std::string& word) { scope = *from_word<Scope>(word); },
          "organ 本机关（默认）· region 含所有下级 | organ (default), or region: all below it too")
      ->check(CLI::IsMember({"organ", "region"}));
  add_as_of(command, as_of);
  return whose;
}

namespace {

/// A process is one command: taking a large register apart takes longer than leaving it.
Register& kept_for_good(Register&& reg) {
  static auto& kept = *new std::deque<Register>;
  return kept.emplace_back(std::move(reg));
}

/// `read` makes the register of the log up to that position.
template <class Read>
Result<Opened> open_at(const std::string& data, const std::string& as_of, Read read) {
  auto log = LogView::open(place_of(data));
  if (!log) return log.error();
  auto position = position_of(**log, as_of);
  if (!position) return position.error();
  Progress progress("重放 replaying", *position);
  Result<Register> reg = read(**log, *position, progress.counter());
  if (!reg) return reg.error();
  return Opened{std::move(*log), *position, kept_for_good(std::move(*reg))};
}

} // namespace

Result<Opened> open_register(const std::string& data, const std::string& as_of,
                             LogView::Half half) {
  return open_at(data, as_of, [half](auto& log, auto position, const auto& progress) {
    return load_register(log, position, half, progress);
  });
}

Result<Opened> open_for_report(const std::string& data, const std::string& as_of,
                               const std::optional<Period>& concerning, bool full) {
  return open_at(data, as_of, [&](auto& log, auto position, const auto& progress) {
    return full ? replay_in_full(log, position, progress)
                : load_register(log, position, LogView::Half::open, progress, concerning);
  });
}

Result<const RegisteredRequest*> find_request(const Register& reg, const std::string& name,
                                              const OrganSet& organs) {
  if (auto id = StreamId::parse(name))
    if (auto* row = reg.find_request(*id)) return row;
  for (auto& row : reg.requests())
    if (row.register_no == name && (organs.empty() || organs.contains(row.organ))) return &row;
  return Failure{FailureKind::not_found, "not_found", {"没有这件申请", "no such request"}};
}

void PeriodOptions::add_to(CLI::App& command) {
  auto* of_year = command.add_option("--year", year, "年度 | year")->check(CLI::Range(1900, 2999));
  auto* first = command.add_option("--from", from, "任意时段的首日 | first day of any period")
                    ->excludes(of_year);
  command.add_option("--to", to, "任意时段的末日 | last day of any period")->needs(first);
}

Result<Period> PeriodOptions::period() const {
  if (year != 0) return Period::of_year(year);
  auto first = parse_day(from), last = parse_day(to);
  if (!first || !last || *last < *first)
    return invalid(
        "/year",
        {"须给出 --year，或有效的 --from 与 --to", "give --year, or valid --from and --to"},
        "which_period");
  return Period{*first, *last};
}

void ReportOptions::add_to(CLI::App& command) {
  RegisterOptions::add_to(command);
  PeriodOptions::add_to(command);
  command.add_option(
      "--edition", edition,
      "格式版本，默认为该年度施行的版本 | edition, by default the one in force (cn-2019, cn-2021)");
}

Result<ReportQuery> ReportOptions::query() const {
  ReportQuery query{.organ = organ, .scope = scope, .edition = edition};
  if (year != 0) {
    query.year = year;
    return query;
  }
  auto asked = period();
  if (!asked) return asked.error();
  query.period = *asked;
  return query;
}

void add_report_of_year(CLI::App& command, std::string& data, ReportQuery& query) {
  command.add_option("--data", data, "数据目录 | data directory")->required();
  command.add_option("--organ", query.organ, "机关代码 | code of the organ")->required();
  command
      .add_option_function<int>(
          "--year", [&query](int year) { query.year = year; }, "年度 | year")
      ->required()
      ->check(CLI::Range(1900, 2999));
  command
      .add_option_function<std::string>(
          "--scope", [&query](const std::string& word) { query.scope = *from_word<Scope>(word); },
          "organ 本机关（默认）· region 含所有下级 | organ (default), or region: all below it too")
      ->check(CLI::IsMember({"organ", "region"}));
  command.add_option("--edition", query.edition,
                     "格式版本，默认为该年度施行的版本 | edition, by default the one in force");
}

Result<Document> document_of(const std::string& path, const char* kind) {
  auto digests = digest_file(path);
  if (!digests) return digests.error();
  Document document{kind, {}, to_hex(digests->sha256), digests->size};
  document.sm3 = to_hex(digests->sm3);
  document.name = std::filesystem::path(path).filename().string();
  return document;
}

void add_format(CLI::App& command, ListFormat& format, const char* by_default) {
  command
      .add_option_function<std::string>(
          "--format", [&format](const std::string& word) { format = *from_word<ListFormat>(word); },
          std::string("输出格式，默认 ") + by_default + " | output format, by default " +
              by_default)
      ->check(CLI::IsMember({"text", "json", "csv"}));
}

void add_as_of(CLI::App& command, std::string& as_of) {
  command.add_option("--as-of", as_of,
                     "按当时所知：日志序号或时刻 | as known then: a position or an instant");
}

namespace {

/// An option whose words are read by `parse`; what it cannot read is refused with `fault`.
template <class T>
void add_parsed(CLI::App& command, const std::string& name, std::optional<T>& value,
                std::optional<T> (*parse)(std::string_view), const char* fault,
                const std::string& description) {
  command
      .add_option_function<std::string>(
          name, [&value, parse](const std::string& text) { value = parse(text); }, description)
      ->check([parse, fault](const std::string& text) {
        return parse(text) ? std::string{} : std::string(fault);
      });
}

} // namespace

void add_day(CLI::App& command, const std::string& name, std::optional<Day>& day,
             const std::string& description) {
  add_parsed(command, name, day, parse_day, "应为日期 YYYY-MM-DD | must be a date YYYY-MM-DD",
             description);
}

void add_instant(CLI::App& command, const std::string& name, std::optional<Instant>& instant,
                 const std::string& description) {
  add_parsed(command, name, instant, parse_instant,
             "应为 RFC 3339 时刻 | must be an RFC 3339 instant", description);
}

} // namespace mingce
