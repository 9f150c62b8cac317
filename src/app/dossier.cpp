#include "app/dossier.hpp"

#include "app/clock_views.hpp"
#include "app/request_views.hpp"

namespace mingce {
namespace {

/// Adds what became of an event.
void add_fate(json::object& event, const Fate& fate) {
  if (fate.retracted_by != 0)
    event["retracted"] = json::object{{"by", std::int64_t(fate.retracted_by)}};
  if (fate.amended_by.empty()) return;
  json::array by;
  for (auto version : fate.amended_by) by.push_back(std::int64_t(version));
  event["amended"] =
      json::object{{"by", std::move(by)}, {"on", to_string(fate.on)}, {"data", fate.data}};
}

json::array events_of(const History& history) {
  auto fates = fates_of(history.records);
  json::array out;
  for (std::size_t i = 0; i < history.entries.size(); ++i) {
    auto event = event_view(history.entries[i]);
    auto& info = history.records[i].type->info();
    event["title"] = info.title;
    event["article"] = info.article;
    add_fate(event, fates[i]);
    out.push_back(std::move(event));
  }
  return out;
}

Result<json::array> disputes_about(const LogView& log, const Register& reg, const Viewer& viewer,
                                   const DossierQuery& query) {
  json::array out;
  for (auto& row : reg.disputes()) {
    if (!is_about(row, query.request.hex())) continue;
    auto view = dispute_view(log, viewer.on(row.id), row.id, query.half);
    if (!view) return view.error();
    auto history = read_history(log, row.id, reg.size(), query.half);
    if (!history) return history.error();
    (*view)["events"] = events_of(*history);
    out.push_back(std::move(*view));
  }
  return out;
}

/// Adds the proofs of those events that have one.
void add_proofs(json::array& out, const json::array& events, const ProofSource& proofs) {
  for (auto& event : events) {
    auto& seq = event.at("seq");
    if (auto proof = proofs(std::uint64_t(seq.as_int64())); !proof.is_null())
      out.push_back(json::object{{"seq", seq}, {"proof", std::move(proof)}});
  }
}

/// Of all entries that the file shows.
json::array proofs_of(const json::array& events, const json::array& disputes,
                      const ProofSource& proofs) {
  json::array out;
  if (!proofs) return out;
  add_proofs(out, events, proofs);
  for (auto& dispute : disputes) add_proofs(out, dispute.at("events").as_array(), proofs);
  return out;
}

/// Takes a member out of a view, to stand by itself.
json::value taken(json::object& view, const char* member) {
  auto* found = view.if_contains(member);
  json::value value = found ? std::move(*found) : json::value(json::array{});
  view.erase(member);
  return value;
}

json::object organ_of(const Register& reg, const std::string& code) {
  return {{"code", code}, {"name", reg.organs().find(code)->second.name}};
}

} // namespace

Result<json::object> dossier(const LogView& log, const Register& reg, const Law& law,
                             const DossierQuery& query, const ProofSource& proofs) {
  auto* row = reg.find_request(query.request);
  if (!row)
    return Failure{FailureKind::not_found, "not_found", {"没有这件申请", "no such request"}};
  auto history = read_history(log, row->id, reg.size(), query.half);
  if (!history) return history.error();
  Viewer viewer(reg, law, reg.size(), query.today);
  auto request = request_view(log, viewer.on(row->id), row->id, query.language, query.half);
  if (!request) return request.error();
  auto clock = clock_view(log, reg, law, row->id, {query.today, reg.size(), {}}, query.today,
                          query.language);
  if (!clock) return clock.error();
  auto disputes = disputes_about(log, reg, viewer, query);
  if (!disputes) return disputes.error();

  json::object out{{"register_no", row->register_no},
                   {"id", row->id.hex()},
                   {"organ", organ_of(reg, row->organ)},
                   {"holder", organ_of(reg, holder(reg, *row))},
                   {"as_of", position_view(reg)},
                   {"on", to_string(query.today)},
                   {"with_personal_data", query.half == LogView::Half::both}};
  for (auto* member : {"irregularities", "incomplete", "fees"})
    out[member] = taken(*request, member);
  auto events = events_of(*history);
  out["proofs"] = proofs_of(events, *disputes, proofs);
  out["request"] = std::move(*request);
  out["events"] = std::move(events);
  out["clock"] = std::move(*clock);
  out["disputes"] = std::move(*disputes);
  return out;
}

} // namespace mingce
