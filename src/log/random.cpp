#include "log/random.hpp"

#include "log/openssl.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>

#include <pthread.h>

#include <algorithm>
#include <array>
#include <atomic>

namespace mingce {
namespace {

using openssl::require;

/// Counts the forks above this process: what was drawn before one belongs to the parent.
std::atomic<unsigned> forks = 0;

class Pool {
public:
  Pool() = default;
  ~Pool() { OPENSSL_cleanse(bytes_.data(), bytes_.size()); }
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  void fill(std::span<unsigned char> out) {
    if (left_ < out.size() || drawn_after_ != forks) draw();
    auto* from = bytes_.data() + bytes_.size() - left_;
    std::copy_n(from, out.size(), out.begin());
    OPENSSL_cleanse(from, out.size());
    left_ -= out.size();
  }

private:
  void draw() {
    static const bool watching = pthread_atfork(nullptr, nullptr, [] { ++forks; }) == 0;
    require(watching && RAND_bytes(bytes_.data(), int(bytes_.size())) == 1, "random bytes");
    left_ = bytes_.size();
    drawn_after_ = forks;
  }

  std::array<unsigned char, 1024> bytes_;
  std::size_t left_ = 0;
  unsigned drawn_after_ = 0;
};

} // namespace

void fill_random(std::span<unsigned char> out) {
  thread_local Pool pool;
  pool.fill(out);
}

} // namespace mingce
