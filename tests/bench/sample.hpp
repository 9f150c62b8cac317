#pragma once
// Entries as the ceilings write them: about as long as a leaf of the log (375 bytes), ten a stream,
// streams interleaved as requests of a city are.

#include <cstdint>
#include <string>

namespace mingce::bench {

struct Sample {
  std::uint64_t stream = 0;
  std::uint32_t version = 0;
  std::string leaf;
};

/// The n-th entry, n counted from 0; always the same.
inline Sample sample_entry(std::uint64_t n) {
  constexpr std::uint64_t open = 640; // streams that are worked on at a time
  Sample out;
  out.stream = n / (open * 10) * open + n % open;
  out.version = std::uint32_t(n / open % 10) + 1;
  auto hex = [](std::uint64_t value) {
    std::string text(16, '0');
    for (int i = 15; i >= 0; --i, value >>= 4)
      text[std::size_t(i)] = "0123456789abcdef"[value & 15];
    return text;
  };
  auto noise = [](std::uint64_t x) {
    x = (x ^ (x >> 30)) * 0xbf58476d1ce4e5b9u;
    x = (x ^ (x >> 27)) * 0x94d049bb133111ebu;
    return x ^ (x >> 31);
  };
  auto commitment = hex(noise(n + 1)) + hex(noise(n + 2)) + hex(noise(n + 3)) + hex(noise(n + 4));
  out.leaf = R"({"actor":"u)" + std::to_string(1000 + n % 40) + R"(","body":{"commitment":")" +
             commitment + R"(","length":)" + std::to_string(90 + n % 60) +
             R"(},"event":{"data":{"document_no":"政公开告知〔2026〕)" +
             std::to_string(out.stream) + R"(号","outcome":"disclosed.provided"},"on":"2026-03-0)" +
             std::to_string(1 + n % 9) +
             R"(","type":"request.answered"},"format":1,"recorded_at":"2026-03-09T08:)" +
             std::to_string(10 + n % 50) + R"(:07.123Z","stream":")" + hex(noise(out.stream)) +
             hex(noise(~out.stream)) + R"(","version":)" + std::to_string(out.version) + "}";
  return out;
}

} // namespace mingce::bench
