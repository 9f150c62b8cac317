#include "report/render_ics.hpp"

#include <gtest/gtest.h>
#include <libical/ical.h>

#include <memory>

namespace mingce {
namespace {

const Day day = date::year{2026} / date::December / 31;

std::vector<CalendarEvent> events() {
  std::string long_text;
  for (int i = 0; i < 40; ++i) long_text += "期限、逗号, 分号; 反斜杠\\\n";
  return {{"a-answer@mingce", day, "2026-00001 答复到期", long_text, "answer"},
          {"b-payment@mingce", day, "2026-00002, 缴费到期", "", "payment"}};
}

std::string feed() {
  return render_ics("某局 政府信息公开期限", *parse_instant("2026-11-23T01:02:03.004Z"), events());
}

/// RFC 5545, 3.1: lines end with CRLF and hold at most 75 octets.
TEST(Feed, is_folded) {
  std::size_t lines = 0;
  auto text = feed();
  for (std::size_t at = 0; at < text.size(); ++lines) {
    auto end = text.find("\r\n", at);
    ASSERT_NE(end, text.npos);
    EXPECT_LE(end - at, 75u) << text.substr(at, end - at);
    EXPECT_EQ(text.substr(at, end - at).find('\n'), text.npos);
    at = end + 2;
  }
  EXPECT_GT(lines, 30u);
}

TEST(Feed, is_read_back_by_the_rules_of_icalendar) {
  std::unique_ptr<icalcomponent, decltype(&icalcomponent_free)> read(
      icalparser_parse_string(feed().c_str()), &icalcomponent_free);
  ASSERT_TRUE(read);
  EXPECT_EQ(icalcomponent_count_errors(read.get()), 0);
  EXPECT_TRUE(icalrestriction_check(read.get())) << icalcomponent_as_ical_string(read.get());
  auto expected = events();
  std::size_t i = 0;
  for (auto* event = icalcomponent_get_first_component(read.get(), ICAL_VEVENT_COMPONENT); event;
       event = icalcomponent_get_next_component(read.get(), ICAL_VEVENT_COMPONENT), ++i) {
    ASSERT_LT(i, expected.size());
    EXPECT_EQ(icalcomponent_get_uid(event), expected[i].uid);
    EXPECT_EQ(icalcomponent_get_summary(event), expected[i].summary);
    if (!expected[i].description.empty()) {
      EXPECT_EQ(icalcomponent_get_description(event), expected[i].description);
    }
    auto start = icalcomponent_get_dtstart(event), end = icalcomponent_get_dtend(event);
    EXPECT_TRUE(start.is_date);
    EXPECT_STREQ(icaltime_as_ical_string(start), "20261231");
    EXPECT_STREQ(icaltime_as_ical_string(end), "20270101");
    EXPECT_STREQ(icaltime_as_ical_string(icalcomponent_get_dtstamp(event)), "20261123T010203Z");
  }
  EXPECT_EQ(i, expected.size());
}

TEST(Feed, of_the_same_events_has_the_same_bytes) { EXPECT_EQ(feed(), feed()); }

} // namespace
} // namespace mingce
