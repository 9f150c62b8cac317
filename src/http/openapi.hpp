#pragma once
// The interface described for programs: OpenAPI 3.1 and one JSON Schema for each event type, both
// derived from the catalogue and the table of routes. Committed under schemas/api; a test compares.

#include "base/json.hpp"
#include "rules/codec.hpp"

namespace mingce {

json::object openapi_document();
/// A whole event of that type as a request body sends it.
json::object event_schema(const EventType& type);

} // namespace mingce
