#include "app/workspace.hpp"

namespace mingce {

bool Workspace::knows(StreamKind kind, const StreamId& id) const {
  if (auto found = streams_.find(id); found != streams_.end()) return found->second.kind == kind;
  switch (kind) {
  case StreamKind::request:
    return register_.find_request(id) != nullptr;
  case StreamKind::dispute:
    return register_.find_dispute(id) != nullptr;
  case StreamKind::figure:
    return register_.find_figure(id) != nullptr;
  case StreamKind::calendar:
    return register_.find_calendar(id) != nullptr;
  case StreamKind::report:
    return register_.find_report(id) != nullptr;
  case StreamKind::organ:
  case StreamKind::any:
    break;
  }
  return std::ranges::any_of(organs(), [&](auto& organ) {
    return StreamId::of(to_word(StreamKind::organ), organ.first, "") == id;
  });
}

bool Workspace::organ_exists(const std::string& code) const { return organs().contains(code); }

Result<std::string> Workspace::resolve_request(const std::string& organ,
                                               const std::string& reference) const {
  if (auto labelled = labels_.find(reference); labelled != labels_.end())
    return labelled->second.hex();
  auto by_number = StreamId::of(to_word(StreamKind::request), organ, reference);
  if (knows(StreamKind::request, by_number)) return by_number.hex();
  auto by_id = StreamId::parse(reference);
  if (by_id && knows(StreamKind::request, *by_id)) return by_id->hex();
  return Failure{FailureKind::invalid, "unknown_request", {"所指的申请不存在", "no such request"}};
}

/// Before all texts have been read after a start, from the stream itself.
Result<std::string> Workspace::ref_of(const RegisteredRequest& row) const {
  if (auto* text = register_.text_of(row)) return text->ref;
  if (!log_.keys()) return std::string{};
  auto entries = log_.read_stream(row.id, register_.size(), LogView::Half::both);
  if (!entries) return entries.error();
  SearchTexts texts(both_halves_of(log_));
  for (auto& entry : *entries) {
    auto envelope = read_envelope_head(entry.event);
    if (!envelope) return envelope.error();
    if (auto noted = texts.note(0, *envelope, entry); !noted) return noted.error();
  }
  return texts.of(0).ref;
}

Result<Workspace::Stream> Workspace::load(const StreamId& id) const {
  if (auto found = streams_.find(id); found != streams_.end()) return found->second;
  Stream stream;
  if (auto* row = register_.find_request(id)) {
    stream.kind = StreamKind::request;
    stream.organ = row->organ;
    stream.version = row->version;
    stream.request = row->state;
    auto ref = ref_of(*row);
    if (!ref) return ref.error();
    stream.applicant_ref = std::move(*ref);
  } else if (auto* dispute = register_.find_dispute(id)) {
    stream.kind = StreamKind::dispute;
    stream.organ = dispute->organ;
    stream.version = dispute->version;
    stream.dispute = dispute->state;
    stream.ref = dispute->ref;
    stream.linked = dispute->requests;
  } else if (auto* figure = register_.find_figure(id)) {
    stream.kind = StreamKind::figure;
    stream.organ = figure->organ;
    stream.version = figure->version;
  } else if (auto* calendar = register_.find_calendar(id)) {
    stream.kind = StreamKind::calendar;
    stream.organ = calendar->region;
    stream.version = std::uint32_t(calendar->records.size());
  } else if (auto* report = register_.find_report(id)) {
    stream.kind = StreamKind::report;
    stream.organ = report->organ;
    stream.version = std::uint32_t(report->records.size());
  } else {
    for (auto& [code, organ] : organs())
      if (StreamId::of(to_word(StreamKind::organ), code, "") == id) {
        stream.kind = StreamKind::organ;
        stream.organ = code;
        stream.version = register_.organ_row(code) ? register_.organ_row(code)->version : 0;
        return stream;
      }
    return Failure{FailureKind::not_found, "unknown_stream", {"记录不存在", "no such record"}};
  }
  return stream;
}

Result<Workspace::Stream> Workspace::open(const Destination& to, const EventType& type) const {
  auto id = stream_of(to);
  if (knows(to.kind, id)) {
    auto* member = to.kind == StreamKind::organ ? "organ" : number_member(to.kind);
    Failure failure = invalid(pointer_to("", std::string_view(member)),
                              {"该编号已使用", "this number has been used already"});
    failure.kind = FailureKind::impossible;
    failure.code = type.info().type == std::string_view(RequestReceived::info.type)
                       ? "second_receipt"
                       : "number_taken";
    return failure;
  }
  Stream stream;
  stream.kind = to.kind;
  stream.organ = to.organ;
  stream.ref = to.number;
  stream.linked = to.requests;
  return stream;
}

Result<std::vector<Record>> Workspace::records(const StreamId& id, const Stream& stream) const {
  auto entries = log_.read_stream(id, register_.size(), LogView::Half::both);
  if (!entries) return entries.error();
  for (auto index : stream.pending) {
    auto& prepared = append_.entries[index];
    auto entry = read_leaf(0, prepared.leaf(Instant{}));
    if (!entry) return entry.error();
    if (!prepared.secret.empty()) {
      auto body = read_body(*entry->commitment, prepared.secret);
      if (!body) return body.error();
      entry->body = std::move(*body);
    }
    entries->push_back(std::move(*entry));
  }
  return to_records(*entries);
}

} // namespace mingce
