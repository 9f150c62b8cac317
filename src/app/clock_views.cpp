#include "app/clock_views.hpp"

#include "rules/fees.hpp"

#include <algorithm>
#include <set>

namespace mingce {
namespace {

json::object head_of(const RegisteredRequest& request, const std::string& organ) {
  return {{"request", request.register_no}, {"id", request.id.hex()}, {"organ", organ}};
}

// ---- rates and spreads --------------------------------------------------------------------------

/// A share in percent with two decimals, rounded half up; null of nothing.
json::value percent(int part, int whole) {
  if (whole == 0) return nullptr;
  Decimal rate{(std::int64_t(part) * 20'000 + whole) / (2 * std::int64_t(whole))};
  return json::string(to_string(rate));
}

json::value spread(const Spread& days) {
  if (days.empty()) return nullptr;
  return json::object{{"mean", to_string(Decimal{days.mean_hundredths()})},
                      {"median", to_string(Decimal{days.median_hundredths()})},
                      {"lowest", days.lowest()},
                      {"highest", days.highest()}};
}

json::array bands_of(const Performance& figures, const Law& law) {
  json::array out;
  int from = 0;
  for (std::size_t i = 0; i < figures.bands.size(); ++i) {
    json::object band{{"from", from}};
    band["to"] = i < law.bands().size() ? json::value(law.bands()[i]) : json::value(nullptr);
    band["answered"] = figures.bands[i];
    if (i < law.bands().size()) from = law.bands()[i] + 1;
    out.push_back(std::move(band));
  }
  return out;
}

template <class Counts>
json::object by_word(const Counts& counts) {
  json::object out;
  for (auto& [word, count] : counts) out[to_word(word)] = count;
  return out;
}

json::object to_json(const Performance& figures, const Law& law) {
  json::object out{{"received", figures.received},   {"carried_in", figures.carried_in},
                   {"concluded", figures.concluded}, {"carried_out", figures.carried_out},
                   {"answered", figures.answered},   {"on_time", figures.on_time},
                   {"late", figures.late},           {"disclosed", figures.disclosed},
                   {"extended", figures.extended},   {"corrected", figures.corrected},
                   {"consulted", figures.consulted}, {"charged", figures.charged}};
  out["on_time_percent"] = percent(figures.on_time, figures.answered);
  out["disclosed_percent"] = percent(figures.disclosed, figures.concluded);
  out["extended_percent"] = percent(figures.extended, figures.concluded);
  out["corrected_percent"] = percent(figures.corrected, figures.concluded);
  out["consulted_percent"] = percent(figures.consulted, figures.concluded);
  out["charged_percent"] = percent(figures.charged, figures.concluded);
  out["working_days"] = spread(figures.working_days);
  out["calendar_days"] = spread(figures.calendar_days);
  out["bands"] = bands_of(figures, law);
  out["outcomes"] = by_word(figures.outcomes);
  out["channels"] = by_word(figures.channels);
  json::object reasons;
  for (auto& [reason, count] : figures.late_reasons)
    reasons[reason ? to_word(*reason) : "not_given"] = count;
  out["late_reasons"] = std::move(reasons);
  return out;
}

/// Each block of table 四, with the share that was corrected of what was decided.
json::object to_json(const DisputeCounts& disputes) {
  json::object out;
  for (std::size_t block = 0; block < disputes.size(); ++block) {
    json::object line;
    int total = 0;
    for (std::size_t column = 0; column < disputes[block].size(); ++column) {
      line[to_word(DisputeColumn(column))] = disputes[block][column];
      total += int(disputes[block][column]);
    }
    auto corrected = int(disputes[block][std::size_t(DisputeColumn::corrected)]);
    auto pending = int(disputes[block][std::size_t(DisputeColumn::pending)]);
    line["total"] = total;
    line["corrected_percent"] = percent(corrected, total - pending);
    out[to_word(DisputeBlock(block))] = std::move(line);
  }
  return out;
}

json::object to_json(const LateAnswer& late) {
  auto out = head_of(*late.request, late.organ);
  out["due_on"] = or_null(late.handling.due_on);
  out["answered_on"] = to_string(late.handling.concluded_on);
  out["working_days_late"] = late.handling.days_late;
  out["late_reason"] = or_null(late.handling.late_reason);
  return out;
}

// ---- the explanation ----------------------------------------------------------------------------

json::object notice_of(const Notice& notice) {
  json::object out{{"region", notice.region}, {"year", notice.year}, {"title", notice.title}};
  if (!notice.document_no.empty()) out["document_no"] = notice.document_no;
  out["issued_on"] = or_null(notice.issued_on);
  out["seq"] = notice.seq ? json::value(std::int64_t(notice.seq)) : json::value(nullptr);
  return out;
}

json::object to_json(const DayRun& run, const Calendar& calendar) {
  json::object out{{"from", to_string(run.from)},
                   {"to", to_string(run.to)},
                   {"days", (run.to - run.from).count() + 1},
                   {"use", to_word(run.use)}};
  if (run.first != 0) {
    out["first"] = run.first;
    out["last"] = run.last;
  }
  if (run.version != 0) out["version"] = std::int64_t(run.version);
  if (run.listing) {
    out["holiday"] = run.listing->holiday;
    out["notice"] = calendar.notices()[run.listing->notice].name();
  }
  return out;
}

/// The papers that the runs rest on.
json::array notices_of(const std::vector<DayRun>& runs, const Calendar& calendar) {
  std::set<std::size_t> used;
  for (auto& run : runs)
    if (run.listing) used.insert(run.listing->notice);
  json::array out;
  for (auto index : used) out.push_back(notice_of(calendar.notices()[index]));
  return out;
}

/// Where in the log the calendar of an organ may have changed: notices were loaded, or it came to
/// stand below another organ.
std::vector<std::uint64_t> calendar_changes(const Register& reg, const std::string& organ) {
  std::vector<std::uint64_t> seqs;
  for (auto& row : reg.calendars())
    for (auto& record : row.records) seqs.push_back(record.seq);
  std::vector<std::string> above{organ};
  for (std::size_t i = 0; i < above.size(); ++i) {
    auto found = reg.organs().find(above[i]);
    if (found == reg.organs().end()) continue;
    for (auto& parent : found->second.parents) {
      seqs.push_back(parent.seq);
      if (std::ranges::find(above, parent.value) == above.end()) above.push_back(parent.value);
    }
  }
  return seqs;
}

struct ToldDate {
  std::uint64_t seq = 0;
  Instant recorded_at{};
  std::optional<Day> due_on;
};

/// The due date as it was told from each position on: after every entry of the case and after every
/// notice that was loaded, by what was known then.
Result<std::vector<ToldDate>> told_dates(const LogView& log, const Register& reg, const Law& law,
                                         const History& history, const std::string& organ,
                                         std::uint64_t up_to) {
  std::map<std::uint64_t, Instant> positions;
  for (auto& entry : history.entries) positions[entry.seq] = entry.recorded_at;
  auto begun = history.entries.front().seq;
  for (auto seq : calendar_changes(reg, organ)) {
    if (seq < begun || seq > up_to) continue;
    auto scanned = log.scan(seq, seq, LogView::Half::open, [&](Entry&& entry) {
      positions[entry.seq] = entry.recorded_at;
      return false;
    });
    if (!scanned) return scanned.error();
  }
  std::vector<ToldDate> told;
  for (auto& [seq, recorded_at] : positions) {
    auto known = std::ranges::upper_bound(history.records, seq, {}, &Record::seq);
    auto facts = resolve({history.records.data(), std::size_t(known - history.records.begin())});
    if (!facts) return facts.error();
    Calendars calendars(reg, law, {seq, {}});
    auto terms = calendars.terms(organ);
    auto due = due_on(run_clock(fold_case(*facts).steps, terms), terms);
    if (told.empty() ? due.has_value() : told.back().due_on != due)
      told.push_back({seq, recorded_at, due});
  }
  return told;
}

json::object to_json(const ToldDate& told) {
  json::object out{{"seq", std::int64_t(told.seq)}, {"recorded_at", to_string(told.recorded_at)}};
  out["due_on"] = or_null(told.due_on);
  return out;
}

json::array effects_of(const Account& account, const History& history, Language language) {
  json::array out;
  for (auto& effect : account.effects) {
    auto& entry = history.entries[effect.step->version - 1];
    json::object line{{"version", std::int64_t(effect.step->version)},
                      {"seq", std::int64_t(entry.seq)},
                      {"type", entry.event.at("type")},
                      {"on", to_string(effect.step->on)},
                      {"recorded_at", to_string(entry.recorded_at)},
                      {"effect", in(language, effect.text)}};
    if (!effect.article.empty()) line["article"] = effect.article;
    line["due_on"] = or_null(effect.due_on);
    line["due_on_strict"] = or_null(effect.due_on_strict);
    out.push_back(std::move(line));
  }
  return out;
}

template <class Out>
void add_timer(Out& line, const Timer& timer, const Case& state) {
  line["timer"] = to_word(timer.kind);
  line["from"] = to_string(timer.from);
  line["due_on"] = or_null(timer.due_on);
  line["provisional"] = timer.provisional;
  line["remaining_working_days"] = or_null(timer.remaining);
  line["lamp"] = to_word(timer.lamp);
  line["article"] = timer.article;
  if (timer.version != 0) line["version"] = std::int64_t(timer.version);
  if (timer.kind == TimerKind::consultation && timer.consultation < state.consultations.size())
    line["consultation"] = state.consultations[timer.consultation].id;
}

} // namespace

void add_timers(json::object& out, const std::vector<Timer>& timers, const Case& state) {
  json::array lines;
  for (auto& timer : timers) {
    json::object line;
    add_timer(line, timer, state);
    lines.push_back(std::move(line));
  }
  out["timers"] = std::move(lines);
}

void add_timers(JsonText& out, const std::vector<Timer>& timers, const Case& state) {
  std::string lines = "[";
  lines.reserve(2 + 320 * timers.size());
  JsonText line(320);
  for (auto& timer : timers) {
    line.clear();
    add_timer(line, timer, state);
    lines.append(lines.size() > 1 ? ",{" : "{").append(line.members()) += '}';
  }
  out["timers"].is(lines += ']');
}

json::array to_json(const std::vector<Irregularity>& found, Language language) {
  json::array out;
  for (auto& irregularity : found)
    out.push_back(json::object{{"code", irregularity.code},
                               {"article", irregularity.article},
                               {"version", std::int64_t(irregularity.version)},
                               {"message", in(language, irregularity.message)}});
  return out;
}

json::array fees_of(const Case& state, const Law& law) {
  json::array out;
  for (auto& fee : state.fees) {
    auto computed = computed_fee(fee, law);
    out.push_back(json::object{{"version", std::int64_t(fee.version)},
                               {"notified_on", to_string(fee.on)},
                               {"scheme", to_word(fee.scheme)},
                               {"quantity", std::int64_t(fee.quantity)},
                               {"prior_items", std::int64_t(fee.prior_items)},
                               {"amount", to_string(notified_fee(fee, law))},
                               {"computed", to_string(computed)},
                               {"agrees", !fee.notified || *fee.notified == computed},
                               {"pay_by", to_string(fee.pay_by)},
                               {"paid", to_string(fee.paid)},
                               {"refunded", to_string(fee.refunded)},
                               {"waived", fee.waived}});
  }
  return out;
}

json::object to_json(const DueRow& row) {
  auto out = head_of(*row.request, row.organ);
  auto& state = row.request->state;
  out["state"] = to_word(row.clock.state);
  if (row.clock.state == CaseState::submitted)
    out["submitted_on"] = or_null(state.submitted_on);
  else
    out["received_on"] = or_null(state.received_on);
  add_clock(out, row.clock);
  out["assigned"] = row.assigned;
  return out;
}

json::object to_json(const DeadlineRow& row) {
  json::object out;
  Case nothing;
  if (row.request)
    out = head_of(*row.request, row.organ);
  else if (row.dispute)
    out = {{"dispute", row.dispute->ref}, {"id", row.dispute->id.hex()}, {"organ", row.organ}};
  else
    out = {{"organ", row.organ}};
  add_timer(out, row.timer, row.request ? row.request->state : nothing);
  return out;
}

json::object to_json(const CaseIrregularity& found, Language language) {
  auto out = head_of(*found.request, found.organ);
  auto& irregularity = *found.irregularity;
  out["code"] = irregularity.code;
  out["article"] = irregularity.article;
  out["version"] = std::int64_t(irregularity.version);
  out["on"] = to_string(irregularity.on);
  out["message"] = in(language, irregularity.message);
  return out;
}

Result<OrganSet> organs_in(const Register& reg, const std::string& organ, Scope scope) {
  if (!reg.organs().contains(organ))
    return Failure{FailureKind::not_found,
                   "unknown_organ",
                   {"机关未登记：" + organ, "no such organ: " + organ}};
  if (scope == Scope::organ) return OrganSet{organ};
  auto region = region_of(reg.organs(), organ);
  return OrganSet(region.begin(), region.end());
}

Result<void> due_list(const Register& reg, const Law& law, const DueQuery& query, Day today,
                      const RowSink& sink) {
  auto organs = organs_in(reg, query.organ, query.scope);
  if (!organs) return organs.error();
  auto day = query.on.value_or(today);
  if (!query.assignee.empty() && !reg.has_texts()) return texts_not_read();
  Keep keep;
  if (!query.assignee.empty())
    keep = [&](const RegisteredRequest& row) {
      auto* text = reg.text_of(row);
      return text && (text->unit == query.assignee || text->person == query.assignee);
    };
  if (query.list == DueList::deadlines)
    for (auto& row : deadlines(reg, law, *organs, day, keep)) sink(to_json(row));
  else
    for (auto& row : due_rows(reg, law, *organs, day, query.list, keep)) sink(to_json(row));
  return {};
}

Result<void> finding_list(const Register& reg, const Law& law, const std::string& organ,
                          Scope scope, const Period& period, Finding finding, Language language,
                          const RowSink& sink) {
  auto organs = organs_in(reg, organ, scope);
  if (!organs) return organs.error();
  auto found = findings(reg, law, *organs, period);
  for (auto& each : finding == Finding::irregular ? found.irregular : found.gaps)
    sink(to_json(each, language));
  return {};
}

Result<json::object> statistics_view(const Register& reg, const Statutes& statutes,
                                     const std::string& organ, Scope scope, const Period& period,
                                     Day today) {
  auto& law = statutes.law;
  auto organs = organs_in(reg, organ, scope);
  if (!organs) return organs.error();
  auto figures = statistics(reg, law, statutes.policy, *organs, period);
  auto day = std::min(period.to, today);
  json::object out{{"organ", organ},
                   {"scope", to_word(scope)},
                   {"from", to_string(period.from)},
                   {"to", to_string(period.to)}};
  for (auto& member : to_json(figures.all, law)) out[member.key()] = member.value();
  out["repeat_applicants"] = or_null(figures.repeat_applicants);
  out["disputes"] = to_json(figures.disputes);
  Keep counts = [](const RegisteredRequest& row) { return row.state.counts(); };
  auto open = due_rows(reg, law, *organs, day, counts);
  json::object backlog{{"on", to_string(day)}, {"open", std::int64_t(open.size())}};
  backlog["overdue"] =
      std::ranges::count_if(open, [](auto& row) { return row.clock.lamp == Lamp::red; });
  json::array oldest, late, each;
  for (auto& row : due_rows(reg, law, *organs, day, DueList::oldest, counts))
    oldest.push_back(to_json(row));
  backlog["oldest"] = std::move(oldest);
  out["backlog"] = std::move(backlog);
  for (auto& answer : figures.late_answers) late.push_back(to_json(answer));
  out["late_answers"] = std::move(late);
  for (auto& [code, own] : figures.by_organ) {
    json::object line{{"organ", code}, {"name", reg.organs().find(code)->second.name}};
    for (auto& member : to_json(own, law)) line[member.key()] = member.value();
    each.push_back(std::move(line));
  }
  out["organs"] = std::move(each);
  return out;
}

Result<json::array> fee_list(const Register& reg, const Law& law, const std::string& organ,
                             Scope scope, date::year_month month) {
  auto organs = organs_in(reg, organ, scope);
  if (!organs) return organs.error();
  if (!reg.has_texts()) return texts_not_read();
  struct Applicant {
    json::array requests, notices;
    std::int64_t charged_items = 0;
    Decimal notified{}, computed{}, paid{};
  };
  std::map<std::string, Applicant> applicants;
  for (auto& row : reg.requests()) {
    auto& state = row.state;
    auto* text = reg.text_of(row);
    if (!state.counts() || !text || text->ref.empty() || !organs->contains(row.organ)) continue;
    date::year_month_day received{*state.received_on};
    if (received.year() / received.month() != month) continue;
    auto& applicant = applicants[text->ref];
    applicant.requests.push_back(json::string(row.register_no));
    for (auto& notice : fees_of(state, law)) {
      auto line = notice.get_object();
      line["request"] = row.register_no;
      applicant.notices.push_back(std::move(line));
    }
    for (auto& fee : state.fees) {
      if (fee.scheme == FeeScheme::by_item) applicant.charged_items += fee.quantity;
      applicant.notified += notified_fee(fee, law);
      applicant.computed += computed_fee(fee, law);
      applicant.paid += fee.paid;
    }
  }
  json::array out;
  for (auto& [ref, applicant] : applicants) {
    auto count = std::int64_t(applicant.requests.size());
    out.push_back(json::object{{"ref", ref},
                               {"requests", count},
                               {"charged_items", applicant.charged_items},
                               {"notified", to_string(applicant.notified)},
                               {"computed", to_string(applicant.computed)},
                               {"paid", to_string(applicant.paid)},
                               {"register_nos", std::move(applicant.requests)},
                               {"notices", std::move(applicant.notices)}});
  }
  std::ranges::stable_sort(out, std::ranges::greater{},
                           [](auto& line) { return line.get_object().at("requests").get_int64(); });
  return out;
}

Result<json::object> clock_view(const LogView& log, const Register& reg, const Law& law,
                                const StreamId& stream, const ClockQuery& query, Day today,
                                Language language) {
  auto history = read_history(log, stream, query.up_to, LogView::Half::open);
  if (!history) return history.error();
  auto& first = history->entries.front();
  std::string organ(first.event.at("organ").as_string());
  auto state = fold_case(history->facts);
  auto day = query.on.value_or(today);
  auto version = query.calendar.value_or(CalendarVersion{query.up_to, {}});
  Calendars calendars(reg, law, version);
  auto terms = calendars.terms(organ);
  auto account = account_of(state.steps, day, terms);

  json::object out{{"id", stream.hex()},
                   {"register_no", first.event.at("register_no")},
                   {"organ", organ},
                   {"on", to_string(day)},
                   {"as_of", std::int64_t(query.up_to)}};
  json::object calendar;
  calendar["position"] = std::int64_t(std::min(version.position, query.up_to));
  calendar["issued_by"] = or_null(version.issued_by);
  calendar["notices"] = notices_of(account.runs, terms.calendar);
  out["calendar"] = std::move(calendar);
  auto lamps = lamps_for(reg.organs(), organ, law, query.up_to);
  auto reading = read_clock(state, day, terms, lamps);
  out["state"] = to_word(reading.state);
  add_clock(out, reading);
  out["steps"] = effects_of(account, *history, language);
  json::array runs;
  for (auto& run : account.runs) runs.push_back(to_json(run, terms.calendar));
  out["runs"] = std::move(runs);
  auto told = told_dates(log, reg, law, *history, organ, query.up_to);
  if (!told) return told.error();
  json::array dates;
  for (auto& date : *told) dates.push_back(to_json(date));
  out["first_told"] = told->empty() ? json::value(nullptr) : json::value(to_json(told->front()));
  out["told"] = std::move(dates);
  return out;
}

json::object calendar_of(const Register& reg, const Law& law, const std::string& organ, int year) {
  Calendars calendars(reg, law);
  auto& calendar = calendars.of(organ);
  auto first = first_day_of(year), last = last_day_of(year);
  json::object out{
      {"organ", organ.empty() ? json::value(nullptr) : json::value(json::string(organ))},
      {"year", year},
      {"provisional", calendar.is_provisional(first, last)},
      {"working_days", calendar.working_days_between(first - date::days{1}, last)}};
  json::array days, notices;
  std::set<std::size_t> used;
  for (Day day = first; day <= last; day += date::days{1})
    if (auto* listing = calendar.listing(day)) {
      auto& notice = calendar.notices()[listing->notice];
      used.insert(listing->notice);
      days.push_back(json::object{{"on", to_string(day)},
                                  {"worked", listing->worked},
                                  {"name", listing->holiday},
                                  {"notice", notice.name()}});
    }
  for (auto index : used) notices.push_back(notice_of(calendar.notices()[index]));
  out["notices"] = std::move(notices);
  out["days"] = std::move(days);
  return out;
}

} // namespace mingce
