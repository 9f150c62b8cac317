#pragma once
// A lane: one thread with its own reactor, and the connections that live on it. Nothing of a
// connection is ever touched by another thread, so nothing of it is locked. Private to
// src/http/server*.

#include <boost/asio.hpp>

#include <chrono>
#include <cstddef>
#include <functional>
#include <list>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace mingce {

/// What a lane asks of a connection.
class Connection {
public:
  virtual ~Connection() = default;
  /// Its deadline has passed: whatever waits is to be given up.
  virtual void expire() = 0;
  /// The server stops: a connection without a request in hand is to go.
  virtual void wake_if_idle() = 0;

  /// From now on until the next call everything must be done within `after`, however many steps it
  /// takes. Seen at the next tick of the lane.
  void set_deadline(std::chrono::milliseconds after) {
    deadline_ = std::chrono::steady_clock::now() + after;
    timed_out_ = false;
  }
  bool timed_out() const { return timed_out_; }

private:
  friend class Lane;
  std::chrono::steady_clock::time_point deadline_ = std::chrono::steady_clock::time_point::max();
  bool timed_out_ = false;
};

class Lane {
public:
  explicit Lane(std::size_t number) : number_(number) { tick(); }
  Lane(const Lane&) = delete;
  Lane& operator=(const Lane&) = delete;

  boost::asio::io_context& io() { return io_; }
  std::size_t number() const { return number_; } ///< from 0
  /// Runs until `stop`.
  void run();
  void stop() { io_.stop(); }

  /// Runs on the lane's thread, after what was posted before. From any thread; what comes in one
  /// burst wakes the lane once.
  void post(std::function<void()> work);

  // ---- on the lane's own thread
  using Place = std::list<Connection*>::iterator;
  Place enter(Connection& connection) { return connections_.insert(connections_.end(), &connection); }
  void leave(Place place) { connections_.erase(place); }
  void wake_idle();
  /// A line of the access log; written with the next tick.
  void log(std::string_view line);

private:
  void tick();
  void expire_late();
  void flush_log();

  std::size_t number_;
  std::mutex mutex_;
  std::vector<std::function<void()>> mail_;
  std::list<Connection*> connections_;
  std::string log_;
  boost::asio::io_context io_{1}; ///< owns the connections: gone before the list that they leave
  boost::asio::steady_timer timer_{io_};
};

} // namespace mingce
