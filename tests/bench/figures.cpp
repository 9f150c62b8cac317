#include "figures.hpp"

#include <algorithm>
#include <cstdio>

namespace mingce::bench {

Figures summarize(std::vector<float>& micros, double seconds) {
  Figures figures;
  figures.count = micros.size();
  if (micros.empty()) return figures;
  std::sort(micros.begin(), micros.end());
  auto at = [&](double share) {
    return double(micros[std::min(micros.size() - 1, std::size_t(share * double(micros.size())))]);
  };
  figures.per_second = double(micros.size()) / seconds;
  figures.p50 = at(0.5);
  figures.p90 = at(0.9);
  figures.p99 = at(0.99);
  figures.max = micros.back();
  return figures;
}

std::string to_text(const Figures& figures) {
  char line[200];
  std::snprintf(line, sizeof line,
                "%.0f/s  p50 %.0f µs  p90 %.0f µs  p99 %.0f µs  max %.0f µs  errors %llu",
                figures.per_second, figures.p50, figures.p90, figures.p99, figures.max,
                static_cast<unsigned long long>(figures.errors));
  return line;
}

boost::json::object to_json(const Figures& figures) {
  return {{"count", figures.count},  {"per_second", figures.per_second},
          {"p50_us", figures.p50},   {"p90_us", figures.p90},
          {"p99_us", figures.p99},   {"max_us", figures.max},
          {"errors", figures.errors}};
}

} // namespace mingce::bench
