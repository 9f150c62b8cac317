#include "base/day.hpp"

#include <gtest/gtest.h>

namespace mingce {
namespace {

TEST(Day, is_an_existing_date_in_one_form_only) {
  for (auto text : {"1900-01-01", "2020-02-29", "2000-02-29", "2026-12-31", "2999-12-31"}) {
    auto day = parse_day(text);
    ASSERT_TRUE(day) << text;
    EXPECT_EQ(to_string(*day), text);
  }
  for (auto text : {"",
                    "2026",
                    "2026-1-01",
                    "2026-01-1",
                    "2026-01-01 ",
                    " 2026-01-01",
                    "2026/01/01",
                    "2026-01-00",
                    "2026-00-01",
                    "2026-13-01",
                    "2026-01-32",
                    "2026-04-31",
                    "2025-02-29",
                    "1900-02-29",
                    "1899-12-31",
                    "3000-01-01",
                    "+026-01-01",
                    "-026-01-01",
                    "2026-+1-01",
                    "2026-01-01T00:00:00Z",
                    "20260101",
                    "２０２６-01-01",
                    "2026-01-0a"})
    EXPECT_FALSE(parse_day(text)) << text;
}

TEST(Day, of_every_date_survives_the_round_trip) {
  for (Day day = first_day_of(1999); day <= last_day_of(2032); day += date::days{1})
    ASSERT_EQ(parse_day(to_string(day)), day) << to_string(day);
}

TEST(Day, knows_its_year) {
  EXPECT_EQ(year_of(*parse_day("2020-01-01")), 2020);
  EXPECT_EQ(year_of(*parse_day("2020-12-31")), 2020);
  EXPECT_EQ(to_string(first_day_of(2020)), "2020-01-01");
  EXPECT_EQ(to_string(last_day_of(2020)), "2020-12-31");
}

TEST(Instant, is_read_with_any_offset_and_written_in_utc_with_milliseconds) {
  struct {
    const char *in, *out;
  } cases[] = {
      {"2026-03-01T00:00:00Z", "2026-03-01T00:00:00.000Z"},
      {"2026-03-01t00:00:00z", "2026-03-01T00:00:00.000Z"},
      {"2026-03-01T08:00:00+08:00", "2026-03-01T00:00:00.000Z"},
      {"2026-02-28T23:30:00-00:30", "2026-03-01T00:00:00.000Z"},
      {"2026-03-01T07:59:59.9+08:00", "2026-02-28T23:59:59.900Z"},
      {"2026-03-01T00:00:00.123456789Z", "2026-03-01T00:00:00.123Z"},
      {"1969-12-31T23:59:59.999Z", "1969-12-31T23:59:59.999Z"},
  };
  for (auto& [in, out] : cases) {
    auto instant = parse_instant(in);
    ASSERT_TRUE(instant) << in;
    EXPECT_EQ(to_string(*instant), out) << in;
  }
  for (auto text : {"", "2026-03-01", "2026-03-01T00:00:00", "2026-03-01 00:00:00Z",
                    "2026-03-01T24:00:00Z", "2026-03-01T00:60:00Z", "2026-03-01T00:00:00.Z",
                    "2026-03-01T00:00:00.1234567890Z", "2026-03-01T00:00:00+0800",
                    "2026-03-01T00:00:00+8:00", "2026-02-30T00:00:00Z", "2026-03-01T00:00:00ZZ"})
    EXPECT_FALSE(parse_instant(text)) << text;
}

TEST(Instant, falls_on_a_civil_day_in_shanghai) {
  EXPECT_EQ(to_string(civil_day(*parse_instant("2025-12-31T15:59:59.999Z"))), "2025-12-31");
  EXPECT_EQ(to_string(civil_day(*parse_instant("2025-12-31T16:00:00.000Z"))), "2026-01-01");
  EXPECT_EQ(to_string(civil_day(*parse_instant("1969-12-31T15:59:59.999Z"))), "1969-12-31");
}

TEST(Day, begins_at_midnight_in_shanghai) {
  auto begin = start_of(*parse_day("2026-01-01"));
  EXPECT_EQ(to_string(begin), "2025-12-31T16:00:00.000Z");
  EXPECT_EQ(to_string(civil_day(begin)), "2026-01-01");
  EXPECT_EQ(to_string(civil_day(begin - std::chrono::milliseconds{1})), "2025-12-31");
}

} // namespace
} // namespace mingce
