#include "http/metrics.hpp"

#include <prometheus/counter.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <prometheus/text_serializer.h>

#include <map>
#include <mutex>
#include <sstream>
#include <tuple>

namespace mingce {

struct Metrics::Families {
  prometheus::Registry registry;
  prometheus::Family<prometheus::Counter>& requests =
      prometheus::BuildCounter()
          .Name("mingce_http_requests_total")
          .Help("Requests answered, by method, route and status")
          .Register(registry);
  prometheus::Family<prometheus::Histogram>& durations =
      prometheus::BuildHistogram()
          .Name("mingce_http_request_duration_seconds")
          .Help("Time from the whole request read to the answer ready")
          .Register(registry);
  prometheus::Gauge& connections = prometheus::BuildGauge()
                                       .Name("mingce_http_connections")
                                       .Help("Connections open")
                                       .Register(registry)
                                       .Add({});
  prometheus::Counter& refused = prometheus::BuildCounter()
                                     .Name("mingce_http_connections_refused_total")
                                     .Help("Connections closed because there were too many")
                                     .Register(registry)
                                     .Add({});
  prometheus::Gauge& log_size = prometheus::BuildGauge()
                                    .Name("mingce_log_entries")
                                    .Help("Entries of the log on stable storage")
                                    .Register(registry)
                                    .Add({});
  std::function<std::uint64_t()> read_log_size;

  /// What one kind of answer adds to; the library finds it by its labels, which takes longer.
  struct Series {
    prometheus::Counter& requests;
    prometheus::Histogram& durations;
  };
  std::mutex mutex;
  std::map<std::tuple<std::string, std::string, unsigned>, Series, std::less<>> series;

  Series& series_of(std::string_view method, std::string_view route, unsigned status) {
    std::lock_guard lock(mutex);
    auto found = series.find(std::tie(method, route, status));
    if (found != series.end()) return found->second;
    static const prometheus::Histogram::BucketBoundaries seconds{0.0005, 0.001, 0.0025, 0.005, 0.01,
                                                                 0.025,  0.05,  0.1,    0.5,   2.5};
    std::string name(method), path(route);
    auto& count =
        requests.Add({{"method", name}, {"route", path}, {"status", std::to_string(status)}});
    auto& times = durations.Add({{"route", path}}, seconds);
    return series.emplace(std::tuple(name, path, status), Series{count, times}).first->second;
  }
};

Metrics::Metrics() : families_(std::make_unique<Families>()) {}
Metrics::~Metrics() = default;

void Metrics::request_served(std::string_view method, std::string_view route, unsigned status,
                             std::chrono::microseconds took) {
  auto& series = families_->series_of(method, route, status);
  series.requests.Increment();
  series.durations.Observe(double(took.count()) / 1e6);
}

void Metrics::connection_opened() { families_->connections.Increment(); }
void Metrics::connection_closed() { families_->connections.Decrement(); }
void Metrics::connection_refused() { families_->refused.Increment(); }

void Metrics::on_scrape(std::function<std::uint64_t()> log_size) {
  families_->read_log_size = std::move(log_size);
}

std::string Metrics::render() const {
  if (families_->read_log_size) families_->log_size.Set(double(families_->read_log_size()));
  std::ostringstream out;
  prometheus::TextSerializer().Serialize(out, families_->registry.Collect());
  return out.str();
}

} // namespace mingce
