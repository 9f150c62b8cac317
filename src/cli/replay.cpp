#include "app/event_query.hpp"
#include "app/request_views.hpp"
#include "cli/command.hpp"
#include "projection/replay.hpp"

#include <algorithm>
#include <iostream>
#include <memory>

namespace mingce {
namespace {

struct Options {
  std::string data, request, as_of;
  EventQuery query;
  std::optional<Instant> recorded_from, recorded_to;
  bool with_personal_data = false;

  LogView::Half half() const {
    return with_personal_data ? LogView::Half::both : LogView::Half::open;
  }
};

/// What the history led to: how many of each, and how the cases stand. Of one organ, or of all.
json::object summary(const Register& reg, const std::string& organ) {
  auto entered = [&](auto& row) { return organ.empty() || row.organ == organ; };
  json::object by_state;
  std::int64_t requests = 0;
  for (auto& row : reg.requests()) {
    if (!entered(row)) continue;
    ++requests;
    auto& count = by_state[to_word(row.state.state())];
    count = (count.is_int64() ? count.get_int64() : 0) + 1;
  }
  return {{"seq", std::int64_t(reg.size())},
          {"organs", std::int64_t(organ.empty() ? reg.organs().size() : reg.organs().count(organ))},
          {"requests", requests},
          {"requests_by_state", std::move(by_state)},
          {"disputes", std::ranges::count_if(reg.disputes(), entered)},
          {"figures", std::ranges::count_if(reg.figures(), entered)}};
}

/// One request as it stands at the end of what was replayed.
Result<json::object> state_of(const LogView& log, const Register& reg, const StreamId& request,
                              const Law& law, LogView::Half half) {
  auto day = day_of_view(log, reg.size(), civil_day(now()));
  if (!day) return day.error();
  auto from = Viewer(reg, law, reg.size(), *day).on(request);
  return request_view(log, from, request, Language::zh, half);
}

/// The positions that are asked for, by number, by instant and by what was known.
Result<EventQuery> placed(const Options& options, const LogView& log) {
  auto query = options.query;
  auto position = position_of(log, options.as_of);
  if (!position) return position.error();
  query.to = std::min(query.to, *position);
  auto narrowed = query.narrow(log, options.recorded_from, options.recorded_to);
  if (!narrowed) return narrowed.error();
  return query;
}

void print(const json::object& line) { std::cout << json::serialize(line) << '\n'; }

int replay_with(const Options& options, const Law& law) {
  auto log = LogView::open(place_of(options.data));
  if (!log) return report_failure(log.error(), options.data);
  auto query = placed(options, **log);
  if (!query) return report_failure(query.error());
  auto reg = load_register(**log, query->to);
  if (!reg) return report_failure(reg.error());
  if (auto known = check_known(*query, *reg); !known) return report_failure(known.error());
  if (!options.request.empty()) {
    auto organs = query->organ.empty() ? OrganSet{} : OrganSet{query->organ};
    auto row = find_request(*reg, options.request, organs);
    if (!row) return report_failure(row.error());
    query->request = (*row)->id;
  }
  auto shown = each_event(**log, *query, options.half(), [&](Entry&& entry) {
    std::cout << event_text(entry) << '\n';
    return std::cout.good();
  });
  if (!shown) return report_failure(shown.error());
  auto state = query->request ? state_of(**log, *reg, *query->request, law, options.half())
                              : Result<json::object>(summary(*reg, query->organ));
  if (!state) return report_failure(state.error());
  print({{"state", std::move(*state)}});
  return done;
}

} // namespace

void add_replay(CLI::App& app, const Statutes& statutes, int& code) {
  auto options = std::make_shared<Options>();
  auto& query = options->query;
  auto* command = app.add_subcommand(
      "replay",
      "按日志顺序打印历史及其结果 | history in the order of the log, and the state it leads to");
  command->add_option("--data", options->data, "数据目录 | data directory")->required();
  command->add_option("--from", query.from, "自第几条 | first seq")->capture_default_str();
  command->add_option("--to", query.to, "至第几条 | last seq");
  add_instant(*command, "--recorded-from", options->recorded_from,
              "自何时起记录 | recorded at this instant or later");
  add_instant(*command, "--recorded-to", options->recorded_to,
              "至何时止记录 | recorded at this instant or earlier");
  command->add_option("--organ", query.organ, "只看一个机关 | one organ only");
  command->add_option("--type", query.type, "只看一种事项 | events of one type")
      ->check([](const std::string& type) {
        return find_event_type(type) ? std::string{}
                                     : std::string("未知的事项类型 | unknown event type");
      });
  command->add_option("--actor", query.actor, "只看一人所记 | recorded by one actor");
  command->add_option("--request", options->request,
                      "只看一件申请（id 或登记号）| one request, by id or number");
  add_as_of(*command, options->as_of);
  command->add_flag("--with-personal-data", options->with_personal_data,
                    "含个人信息 | personal data in the clear");
  command->callback([options, &statutes, &code] { code = replay_with(*options, statutes.law); });
}

} // namespace mingce
