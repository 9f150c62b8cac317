#include "app/views.hpp"
#include "cli/command.hpp"

#include <iostream>
#include <limits>
#include <memory>

namespace mingce {
namespace {

struct Options {
  std::string data, request, as_of;
  std::uint64_t from = 1, to = std::numeric_limits<std::uint64_t>::max();
  bool with_personal_data = false;
};

/// What the history led to: how many of each, and how the cases stand.
json::object summary(const Register& reg) {
  json::object by_state;
  for (auto& row : reg.requests()) {
    auto& count = by_state[to_word(row.state.state())];
    count = (count.is_int64() ? count.get_int64() : 0) + 1;
  }
  return {{"seq", std::int64_t(reg.size())},
          {"organs", std::int64_t(reg.organs().size())},
          {"requests", std::int64_t(reg.requests().size())},
          {"requests_by_state", std::move(by_state)},
          {"disputes", std::int64_t(reg.disputes().size())},
          {"figures", std::int64_t(reg.figures().size())}};
}

int replay_with(const Options& options, const Statutes& statutes) {
  auto log = LogView::open(options.data);
  if (!log) return report_failure(log.error(), options.data);
  auto position = position_of(**log, options.as_of);
  if (!position) return report_failure(position.error());
  auto to = std::min(options.to, *position);
  auto half = options.with_personal_data ? LogView::Half::both : LogView::Half::open;
  auto reg = replay(**log, to);
  if (!reg) return report_failure(reg.error());

  std::optional<StreamId> only;
  if (!options.request.empty()) {
    auto* row = find_request(*reg, options.request);
    if (!row)
      return report_failure(
          {FailureKind::not_found, "not_found", {"没有这件申请", "no such request"}});
    only = row->id;
  }
  auto print = [&](const Entry& entry) { std::cout << json::serialize(event_view(entry)) << '\n'; };
  if (only) {
    auto entries = (*log)->read_stream(*only, to, half);
    if (!entries) return report_failure(entries.error());
    for (auto& entry : *entries)
      if (entry.seq >= options.from) print(entry);
    auto day = day_of_view(**log, to, civil_day(now()));
    if (!day) return report_failure(day.error());
    auto from = Viewer(*reg, statutes.law, to, *day).on(*only);
    auto view = request_view(**log, from, *only, Language::zh, half);
    if (!view) return report_failure(view.error());
    std::cout << json::serialize(json::object{{"state", std::move(*view)}}) << '\n';
    return done;
  }
  auto scanned = (*log)->scan(options.from, to, half, [&](Entry&& entry) {
    print(entry);
    return std::cout.good();
  });
  if (!scanned) return report_failure(scanned.error());
  std::cout << json::serialize(json::object{{"state", summary(*reg)}}) << '\n';
  return done;
}

} // namespace

void add_replay(CLI::App& app, const Statutes& statutes, int& code) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand(
      "replay",
      "按日志顺序打印历史及其结果 | history in the order of the log, and the state it leads to");
  command->add_option("--data", options->data, "数据目录 | data directory")->required();
  command->add_option("--from", options->from, "自第几条 | first seq")->capture_default_str();
  command->add_option("--to", options->to, "至第几条 | last seq");
  command->add_option("--request", options->request,
                      "只看一件申请（id 或登记号）| one request, by id or number");
  command->add_option("--as-of", options->as_of,
                      "按当时所知：日志序号或时刻 | as known then: a position or an instant");
  command->add_flag("--with-personal-data", options->with_personal_data,
                    "含个人信息 | personal data in the clear");
  command->callback([options, &statutes, &code] { code = replay_with(*options, statutes); });
}

} // namespace mingce
