// What a server holds of a request once it is answered: nothing. Where one is answered at once,
// where later from another thread, and where the answer holds the way it is given.

#include "http/server.hpp"

#include <boost/asio.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <gtest/gtest.h>

#include <unistd.h>

#include <chrono>
#include <csignal>
#include <memory>
#include <semaphore>
#include <stdexcept>
#include <thread>

namespace mingce {
namespace {

namespace http = boost::beast::http;
using boost::asio::ip::tcp;
using namespace std::chrono_literals;

unsigned short free_port() {
  boost::asio::io_context io;
  return tcp::acceptor(io, {boost::asio::ip::address_v4::loopback(), 0}).local_endpoint().port();
}

class Serving : public testing::Test {
protected:
  /// What an answer is made from.
  struct Made {
    Reply reply; ///< whoever answers later has to keep it
    std::string body;
  };

  Serving() {
    options_.port = free_port();
    thread_ = std::jthread([this] {
      auto handle = [this](const Request& request, const Aside& aside, const Reply& reply) {
        answer(request, aside, reply);
      };
      auto served = serve(options_, handle, metrics_, [this] { listens_.release(); });
      EXPECT_TRUE(served);
    });
    if (!listens_.try_acquire_for(10s)) throw std::runtime_error("the server does not listen");
    client_.connect({boost::asio::ip::address_v4::loopback(), options_.port});
  }
  ~Serving() override {
    client_.close();
    ::kill(::getpid(), SIGTERM);
  }

  http::response<http::string_body> get(const std::string& path) {
    http::request<http::empty_body> request(http::verb::get, path, 11);
    request.set(http::field::host, "a");
    http::write(client_, request);
    http::response<http::string_body> response;
    boost::beast::flat_buffer buffer;
    http::read(client_, buffer, response);
    return response;
  }

  /// Soon, that is: the thread that gave the answer may still be on its way out.
  static bool is_let_go(const std::weak_ptr<Made>& made) {
    for (int i = 0; i < 10'000 && !made.expired(); ++i) std::this_thread::sleep_for(1ms);
    return made.expired();
  }

  std::weak_ptr<Made> latest_;

private:
  void answer(const Request& request, const Aside& aside, const Reply& reply) {
    auto made = std::make_shared<Made>(Made{reply, request.path});
    latest_ = made;
    auto give = [made] {
      Response response;
      response.body = made->body;
      return response;
    };
    if (request.path == "/later")
      aside([made, give] { made->reply(give); });
    else
      reply(give);
  }

  ServerOptions options_{.lanes = 2};
  Metrics metrics_;
  std::binary_semaphore listens_{0};
  boost::asio::io_context io_;
  tcp::socket client_{io_};
  std::jthread thread_;
};

TEST_F(Serving, holds_nothing_of_what_was_answered_at_once) {
  EXPECT_EQ(get("/at-once").body(), "/at-once");
  EXPECT_TRUE(is_let_go(latest_));
}

TEST_F(Serving, holds_nothing_of_what_was_answered_later) {
  for (int i = 0; i < 50; ++i) {
    EXPECT_EQ(get("/later").body(), "/later");
    ASSERT_TRUE(is_let_go(latest_)) << i;
  }
}

} // namespace
} // namespace mingce
