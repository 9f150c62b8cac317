#pragma once
// A failure as RFC 9457 `application/problem+json`, in the caller's language.

#include "http/message.hpp"

namespace mingce {

/// The one mapping from kinds of failure to status codes.
unsigned status_of(FailureKind kind);

Response problem(const Failure& failure, Language language);
/// For what goes wrong before or beside the register (404, 405, 413 …).
Response problem(unsigned status, const char* code, const Text& detail, Language language);

/// The short name of a status, as in the title of a problem.
Text title_of(unsigned status);

} // namespace mingce
