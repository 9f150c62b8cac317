#pragma once
// Reports as they were answered last. Nothing moves in a report until something is recorded, and
// at the end of a year many people ask for the same one. Thread-safe.

#include "http/message.hpp"

#include <cstdint>
#include <map>
#include <mutex>
#include <optional>
#include <string>

namespace mingce {

class KeptReports {
public:
  /// The answer to that very question, if it was given of the register at this position.
  std::optional<Response> find(const std::string& question, std::uint64_t position) const;
  void keep(const std::string& question, std::uint64_t position, const Response& answer);

private:
  struct Kept {
    std::uint64_t position = 0;
    Response answer;
  };
  mutable std::mutex mutex_;
  std::map<std::string, Kept> kept_;
};

} // namespace mingce
