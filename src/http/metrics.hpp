#pragma once
// Figures for monitoring, in the Prometheus text format. Labels are route templates and status
// codes: never a path, never a person.

#include <chrono>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace mingce {

/// Thread-safe.
class Metrics {
public:
  Metrics();
  ~Metrics();

  void request_served(std::string_view method, std::string_view route, unsigned status,
                      std::chrono::microseconds took);
  void connection_opened();
  void connection_closed();
  void connection_refused();
  /// Read when the figures are asked for.
  void on_scrape(std::function<std::uint64_t()> log_size);
  std::string render() const;

private:
  struct Families;
  std::unique_ptr<Families> families_;
};

} // namespace mingce
