#pragma once
// Where benchmarks write: MINGCE_BENCH_DIR, on the disk that is to be judged.

#include <cstdlib>
#include <filesystem>
#include <string>

namespace mingce::bench {

/// A name in it that is not there.
inline std::filesystem::path scratch(const std::string& name) {
  auto* given = std::getenv("MINGCE_BENCH_DIR");
  std::filesystem::path root(given ? given : "/tmp/mingce-bench");
  std::filesystem::create_directories(root);
  std::filesystem::remove_all(root / name);
  std::filesystem::remove_all(root / (name + ".keys"));
  return root / name;
}

} // namespace mingce::bench
