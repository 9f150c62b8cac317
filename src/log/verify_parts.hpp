#pragma once
// How a verification tells what it finds. Private to src/log/verify*.

#include "log/verify.hpp"

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace mingce {

class Faults {
public:
  explicit Faults(std::vector<LogFault>& list) : list_(list) {}
  void add(const char* code, std::string zh, std::string en) {
    if (list_.size() < most) list_.push_back({code, {std::move(zh), std::move(en)}});
  }
  void add(const Failure& failure) {
    add(failure.code.c_str(), failure.message.zh, failure.message.en);
  }
  void at(std::uint64_t seq, const char* code, const char* zh, const char* en) {
    auto place = std::to_string(seq);
    add(code, "第 " + place + " 条：" + zh, "entry " + place + ": " + en);
  }

private:
  static constexpr std::size_t most = 100;
  std::vector<LogFault>& list_;
};

inline void forked_at(std::uint64_t size, Faults& faults) {
  auto named = std::to_string(size);
  faults.add("forked_log", "检查点 " + named + " 的根与条目不符",
             "the entries do not have the root of checkpoint " + named);
}

inline void beyond_log(std::uint64_t size, Faults& faults) {
  auto named = std::to_string(size);
  faults.add("entries_missing", "检查点 " + named + " 所签的条目不在日志中",
             "entries that checkpoint " + named + " covers are not in the log");
}

} // namespace mingce
