#include "projection/search_texts.hpp"

#include "projection/register.hpp"
#include "rules/erasure.hpp"

#include <boost/container/static_vector.hpp>

#include <algorithm>

namespace mingce {
namespace {

void collect_names(const json::object& applicant, std::vector<std::string>& names) {
  auto add = [&](const json::value* name) {
    if (name && name->is_string()) names.emplace_back(name->get_string());
  };
  add(applicant.if_contains("name"));
  if (auto* agent = applicant.if_contains("agent"); agent && agent->is_object())
    add(agent->get_object().if_contains("name"));
  if (auto* others = applicant.if_contains("co_applicants"); others && others->is_array())
    for (auto& other : others->get_array())
      if (other.is_object()) add(other.get_object().if_contains("name"));
}

bool is(const EventType& type, const EventInfo& info) {
  return type.info().type == std::string_view(info.type);
}

/// The public data of an entry and the private ones, if they are there; of an amendment its patch.
using DataHalves = boost::container::static_vector<const json::object*, 2>;

DataHalves data_halves_of(const Entry& entry, const EventType& type) {
  DataHalves halves;
  auto add = [&](const json::object& data) {
    if (!is_amendment(type))
      halves.push_back(&data);
    else if (auto* patch = data.if_contains("data"); patch && patch->is_object())
      halves.push_back(&patch->get_object());
  };
  add(data_of(entry.event));
  if (auto* body = entry.body ? entry.body->if_object() : nullptr) add(*body);
  return halves;
}

/// A text stands in one of the halves only.
std::string text_in(const DataHalves& halves, std::string_view name) {
  for (auto* half : halves)
    if (auto text = text_member(*half, name); !text.empty()) return text;
  return {};
}

} // namespace

Failure texts_not_read() {
  return {FailureKind::busy,
          "texts_not_read",
          {"服务刚启动，检索用的内容尚在读取，请稍后重试",
           "the server has just started and is still reading what searches need: retry later"}};
}

void SearchTexts::note_ref(std::size_t request, std::string ref) {
  auto& known = texts_[request].ref;
  if (ref == known) return;
  auto [at, end] = by_ref_.equal_range(known);
  while (at != end) at = at->second == request ? by_ref_.erase(at) : std::next(at);
  if (!ref.empty()) by_ref_.emplace(ref, request);
  known = std::move(ref);
}

/// After an amendment or a retraction: by the facts of the whole stream, in their order.
Result<void> SearchTexts::assign_again(SearchText& text, const Entry& last) const {
  auto entries = read_stream_(last.stream, last.seq);
  if (!entries) return entries.error();
  auto records = to_records(*entries);
  if (!records) return records.error();
  auto facts = resolve(*records);
  if (!facts) return facts.error();
  text.unit.clear();
  text.person.clear();
  text.assigned = {};
  for (auto& fact : *facts)
    if (auto* assigned = std::get_if<RequestAssigned>(&fact.event)) {
      text.unit = assigned->unit.value_or("");
      text.person = assigned->person ? assigned->person->value : "";
      text.assigned = fact.order();
    }
  return {};
}

Result<void> SearchTexts::note(std::size_t request, const EnvelopeHead& envelope,
                               const Entry& entry) {
  if (request == texts_.size()) texts_.emplace_back();
  auto& text = texts_[request];
  if (is_erasure(*envelope.type)) {
    note_ref(request, "");
    auto unit = std::move(text.unit); // no person's name
    auto assigned = text.assigned;
    text = {};
    text.unit = std::move(unit);
    text.assigned = assigned;
    return {};
  }
  bool is_change = is_amendment(*envelope.type) || is_retraction(*envelope.type);
  if (is_change && text.assigned != std::pair<Day, std::uint32_t>{})
    if (auto assigned = assign_again(text, entry); !assigned) return assigned;
  auto halves = data_halves_of(entry, *envelope.type);
  if (auto subject = text_in(halves, "subject"); !subject.empty()) text.subject = subject;
  if (auto number = text_in(halves, "document_no"); !number.empty())
    text.document_nos.push_back(number);
  for (auto* half : halves) {
    auto* applicant = half->if_contains("applicant");
    if (applicant && applicant->is_object()) note_applicant(request, applicant->get_object());
    if (is(*envelope.type, ApplicantUpdated::info)) note_applicant(request, *half);
  }
  std::pair order{envelope.on, entry.version};
  if (is(*envelope.type, RequestAssigned::info) && order > text.assigned) {
    text.unit = text_in(halves, "unit");
    text.person = text_in(halves, "person");
    text.assigned = order;
  }
  return {};
}

void SearchTexts::note_applicant(std::size_t request, const json::object& applicant) {
  collect_names(applicant, texts_[request].names);
  if (auto ref = text_member(applicant, "ref"); !ref.empty()) note_ref(request, std::move(ref));
}

std::vector<std::size_t> SearchTexts::requests_of(const std::string& ref) const {
  std::vector<std::size_t> places;
  for (auto [at, end] = by_ref_.equal_range(ref); at != end; ++at) places.push_back(at->second);
  std::ranges::sort(places);
  return places;
}

SearchTexts::StreamReader both_halves_of(const EntrySource& log) {
  return [&log](const StreamId& stream, std::uint64_t up_to) {
    return log.read_stream(stream, up_to, EntrySource::Half::both);
  };
}

SearchTextReader::SearchTextReader(const EntrySource& log)
    : log_(log), texts_(both_halves_of(log)) {}

Result<void> SearchTextReader::read_to(std::uint64_t position, const std::function<bool()>& go_on) {
  Result<void> read;
  auto scanned = log_.scan(position_ + 1, position, EntrySource::Half::both, [&](Entry&& entry) {
    auto envelope = read_envelope_head(entry.event);
    if (!envelope) {
      read = envelope.error();
      return false;
    }
    position_ = entry.seq;
    if (envelope->type->info().stream == StreamKind::request && entry.version == 1)
      places_.emplace(entry.stream, texts_.size());
    if (auto place = places_.find(entry.stream); place != places_.end())
      read = texts_.note(place->second, *envelope, entry);
    return read.has_value() && (!go_on || go_on());
  });
  return scanned ? read : scanned;
}

} // namespace mingce
