#include "rules/organ.hpp"

#include "fixture.hpp"

namespace mingce {
namespace {

using test::Told;
using Story = std::vector<Told>;

std::string refusal_of(const Story& told) {
  auto refused = refusal_of_organ(test::facts_of(told));
  return refused ? refused->code : "";
}

TEST(Organ, is_what_its_facts_made_of_it) {
  auto organ = fold_organ(
      test::facts_of({"2020-01-01 organ.registered name=甲 parent=P",
                      "2021-01-01 organ.renamed name=乙", "2022-01-01 organ.reparented parent=Q"}));
  EXPECT_EQ(organ.name, "乙");
  EXPECT_EQ(organ.parent, "Q");
  EXPECT_FALSE(organ.ended_on);
}

/// contract §3: an organ's registration date bounds nothing.
TEST(Organ, may_have_facts_before_its_registration) {
  Story told = {"2022-01-01 organ.registered name=甲", "2021-01-01 organ.renamed name=乙",
                "2021-06-01 competence.transferred to=Z"};
  EXPECT_EQ(refusal_of(told), "");
  auto organ = fold_organ(test::facts_of(told));
  EXPECT_EQ(organ.name, "乙");
  ASSERT_EQ(organ.hand_overs.size(), 1u);
}

TEST(Organ, is_merged_once_and_dissolved_once) {
  Story merged = {"2020-01-01 organ.registered", "2021-01-01 organ.merged into=Z"};
  EXPECT_EQ(refusal_of(merged), "");
  const struct {
    const char *then, *refusal;
  } table[] = {{"2021-02-01 organ.merged into=Y", "organ_ended"},
               {"2020-02-01 organ.merged into=Y", "organ_ended"},
               {"2021-02-01 organ.dissolved", ""},
               {"2021-02-01 competence.transferred to=Y", ""},
               {"2020-06-01 competence.transferred to=Y", ""}};
  for (auto& [then, refusal] : table) {
    auto more = merged;
    more.emplace_back(then);
    EXPECT_EQ(refusal_of(more), refusal) << then;
  }
  EXPECT_EQ(refusal_of({"2020-01-01 organ.registered", "2021-01-01 organ.dissolved",
                        "2021-01-02 organ.dissolved"}),
            "organ_ended");
}

TEST(Organ, is_registered_once) {
  EXPECT_EQ(refusal_of({"2020-01-01 organ.registered", "2020-01-02 organ.registered"}),
            "second_registration");
  EXPECT_EQ(refusal_of({"2020-01-01 organ.registered", "2020-01-02 event.retracted target=1"}),
            "second_registration");
}

TEST(Region, is_an_organ_and_all_below_it) {
  Organs organs;
  for (auto& [code, parent] : std::map<std::string, const char*>{
           {"city", ""}, {"county", "city"}, {"town", "county"}, {"bureau", "city"}, {"other", ""}})
    if (organs[code].name = code; *parent) organs[code].parent = parent;
  using Codes = std::vector<std::string>;
  EXPECT_EQ(region_of(organs, "city"), (Codes{"bureau", "city", "county", "town"}));
  EXPECT_EQ(region_of(organs, "county"), (Codes{"county", "town"}));
  EXPECT_EQ(region_of(organs, "town"), (Codes{"town"}));
  EXPECT_FALSE(is_within(organs, "city", "county"));
}

TEST(Region, of_a_damaged_tree_still_ends) {
  Organs organs;
  organs["a"].parent = "b";
  organs["b"].parent = "a";
  EXPECT_FALSE(is_within(organs, "a", "c"));
  EXPECT_EQ(region_of(organs, "a").size(), 2u);
}

} // namespace
} // namespace mingce
