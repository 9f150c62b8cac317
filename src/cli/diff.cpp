#include "app/difference.hpp"

#include "cli/command.hpp"
#include "projection/replay.hpp"

#include <iostream>
#include <memory>

namespace mingce {
namespace {

struct Options {
  std::string data, from, to, organ, format = "text";
};

std::string text_of(const json::value& value) {
  if (value.is_null()) return "—";
  return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
}

void print_events(const json::object& events) {
  std::cout << "事项 events: " << text_of(events.at("total")) << '\n';
  for (auto& type : events.at("by_type").as_object())
    std::cout << "  " << type.key() << "  " << text_of(type.value()) << '\n';
  for (auto [kind, title] : {std::pair{"back_dated", "补录于前 back-dated"},
                             {"late", "跨年补录 recorded in a later year"},
                             {"amended", "更正 amendments"},
                             {"retracted", "撤销 retractions"},
                             {"voided", "作废 voidings"}})
    if (auto& seqs = events.at(kind).as_array(); !seqs.empty())
      std::cout << "  " << title << ": " << json::serialize(seqs) << '\n';
}

void print(const json::object& difference) {
  print_events(difference.at("events").as_object());
  std::cout << "申请 requests:\n";
  for (auto& line : difference.at("cases").as_array()) {
    auto& request = line.get_object();
    std::cout << "  " << text_of(request.at("organ")) << ' ' << text_of(request.at("request"));
    for (auto& member : request)
      if (auto* change = member.value().if_object())
        std::cout << "  " << member.key() << ' ' << text_of(change->at("from")) << " → "
                  << text_of(change->at("to"));
    std::cout << '\n';
  }
  std::cout << "单元格 cells:\n";
  for (auto& line : difference.at("cells").as_array()) {
    auto& cell = line.get_object();
    std::cout << "  " << text_of(cell.at("organ")) << ' ' << text_of(cell.at("year")) << "  "
              << text_of(cell.at("cell")) << "  " << text_of(cell.at("from")) << " → "
              << text_of(cell.at("to")) << '\n';
  }
}

int diff_with(const Options& options, const Statutes& statutes) {
  auto log = LogView::open(place_of(options.data));
  if (!log) return report_failure(log.error(), options.data);
  auto from = position_of(**log, options.from), to = position_of(**log, options.to);
  if (!from) return report_failure(from.error());
  if (!to) return report_failure(to.error());
  auto changed = difference(**log, statutes, {*from, *to, options.organ});
  if (!changed) return report_failure(changed.error());
  if (options.format == "json")
    std::cout << json::serialize(*changed) << '\n';
  else
    print(*changed);
  return done;
}

} // namespace

void add_diff(CLI::App& app, const Statutes& statutes, int& code) {
  auto options = std::make_shared<Options>();
  auto* command = app.add_subcommand(
      "diff", "两个时点之间变了什么 | what changed between two positions of the log");
  command->add_option("--data", options->data, "数据目录 | data directory")->required();
  command
      ->add_option("--from", options->from,
                   "此前所知：日志序号或时刻 | as known then: position or instant")
      ->required();
  command->add_option("--to", options->to, "此后所知，默认日志末尾 | as known then (the end)");
  command->add_option("--organ", options->organ, "只看一个机关 | one organ only");
  command->add_option("--format", options->format, "输出格式，默认 text | output format")
      ->check(CLI::IsMember({"text", "json"}));
  command->callback([options, &statutes, &code] { code = diff_with(*options, statutes); });
}

} // namespace mingce
