#pragma once
// What a caller asks to be recorded, before anything has been checked against the register.

#include "app/fields.hpp"
#include "log/leaf.hpp"
#include "rules/envelope.hpp"

#include <optional>
#include <string>
#include <vector>

namespace mingce {

/// Where an operation goes.
struct Destination {
  /// The stream to append to; none opens a new one.
  std::optional<StreamId> stream{};
  StreamKind kind{}; ///< of the stream; `any`: found from the stream or the type

  // for a new stream
  std::string organ{};                 ///< whose register it enters; for an organ its own code
  std::string number{};                ///< register_no or ref; empty: the next free one is given
  std::vector<std::string> requests{}; ///< ids or register numbers, at the opening of a dispute
};

struct Operation : Destination {
  std::string stream_label{}; ///< the stream, by id or by the label of an earlier operation
  std::string label{};        ///< of a new stream: by which later operations of the batch name it

  // the event
  std::string type{};
  Day on{};
  json::value data = json::object{};
  Source source = Source::observed;
  std::vector<Document> documents{};

  // taken over from another log
  std::optional<Commitment> sealed{}; ///< the private half stays elsewhere
  std::optional<Instant> recorded_at{};
  std::string actor{};

  std::optional<std::uint32_t> expected_version{}; ///< If-Match
  /// With an erasure: the handle of the person all of whose keys go.
  std::string erased_person{};
  std::string at{}; ///< JSON pointer of this operation in what the caller sent
};

/// Reads `source` and `documents`, which may come with any event.
void read_provenance(FieldReader& reader, Operation& operation);

} // namespace mingce
