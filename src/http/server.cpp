#include "http/server_session.hpp"

#include <span>
#include <vector>

namespace mingce {
namespace {

// ---- accepting ----------------------------------------------------------------------------------

using Lanes = std::vector<std::shared_ptr<Lane>>;

/// On the first lane; connections go to all of them in turn.
Awaitable<void> accept_connections(const Lanes& lanes, tcp::acceptor& acceptor,
                                   net::ssl::context* tls, Shared& shared) {
  for (std::size_t turn = 0;; ++turn) {
    auto& lane = lanes[turn % lanes.size()];
    auto [ec, socket] = co_await acceptor.async_accept(lane->io(), as_result);
    if (ec == net::error::operation_aborted || shared.stopping) co_return;
    if (ec) {
      // Out of descriptors: wait for some to come back instead of spinning.
      net::steady_timer pause(acceptor.get_executor(), std::chrono::milliseconds{50});
      co_await pause.async_wait(as_result);
      continue;
    }
    if (shared.sessions >= shared.options.max_connections) {
      shared.metrics.connection_refused();
      continue;
    }
    beast::error_code ignored;
    socket.set_option(tcp::no_delay(true), ignored);
    socket.non_blocking(true, ignored);
    auto executor = socket.get_executor();
    if (tls)
      net::co_spawn(executor,
                    run_session(net::ssl::stream<Socket>(std::move(socket), *tls), shared, lane),
                    net::detached);
    else
      net::co_spawn(executor, run_session(std::move(socket), shared, lane), net::detached);
  }
}

Failure unusable(const char* code, const char* zh, const char* en) {
  return {FailureKind::unusable, code, {zh, en}};
}

Result<void> load_certificate(net::ssl::context& tls, const ServerOptions& options) {
  beast::error_code ec;
  tls.set_options(net::ssl::context::default_workarounds | net::ssl::context::no_sslv2 |
                      net::ssl::context::no_sslv3 | net::ssl::context::no_tlsv1 |
                      net::ssl::context::no_tlsv1_1,
                  ec);
  if (!ec) tls.use_certificate_chain_file(options.tls_certificate, ec);
  if (!ec) tls.use_private_key_file(options.tls_key, net::ssl::context::pem, ec);
  if (ec)
    return unusable("tls_certificate", "TLS 证书或私钥无法使用",
                    "the TLS certificate or key cannot be used");
  return {};
}

Result<tcp::acceptor> listen(const net::any_io_executor& executor, const ServerOptions& options) {
  beast::error_code ec;
  auto address = net::ip::make_address(options.host, ec);
  if (ec)
    return unusable("bad_address", "监听地址有误", "the address to listen on is not an address");
  tcp::endpoint endpoint(address, options.port);
  tcp::acceptor acceptor(executor);
  acceptor.open(endpoint.protocol(), ec);
  if (!ec) acceptor.set_option(net::socket_base::reuse_address(true), ec);
  if (!ec) acceptor.bind(endpoint, ec);
  if (!ec) acceptor.listen(net::socket_base::max_listen_connections, ec);
  if (ec)
    return unusable("address_in_use", "无法监听该地址和端口",
                    "cannot listen on that address and port");
  return acceptor;
}

/// Nothing new is accepted; sleeping connections are woken to close; the others finish.
void begin_stopping(const Lanes& lanes, Shared& shared, tcp::acceptor& acceptor) {
  beast::error_code ignored;
  acceptor.close(ignored);
  shared.stopping = true;
  for (auto& each : lanes) each->post([lane = each] { lane->wake_idle(); });
}

Awaitable<void> drain(const Lanes& lanes, Shared& shared) {
  auto until = Watch::now() + shared.options.drain;
  while (shared.sessions > 0 && Watch::now() < until) {
    net::steady_timer pause(lanes.front()->io(), std::chrono::milliseconds{10});
    co_await pause.async_wait(as_result);
  }
  for (auto& lane : lanes) lane->stop();
}

} // namespace

bool is_loopback(const std::string& host) {
  beast::error_code ec;
  auto address = net::ip::make_address(host, ec);
  return !ec && address.is_loopback();
}

Result<void> serve(const ServerOptions& options, const Handler& handle, Metrics& metrics,
                   const std::function<void()>& listening) {
  Shared shared(options, handle, metrics); // outlives every connection, which the lanes own
  Lanes lanes;
  for (std::size_t i = 0; i < options.lanes; ++i) lanes.push_back(std::make_shared<Lane>(i));
  std::optional<net::ssl::context> tls;
  if (!options.tls_certificate.empty()) {
    tls.emplace(net::ssl::context::tls_server);
    if (auto loaded = load_certificate(*tls, options); !loaded) return loaded;
  }
  auto first = lanes.front()->io().get_executor(); // of the acceptor and the signals
  auto acceptor = listen(first, options);
  if (!acceptor) return acceptor.error();

  net::co_spawn(first, accept_connections(lanes, *acceptor, tls ? &*tls : nullptr, shared),
                net::detached);
  net::signal_set signals(first, SIGTERM, SIGINT);
  signals.async_wait([&](beast::error_code ec, int) {
    if (ec) return;
    begin_stopping(lanes, shared, *acceptor);
    net::co_spawn(first, drain(lanes, shared), net::detached);
  });
  listening();
  std::vector<std::jthread> threads;
  for (auto& lane : std::span(lanes).subspan(1)) threads.emplace_back([&lane] { lane->run(); });
  lanes.front()->run();
  threads.clear();
  shared.pool->join();
  return {};
}

} // namespace mingce
