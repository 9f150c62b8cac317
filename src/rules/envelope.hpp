#pragma once
// What every event says beside its data: its type, its legal date, whose register it belongs to,
// where it comes from, which papers bear it out. The public half of it is what a leaf holds.

#include "rules/history.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace mingce {

/// A paper behind a fact, by its digest; the bytes stay in the organ's own store.
struct Document {
  std::string kind;
  std::optional<std::string> number;
  std::string sha256; ///< 64 hexadecimal digits
  std::uint64_t size = 0;
  std::optional<std::string> sm3{};  ///< GB/T 32905, 64 hexadecimal digits
  std::optional<std::string> name{}; ///< of the file; private: it may name a person
};

/// All of it but the data.
struct EnvelopeHead {
  const EventType* type = nullptr;
  std::uint32_t type_version = 1;
  Day on{};
  std::string organ;
  std::string number;                ///< register_no or ref, on the first event of a stream
  std::vector<std::string> requests; ///< ids, on the first event of a dispute
  Source source = Source::observed;
  std::vector<Document> documents;
};

struct Envelope : EnvelopeHead {
  json::object data; ///< full or public half
};

/// The public half as it stands in a leaf; `data` is taken as it is, names of papers are left out.
json::object to_json(Envelope envelope);
/// Reads it back. `corrupt` when the type or its version is not known to this program.
Result<Envelope> read_envelope(json::object event);
/// For who does not take the data away: they stay in the event.
Result<EnvelopeHead> read_envelope_head(const json::object& event);
/// Of an event whose head has been read.
const json::object& data_of(const json::object& event);

/// `documents` of a request body; pointers below `/documents`.
Result<std::vector<Document>> read_documents(const json::value& in);
/// Both halves are arrays of the same length, `{}` where a paper has no name; no private half where
/// none has.
Halves halves_of(const std::vector<Document>& documents);
/// Both halves together.
json::value wire_form(const std::vector<Document>& documents);

/// The member of a body that holds the names of the papers; no event has a member of that name.
inline constexpr const char* names_of_documents = "documents";

/// What a body holds: the private half of the data and the names of the papers. Null where there
/// is nothing private.
json::value join_private(Halves data, const std::vector<Document>& documents);
/// Lays a body over the public half of its event: names into `documents`, the rest into `data`.
void merge_private(json::object& event, const json::value& body);

/// Whether an event of that type can be the first of its stream.
bool opens_stream(const EventType& type);

/// An organ is its code and a calendar its region; everything else has a number within its organ.
bool is_named_by_organ(StreamKind kind);

/// The member that names a stream when it is opened: `register_no` for a request, else `ref`.
const char* number_member(StreamKind kind);

} // namespace mingce
