#pragma once
// A request and a response without a word of the protocol library: what a handler is a function of.

#include "app/views.hpp"

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace mingce {

struct Request {
  std::string method;
  std::string path; ///< as sent, without the query
  std::string query;
  // Fields are taken from the head before the body is read: a trailer can change none of them.
  std::string accept, accept_language, content_type;
  std::string if_match, idempotency_key, prefer, actor, last_event_id;
  std::string body;
};

/// The next piece of a streamed body.
struct Piece {
  enum class Next { more, wait, end };
  std::string data;
  Next next = Next::end; ///< `wait`: nothing now, ask again a little later
};

struct Response {
  unsigned status = 200;
  std::string content_type = "application/json; charset=utf-8";
  std::string body;
  std::vector<std::pair<std::string, std::string>> fields{};
  /// When set, the body is streamed from here and `body` is ignored. Called by one thread at a
  /// time.
  std::function<Piece()> stream{};
  /// Template of the path, a literal: for logs and metrics, where no identity may get.
  std::string_view route = "unmatched";
};

/// Runs, on another thread, what may block.
using Aside = std::function<void(std::function<void()>)>;
/// Gives the answer, once, from any thread: what makes it is run where the connection lives.
using Reply = std::function<void(std::function<Response()>)>;
/// Answers a request, at once or later; it does not block. The request lives until the answer is
/// made.
using Handler = std::function<void(const Request&, const Aside&, Reply)>;

/// The language asked for with the greatest weight (RFC 9110 12.5.4) of those spoken here; Chinese
/// by default.
Language language_of(std::string_view accept_language);

/// `Prefer: return=minimal` (RFC 7240 4.2): the caller needs no view of what it has recorded.
bool prefers_minimal(const Request& request);

/// A version as an entity tag: `"3"`.
std::string etag_of(std::uint32_t version);

/// Percent-decoded; nullopt for a broken escape or bytes that are not UTF-8.
std::optional<std::string> percent_decoded(std::string_view text, bool plus_is_space = false);

} // namespace mingce
