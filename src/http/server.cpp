#include "http/server.hpp"

#include "http/head_guard.hpp"
#include "http/problem.hpp"

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <atomic>
#include <cstdio>
#include <iostream>
#include <map>
#include <memory>
#include <mutex>
#include <thread>

namespace mingce {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using net::use_awaitable;
using net::ip::tcp;
using Clock = std::chrono::steady_clock;

constexpr auto as_result = net::as_tuple(use_awaitable);

// ---- access log ---------------------------------------------------------------------------------

struct Access {
  std::string method, route;
  unsigned status = 0;
  std::size_t bytes_in = 0, bytes_out = 0;
  std::chrono::microseconds took{};
};

/// One JSON object a line. The route is a template: no identity, name or search word gets here.
void log_access(const Access& access) {
  auto now =
      std::chrono::time_point_cast<std::chrono::milliseconds>(std::chrono::system_clock::now());
  json::object line{{"at", to_string(now)},        {"method", access.method},
                    {"route", access.route},       {"status", access.status},
                    {"bytes_in", access.bytes_in}, {"bytes_out", access.bytes_out},
                    {"us", access.took.count()}};
  static std::mutex mutex;
  std::lock_guard lock(mutex);
  std::cerr << json::serialize(line) << '\n';
}

// ---- shared by all sessions ---------------------------------------------------------------------

struct Shared {
  const ServerOptions& options;
  const std::function<Response(const Request&)>& handle;
  Metrics& metrics;
  net::thread_pool handlers;
  std::atomic<bool> stopping = false;
  std::atomic<std::size_t> sessions = 0;
  std::mutex mutex{};
  std::map<const void*, std::function<void()>> idle{}; ///< wakes a connection that waits for work

  Shared(const ServerOptions& given, const std::function<Response(const Request&)>& handler,
         Metrics& counted)
      : options(given), handle(handler), metrics(counted), handlers(given.handler_threads) {}
};

Request to_request(const http::request<http::string_body>& message) {
  Request request;
  request.method = std::string(message.method_string());
  std::string_view target(message.target().data(), message.target().size());
  auto question = target.find('?');
  request.path = target.substr(0, question);
  if (question != target.npos) request.query = target.substr(question + 1);
  auto field = [&](auto name) { return std::string(message[name]); };
  request.accept = field(http::field::accept);
  request.accept_language = field(http::field::accept_language);
  request.content_type = field(http::field::content_type);
  request.if_match = field(http::field::if_match);
  request.idempotency_key = field("Idempotency-Key");
  request.actor = field("X-Actor");
  request.last_event_id = field("Last-Event-ID");
  return request;
}

/// The actor is written into the log: one line of text, not an essay.
bool is_good_actor(const std::string& actor) {
  json::error_code ec;
  json::parse(json::serialize(json::string(actor)), ec); // refuses what is not UTF-8
  return !ec && actor.size() <= 200;
}

Language language_in(const http::request<http::string_body>& message) {
  auto field = message[http::field::accept_language];
  return language_of({field.data(), field.size()});
}

Response early_problem(unsigned status, Language language) {
  switch (status) {
  case 400:
    return problem(400, "malformed_request", {"请求格式有误", "the request is malformed"},
                   language);
  case 408:
    return problem(408, "timeout", {"请求未在时限内发完", "the request did not arrive in time"},
                   language);
  case 413:
    return problem(413, "body_too_large", {"请求内容过大", "the body is too large"}, language);
  case 431:
    return problem(431, "head_too_large", {"请求头过大", "the request head is too large"},
                   language);
  case 501:
    return problem(501, "transfer_coding", {"不支持的传输编码", "unsupported transfer coding"},
                   language);
  case 503:
    return problem(503, "stopping", {"服务正在停止", "the service is stopping"}, language);
  default:
    return problem(505, "http_version", {"不支持的 HTTP 版本", "unsupported HTTP version"},
                   language);
  }
}

// ---- one connection -----------------------------------------------------------------------------

template <class Stream>
class Session : public std::enable_shared_from_this<Session<Stream>> {
public:
  Session(Stream stream, Shared& shared)
      : stream_(std::move(stream)), timer_(stream_.get_executor()), shared_(shared) {
    ++shared_.sessions;
    shared_.metrics.connection_opened();
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() {
    shared_.metrics.connection_closed();
    --shared_.sessions;
  }

  net::awaitable<void> run() {
    if constexpr (is_tls) {
      deadline(shared_.options.handshake);
      auto [ec] = co_await stream_.async_handshake(net::ssl::stream_base::server, as_result);
      if (ec) co_return;
    }
    std::size_t served = 0;
    while (co_await serve_one(++served)) {
    }
    close();
  }

private:
  static constexpr bool is_tls = !std::is_same_v<Stream, tcp::socket>;

  tcp::socket& socket() {
    if constexpr (is_tls)
      return stream_.next_layer();
    else
      return stream_;
  }

  /// From now on until the next call everything must be done within `after`, however many steps it
  /// takes. What waits then is cancelled but the connection stays, so that an answer can be sent.
  void deadline(std::chrono::seconds after) {
    timed_out_ = false;
    timer_.expires_after(after);
    timer_.async_wait([weak = this->weak_from_this(), turn = ++turn_](beast::error_code ec) {
      auto self = weak.lock();
      if (ec || !self || self->turn_ != turn) return;
      self->timed_out_ = true;
      self->cancel();
    });
  }
  void cancel() {
    beast::error_code ignored;
    socket().cancel(ignored);
  }

  /// Serves one request; false when the connection is not to be used again.
  net::awaitable<bool> serve_one(std::size_t served) {
    if (buffer_.size() == 0 && !co_await wait_for_request()) co_return false;
    auto head = co_await read_head();
    if (head == closed) co_return false;
    if (head != 0) co_return co_await refuse(head, Language::zh);

    http::request_parser<http::string_body> parser;
    parser.header_limit(head_bytes_limit + 1);
    parser.body_limit(shared_.options.max_body_bytes);
    // Extensions of chunks carry nothing here and are read differently by different programs.
    bool extended = false;
    auto on_chunk = [&](std::uint64_t, beast::string_view extensions, beast::error_code& ec) {
      if (!extensions.empty()) {
        extended = true;
        ec = http::error::bad_chunk_extension;
      }
    };
    parser.on_chunk_header(on_chunk);
    beast::error_code ec;
    buffer_.consume(parser.put(buffer_.data(), ec));
    if (ec && ec != http::error::need_more)
      co_return co_await refuse(ec == http::error::body_limit ? 413 : 400,
                                language_in(parser.get()));
    auto language = language_in(parser.get());
    // Whatever identifies the caller is taken now: a trailer must not be able to change it.
    auto request = to_request(parser.get());
    auto fields = std::distance(parser.get().begin(), parser.get().end());
    if (auto status = co_await read_body(parser)) {
      if (status == closed) co_return false;
      co_return co_await refuse(status, language);
    }
    if (extended || std::distance(parser.get().begin(), parser.get().end()) != fields ||
        !is_good_actor(request.actor))
      co_return co_await refuse(400, language);
    request.body = std::move(parser.get().body());
    bool keep_alive =
        parser.get().keep_alive() && served < shared_.options.max_requests_per_connection;
    co_return co_await answer(std::move(request), language, keep_alive);
  }

  /// Waits for the first byte of a request; gives up quietly when idle for too long or stopping.
  net::awaitable<bool> wait_for_request() {
    deadline(shared_.options.idle);
    {
      std::lock_guard lock(shared_.mutex);
      if (shared_.stopping) co_return false;
      shared_.idle[this] = [weak = this->weak_from_this(), executor = stream_.get_executor()] {
        net::post(executor, [weak] {
          if (auto self = weak.lock(); self && self->idle_) self->cancel();
        });
      };
    }
    idle_ = true;
    auto [ec, bytes] = co_await stream_.async_read_some(buffer_.prepare(4096), as_result);
    idle_ = false;
    buffer_.commit(bytes);
    std::lock_guard lock(shared_.mutex);
    shared_.idle.erase(this);
    co_return !ec;
  }

  static constexpr unsigned closed = 1; ///< the peer went away: nobody to answer

  /// 0 when a whole head that the guard accepts is in the buffer; else the status to answer.
  net::awaitable<unsigned> read_head() {
    deadline(shared_.options.head);
    for (;;) {
      std::string_view seen(static_cast<const char*>(buffer_.data().data()), buffer_.size());
      auto end = seen.find("\r\n\r\n");
      if (end != seen.npos && end + 4 <= head_bytes_limit)
        co_return unsigned(head_guard(seen.substr(0, end + 4)));
      if (seen.size() > head_bytes_limit) co_return 431u;
      if (timed_out_) co_return 408u;
      auto [ec, bytes] = co_await stream_.async_read_some(buffer_.prepare(4096), as_result);
      buffer_.commit(bytes);
      if (ec && !timed_out_) co_return closed;
    }
  }

  template <class Parser>
  net::awaitable<unsigned> read_body(Parser& parser) {
    deadline(shared_.options.body);
    if (beast::iequals(parser.get()[http::field::expect], "100-continue") && !parser.is_done()) {
      static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
      auto [ec, bytes] = co_await net::async_write(stream_, net::buffer(go_on), as_result);
      if (ec) co_return closed;
    }
    beast::error_code ec;
    while (!parser.is_done() && !ec) {
      if (timed_out_) co_return 408u;
      auto [failed, bytes] = co_await http::async_read_some(stream_, buffer_, parser, as_result);
      ec = failed;
    }
    if (!ec) co_return 0u;
    if (timed_out_) co_return 408u;
    if (ec == http::error::body_limit) co_return 413u;
    if (ec == http::error::partial_message || ec == http::error::end_of_stream ||
        ec.category() == net::error::get_system_category() || ec == net::error::eof)
      co_return closed;
    co_return 400u;
  }

  net::awaitable<bool> answer(Request request, Language language, bool keep_alive) {
    auto begin = Clock::now();
    Access access{request.method, {}, 0, request.body.size(), 0, {}};
    Response response;
    if (shared_.stopping) {
      response = early_problem(503, language);
      keep_alive = false;
    } else {
      response = co_await net::co_spawn(
          shared_.handlers,
          [this, &request]() -> net::awaitable<Response> { co_return shared_.handle(request); },
          use_awaitable);
      keep_alive = keep_alive && !shared_.stopping;
    }
    access.route = response.route;
    access.status = response.status;
    access.took = std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - begin);
    bool sent = response.stream ? co_await write_stream(response, keep_alive, access.bytes_out)
                                : co_await write_whole(response, keep_alive, access.bytes_out);
    log_access(access);
    shared_.metrics.request_served(access.method, access.route, access.status, access.took);
    co_return sent&& keep_alive;
  }

  /// Answers a request that cannot be trusted to end where it says, and closes.
  net::awaitable<bool> refuse(unsigned status, Language language) {
    auto response = early_problem(status, language);
    Access access{"-", response.route, status, buffer_.size(), 0, {}};
    co_await write_whole(response, false, access.bytes_out);
    log_access(access);
    shared_.metrics.request_served(access.method, access.route, status, {});
    co_await linger();
    co_return false;
  }

  void set_fields(auto& message, const Response& response, bool keep_alive) {
    message.result(response.status);
    message.version(11);
    message.keep_alive(keep_alive);
    message.set(http::field::content_type, safe_field(response.content_type));
    message.set(http::field::cache_control, "no-store");
    message.set("X-Content-Type-Options", "nosniff");
    for (auto& [name, value] : response.fields) message.set(name, safe_field(value));
  }

  net::awaitable<bool> write_whole(Response& response, bool keep_alive, std::size_t& bytes_out) {
    http::response<http::string_body> message;
    set_fields(message, response, keep_alive);
    message.body() = std::move(response.body);
    message.prepare_payload();
    deadline(shared_.options.write);
    auto [ec, bytes] = co_await http::async_write(stream_, message, as_result);
    bytes_out += bytes;
    co_return !ec;
  }

  net::awaitable<bool> write_stream(Response& response, bool keep_alive, std::size_t& bytes_out) {
    http::response<http::empty_body> message;
    set_fields(message, response, keep_alive);
    message.chunked(true);
    http::response_serializer<http::empty_body> serializer(message);
    deadline(shared_.options.write);
    auto [ec, bytes] = co_await http::async_write_header(stream_, serializer, as_result);
    bytes_out += bytes;
    if (ec) co_return false;
    for (;;) {
      bool failed = false;
      auto piece = co_await net::co_spawn(
          shared_.handlers,
          [&]() -> net::awaitable<Piece> {
            try {
              co_return response.stream();
            } catch (const std::exception&) {
              failed = true;
            }
            co_return Piece{};
          },
          use_awaitable);
      if (failed) co_return false; // closed without the last chunk: the reader knows it was cut
      if (!piece.data.empty()) {
        deadline(shared_.options.write);
        auto [wrote, count] = co_await net::async_write(
            stream_, http::make_chunk(net::buffer(piece.data)), as_result);
        bytes_out += count;
        if (wrote) co_return false;
      }
      if (piece.next == Piece::Next::end) break;
      if (piece.next == Piece::Next::wait) {
        if (shared_.stopping) break;
        net::steady_timer pause(stream_.get_executor(), std::chrono::milliseconds{100});
        co_await pause.async_wait(as_result);
      }
    }
    auto [last, count] = co_await net::async_write(stream_, http::make_chunk_last(), as_result);
    bytes_out += count;
    co_return !last;
  }

  /// Lets the peer read the answer before the connection goes: closing with unread bytes in the
  /// receive buffer would reset it.
  net::awaitable<void> linger() {
    beast::error_code ignored;
    socket().shutdown(tcp::socket::shutdown_send, ignored);
    deadline(std::chrono::seconds{2});
    std::array<char, 4096> discarded;
    for (std::size_t total = 0; total < (4u << 20) && !timed_out_;) {
      auto [ec, bytes] = co_await socket().async_read_some(net::buffer(discarded), as_result);
      if (ec) break;
      total += bytes;
    }
  }

  void close() {
    beast::error_code ignored;
    socket().shutdown(tcp::socket::shutdown_both, ignored);
    socket().close(ignored);
    timer_.cancel();
  }

  Stream stream_;
  net::steady_timer timer_;
  std::uint64_t turn_ = 0; ///< of the deadline: an older one that still fires means nothing
  bool timed_out_ = false;
  bool idle_ = false;
  Shared& shared_;
  beast::flat_buffer buffer_;
};

template <class Stream>
net::awaitable<void> run_session(Stream stream, Shared& shared) {
  auto session = std::make_shared<Session<Stream>>(std::move(stream), shared);
  co_await session->run();
}

// ---- accepting ----------------------------------------------------------------------------------

net::awaitable<void> accept_connections(net::io_context& io, tcp::acceptor& acceptor,
                                        net::ssl::context* tls, Shared& shared) {
  for (;;) {
    auto [ec, socket] = co_await acceptor.async_accept(net::make_strand(io), as_result);
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
    auto executor = socket.get_executor();
    tcp::socket accepted(std::move(socket));
    if (tls)
      net::co_spawn(executor,
                    run_session(net::ssl::stream<tcp::socket>(std::move(accepted), *tls), shared),
                    net::detached);
    else
      net::co_spawn(executor, run_session(std::move(accepted), shared), net::detached);
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
void begin_stopping(Shared& shared, tcp::acceptor& acceptor) {
  beast::error_code ignored;
  acceptor.close(ignored);
  std::lock_guard lock(shared.mutex);
  shared.stopping = true;
  for (auto& [session, wake] : shared.idle) wake();
}

net::awaitable<void> drain(net::io_context& io, Shared& shared) {
  auto until = Clock::now() + shared.options.drain;
  while (shared.sessions > 0 && Clock::now() < until) {
    net::steady_timer pause(io, std::chrono::milliseconds{10});
    co_await pause.async_wait(as_result);
  }
  io.stop();
}

} // namespace

bool is_loopback(const std::string& host) {
  beast::error_code ec;
  auto address = net::ip::make_address(host, ec);
  return !ec && address.is_loopback();
}

Result<void> serve(const ServerOptions& options,
                   const std::function<Response(const Request&)>& handle, Metrics& metrics,
                   const std::function<void()>& listening) {
  Shared shared(options, handle, metrics); // outlives every session, which `io` owns
  net::io_context io(int(options.io_threads));
  std::optional<net::ssl::context> tls;
  if (!options.tls_certificate.empty()) {
    tls.emplace(net::ssl::context::tls_server);
    if (auto loaded = load_certificate(*tls, options); !loaded) return loaded;
  }
  auto strand = net::make_strand(io); // the acceptor and the signals share one
  auto acceptor = listen(strand, options);
  if (!acceptor) return acceptor.error();

  net::co_spawn(strand, accept_connections(io, *acceptor, tls ? &*tls : nullptr, shared),
                net::detached);
  net::signal_set signals(strand, SIGTERM, SIGINT);
  signals.async_wait([&](beast::error_code ec, int) {
    if (ec) return;
    begin_stopping(shared, *acceptor);
    net::co_spawn(strand, drain(io, shared), net::detached);
  });
  listening();
  std::vector<std::jthread> threads;
  for (std::size_t i = 1; i < options.io_threads; ++i) threads.emplace_back([&] { io.run(); });
  io.run();
  threads.clear();
  shared.handlers.join();
  return {};
}

} // namespace mingce
