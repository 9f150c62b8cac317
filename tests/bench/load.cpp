// The load generator: keep-alive connections on one thread, so that it takes little of the machine
// from the server it measures. Every answer is checked: status, and of an append the version.

#include "clerk.hpp"
#include "figures.hpp"

#include <CLI/CLI.hpp>
#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/json.hpp>

#include <sched.h>

#include <iostream>
#include <optional>
#include <random>

namespace mingce::bench {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace json = boost::json;
using net::ip::tcp;

struct Options {
  std::string address = "127.0.0.1:8080", organ = "load";
  unsigned connections = 64;
  double seconds = 10, warmup = 1, rate = 0;
  Mix mix = Mix::append;
  std::string path; ///< ask for this alone
  bool is_minimal = false;
  bool as_json = false;
};

const std::map<std::string, Mix> mixes{{"append", Mix::append}, {"view", Mix::view},
                                       {"list", Mix::list},     {"report", Mix::report},
                                       {"read", Mix::read},     {"mixed", Mix::mixed}};

tcp::endpoint endpoint_of(const std::string& address) {
  auto colon = address.rfind(':');
  if (colon == address.npos) throw std::runtime_error("--address must be HOST:PORT");
  return {net::ip::make_address(address.substr(0, colon)),
          static_cast<unsigned short>(std::stoul(address.substr(colon + 1)))};
}

/// The measured span and what was seen in it.
struct Tally {
  Clock::time_point begin, end;
  double interval = 0; ///< seconds between two calls of the whole run; 0: as fast as answered
  std::uint64_t planned = 0;
  std::vector<float> micros{};
  std::uint64_t errors = 0;

  void answered(Clock::time_point asked) {
    auto now = Clock::now();
    if (now >= begin && now < end) micros.push_back(float(micros_between(asked, now)));
  }
  void wrong(const Call& call, unsigned status, std::string_view body) {
    if (++errors <= 3)
      std::cerr << "wrong answer " << status << " to " << call.text.substr(0, call.text.find('\r'))
                << '\n'
                << body << '\n';
  }
};

/// One keep-alive connection: asks, waits for the answer, checks it, asks again.
class Connection {
public:
  Connection(net::io_context& io, const tcp::endpoint& server, Clerk clerk, Tally& tally)
      : socket_(io), timer_(io), server_(server), clerk_(std::move(clerk)), tally_(tally) {
    connect();
  }

  void start() {
    auto due = Clock::now();
    if (due >= tally_.end) return;
    if (tally_.interval > 0) {
      // Time counts from when the call was due: a slow server cannot hide behind a waiting client.
      due = tally_.begin + seconds_of(tally_.interval * double(tally_.planned++));
      if (due >= tally_.end) return;
      if (due > Clock::now()) {
        timer_.expires_at(due);
        timer_.async_wait([this, due](beast::error_code ec) {
          if (!ec) ask(due);
        });
        return;
      }
    }
    ask(due);
  }

private:
  void connect() {
    socket_ = tcp::socket(socket_.get_executor());
    socket_.connect(server_);
    socket_.set_option(tcp::no_delay(true));
    buffer_.clear();
  }

  void ask(Clock::time_point due) {
    asked_ = due;
    call_ = &clerk_.next();
    net::write(socket_, net::buffer(call_->text)); // fits the socket's buffer: does not wait
    answer_.emplace();
    answer_->body_limit(std::uint64_t{64} << 20);
    read();
  }

  void read() {
    socket_.async_read_some(buffer_.prepare(16384), [this](beast::error_code ec, std::size_t size) {
      if (ec) throw std::runtime_error("the connection broke: " + ec.message());
      buffer_.commit(size);
      parse();
    });
  }

  void parse() {
    beast::error_code ec;
    while (buffer_.size() > 0 && !answer_->is_done()) {
      auto used = answer_->put(buffer_.data(), ec);
      buffer_.consume(used);
      if (ec == http::error::need_more || used == 0) break;
      if (ec) throw std::runtime_error("not HTTP: " + ec.message());
    }
    answer_->is_done() ? done() : read();
  }

  void done() {
    auto& message = answer_->get();
    auto etag = message[http::field::etag];
    if (message.result_int() != call_->status ||
        (!call_->etag.empty() && std::string_view(etag.data(), etag.size()) != call_->etag)) {
      tally_.wrong(*call_, message.result_int(), message.body());
      clerk_.opened({}); // the story is broken: begin another
    } else {
      tally_.answered(asked_);
      auto place = message[http::field::location];
      if (clerk_.is_opening())
        clerk_.opened(std::string_view(place.data(), place.size()).substr(place.rfind('/') + 1));
    }
    if (!message.keep_alive()) connect();
    start();
  }

  tcp::socket socket_;
  net::steady_timer timer_;
  tcp::endpoint server_;
  Clerk clerk_;
  Tally& tally_;
  const Call* call_ = nullptr;
  Clock::time_point asked_{};
  beast::flat_buffer buffer_;
  std::optional<http::response_parser<http::string_body>> answer_;
};

/// One call and its answer, for what is done before the load.
http::response<http::string_body> ask_once(const tcp::endpoint& server, const std::string& text) {
  net::io_context io;
  tcp::socket socket(io);
  socket.connect(server);
  net::write(socket, net::buffer(text));
  beast::flat_buffer buffer;
  http::response_parser<http::string_body> answer;
  answer.body_limit(std::uint64_t{64} << 20);
  http::read(socket, buffer, answer);
  return answer.release();
}

void register_organ(const tcp::endpoint& server, const Town& town) {
  std::string body = R"({"name":"某市人民政府","kind":"government"})";
  auto answer =
      ask_once(server, "PUT /v1/organs/" + town.organ + " HTTP/1.1\r\nHost: " + town.host +
                           "\r\nContent-Type: application/json\r\nContent-Length: " +
                           std::to_string(body.size()) + "\r\n\r\n" + body);
  if (answer.result_int() / 100 != 2)
    throw std::runtime_error("the organ is refused: " + answer.body());
}

/// What there is to be read; if it is little, some is written first.
void find_requests(const tcp::endpoint& server, Town& town, const std::shared_ptr<Town>& shared) {
  auto look = [&] {
    auto answer = ask_once(server, "GET /v1/requests?limit=1000&organ=" + town.organ +
                                       " HTTP/1.1\r\nHost: " + town.host + "\r\n\r\n");
    town.requests.clear();
    auto register_page = json::parse(answer.body());
    for (auto& item : register_page.at("items").as_array())
      town.requests.emplace_back(item.at("id").as_string());
  };
  look();
  if (town.requests.size() >= 100) return;
  Clerk clerk(shared, Mix::append, 1'000'000);
  for (int i = 0; i < 1'000; ++i) {
    auto answer = ask_once(server, clerk.next().text);
    if (answer.result_int() != 201) throw std::runtime_error("refused: " + answer.body());
    auto place = std::string(answer[http::field::location]);
    if (clerk.is_opening()) clerk.opened(place.substr(place.rfind('/') + 1));
  }
  look();
}

/// Clients are on other machines: an answer that has come must not interrupt the server.
void do_not_interrupt() {
  sched_param ordinary{};
  ::sched_setscheduler(0, SCHED_BATCH, &ordinary);
}

int run(const Options& options) {
  do_not_interrupt();
  auto server = endpoint_of(options.address);
  auto town = std::make_shared<Town>();
  town->host = options.address;
  town->organ = options.organ;
  town->run = "load" + std::to_string(std::random_device{}());
  town->first_day = int(std::chrono::floor<std::chrono::days>(std::chrono::system_clock::now())
                            .time_since_epoch()
                            .count()) -
                    30;
  bool writes = options.mix == Mix::append || options.mix == Mix::mixed;
  town->is_minimal = options.is_minimal;
  town->path = options.path;
  if (!town->path.empty()) writes = false;
  if (writes) register_organ(server, *town);
  if (options.mix != Mix::append && town->path.empty()) find_requests(server, *town, town);

  net::io_context io(1);
  Tally tally;
  if (options.rate > 0) tally.interval = 1 / options.rate;
  tally.begin = Clock::now() + seconds_of(options.warmup);
  tally.end = tally.begin + seconds_of(options.seconds);
  tally.micros.reserve(std::size_t(options.seconds * 100'000));
  std::vector<std::unique_ptr<Connection>> connections;
  for (unsigned i = 0; i < options.connections; ++i)
    connections.push_back(
        std::make_unique<Connection>(io, server, Clerk(town, options.mix, i), tally));
  for (auto& connection : connections) connection->start();
  io.run();

  auto figures = summarize(tally.micros, options.seconds);
  figures.errors = tally.errors;
  if (options.as_json)
    std::cout << json::serialize(to_json(figures)) << '\n';
  else
    std::cout << to_text(figures) << '\n';
  return tally.errors == 0 && figures.count > 0 ? 0 : 1;
}

} // namespace
} // namespace mingce::bench

int main(int argc, char** argv) {
  using namespace mingce::bench;
  Options options;
  CLI::App app("Sends a city's work to a running server and says how fast it is answered");
  app.add_option("--address", options.address, "HOST:PORT")->capture_default_str();
  app.add_option("--connections", options.connections, "keep-alive connections")
      ->check(CLI::Range(1, 10'000))
      ->capture_default_str();
  app.add_option("--seconds", options.seconds, "measured time")->capture_default_str();
  app.add_option("--warmup", options.warmup, "seconds before it")->capture_default_str();
  app.add_option("--mix", options.mix, "append, mixed, read, view, list or report")
      ->transform(CLI::CheckedTransformer(mixes))
      ->default_str("append");
  app.add_option("--get", options.path, "ask for this path alone, whatever the mix");
  app.add_option("--rate", options.rate, "calls a second in all; 0: as fast as they are answered")
      ->capture_default_str();
  app.add_option("--organ", options.organ, "whose register")->capture_default_str();
  app.add_flag("--minimal", options.is_minimal, "ask for minimal answers to appends (RFC 7240)");
  app.add_flag("--json", options.as_json, "print JSON");
  CLI11_PARSE(app, argc, argv);
  try {
    return run(options);
  } catch (const std::exception& error) {
    std::cerr << "load: " << error.what() << '\n';
    return 2;
  }
}
