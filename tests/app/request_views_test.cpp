#include "app/request_views.hpp"

#include "app_fixture.hpp"

namespace mingce {
namespace {

/// What a reader gets, whoever asked before, is what is made anew from the entries.
class RequestViewsTest : public test::OfficeTest {
protected:
  void SetUp() override {
    test::OfficeTest::SetUp();
    views.emplace(*office);
  }
  void expect_fresh(const StreamId& id) {
    auto shown = views->as_it_stands(id, office->today(), Language::en);
    auto again = views->as_it_stands(id, office->today(), Language::en);
    ASSERT_TRUE(shown && again);
    EXPECT_EQ(shown->json, again->json);
    EXPECT_EQ(shown->version, again->version);
    EXPECT_EQ(canonical(json::parse(shown->json)), canonical(json::value(view(id))));
  }
  std::string lamp(const StreamId& id) {
    auto shown = views->as_it_stands(id, office->today(), Language::zh);
    return json::serialize(json::parse(shown->json).at("lamp"));
  }
  std::optional<RequestViews> views;
};

TEST_F(RequestViewsTest, follow_every_entry_of_the_case) {
  auto id = received("1");
  expect_fresh(id);
  for (auto* event :
       {R"(2026-03-03 event.amended target=1 data={"subject":"甲"})",
        "2026-03-04 request.assigned unit=乙",
        "2026-03-05 correction.requested respond_by=2026-03-30", "2026-03-20 correction.received",
        "2026-03-21 event.retracted target=3", "2026-04-01 request.answered"}) {
    EXPECT_EQ(when(id, event), "") << event;
    expect_fresh(id);
  }
}

TEST_F(RequestViewsTest, follow_the_day_the_calendar_and_the_settings) {
  clock_at("2026-03-06T04:00:00Z");
  auto id = received("1");
  expect_fresh(id);
  clock_at("2026-03-09T04:00:00Z"); // another day
  expect_fresh(id);
  auto before = lamp(id);
  EXPECT_EQ(when(test::organ_id("JX"), "2026-03-09 policy.set lamp_yellow=19 lamp_orange=2"), "");
  EXPECT_NE(lamp(id), before);
  expect_fresh(id);
  auto due_on = [&] {
    auto shown = views->as_it_stands(id, office->today(), Language::zh);
    return json::serialize(json::parse(shown->json).at("due_on"));
  };
  auto due_before = due_on();
  EXPECT_EQ(test::refusal_of(tell(test::opening("JX", "", R"(2026-03-09 calendar.loaded year=2026
                     title=某市 rest=[{"on":"2026-03-25","name":"地方节日"}])"))),
            "");
  EXPECT_NE(due_on(), due_before);
  expect_fresh(id);
}

TEST_F(RequestViewsTest, as_it_stood_are_of_the_version_that_was_asked_for) {
  auto id = received("1");
  auto position = size();
  EXPECT_EQ(when(id, "2026-03-20 request.answered"), "");
  auto then = views->as_it_stood(id, 1, position, office->today(), Language::en);
  ASSERT_TRUE(then);
  EXPECT_EQ(then->version, 1u);
  EXPECT_TRUE(json::parse(then->json).at("concluded_on").is_null()) << then->json;
  expect_fresh(id);
  EXPECT_FALSE(views->as_it_stands(test::request_id("2"), office->today(), Language::en));
}

} // namespace
} // namespace mingce
