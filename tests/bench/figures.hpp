#pragma once
// How fast, and how the waiting times are spread: what every measurement here says.

#include <boost/json.hpp>

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

namespace mingce::bench {

using Clock = std::chrono::steady_clock;

inline double micros_between(Clock::time_point begin, Clock::time_point end) {
  return std::chrono::duration<double, std::micro>(end - begin).count();
}
inline Clock::duration seconds_of(double seconds) {
  return std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(seconds));
}

struct Figures {
  std::uint64_t count = 0, errors = 0;
  double per_second = 0;
  double p50 = 0, p90 = 0, p99 = 0, max = 0; ///< microseconds
};

/// Sorts the samples.
Figures summarize(std::vector<float>& micros, double seconds);
std::string to_text(const Figures& figures);
boost::json::object to_json(const Figures& figures);

} // namespace mingce::bench
