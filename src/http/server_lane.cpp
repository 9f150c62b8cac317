#include "http/server_lane.hpp"

#include <unistd.h>

namespace mingce {
namespace {

constexpr std::chrono::milliseconds between_ticks{100};
constexpr std::size_t most_log_bytes = 32 << 10;

} // namespace

void Lane::run() {
  io_.run();
  flush_log();
}

void Lane::post(std::function<void()> work) {
  {
    std::lock_guard lock(mutex_);
    mail_.push_back(std::move(work));
    if (mail_.size() > 1) return; // the lane is on its way
  }
  boost::asio::post(io_, [this] {
    std::vector<std::function<void()>> mail;
    {
      std::lock_guard lock(mutex_);
      mail.swap(mail_);
    }
    for (auto& each : mail) each();
  });
}

void Lane::tick() {
  timer_.expires_after(between_ticks);
  timer_.async_wait([this](boost::system::error_code ec) {
    if (ec) return;
    expire_late();
    flush_log();
    tick();
  });
}

void Lane::expire_late() {
  auto now = std::chrono::steady_clock::now();
  for (auto at = connections_.begin(); at != connections_.end();) {
    auto& connection = **at++;
    if (connection.timed_out_ || connection.deadline_ > now) continue;
    connection.timed_out_ = true;
    connection.expire();
  }
}

void Lane::wake_idle() {
  for (auto at = connections_.begin(); at != connections_.end();) (*at++)->wake_if_idle();
}

void Lane::log(std::string_view line) {
  log_ += line;
  if (log_.size() > most_log_bytes) flush_log();
}

void Lane::flush_log() {
  std::string_view rest = log_;
  while (!rest.empty()) {
    auto written = ::write(STDERR_FILENO, rest.data(), rest.size());
    if (written <= 0) break; // nobody reads it: nothing can be said about that
    rest.remove_prefix(std::size_t(written));
  }
  log_.clear();
}

} // namespace mingce
