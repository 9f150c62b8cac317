#include "app/request_views.hpp"

#include "app/clock_views.hpp"

namespace mingce {
namespace {

/// A request as it is to be shown.
struct Shown {
  StreamId id;
  std::string register_no, organ;
  std::uint32_t version = 0;
  Case state;
};

void add(json::object& out, const Particulars& text) {
  out["applicant"] = text.applicant;
  out["subject"] = nullptr;
  for (auto& member : text.members) out[member.key()] = member.value();
  out["assignee"] = text.assignee;
}

void add(JsonText& out, const RecentTexts::Written& text) { out.add(text.members); }

/// `out`: an object, or the text of one.
template <class Out, class Text>
void describe(Out& out, const Shown& shown, const Text& text, const Viewpoint& from,
              Language language) {
  auto& state = shown.state;
  out["id"] = shown.id.hex();
  out[number_member(StreamKind::request)] = shown.register_no;
  out["organ"] = shown.organ;
  out["matter"] = to_word(state.matter);
  out["channel"] = to_word(state.channel);
  add(out, text);
  out["state"] = to_word(state.state());
  out["received_on"] = or_null(state.received_on);
  auto terms = from.terms();
  auto clock = run_clock(state.steps, terms, Reading::ordinary, from.today);
  add_clock(out, read_clock(state, clock, from.today, terms, from.lamps));
  auto& conclusion = state.conclusion;
  out["outcome"] = or_null(conclusion ? std::optional{conclusion->outcome} : std::nullopt);
  out["concluded_on"] = or_null(conclusion ? std::optional{conclusion->on} : std::nullopt);
  out["correction_by"] = or_null(state.correction_by);
  out["payment_by"] = or_null(state.payment_by);
  out["erased_on"] = or_null(state.erased_on);
  out["legal_hold"] = state.holds > 0;
  json::array consultations;
  for (auto& consultation : state.consultations)
    if (consultation.open) consultations.push_back(json::string(consultation.id));
  out["open_consultations"] = std::move(consultations);
  if (state.redo.open || state.redo.conclusion) {
    auto& redone = state.redo.conclusion;
    out["redo"] = json::object{
        {"open", state.redo.open},
        {"due_on", json::value(or_null(state.redo.due_on))},
        {"outcome", json::value(or_null(redone ? std::optional{redone->outcome} : std::nullopt))},
        {"concluded_on", json::value(or_null(redone ? std::optional{redone->on} : std::nullopt))}};
  }
  add_timers(out, timers_of(state.steps, clock, from.today, terms, from.lamps), state);
  if (!state.fees.empty()) out["fees"] = fees_of(state, *from.law);
  out["version"] = std::int64_t(shown.version);
  out["irregularities"] = to_json(irregularities(state, terms), language);
  out["incomplete"] = to_json(gaps(state, terms), language);
}

/// Of an entry that has just been recorded, both halves of it.
Result<Event> event_of(const Entry& entry) {
  auto* type = find_event_type(std::string_view(entry.event.at("type").as_string()));
  json::object contents{{"data", entry.event.at("data")}};
  if (entry.body) merge_private(contents, *entry.body);
  return decode(*type, contents.at("data"));
}

/// What the text of a request is made of; it changes with nothing else.
bool is_text(std::string_view type) {
  for (auto* each :
       {RequestSubmitted::info.type, RequestReceived::info.type, ApplicantUpdated::info.type,
        ApplicantReclassified::info.type, RequestAssigned::info.type, EventAmended::info.type,
        EventRetracted::info.type, ApplicantErased::info.type})
    if (type == each) return true;
  return false;
}

} // namespace

// ---- text ---------------------------------------------------------------------------------------

namespace {

struct TextReader {
  Particulars& text;

  void operator()(const RequestSubmitted& e) { opening(full_data(e)); }
  void operator()(const RequestReceived& e) { opening(full_data(e)); }
  void operator()(const ApplicantUpdated& e) { apply_patch(text.applicant, full_data(e)); }
  void operator()(const ApplicantReclassified& e) { text.applicant["kind"] = to_word(e.kind); }
  void operator()(const RequestAssigned& e) { text.assignee = full_data(e); }
  template <class Other>
  void operator()(const Other&) {}

  void opening(json::object data) {
    if (auto* given = data.if_contains("applicant"); given && given->is_object())
      text.applicant = std::move(given->get_object());
    for (auto* name :
         {"subject", "description", "form", "delivery", "items", "submitted_on", "referred_from"})
      if (auto* value = data.if_contains(name)) text.members[name] = std::move(*value);
  }
};

} // namespace

void Particulars::take(const Event& event) { std::visit(TextReader{*this}, event); }

Particulars Particulars::of(std::span<const Fact> facts) {
  Particulars text;
  for (auto& fact : facts) text.take(fact.event);
  return text;
}

namespace {

/// In the order in which a view shows them.
std::string members_of(const Particulars& text) {
  JsonText out;
  out["applicant"] = text.applicant;
  auto* subject = text.members.if_contains("subject");
  out["subject"] = subject ? *subject : json::value(nullptr);
  for (auto& member : text.members)
    if (member.key() != "subject") out[member.key()] = member.value();
  out["assignee"] = text.assignee;
  return std::string(out.members());
}

} // namespace

RecentTexts::Written::Written(Particulars text)
    : particulars(std::move(text)), members(members_of(particulars)) {}

RecentTexts::Text RecentTexts::find(const StreamId& stream, std::uint32_t version) const {
  auto& shard = shard_of(stream);
  std::lock_guard lock(shard.mutex);
  auto* kept = find(shard, stream);
  return kept && kept->version == version ? kept->text : nullptr;
}

RecentTexts::Kept* RecentTexts::find(Shard& shard, const StreamId& stream) {
  for (auto* half : {&shard.young, &shard.old})
    if (auto found = half->find(stream); found != half->end()) return &found->second;
  return nullptr;
}

RecentTexts::View RecentTexts::find_view(const StreamId& stream, const Aspect& aspect) const {
  auto& shard = shard_of(stream);
  std::lock_guard lock(shard.mutex);
  auto* kept = find(shard, stream);
  return kept && kept->view && kept->aspect == aspect ? kept->view : nullptr;
}

void RecentTexts::keep_view(const StreamId& stream, const Aspect& aspect, View view) {
  auto& shard = shard_of(stream);
  std::lock_guard lock(shard.mutex);
  auto* kept = find(shard, stream);
  if (!kept || kept->version != aspect.version) return;
  kept->aspect = aspect;
  kept->view = std::move(view);
}

void RecentTexts::keep(const StreamId& stream, std::uint32_t version, Text text) {
  auto& shard = shard_of(stream);
  std::lock_guard lock(shard.mutex);
  if (shard.young.size() >= generation) {
    shard.old = std::move(shard.young);
    shard.young.clear();
  }
  auto& kept = shard.young[stream];
  if (version >= kept.version) kept = {version, std::move(text)};
}

void RecentTexts::forget(const StreamId& stream) {
  auto& shard = shard_of(stream);
  std::lock_guard lock(shard.mutex);
  shard.young.erase(stream);
  shard.old.erase(stream);
}

// ---- views --------------------------------------------------------------------------------------

Result<json::object> request_view(const LogView& log, const Viewpoint& from, const StreamId& stream,
                                  Language language, LogView::Half half) {
  auto history = read_history(log, stream, from.up_to, half);
  if (!history) return history.error();
  auto& first = history->entries.front();
  auto* number = first.event.if_contains(number_member(StreamKind::request));
  Shown shown{stream, number ? std::string(number->as_string()) : "",
              std::string(first.event.at("organ").as_string()), history->entries.back().version,
              fold_case(history->facts)};
  json::object out;
  out.reserve(48);
  describe(out, shown, Particulars::of(history->facts), from, language);
  return out;
}

Result<RecentTexts::Text> RequestViews::text_of(const StreamId& stream, std::uint32_t version,
                                                std::uint64_t up_to) const {
  if (auto known = texts_.find(stream, version)) return known;
  auto history = read_history(office_.log(), stream, up_to, LogView::Half::both);
  if (!history) return history.error();
  auto text = std::make_shared<const RecentTexts::Written>(Particulars::of(history->facts));
  texts_.keep(stream, history->entries.back().version, text);
  return text;
}

/// As it stands, if it still has that version (0: whatever it has) and nothing else has changed
/// since that position: then what was written for the last reader is what this one gets.
Result<WrittenView> RequestViews::as_it_stood(const StreamId& stream, std::uint32_t version,
                                              std::uint64_t up_to, Day today,
                                              Language language) const {
  RecentTexts::Aspect aspect{0, 0, today, language};
  bool is_present = office_.read([&](const Register& reg) {
    auto* row = reg.find_request(stream);
    aspect.version = row ? row->version : 0;
    aspect.surroundings = reg.surroundings_seq();
    if (version == 0) up_to = reg.size();
    return row && (version == 0 || row->version == version) && aspect.surroundings <= up_to;
  });
  if (!is_present && version == 0) return no_such_record();
  if (!is_present) return written_as(stream, version, up_to, today, language);
  if (auto known = texts_.find_view(stream, aspect)) return WrittenView{*known, aspect.version};
  auto written = written_as(stream, aspect.version, up_to, today, language);
  if (written) texts_.keep_view(stream, aspect, std::make_shared<const std::string>(written->json));
  return written;
}

Result<WrittenView> RequestViews::written_as(const StreamId& stream, std::uint32_t version,
                                             std::uint64_t up_to, Day today,
                                             Language language) const {
  std::optional<Shown> shown;
  auto from = office_.read([&](const Register& reg) {
    auto* row = reg.find_request(stream);
    if (row && row->version == version)
      shown = Shown{stream, row->register_no, row->organ, row->version, row->state};
    return Viewer(reg, office_.statutes().law, up_to, today).of(row ? row->organ : "");
  });
  // It has gone on meanwhile: as it was then.
  if (!shown) return written(request_view(office_.log(), from, stream, language));
  auto text = text_of(stream, shown->version, up_to);
  if (!text) return text.error();
  JsonText out;
  describe(out, *shown, **text, from, language);
  return WrittenView{out.take(), shown->version};
}

Result<WrittenView> RequestViews::as_it_stands(const StreamId& stream, Day today,
                                               Language language) const {
  return as_it_stood(stream, 0, 0, today, language);
}

/// The last fact of its case, by its legal date too.
bool RequestViews::is_in_order(const Entry& last) const {
  return office_.read([&](const Register& reg) {
    auto* row = reg.find_request(last.stream);
    return row && row->version == last.version && row->state.latest.second == last.version;
  });
}

Result<WrittenView> RequestViews::as_recorded(const Entry& last, Language language) const {
  auto type = std::string_view(last.event.at("type").as_string());
  auto before = last.version > 1 ? texts_.find(last.stream, last.version - 1)
                                 : std::make_shared<const RecentTexts::Written>(Particulars{});
  if (type == ApplicantErased::info.type)
    texts_.forget(last.stream);
  else if (before && !is_text(type))
    texts_.keep(last.stream, last.version, before);
  else if (before && is_in_order(last))
    if (auto event = event_of(last)) {
      auto text = before->particulars;
      text.take(*event);
      texts_.keep(last.stream, last.version,
                  std::make_shared<const RecentTexts::Written>(std::move(text)));
    }
  // Its reader has it now: it is not kept for another.
  return written_as(last.stream, last.version, last.seq, civil_day(last.recorded_at), language);
}

} // namespace mingce
