// The least that a durable log behind HTTP can do: reads the JSON, gives the event the next version
// of its stream, writes it into a RocksDB batch with whatever else waits, syncs, answers. No rules,
// no keys of callers, no proofs, no sealing, no view. What this machine allows a product that does
// all of that. Usage: mingce_bare_log PORT DIRECTORY

#include "least_log.hpp"

#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/json.hpp>

#include <condition_variable>
#include <functional>
#include <iostream>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <unordered_map>
#include <vector>

namespace mingce::bench {
namespace {

namespace net = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace json = boost::json;
using net::ip::tcp;
using ReusePort = net::detail::socket_option::boolean<SOL_SOCKET, SO_REUSEPORT>;

struct Place {
  std::uint64_t seq = 0, stream = 0, version = 0;
};

struct Pending {
  std::uint64_t stream = 0; ///< 0: a new one
  std::string leaf;
  std::function<void(Place)> done;
};

/// One thread writes; what waits while a batch is synced is the next batch.
class Committer {
public:
  explicit Committer(const std::string& directory) : db_(open_to_append(directory)) {
    thread_ = std::jthread([this](const std::stop_token& stopping) { run(stopping); });
  }

  void submit(Pending pending) {
    {
      std::lock_guard lock(mutex_);
      queue_.push_back(std::move(pending));
    }
    wake_.notify_one();
  }

private:
  void run(const std::stop_token& stopping) {
    for (;;) {
      std::vector<Pending> taken;
      {
        std::unique_lock lock(mutex_);
        if (!wake_.wait(lock, stopping, [&] { return !queue_.empty(); })) return;
        taken.swap(queue_);
      }
      rocksdb::WriteBatch batch;
      std::vector<Place> places;
      for (auto& each : taken) places.push_back(put(batch, each));
      check(db_->Write(synced, &batch));
      for (std::size_t i = 0; i < taken.size(); ++i) taken[i].done(places[i]);
    }
  }

  Place put(rocksdb::WriteBatch& batch, const Pending& pending) {
    Place place{++seq_, pending.stream ? pending.stream : ++streams_, 0};
    place.version = ++versions_[place.stream];
    put_entry(batch, place.seq, place.stream, place.version, pending.leaf);
    return place;
  }

  std::unique_ptr<rocksdb::DB> db_;
  std::uint64_t seq_ = 0, streams_ = 0;
  std::unordered_map<std::uint64_t, std::uint64_t> versions_;
  std::mutex mutex_;
  std::condition_variable_any wake_;
  std::vector<Pending> queue_;
  std::jthread thread_;
};

class Session : public std::enable_shared_from_this<Session> {
public:
  Session(tcp::socket socket, Committer& committer)
      : socket_(std::move(socket)), committer_(committer) {}

  void read() {
    request_ = {};
    http::async_read(socket_, buffer_, request_,
                     [self = shared_from_this()](beast::error_code ec, std::size_t) {
                       if (!ec) self->take();
                     });
  }

private:
  void take() {
    std::string_view target(request_.target().data(), request_.target().size());
    if (request_.method() != http::verb::post) return answer(http::status::ok, {});
    constexpr std::string_view requests = "/v1/requests/";
    Pending pending;
    if (target.starts_with(requests))
      pending.stream = std::stoull(std::string(target.substr(requests.size())));
    json::monotonic_resource memory;
    pending.leaf = json::serialize(json::parse(request_.body(), &memory));
    pending.done = [self = shared_from_this()](Place place) {
      net::post(self->socket_.get_executor(),
                [self, place] { self->answer(http::status::created, place); });
    };
    committer_.submit(std::move(pending));
  }

  void answer(http::status status, const Place& place) {
    response_ = {status, 11};
    response_.set(http::field::content_type, "application/json");
    response_.set(http::field::etag, '"' + std::to_string(place.version) + '"');
    if (place.version == 1)
      response_.set(http::field::location, "/v1/requests/" + std::to_string(place.stream));
    response_.body() = R"({"seq":)" + std::to_string(place.seq) + "}";
    response_.prepare_payload();
    http::async_write(socket_, response_,
                      [self = shared_from_this()](beast::error_code ec, std::size_t) {
                        if (!ec) self->read();
                      });
  }

  tcp::socket socket_;
  Committer& committer_;
  beast::flat_buffer buffer_;
  http::request<http::string_body> request_;
  http::response<http::string_body> response_;
};

/// One reactor a thread; the kernel shares the connections out.
class Lane {
public:
  Lane(unsigned short port, Committer& committer) : acceptor_(io_), committer_(committer) {
    tcp::endpoint here(net::ip::address_v4::loopback(), port);
    acceptor_.open(here.protocol());
    acceptor_.set_option(ReusePort(true));
    acceptor_.bind(here);
    acceptor_.listen();
    accept();
  }
  void run() { io_.run(); }
  void stop() { io_.stop(); }

private:
  void accept() {
    acceptor_.async_accept([this](beast::error_code ec, tcp::socket socket) {
      if (ec) return;
      socket.set_option(tcp::no_delay(true));
      std::make_shared<Session>(std::move(socket), committer_)->read();
      accept();
    });
  }

  net::io_context io_{1};
  tcp::acceptor acceptor_;
  Committer& committer_;
};

} // namespace
} // namespace mingce::bench

int main(int argc, char** argv) {
  using namespace mingce::bench;
  if (argc != 3) return 2;
  Committer committer(argv[2]);
  auto port = static_cast<unsigned short>(std::stoul(argv[1]));
  Lane first(port, committer), second(port, committer);
  boost::asio::io_context control;
  boost::asio::signal_set ended(control, SIGTERM, SIGINT);
  ended.async_wait([&](boost::system::error_code, int) {
    first.stop();
    second.stop();
  });
  std::jthread signals([&] { control.run(); }), other([&] { second.run(); });
  std::cout << "listening" << std::endl;
  first.run();
}
