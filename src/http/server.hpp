#pragma once
// HTTP/1.1 over TCP or TLS, and nothing else: reads requests within limits, hands them to a
// handler, writes what it answers. Nothing outside server* knows Boost.Beast.

#include "base/cores.hpp"
#include "base/result.hpp"
#include "http/message.hpp"
#include "http/metrics.hpp"

#include <chrono>
#include <cstddef>
#include <functional>
#include <string>

namespace mingce {

struct ServerOptions {
  std::string host = "127.0.0.1"; ///< an address, not a name
  unsigned short port = 8080;
  std::string tls_certificate{}; ///< PEM files; both or none
  std::string tls_key{};

  std::size_t lanes = usable_cores(); ///< threads that connections live on
  std::size_t handler_threads = 32;   ///< for what may block; appends do not
  /// How long after a request processors are kept from sleeping; 0: they are not.
  std::chrono::microseconds awake{1'000};
  std::size_t max_connections = 2'000;
  std::size_t max_body_bytes = 1 << 20;
  std::size_t max_requests_per_connection = 1'000'000;

  // Deadlines are absolute: a client cannot renew one by sending another byte.
  std::chrono::seconds handshake{10}, head{10}, body{30}, write{30}, idle{60}, drain{30};
};

/// Serves until SIGTERM or SIGINT, then finishes what was accepted, answers new requests with 503
/// and returns. `listening` is told when connections are accepted. Failure `unusable` when the
/// address cannot be bound or the certificate cannot be used.
Result<void> serve(const ServerOptions& options, const Handler& handle, Metrics& metrics,
                   const std::function<void()>& listening);

/// Whether that address is one of this machine's own loopback.
bool is_loopback(const std::string& host);

} // namespace mingce
