#include "app/what_if.hpp"

#include "app/provenance.hpp"
#include "projection/replay.hpp"
#include "report/quantity.hpp"
#include "report/tables.hpp"

#include <algorithm>
#include <set>
#include <utility>

namespace mingce {
namespace {

/// A log that goes on with entries nobody has recorded.
class SupposedLog : public EntrySource {
public:
  SupposedLog(const EntrySource& log, std::vector<Entry> supposed)
      : log_(log), supposed_(std::move(supposed)) {}

  std::uint64_t recorded() const {
    return supposed_.empty() ? log_.size() : supposed_.front().seq - 1;
  }
  std::uint64_t size() const override { return recorded() + supposed_.size(); }
  const std::vector<Entry>& supposed() const { return supposed_; }

  Result<void> scan(std::uint64_t from, std::uint64_t to, Half half,
                    const std::function<bool(Entry&&)>& each) const override {
    bool go_on = true;
    auto scanned = log_.scan(from, std::min(to, recorded()), half, [&](Entry&& entry) {
      go_on = each(std::move(entry));
      return go_on;
    });
    if (!scanned) return scanned;
    for (auto& entry : supposed_)
      if (go_on && entry.seq >= from && entry.seq <= to) go_on = each(Entry(entry));
    return {};
  }
  Result<std::vector<Entry>> read_stream(const StreamId& stream, std::uint64_t up_to,
                                         Half half) const override {
    auto entries = log_.read_stream(stream, std::min(up_to, recorded()), half);
    if (!entries) return entries;
    for (auto& entry : supposed_)
      if (entry.stream == stream && entry.seq <= up_to) entries->push_back(entry);
    return entries;
  }

private:
  const EntrySource& log_;
  std::vector<Entry> supposed_;
};

using OrganYear = std::pair<std::string, int>;

/// Which annual reports could be touched: found from the streams that go on, before and after.
class Suspects {
public:
  Suspects(const Statutes& statutes, Day today) : statutes_(statutes), today_(today) {}

  void look(const Register& reg, const std::vector<Entry>& supposed) {
    std::set<StreamId> seen;
    for (auto& entry : supposed) {
      if (!seen.insert(entry.stream).second) continue;
      if (auto* request = reg.find_request(entry.stream))
        look(reg, *request);
      else if (auto* dispute = reg.find_dispute(entry.stream))
        look(reg, *dispute);
      else if (auto* figure = reg.find_figure(entry.stream))
        add_from(figure->organ, figure->on);
      else if (auto* report = reg.find_report(entry.stream))
        add(report->organ, report->year);
      else if (!reg.find_calendar(entry.stream))
        look_at_everything(reg);
    }
  }

  std::set<OrganYear> found;

private:
  void add(const std::string& organ, int year) { found.emplace(organ, year); }
  void add_from(const std::string& organ, Day day) {
    for (int year = year_of(day); year <= year_of(today_); ++year) add(organ, year);
  }
  void look(const Register& reg, const RegisteredRequest& row) {
    for (auto& line : cells_of(reg, statutes_, row, today_))
      add(std::string(line.at("organ").as_string()), int(line.at("year").as_int64()));
  }
  void look(const Register& reg, const RegisteredDispute& row) {
    if (!row.state.opened_on) return;
    add_from(row.organ, *row.state.opened_on);
    add_from(party_before(reg, row, Day::max()), *row.state.opened_on);
  }
  /// An organ was changed: every case may stand elsewhere.
  void look_at_everything(const Register& reg) {
    if (std::exchange(looked_at_everything_, &reg) == &reg) return;
    for (auto& row : reg.requests()) look(reg, row);
    for (auto& row : reg.disputes()) look(reg, row);
  }

  const Statutes& statutes_;
  Day today_;
  const Register* looked_at_everything_ = nullptr;
};

/// The cells of one year's report; empty where the organ is not there (yet).
Result<Tables> tables_of_year(const Register& reg, const Statutes& statutes,
                              const OrganYear& which) {
  if (!reg.organs().contains(which.first)) return Tables{};
  ReportQuery query{which.first, which.second};
  if (!statutes.editions.in_force(which.second))
    query.edition = statutes.editions.all().front().code;
  auto report = make_report(reg, statutes, query);
  if (!report) return report.error();
  return tables_of(report->annual);
}

void compare(const OrganYear& which, const Tables& before, const Tables& after, WhatIf& answer) {
  for (auto& place : places_of(after.layout)) {
    auto name = place.name();
    auto was = before.at(name).value_or(Decimal{}), is = after.at(name).value_or(Decimal{});
    if (was != is) answer.cells.push_back({which.first, which.second, name, place.unit, was, is});
  }
}

/// The published reports, of the organ and of the regions it stands in, that restate more than
/// before.
Result<void> find_restated(const Register& before, const Register& after, const Statutes& statutes,
                           const std::set<OrganYear>& suspects, WhatIf& answer) {
  for (auto& report : after.reports()) {
    bool concerned = std::ranges::any_of(suspects, [&](auto& which) {
      return which.second == report.year &&
             organs_at(after, report.organ, report.scope, Basis::present).contains(which.first);
    });
    if (!concerned || !report.file.latest(ReportStatus::published)) continue;
    auto differences_in = [&](const Register& reg) {
      auto made = make_report(reg, statutes, {report.organ, report.year, {}, report.scope});
      std::map<std::string, Decimal> out;
      if (made && made->annual.notes.publication)
        for (auto& each : made->annual.notes.publication->differences)
          out[each.cell] = each.current;
      return out;
    };
    if (differences_in(before) != differences_in(after))
      answer.restates.push_back({report.organ, report.year, report.scope});
  }
  return {};
}

} // namespace

Result<WhatIf> what_if(const EntrySource& log, const Statutes& statutes,
                       std::vector<Entry> supposed, Day today) {
  WhatIf answer{supposed.size(), {}, {}};
  SupposedLog going_on(log, std::move(supposed));
  auto before = replay(going_on, going_on.recorded());
  if (!before) return before.error();
  auto after = replay(going_on, going_on.size());
  if (!after) return after.error();
  Suspects suspects(statutes, today);
  suspects.look(*before, going_on.supposed());
  suspects.look(*after, going_on.supposed());
  for (auto& which : suspects.found) {
    auto was = tables_of_year(*before, statutes, which),
         is = tables_of_year(*after, statutes, which);
    if (!was) return was.error();
    if (!is) return is.error();
    compare(which, *was, *is, answer);
  }
  if (auto found = find_restated(*before, *after, statutes, suspects.found, answer); !found)
    return found.error();
  return answer;
}

json::object to_json(const WhatIf& answer) {
  json::array cells, restates;
  for (auto& each : answer.cells)
    cells.push_back(json::object{{"organ", each.organ},
                                 {"year", each.year},
                                 {"cell", each.cell},
                                 {"before", to_json(each.before, each.unit)},
                                 {"after", to_json(each.after, each.unit)}});
  for (auto& each : answer.restates)
    restates.push_back(
        json::object{{"organ", each.organ}, {"year", each.year}, {"scope", to_word(each.scope)}});
  return {{"dry_run", true},
          {"events", answer.events},
          {"cells", std::move(cells)},
          {"restates", std::move(restates)}};
}

} // namespace mingce
