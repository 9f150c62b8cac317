#include "base/decimal.hpp"

#include <gtest/gtest.h>

namespace mingce {
namespace {

TEST(Decimal, is_read_exactly) {
  struct {
    const char* text;
    std::int64_t hundredths;
  } cases[] = {{"0", 0},
               {"-0", 0},
               {"0.5", 50},
               {"0.05", 5},
               {"-0.05", -5},
               {"12", 1200},
               {"12.30", 1230},
               {"-7.25", -725},
               {"15279642.83", 1527964283},
               {"592372449", 59237244900},
               {"10000000000000", 1'000'000'000'000'000},
               {"-10000000000000.00", -1'000'000'000'000'000}};
  for (auto& [text, hundredths] : cases) {
    auto value = parse_decimal(text);
    ASSERT_TRUE(value) << text;
    EXPECT_EQ(value->hundredths, hundredths) << text;
  }
}

TEST(Decimal, refuses_every_other_form) {
  for (auto text : {"",
                    "-",
                    "+1",
                    "01",
                    "-01",
                    "00",
                    "1.",
                    ".5",
                    "1.234",
                    "1,000",
                    "1e3",
                    " 1",
                    "1 ",
                    "0x10",
                    "--1",
                    "1.-5",
                    "NaN",
                    "10000000000000.01",
                    "99999999999999999999",
                    "１"})
    EXPECT_FALSE(parse_decimal(text)) << text;
}

TEST(Decimal, is_written_in_its_shortest_exact_form) {
  struct {
    std::int64_t hundredths;
    const char *yuan, *in_10k;
  } cases[] = {{0, "0", "0"},
               {5, "0.05", "0.000005"},
               {-5, "-0.05", "-0.000005"},
               {50, "0.5", "0.00005"},
               {100, "1", "0.0001"},
               {-1230, "-12.3", "-0.00123"},
               {1'000'000, "10000", "1"},
               {59'237'244'900, "592372449", "59237.2449"},
               {1'000'000'000'000'000, "10000000000000", "1000000000"}};
  for (auto& [hundredths, yuan, in_10k] : cases) {
    EXPECT_EQ(to_string(Decimal{hundredths}), yuan);
    EXPECT_EQ(to_string_in_10k(Decimal{hundredths}), in_10k);
  }
}

TEST(Decimal, round_trips) {
  for (std::int64_t hundredths = -12'345; hundredths <= 12'345; ++hundredths)
    ASSERT_EQ(parse_decimal(to_string(Decimal{hundredths})), Decimal{hundredths}) << hundredths;
}

TEST(Decimal, sums_without_loss) {
  Decimal sum;
  for (int i = 0; i < 1000; ++i) sum += *parse_decimal("0.1");
  EXPECT_EQ(sum, Decimal::whole(100));
  EXPECT_TRUE(sum.is_whole());
  EXPECT_FALSE(parse_decimal("0.1")->is_whole());
}

} // namespace
} // namespace mingce
