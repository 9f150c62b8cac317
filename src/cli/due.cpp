#include "app/clock_views.hpp"
#include "cli/command.hpp"

#include <iostream>
#include <memory>

namespace mingce {
namespace {

struct Options {
  RegisterOptions whose;
  std::optional<Day> on;
  DueList list = DueList::open;
  std::string assignee, request;
  bool explain = false, ics = false;
  ListFormat format = ListFormat::text;
};

/// Why these requests are due when they are, one after the other.
int print_explained(const Options& options, const Opened& opened, const Statutes& statutes,
                    std::vector<json::object> rows, Day today) {
  ListWriter out(columns_of(options.list), ListFormat::json);
  for (auto& row : rows) {
    if (!row.contains("request")) continue;
    auto stream = StreamId::parse(std::string(row.at("id").as_string()));
    auto clock = clock_view(*opened.log, opened.reg, statutes.law, *stream,
                            {options.on, opened.position, {}}, today, Language::zh);
    if (!clock) return report_failure(clock.error());
    if (options.format != ListFormat::json) {
      std::cout << render_clock(*clock) << '\n';
      continue;
    }
    row["clock"] = std::move(*clock);
    out.add(row);
  }
  if (options.format == ListFormat::json) std::cout << out.finish();
  return done;
}

int due_with(const Options& options, const Statutes& statutes) {
  auto opened =
      options.whose.open(options.assignee.empty() ? LogView::Half::open : LogView::Half::both);
  if (!opened) return report_failure(opened.error(), options.whose.data);
  auto today = civil_day(now());
  auto& law = statutes.law;
  auto organs = organs_in(opened->reg, options.whose.organ, options.whose.scope);
  if (!organs) return report_failure(organs.error());
  if (options.ics) {
    std::cout << due_feed(opened->reg, law, options.whose.organ, *organs,
                          options.on.value_or(today));
    return done;
  }
  DueQuery query{options.whose.organ, options.whose.scope, options.on, options.list,
                 options.assignee};
  const RegisteredRequest* only = nullptr;
  if (!options.request.empty()) {
    auto found = find_request(opened->reg, options.request, *organs);
    if (!found) return report_failure(found.error());
    only = *found;
  }
  if (only && options.explain) {
    json::object row{{"request", only->register_no}, {"id", only->id.hex()}};
    return print_explained(options, *opened, statutes, {std::move(row)}, today);
  }
  ListWriter written(columns_of(options.list), options.format);
  std::vector<json::object> explained;
  auto listed = due_list(opened->reg, law, query, today, [&](json::object row) {
    auto* id = row.if_contains("id");
    if (only && !(id && id->as_string() == only->id.hex())) return;
    if (options.explain)
      explained.push_back(std::move(row));
    else
      written.add(row);
  });
  if (!listed) return report_failure(listed.error());
  if (options.explain)
    return print_explained(options, *opened, statutes, std::move(explained), today);
  std::cout << written.finish();
  return done;
}

} // namespace

void add_due(CLI::App& app, const Statutes& statutes, int& code) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand("due", "什么到期、为什么 | what is due, and why");
  options->whose.add_to(*command);
  add_day(*command, "--on", options->on, "截至哪一天，默认今天 | at the end of this day (today)");
  command
      ->add_option_function<std::string>(
          "--list",
          [options](const std::string& word) { options->list = *from_word<DueList>(word); },
          "open 在办（默认）· overdue 超期 · oldest 最早十件 · unassigned 未分办 · unconfirmed "
          "逾期未确认 · deadlines 其他期限")
      ->check(
          CLI::IsMember({"open", "overdue", "oldest", "unassigned", "unconfirmed", "deadlines"}));
  command->add_option("--assignee", options->assignee,
                      "经办单位或经办人 | unit or person in charge");
  command->add_option("--request", options->request, "只看一件（登记号或 id）| one request only");
  command->add_flag("--explain", options->explain, "逐段说明日期的由来 | explain each date");
  command
      ->add_option_function<std::string>(
          "--format",
          [options](const std::string& word) {
            options->ics = word == "ics";
            options->format = from_word<ListFormat>(word).value_or(ListFormat::text);
          },
          "输出格式，默认 text；ics 为日历订阅 | output format, by default text")
      ->check(CLI::IsMember({"text", "json", "csv", "ics"}));
  command->callback([options, &statutes, &code] { code = due_with(*options, statutes); });
}

} // namespace mingce
