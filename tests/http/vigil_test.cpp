// Whether keepers wait for the next request or stay awake; how much that gains is measured by the
// benchmarks.

#include "http/server_vigil.hpp"

#include "base/cores.hpp"

#include <gtest/gtest.h>

#include <functional>

namespace mingce {
namespace {

using namespace std::chrono_literals;

bool comes_true(const std::function<bool()>& what) {
  for (int i = 0; i < 10'000; ++i) {
    if (what()) return true;
    std::this_thread::sleep_for(1ms);
  }
  return false;
}

TEST(Vigil, is_kept_only_where_it_was_asked_for) {
  Vigil none(1, 0us);
  EXPECT_FALSE(none.is_kept());
  Vigil vigil(1, 1ms);
  EXPECT_EQ(vigil.is_kept(), usable_cores() <= 4 && !is_processor_time_limited());
}

TEST(Vigil, sleeps_until_a_request_comes_and_again_after_it) {
  Vigil vigil(2, 1ms);
  if (!vigil.is_kept()) GTEST_SKIP() << "no vigil is kept on this machine";
  for (std::size_t lane : {0, 1, 0}) {
    EXPECT_TRUE(comes_true([&] { return vigil.is_asleep(); }));
    { Vigil::Turn turn(vigil, lane); }
  }
  EXPECT_TRUE(comes_true([&] { return vigil.is_asleep(); }));
}

TEST(Vigil, is_awake_while_requests_come) {
  Vigil vigil(1, 60s);
  if (!vigil.is_kept()) GTEST_SKIP() << "no vigil is kept on this machine";
  Vigil::Turn turn(vigil, 0);
  std::this_thread::sleep_for(20ms); // much less than it lingers
  EXPECT_FALSE(vigil.is_asleep());
}

TEST(Vigil, does_not_stay_for_a_request_that_takes_long) {
  Vigil vigil(1, 1ms);
  if (!vigil.is_kept()) GTEST_SKIP() << "no vigil is kept on this machine";
  Vigil::Turn turn(vigil, 0);
  EXPECT_TRUE(comes_true([&] { return vigil.is_asleep(); }));
}

TEST(Vigil, ends_at_once_in_the_midst_of_lingering) {
  Vigil vigil(1, 24h);
  Vigil::Turn turn(vigil, 0);
} // the test would not end

} // namespace
} // namespace mingce
