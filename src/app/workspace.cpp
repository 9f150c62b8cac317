#include "app/workspace.hpp"

#include "report/document.hpp"

#include "rules/calendar.hpp"
#include "rules/erasure.hpp"

#include <algorithm>

namespace mingce {
namespace {

Failure impossible(const char* code, const char* zh, const char* en) {
  return {FailureKind::impossible, code, {zh, en}};
}

/// Pointers of a failure are told from where the caller's own document starts.
Failure located(Failure failure, const std::string& at) {
  if (at.empty()) return failure;
  for (auto& field : failure.fields) field.pointer.insert(0, at);
  if (failure.fields.empty()) failure.fields.push_back({at, failure.message});
  return failure;
}

/// The month whose items are counted together (国办函〔2020〕109号: 自然月).
date::year_month month_of(Day day) {
  date::year_month_day parts{day};
  return parts.year() / parts.month();
}

/// The type, if it fits the kind of stream and the place in it.
Result<const EventType*> find_type(const std::string& name, const Destination& to) {
  auto* type = find_event_type(name);
  if (!type) return invalid("/type", {"未知的事项类型", "unknown event type"}, "unknown_type");
  auto kind = type->info().stream;
  if (kind != to.kind && kind != StreamKind::any && to.kind != StreamKind::any)
    return invalid(
        "/type", {"该事项类型不属于此类记录", "this event type belongs to another kind of stream"},
        "wrong_stream");
  if (!to.stream && !opens_stream(*type))
    return invalid(
        "/type", {"该事项类型不能作为首个事项", "this event type cannot be the first of a stream"},
        "not_an_opening");
  return type;
}

Failure in_the_future(Day today) {
  auto day = to_string(today);
  Failure failure = invalid("/on", {"日期晚于今天（" + day + "）", "dated after today, " + day});
  failure.kind = FailureKind::impossible;
  failure.code = "in_the_future";
  return failure;
}

/// The item must be one that table 二 knows, or a free one; what is counted is counted in ones.
std::optional<Failure> refusal_of_figure(const FigureRecorded& figure, const Editions& editions,
                                         const std::string& at) {
  auto item = editions.classify(figure.item);
  if (item == FigureItem::misspelt)
    return invalid(at + "/item", {"表二没有该项目名称", "no such item in table 二"},
                   "unknown_item");
  if (item == FigureItem::known_count && !figure.quantity.value.is_whole())
    return invalid(at + "/quantity", {"件数应为整数", "a count must be a whole number"},
                   "not_whole");
  return {};
}

} // namespace

Workspace::Workspace(const LogView& log, const Register& reg, const Editions& editions, Day today,
                     NumberSource numbers)
    : log_(log), register_(reg), editions_(editions), today_(today), numbers_(std::move(numbers)) {}

StreamId Workspace::stream_of(const Destination& to) const {
  if (to.stream) return *to.stream;
  return StreamId::of(to_word(to.kind), to.organ, is_named_by_organ(to.kind) ? "" : to.number);
}

Result<void> Workspace::decide(const Operation& operation) {
  auto result = decide_checked(operation);
  if (!result) return located(result.error(), operation.at);
  return result;
}

/// Finds the stream that a batch names by a label, and its kind where the caller did not know it.
Result<Destination> Workspace::destination_of(const Operation& operation) const {
  Destination to = operation;
  if (!operation.stream_label.empty()) {
    auto found = labels_.find(operation.stream_label);
    to.stream = found != labels_.end() ? std::optional{found->second}
                                       : StreamId::parse(operation.stream_label);
    if (!to.stream) return invalid("/stream", {"没有这条记录", "no such record"}, "unknown_stream");
  }
  for (std::size_t i = 0; i < to.requests.size(); ++i) {
    auto id = resolve_request(to.organ, to.requests[i]);
    if (!id) return invalid(pointer_to("/requests", i), id.error().message, id.error().code);
    to.requests[i] = *id;
  }
  if (to.kind == StreamKind::any)
    if (auto* type = find_event_type(operation.type); type && !to.stream)
      to.kind = type->info().stream;
  if (to.kind == StreamKind::report && !to.stream) {
    auto* data = operation.data.if_object();
    if (auto number = data ? report_number(*data) : ""; !number.empty()) to.number = number;
  }
  // A region has one calendar, a year one report: what comes later goes on with it.
  if ((to.kind == StreamKind::calendar || to.kind == StreamKind::report) && !to.stream)
    if (auto id = stream_of(to); knows(to.kind, id)) to.stream = id;
  if (to.kind != StreamKind::any) return to;
  for (auto kind : {StreamKind::request, StreamKind::dispute, StreamKind::figure, StreamKind::organ,
                    StreamKind::calendar, StreamKind::report})
    if (to.stream && knows(kind, *to.stream)) to.kind = kind;
  if (to.stream && to.kind == StreamKind::any)
    return invalid("/stream", {"没有这条记录", "no such record"}, "unknown_stream");
  return to;
}

Result<void> Workspace::decide_checked(const Operation& operation) {
  auto destination = destination_of(operation);
  if (!destination) return destination.error();
  auto& to = *destination;
  auto type = find_type(operation.type, to);
  if (!type) return type.error();
  if (auto checked = check_organ_of(to, **type, operation.on); !checked) return checked;
  if (operation.on > today_) return in_the_future(today_);
  auto event = read_event(operation, **type);
  if (!event) return event.error();

  if (!to.stream && to.number.empty() && !is_named_by_organ(to.kind))
    // An earlier operation of this unit of work may have named a number of the same form.
    do to.number = numbers_(to.kind, to.organ, year_of(operation.on));
    while (knows(to.kind, stream_of(to)));
  auto id = stream_of(to);
  auto loaded = to.stream ? load(id) : open(to, **type);
  if (!loaded) return loaded.error();
  Stream stream = std::move(*loaded);
  if (operation.expected_version && *operation.expected_version != stream.version) {
    Failure failure{FailureKind::precondition,
                    "version_mismatch",
                    {"版本不符，当前版本为 " + std::to_string(stream.version),
                     "the version does not hold: it is " + std::to_string(stream.version)}};
    failure.version = stream.version;
    return failure;
  }

  if (auto* fee = std::get_if<FeeNotified>(&*event); fee && !operation.sealed)
    if (auto counted = count_prior_items(*fee, stream); !counted) return counted;
  if (auto refused = refusal_of_itself(*event, id.hex(), "/data")) return *refused;
  Proposal proposal{
      operation, **type, {0, stream.version + 1, operation.on, std::move(*event)}, {}};
  if (auto checked = check_targets(proposal, stream, id); !checked) return checked;
  if (std::holds_alternative<ApplicantErased>(proposal.fact.event))
    if (auto checked = check_erasure(stream, id, operation.on); !checked) return checked;
  if (auto judged = judge(stream, id, proposal); !judged) return judged;

  note_applicant(stream, proposal.fact.event);
  auto halves = encode(proposal.fact.event, proposal.amended);
  Envelope envelope{*type,
                    (*type)->info().version,
                    operation.on,
                    to.stream ? stream.organ : to.organ,
                    to.stream ? "" : to.number,
                    to.requests,
                    operation.source,
                    operation.documents,
                    std::move(halves.open.get_object())};
  Draft draft{id,
              proposal.fact.version,
              operation.actor,
              to_json(std::move(envelope)),
              operation.sealed ? json::value{}
                               : join_private(std::move(halves), operation.documents),
              operation.sealed,
              operation.recorded_at,
              stream.applicant_ref,
              is_erasure(**type)};
  auto prepared = is_followed_ ? prepare_to_follow(std::move(draft)) : prepare(draft);
  if (!prepared) return prepared.error();
  if (prepared->erases) erase_with(id, operation);
  append_.can_wait |= to.kind == StreamKind::request && !to.stream;
  stream.version = proposal.fact.version;
  stream.pending.push_back(append_.entries.size());
  append_.entries.push_back(std::move(*prepared));
  streams_[id] = std::move(stream);
  if (!operation.label.empty()) labels_[operation.label] = id;
  return {};
}

void Workspace::note_applicant(Stream& stream, const Event& event) {
  auto take = [&](const auto& part) {
    if (part.ref) stream.applicant_ref = part.ref->value;
  };
  if (auto* submitted = std::get_if<RequestSubmitted>(&event); submitted && submitted->applicant)
    take(*submitted->applicant);
  if (auto* received = std::get_if<RequestReceived>(&event)) take(received->applicant);
  if (auto* updated = std::get_if<ApplicantUpdated>(&event)) take(*updated);
  if (std::holds_alternative<ApplicantErased>(event)) stream.applicant_ref.clear();
  auto* fee = std::get_if<FeeNotified>(&event);
  if (fee && fee->scheme == FeeScheme::by_item && stream.request.received_on)
    charged_items_[{stream.organ, stream.applicant_ref, month_of(*stream.request.received_on)}] +=
        fee->quantity.value;
}

Result<void> Workspace::count_prior_items(FeeNotified& fee, const Stream& stream) const {
  auto& received_on = stream.request.received_on;
  if (fee.scheme != FeeScheme::by_item || fee.prior_items || !received_on ||
      stream.applicant_ref.empty())
    return {};
  if (!register_.has_texts()) return texts_not_read();
  auto month = month_of(*received_on);
  auto charged = charged_items_.find({stream.organ, stream.applicant_ref, month});
  auto items = charged == charged_items_.end() ? 0 : charged->second;
  for (auto* request : register_.requests_of(stream.applicant_ref)) {
    if (request->organ != stream.organ || request->state.voided ||
        month_of(*request->state.received_on) != month)
      continue;
    for (auto& earlier : request->state.fees)
      if (earlier.scheme == FeeScheme::by_item) items += earlier.quantity;
  }
  if (items > 0) fee.prior_items = Count{items};
  return {};
}

// ---- checks -------------------------------------------------------------------------------------

Result<void> Workspace::check_organ_of(const Destination& to, const EventType& type, Day on) const {
  if (to.stream) return {};
  if (to.kind == StreamKind::organ) {
    if (is_organ_code(to.organ)) return {};
    return invalid("/organ",
                   {"应为机关代码（字母、数字、. - _，不超过 64 个）",
                    "must be an organ code (letters, digits, . - _; at most 64)"},
                   "bad_organ_code");
  }
  if (to.kind == StreamKind::calendar && to.organ == Notice::national) return {};
  auto organ = organs().find(to.organ);
  if (organ == organs().end())
    return invalid("/organ", {"机关未登记", "no such organ"}, "unknown_organ");
  bool receipt = type.info().type == std::string_view(RequestReceived::info.type);
  if (receipt && organ->second.ended_on && on > *organ->second.ended_on)
    return impossible("organ_ended", "该机关已合并或撤销，不能再收到申请",
                      "the organ has been merged or dissolved: it receives nothing");
  return {};
}

Result<Event> Workspace::read_event(const Operation& operation, const EventType& type) const {
  DecodeOptions options{.private_may_be_missing = operation.sealed.has_value(),
                        .request_id = translate_};
  if (!options.request_id)
    options.request_id = [this](const std::string& id) { return resolve_request({}, id); };
  auto event = decode(type, operation.data, options);
  if (!event) return event.error();
  if (auto refused = inconsistency(*event)) return *refused;
  if (auto* figure = std::get_if<FigureRecorded>(&*event))
    if (auto refused = refusal_of_figure(*figure, editions_, "/data")) return *refused;
  return event;
}

/// With the request goes the file of a dispute that concerns nobody but persons erased.
void Workspace::erase_with(const StreamId& request, const Operation& operation) {
  if (!operation.erased_person.empty()) append_.erased_persons.push_back(operation.erased_person);
  auto is_gone = [&](const std::string& hex) {
    auto id = StreamId::parse(hex);
    auto* row = id ? register_.find_request(*id) : nullptr;
    auto here = id ? streams_.find(*id) : streams_.end();
    return (id && *id == request) || (row && row->state.erased_on) ||
           (here != streams_.end() && here->second.request.erased_on);
  };
  for (auto& row : register_.disputes()) {
    auto linked = row.requests;
    for (auto& each : row.state.requests) linked.push_back(each.value);
    bool concerns = std::ranges::find(linked, request.hex()) != linked.end();
    if (concerns && std::ranges::all_of(linked, is_gone))
      append_.erasures.push_back({row.id, row.version});
  }
}

std::vector<std::string> Workspace::open_disputes_of(const StreamId& request, Day on) const {
  std::vector<std::string> refs;
  auto id = request.hex();
  auto look = [&](const std::string& ref, const std::vector<std::string>& linked,
                  const Dispute& dispute) {
    bool concerns =
        std::ranges::find(linked, id) != linked.end() ||
        std::ranges::find(dispute.requests, id, &RequestRef::value) != dispute.requests.end();
    if (concerns && dispute.is_pending(on)) refs.push_back(ref);
  };
  for (auto& row : register_.disputes())
    if (!streams_.contains(row.id)) look(row.ref, row.requests, row.state);
  for (auto& [stream_id, stream] : streams_)
    if (stream.kind == StreamKind::dispute) look(stream.ref, stream.linked, stream.dispute);
  std::ranges::sort(refs);
  return refs;
}

Result<void> Workspace::check_erasure(const Stream& stream, const StreamId& id, Day on) const {
  auto recorded = records(id, stream);
  if (!recorded) return recorded.error();
  ErasureSurroundings surroundings{open_disputes_of(id, on), has_private_since_erasure(*recorded)};
  if (auto refused = refusal_of_erasure(stream.request, on, surroundings)) return *refused;
  return {};
}

/// 更正、撤销、送达 point at an earlier event of the same stream.
Result<void> Workspace::check_targets(Proposal& proposal, const Stream& stream,
                                      const StreamId& id) const {
  auto* amended = std::get_if<EventAmended>(&proposal.fact.event);
  auto* retracted = std::get_if<EventRetracted>(&proposal.fact.event);
  auto* served = std::get_if<NoticeServed>(&proposal.fact.event);
  if (!amended && !retracted && !served) return {};
  auto target = (amended     ? amended->target
                 : retracted ? retracted->target
                             : served->target)
                    .version;
  if (target >= proposal.fact.version)
    return invalid("/data/target", {"没有该版本的事项", "no event of that version"},
                   "unknown_target");
  bool may_go = stream.kind == StreamKind::figure || stream.kind == StreamKind::calendar ||
                stream.kind == StreamKind::report;
  if (retracted && target == 1 && !may_go)
    return impossible("first_event", "首个事项不能撤销，应作废登记",
                      "the first event cannot be retracted: void the registration");
  if (served) return {};
  auto recorded = records(id, stream);
  if (!recorded) return recorded.error();
  if (retracted) {
    if (auto refused = refusal_of_retraction(*(*recorded)[target - 1].type)) return *refused;
    return {};
  }
  proposal.amended = amended_types(*recorded, target);
  if (amended->on && *amended->on > today_) {
    auto failure = in_the_future(today_);
    failure.fields.front().pointer = "/data/on";
    return failure;
  }
  if (!amended->data) return {};
  DecodeOptions options{.private_may_be_missing = proposal.operation.sealed.has_value(),
                        .request_id = translate_};
  if (!options.request_id)
    options.request_id = [this](const std::string& ref) { return resolve_request({}, ref); };
  auto patch = check_patch(proposal.amended, *amended->data, options);
  if (!patch) return patch.error();
  amended->data = std::move(*patch);
  return {};
}

// ---- judging ------------------------------------------------------------------------------------

Result<void> Workspace::judge(Stream& stream, const StreamId& id, const Proposal& proposal) {
  auto& fact = proposal.fact;
  bool changes_history = is_amendment(proposal.type) || is_retraction(proposal.type);
  auto latest = stream.kind == StreamKind::dispute ? stream.dispute.latest : stream.request.latest;
  bool in_order = fact.order() > latest && !changes_history;
  if (stream.kind == StreamKind::request && !changes_history && is_sealed(stream.request) &&
      !may_follow_sealing(fact.event))
    // Whatever its date: nothing may be slipped in before the day of the voiding.
    return *refusal(stream.request, fact);
  if (stream.kind == StreamKind::dispute && !changes_history && stream.dispute.voided)
    return *refusal(stream.dispute, fact);
  if (in_order && stream.kind == StreamKind::request) {
    if (auto refused = refusal(stream.request, fact)) return *refused;
    evolve(stream.request, fact);
    return {};
  }
  if (in_order && stream.kind == StreamKind::dispute) {
    if (auto refused = refusal(stream.dispute, fact)) return *refused;
    evolve(stream.dispute, fact);
    return {};
  }
  if (stream.kind == StreamKind::figure && proposal.fact.version == 1) return {};
  if (stream.kind == StreamKind::calendar && !changes_history) return {};
  if (stream.kind == StreamKind::report)
    if (auto placed = check_report(proposal.fact.event, "/data"); !placed) return placed;
  return judge_again(stream, id, proposal);
}

/// The whole history with the new event in its place.
Result<void> Workspace::judge_again(Stream& stream, const StreamId& id, const Proposal& proposal) {
  auto history = records(id, stream);
  if (!history) return history.error();
  auto halves = encode(proposal.fact.event, proposal.amended);
  merge_into(halves.open, halves.closed);
  history->push_back({0, proposal.fact.version, proposal.fact.on, &proposal.type,
                      std::move(halves.open.get_object())});
  auto facts = resolve(*history);
  if (!facts) return facts.error();
  for (auto& fact : *facts)
    if (auto refused = inconsistency(fact.event)) return *refused;
  if (is_amendment(proposal.type))
    for (auto& fact : *facts)
      if (auto refused = refusal_of_itself(fact.event, id.hex(), "/data/data")) return *refused;
  switch (stream.kind) {
  case StreamKind::request: {
    auto judged = judge_case(*facts);
    if (!judged) return judged.error();
    stream.request = std::move(*judged);
    return {};
  }
  case StreamKind::dispute: {
    auto judged = judge_dispute(*facts);
    if (!judged) return judged.error();
    stream.dispute = std::move(*judged);
    return {};
  }
  case StreamKind::figure:
    return judge_figure(*facts);
  case StreamKind::calendar:
    return {};
  case StreamKind::report: {
    for (auto& fact : *facts)
      if (auto checked = check_report(fact.event, "/data/data"); !checked) return checked;
    if (auto refused = refusal_of_report(*facts)) return *refused;
    return {};
  }
  case StreamKind::organ:
  case StreamKind::any:
    break;
  }
  return judge_organ(stream.organ, *facts);
}

/// Cells that the edition does not have, and figures counted from what is not there yet.
Result<void> Workspace::check_report(const Event& event, const std::string& at) const {
  std::uint64_t position = 0;
  Result<void> checked;
  auto check = [&](auto& e, const std::string& edition_of_proactive) {
    auto tables = read_tables(
        report_document(int(e.year.value), e.edition, edition_of_proactive, e.cells.tables),
        editions_);
    if (!tables) checked = located(tables.error(), at + "/cells");
  };
  if (auto* e = std::get_if<ReportSubmitted>(&event)) {
    check(*e, e->edition);
    position = e->position.seq;
  } else if (auto* e = std::get_if<ReportPublished>(&event)) {
    check(*e, e->edition);
    position = e->position.seq;
  } else if (auto* e = std::get_if<ReportCollected>(&event)) {
    check(*e, e->proactive_edition.value_or(e->edition));
  }
  if (checked && position > register_.size() + append_.entries.size())
    return invalid(at + "/position",
                   {"日志尚未到该序号", "the log does not reach that position yet"},
                   "position_ahead");
  return checked;
}

Result<void> Workspace::judge_figure(const std::vector<Fact>& facts) const {
  std::size_t recorded = 0;
  for (auto& fact : facts) {
    auto* figure = std::get_if<FigureRecorded>(&fact.event);
    recorded += figure ? 1 : 0;
    if (!figure) continue;
    if (auto refused = refusal_of_figure(*figure, editions_, "/data/data")) return *refused;
  }
  if (recorded <= 1) return {};
  return impossible("second_figure", "一个数字卷只能填报一次，应更正或另行填报",
                    "a figure is recorded once: amend it, or record another");
}

Result<void> Workspace::judge_organ(const std::string& code, const std::vector<Fact>& facts) {
  if (auto refused = refusal_of_organ(facts)) return *refused;
  auto organ = fold_organ(facts);
  auto unknown = [](const char* member) {
    return invalid(pointer_to("/data", std::string_view(member)),
                   {"机关未登记或即为本机关", "no such organ, or the organ itself"},
                   "unknown_organ");
  };
  if (organ.parent && (*organ.parent == code || !organ_exists(*organ.parent)))
    return unknown("parent");
  for (auto& over : organ.hand_overs)
    if (over.to == code || !organ_exists(over.to)) return unknown(over.merger ? "into" : "to");
  auto tree = organs();
  tree[code] = organ;
  if (organ.parent && is_within(tree, *organ.parent, code))
    return impossible("region_cycle", "上级机关不能隶属于本机关",
                      "the parent stands below this organ");
  own_organs_ = std::make_unique<Organs>(std::move(tree));
  return {};
}

Result<std::vector<Entry>> supposed_entries(const Append& append, std::uint64_t position,
                                            Instant at) {
  std::vector<Entry> entries;
  for (auto& prepared : append.entries) {
    auto entry = read_leaf(++position, prepared.leaf(prepared.recorded_at.value_or(at)));
    if (!entry) return entry.error();
    entries.push_back(std::move(*entry));
  }
  return entries;
}

} // namespace mingce
