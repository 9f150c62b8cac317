#include "app/revisions.hpp"

#include "projection/replay.hpp"
#include "report/glossary.hpp"

#include <algorithm>
#include <unordered_map>

namespace mingce {
namespace {

/// Reads the events one after the other and keeps of each stream where its history ends.
class RevisionFinder {
public:
  RevisionFinder(const LogView& log, const RevisionQuery& query) : log_(log), query_(query) {}

  Result<void> take(const Entry& entry) {
    auto envelope = read_envelope_head(entry.event);
    if (!envelope) return envelope.error();
    if (query_.organs && !query_.organs->contains(envelope->organ)) return {};
    if (is_amendment(*envelope->type) || is_retraction(*envelope->type)) {
      latest_.erase(entry.stream); // where its history ends now is read again when it is asked for
      note(entry, *envelope, {});
      return {};
    }
    auto before = latest_before(entry);
    if (!before) return before.error();
    note(entry, *envelope, *before);
    latest_[entry.stream] = std::max(before->value_or(envelope->on), envelope->on);
    return {};
  }
  std::vector<Revision> finish() { return std::move(found_); }

private:
  /// The legal date of the stream's last fact as it was known before this entry.
  Result<std::optional<Day>> latest_before(const Entry& entry) const {
    std::optional<Day> latest;
    if (entry.version == 1) return latest;
    if (auto known = latest_.find(entry.stream); known != latest_.end())
      return std::optional{known->second};
    auto history = read_history(log_, entry.stream, entry.seq - 1, LogView::Half::open);
    if (!history) return history.error();
    if (!history->facts.empty()) latest = history->facts.back().on;
    return latest;
  }

  void note(const Entry& entry, const EnvelopeHead& envelope, std::optional<Day> latest) {
    auto recorded_on = civil_day(entry.recorded_at);
    Revision row{{},          entry.seq,      entry.recorded_at,
                 envelope.on, envelope.organ, envelope.type->info().type,
                 entry.actor, entry.stream,   entry.version,
                 {}};
    if (auto* target = data_of(entry.event).if_contains("target"); target && target->is_int64())
      row.target = std::uint32_t(target->get_int64());
    for (auto kind : revisions_of(envelope, recorded_on, latest, query_.late_days)) {
      if (query_.kind && *query_.kind != kind) continue;
      row.kind = kind;
      found_.push_back(row);
    }
  }

  const LogView& log_;
  const RevisionQuery& query_;
  std::unordered_map<StreamId, Day> latest_;
  std::vector<Revision> found_;
};

/// The positions of what was recorded on these days.
Result<std::pair<std::uint64_t, std::uint64_t>> positions_of(const LogView& log,
                                                             const RevisionQuery& query) {
  if (!query.recorded) return std::pair{std::uint64_t{1}, query.up_to};
  constexpr std::chrono::milliseconds moment{1};
  auto before = position_at(log, start_of(query.recorded->from) - moment);
  if (!before) return before.error();
  auto last = position_at(log, start_of(query.recorded->to + date::days{1}) - moment);
  if (!last) return last.error();
  return std::pair{*before + 1, std::min(*last, query.up_to)};
}

/// The member that names the stream, and its number; an organ and a calendar have none.
std::pair<const char*, std::string> name_of(const StreamId& stream, const Register& reg) {
  if (auto* request = reg.find_request(stream)) return {"request", request->register_no};
  if (auto* dispute = reg.find_dispute(stream)) return {"dispute", dispute->ref};
  if (auto* figure = reg.find_figure(stream)) return {"figure", figure->ref};
  return {nullptr, {}};
}

std::string title_of_type(std::string_view word) {
  auto* type = find_event_type(word);
  return type ? type->info().title : std::string(word);
}

constexpr ListColumn columns[] = {{"seq", "序号"},
                                  {"recorded_at", "记录时刻"},
                                  {"on", "日期"},
                                  {"days", "相隔天数"},
                                  {"kind", "情形", named<RevisionKind>},
                                  {"organ", "机关"},
                                  {"request", "申请"},
                                  {"dispute", "争议"},
                                  {"figure", "数字"},
                                  {"type", "事项", title_of_type},
                                  {"version", "版本"},
                                  {"target", "所指版本"},
                                  {"actor", "记录人"},
                                  {"id", nullptr}};

} // namespace

Result<std::vector<Revision>> find_revisions(const LogView& log, const RevisionQuery& query) {
  auto positions = positions_of(log, query);
  if (!positions) return positions.error();
  auto [from, to] = *positions;
  RevisionFinder finder(log, query);
  Result<void> taken;
  auto scanned = log.scan(from, to, LogView::Half::open, [&](Entry&& entry) {
    taken = finder.take(entry);
    return taken.has_value();
  });
  if (!scanned) return scanned.error();
  if (!taken) return taken.error();
  return finder.finish();
}

json::object to_json(const Revision& revision, const Register& reg) {
  json::object out{{"seq", std::int64_t(revision.seq)},
                   {"recorded_at", to_string(revision.recorded_at)},
                   {"on", to_string(revision.on)},
                   {"days", (civil_day(revision.recorded_at) - revision.on).count()},
                   {"kind", to_word(revision.kind)}};
  if (auto [member, number] = name_of(revision.stream, reg); member) out[member] = number;
  out["id"] = revision.stream.hex();
  out["organ"] = revision.organ;
  out["type"] = revision.type;
  out["version"] = std::int64_t(revision.version);
  if (revision.target) out["target"] = std::int64_t(*revision.target);
  out["actor"] = revision.actor;
  return out;
}

std::span<const ListColumn> revision_columns() { return columns; }

} // namespace mingce
