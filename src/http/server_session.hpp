#pragma once
// One connection: reads requests within limits and deadlines, has them answered, writes the
// answers. Lives on one lane. Private to src/http/server*.

#include "http/head_guard.hpp"
#include "http/problem.hpp"
#include "http/server.hpp"
#include "http/server_lane.hpp"
#include "http/server_vigil.hpp"

#include <boost/asio.hpp>
#include <boost/asio/ssl.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>

#include <atomic>
#include <memory>
#include <optional>
#include <thread>
#include <utility>

namespace mingce {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using net::ip::tcp;
using Watch = std::chrono::steady_clock;

/// Everything of a connection runs on its lane, and its type says so: nothing is asked at run time.
using Executor = net::io_context::executor_type;
using Socket = tcp::socket::rebind_executor<Executor>::other;
template <class Value>
using Awaitable = net::awaitable<Value, Executor>;
inline constexpr net::use_awaitable_t<Executor> use_awaitable{};
inline constexpr auto as_result = net::as_tuple(use_awaitable);

/// One line of the access log. The route is a template, the method a registered word or `-`: no
/// identity, name or search word gets here.
struct Access {
  std::string_view method, route;
  unsigned status = 0;
  std::size_t bytes_in = 0, bytes_out = 0;
  std::chrono::microseconds took{};
};
std::string to_line(const Access& access);

/// What all connections share. The pool may outlive the server: whoever still has work for it keeps
/// it, and nothing runs any more.
struct Shared {
  const ServerOptions& options;
  const Handler& handle;
  Metrics& metrics;
  std::shared_ptr<net::thread_pool> pool;
  Aside aside;
  Vigil vigil;
  std::atomic<bool> stopping = false;
  std::atomic<std::size_t> sessions = 0;

  Shared(const ServerOptions& given, const Handler& handler, Metrics& counted)
      : options(given), handle(handler), metrics(counted),
        pool(std::make_shared<net::thread_pool>(given.handler_threads)),
        aside([pool = pool](std::function<void()> work) { net::post(*pool, std::move(work)); }),
        vigil(given.lanes, given.awake) {}
};

Request to_request(const http::request<http::string_body>& message);
Language language_in(const http::request<http::string_body>& message);
/// As it is logged and counted: a caller may make up as many words as there are.
std::string_view known_method(const std::string& method);
/// The actor is written into the log: one line of text, not an essay.
bool is_good_actor(const std::string& actor);
Response early_problem(unsigned status, Language language);
/// The head of an answer; without a length its body comes in chunks.
std::string head_of(const Response& response, bool keep_alive, std::optional<std::size_t> length);

// ---- one connection -----------------------------------------------------------------------------

template <class Stream>
class Session : public Connection {
public:
  Session(Stream stream, Shared& shared, std::shared_ptr<Lane> lane)
      : stream_(std::move(stream)), shared_(shared), lane_(std::move(lane)),
        place_(lane_->enter(*this)) {
    ++shared_.sessions;
    shared_.metrics.connection_opened();
  }
  Session(const Session&) = delete;
  Session& operator=(const Session&) = delete;
  ~Session() override {
    lane_->leave(place_);
    shared_.metrics.connection_closed();
    --shared_.sessions;
  }

  Awaitable<void> run() {
    if constexpr (is_tls) {
      set_deadline(shared_.options.handshake);
      auto [ec] = co_await stream_.async_handshake(net::ssl::stream_base::server, as_result);
      if (ec) co_return;
    }
    std::size_t served = 0;
    while (co_await serve_one(++served)) {
    }
    close();
  }

private:
  static constexpr bool is_tls = !std::is_same_v<Stream, Socket>;

  Socket& socket() {
    if constexpr (is_tls)
      return stream_.next_layer();
    else
      return stream_;
  }

  void expire() override {
    beast::error_code ignored;
    socket().cancel(ignored);
  }
  void wake_if_idle() override {
    if (idle_) expire();
  }

  /// Serves one request; false when the connection is not to be used again.
  Awaitable<bool> serve_one(std::size_t served) {
    if (buffer_.size() == 0 && !co_await wait_for_request()) co_return false;
    auto head = status_of_head();
    if (!head) head = co_await read_head();
    if (*head == closed) co_return false;
    if (*head != 0) co_return co_await refuse(*head, Language::zh);

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
    if (!take_buffered_body(parser))
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
  Awaitable<bool> wait_for_request() {
    set_deadline(shared_.options.idle);
    if (shared_.stopping) co_return false;
    idle_ = true;
    auto [ec, bytes] = co_await stream_.async_read_some(buffer_.prepare(4096), as_result);
    idle_ = false;
    buffer_.commit(bytes);
    co_return !ec;
  }

  static constexpr unsigned closed = 1; ///< the peer went away: nobody to answer

  /// 0 when a whole head that the guard accepts is in the buffer; else the status to answer;
  /// nothing when there is more to be read. Nearly every request is whole in the buffer, head and
  /// body.
  std::optional<unsigned> status_of_head() const {
    std::string_view seen(static_cast<const char*>(buffer_.cdata().data()), buffer_.size());
    auto end = seen.find("\r\n\r\n");
    if (end != seen.npos && end + 4 <= head_bytes_limit)
      return unsigned(head_guard(seen.substr(0, end + 4)));
    if (seen.size() > head_bytes_limit) return 431u;
    return std::nullopt;
  }

  Awaitable<unsigned> read_head() {
    set_deadline(shared_.options.head);
    for (;;) {
      auto [ec, bytes] = co_await stream_.async_read_some(buffer_.prepare(4096), as_result);
      buffer_.commit(bytes);
      if (ec && !timed_out()) co_return closed;
      if (auto status = status_of_head()) co_return *status;
      if (timed_out()) co_return 408u;
    }
  }

  /// False where there is more of it to be read.
  template <class Parser>
  bool take_buffered_body(Parser& parser) {
    if (parser.is_done()) return true;
    auto length = parser.content_length_remaining();
    if (!length || *length > buffer_.size()) return false;
    beast::error_code ec;
    buffer_.consume(parser.put(buffer_.data(), ec));
    return !ec && parser.is_done();
  }

  template <class Parser>
  Awaitable<unsigned> read_body(Parser& parser) {
    set_deadline(shared_.options.body);
    if (beast::iequals(parser.get()[http::field::expect], "100-continue") && !parser.is_done()) {
      static constexpr std::string_view go_on = "HTTP/1.1 100 Continue\r\n\r\n";
      auto [ec, bytes] = co_await net::async_write(stream_, net::buffer(go_on), as_result);
      if (ec) co_return closed;
    }
    beast::error_code ec;
    // Most bodies have come with their head.
    while (!parser.is_done() && !ec && buffer_.size() > 0) {
      auto used = parser.put(buffer_.data(), ec);
      buffer_.consume(used);
      if (used == 0) break;
    }
    if (ec == http::error::need_more) ec = {};
    while (!parser.is_done() && !ec) {
      if (timed_out()) co_return 408u;
      auto [failed, bytes] = co_await http::async_read_some(stream_, buffer_, parser, as_result);
      ec = failed;
    }
    if (!ec) co_return 0u;
    if (timed_out()) co_return 408u;
    if (ec == http::error::body_limit) co_return 413u;
    if (ec == http::error::partial_message || ec == http::error::end_of_stream ||
        ec.category() == net::error::get_system_category() || ec == net::error::eof)
      co_return closed;
    co_return 400u;
  }

  Awaitable<bool> answer(Request request, Language language, bool keep_alive) {
    auto begin = Watch::now();
    Access access{known_method(request.method), {}, 0, request.body.size(), 0, {}};
    bool is_head = request.method == "HEAD"; // GET without what it would transfer (RFC 9110, 9.3.2)
    if (is_head) request.method = "GET";
    Response response;
    if (shared_.stopping) {
      response = early_problem(503, language);
      keep_alive = false;
    } else {
      Vigil::Turn turn(shared_.vigil, lane_->number());
      response = co_await respond(request);
      keep_alive = keep_alive && !shared_.stopping;
    }
    access.route = response.route;
    access.status = response.status;
    access.took = std::chrono::duration_cast<std::chrono::microseconds>(Watch::now() - begin);
    bool sent = false;
    if (response.stream && !is_head) {
      sent = co_await write_stream(response, keep_alive, access.bytes_out);
    } else {
      auto text = text_of(response, is_head, keep_alive);
      access.bytes_out = text.size();
      std::string_view rest = text;
      sent = send_at_once(rest) && (rest.empty() || co_await send(rest));
    }
    lane_->log(to_line(access));
    shared_.metrics.request_served(access.method, access.route, access.status, access.took);
    co_return sent&& keep_alive;
  }

  /// The answer may come at once, or later from another thread; it is made on this one.
  Awaitable<Response> respond(const Request& request) {
    struct Answer {
      bool is_asked = false; ///< the handler is running on this thread
      std::function<Response()> give;
      std::function<void()> resume;
    };
    auto answer = std::make_shared<Answer>();
    answer->is_asked = true;
    shared_.handle(request, shared_.aside,
                   [answer, lane = lane_, here = std::this_thread::get_id()](auto give) {
                     if (std::this_thread::get_id() == here && answer->is_asked) {
                       answer->give = std::move(give);
                       return;
                     }
                     lane->post([answer, give = std::move(give)]() mutable {
                       answer->give = std::move(give);
                       if (auto resume = std::exchange(answer->resume, nullptr)) resume();
                     });
                   });
    answer->is_asked = false;
    auto wait = [&answer](auto handler) {
      auto kept = std::make_shared<decltype(handler)>(std::move(handler));
      answer->resume = [kept] { std::move (*kept)(); };
    };
    if (!answer->give)
      co_await net::async_initiate<decltype(use_awaitable), void()>(wait, use_awaitable);
    // Taken out: what makes the answer may hold the way it is given, and so this answer.
    auto give = std::exchange(answer->give, nullptr);
    co_return give();
  }

  /// Answers a request that cannot be trusted to end where it says, and closes.
  Awaitable<bool> refuse(unsigned status, Language language) {
    auto response = early_problem(status, language);
    Access access{"-", response.route, status, buffer_.size(), 0, {}};
    auto text = text_of(response, false, false);
    access.bytes_out = text.size();
    co_await send(text);
    lane_->log(to_line(access));
    shared_.metrics.request_served(access.method, access.route, status, {});
    co_await linger();
    co_return false;
  }

  /// All of the answer, or its head alone; of one that is streamed there is no more than the head.
  static std::string text_of(const Response& response, bool head_alone, bool keep_alive) {
    if (response.stream) return head_of(response, keep_alive, std::nullopt);
    auto text = head_of(response, keep_alive, response.body.size());
    if (!head_alone) text += response.body;
    return text;
  }

  /// Takes off what the socket takes at once, which is nearly always all. False: the peer is gone.
  bool send_at_once(std::string_view& text) {
    if constexpr (!is_tls) {
      beast::error_code full;
      text.remove_prefix(stream_.write_some(net::buffer(text), full));
      if (full && full != net::error::would_block) return false;
    }
    return true;
  }

  Awaitable<bool> send(std::string_view text) {
    set_deadline(shared_.options.write);
    auto [ec, bytes] = co_await net::async_write(stream_, net::buffer(text), as_result);
    co_return !ec;
  }

  Awaitable<bool> write_stream(Response& response, bool keep_alive, std::size_t& bytes_out) {
    auto head = text_of(response, true, keep_alive);
    bytes_out += head.size();
    if (!co_await send(head)) co_return false;
    for (;;) {
      bool failed = false;
      auto piece = co_await net::co_spawn(
          *shared_.pool,
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
        set_deadline(shared_.options.write);
        auto [wrote, count] = co_await net::async_write(
            stream_, http::make_chunk(net::buffer(piece.data)), as_result);
        bytes_out += count;
        if (wrote) co_return false;
      }
      if (piece.next == Piece::Next::end) break;
      if (piece.next == Piece::Next::wait) {
        if (shared_.stopping) break;
        net::steady_timer pause(lane_->io(), std::chrono::milliseconds{100});
        co_await pause.async_wait(as_result);
      }
    }
    auto [last, count] = co_await net::async_write(stream_, http::make_chunk_last(), as_result);
    bytes_out += count;
    co_return !last;
  }

  /// Lets the peer read the answer before the connection goes: closing with unread bytes in the
  /// receive buffer would reset it.
  Awaitable<void> linger() {
    beast::error_code ignored;
    socket().shutdown(tcp::socket::shutdown_send, ignored);
    set_deadline(std::chrono::seconds{2});
    std::array<char, 4096> discarded;
    for (std::size_t total = 0; total < (64u << 20) && !timed_out();) {
      auto [ec, bytes] = co_await socket().async_read_some(net::buffer(discarded), as_result);
      if (ec) break;
      total += bytes;
    }
  }

  void close() {
    beast::error_code ignored;
    socket().shutdown(tcp::socket::shutdown_both, ignored);
    socket().close(ignored);
  }

  Stream stream_;
  bool idle_ = false;
  Shared& shared_;
  std::shared_ptr<Lane> lane_;
  Lane::Place place_;
  beast::flat_buffer buffer_;
};

template <class Stream>
Awaitable<void> run_session(Stream stream, Shared& shared, std::shared_ptr<Lane> lane) {
  Session<Stream> session(std::move(stream), shared, std::move(lane));
  co_await session.run();
}

} // namespace mingce
