#include "rules/erasure.hpp"

#include "fixture.hpp"
#include "rules/decide.hpp"

#include <set>

namespace mingce {
namespace {

using test::day;
using test::Told;
using Story = std::vector<Told>;

// ---- 保管期限
// -------------------------------------------------------------------------------------

TEST(Retention, is_read_as_the_table_says) {
  for (auto& [place, words] : test::read_table("retention.table")) {
    ASSERT_EQ(words.size(), 3u) << place;
    auto text = words[0];
    std::ranges::replace(text, '_', ' ');
    auto retention = read_retention(text);
    auto last = retention.last_day(day(words[1]));
    auto said = last != Day::max()                              ? to_string(last)
                : retention.kind == Retention::Kind::unreadable ? "无法识别"
                                                                : "永久";
    EXPECT_EQ(said, words[2]) << place;
  }
}

// ---- 删除 ---------------------------------------------------------------------------------------

/// A stream as recorded, each entry saying whether it has a private half.
std::vector<Record> recorded(const Story& told) {
  auto records = test::records_of(told);
  for (auto& record : records) {
    std::uint32_t target = 0;
    if (auto* given = record.data.if_contains("target")) target = std::uint32_t(given->as_int64());
    auto event = decode(*record.type, record.data).value();
    record.has_private = encode(event, amended_types(records, target)).has_private();
  }
  return records;
}

/// The code by which an erasure is refused on that day: as the case stands, or in its place.
std::string refusal_of(const Story& told, const std::vector<std::string>& disputes, Day on) {
  auto records = recorded(told);
  auto facts = resolve(records).value();
  ErasureSurroundings surroundings{disputes, has_private_since_erasure(records)};
  if (auto refused = refusal_of_erasure(fold_case(facts), on, surroundings)) return refused->code;
  auto with = told;
  with.push_back(to_string(on) + " applicant.erased");
  auto judged = judge_case(test::facts_of(with));
  return judged ? "" : judged.error().code;
}

TEST(Erasure, is_possible_as_the_table_says) {
  Story told;
  std::vector<std::string> disputes;
  std::string name;
  std::set<std::string> codes;
  for (auto& [place, words] : test::read_table("erasure.table")) {
    auto& what = words.at(0);
    if (what == "case") {
      name = words.at(1);
      told.clear();
      disputes.clear();
    } else if (what == "dispute") {
      disputes.push_back(words.at(1));
    } else if (what == "erase") {
      auto code = words.size() > 2 ? words[2] : "";
      EXPECT_EQ(refusal_of(told, disputes, day(words.at(1))), code) << place << ' ' << name;
      codes.insert(code);
    } else {
      told.push_back(Told(words));
    }
  }
  for (auto* code : {"", "retention_open", "dispute_open", "redo_open", "legal_hold",
                     "already_erased", "before_receipt"})
    EXPECT_TRUE(codes.contains(code)) << code;
}

const Story answered = {"2026-03-02 request.received", "2026-03-12 request.answered"};

Story operator+(Story told, const Told& next) {
  told.push_back(next);
  return told;
}

TEST(Erasure, is_refused_with_the_article_and_what_is_open) {
  const struct {
    Story told;
    ErasureSurroundings surroundings;
    const char *code, *article, *says;
  } cases[] = {
      {answered + "2027-02-01 request.archived retention=10年",
       {},
       "retention_open",
       "个人信息保护法47.2",
       "2036-12-31"},
      {answered + "2027-02-01 request.archived retention=永久",
       {},
       "retention_open",
       "个人信息保护法47.2",
       "for ever"},
      {answered + "2027-02-01 request.archived retention=长期",
       {},
       "retention_open",
       "个人信息保护法47.2",
       "cannot be read"},
      {answered, {{"复1", "诉2"}}, "dispute_open", "复议法44；行诉法34", "复1, 诉2"},
      {answered + "2026-05-06 redo.ordered", {}, "redo_open", "复议法64；行诉法70", "redo"},
      {answered + "2026-05-06 hold.placed", {}, "legal_hold", "个人信息保护法47.2", "1 hold"},
      {answered + "2026-05-06 applicant.erased",
       {{}, false},
       "already_erased",
       "个人信息保护法47",
       "2026-05-06"},
  };
  for (auto& [told, surroundings, code, article, says] : cases) {
    auto refused =
        refusal_of_erasure(fold_case(test::facts_of(told)), day("2027-03-01"), surroundings);
    ASSERT_TRUE(refused) << code;
    EXPECT_EQ(refused->kind, FailureKind::impossible);
    EXPECT_EQ(refused->code, code);
    EXPECT_EQ(refused->article, article) << code;
    EXPECT_NE(refused->message.en.find(says), std::string::npos) << refused->message.en;
    EXPECT_FALSE(refused->message.zh.empty()) << code;
  }
}

TEST(Erasure, cannot_be_retracted) {
  for (auto& type : catalogue())
    EXPECT_EQ(refusal_of_retraction(type).has_value(),
              type.info().type == std::string_view("applicant.erased"))
        << type.info().type;
}

TEST(Erasure, moves_no_clock_and_no_count) {
  auto before = fold_case(test::facts_of(answered));
  auto after = fold_case(test::facts_of(answered + "2026-03-11 applicant.erased"));
  EXPECT_EQ(to_string(*after.erased_on), "2026-03-11");
  EXPECT_EQ(after.state(), before.state());
  EXPECT_EQ(after.counts(), before.counts());
  EXPECT_EQ(after.conclusion->on, before.conclusion->on);
}

/// Whatever is recorded afterwards goes on as before.
TEST(Erasure, does_not_end_the_case) {
  Story told = {"2026-03-02 request.received",     "2026-03-03 applicant.erased",
                "2026-03-05 correction.requested", "2026-03-06 correction.received",
                "2026-03-12 request.answered",     "2026-05-06 redo.ordered",
                "2026-05-20 redo.answered",        "2027-01-06 request.archived retention=永久"};
  auto judged = judge_case(test::facts_of(told));
  ASSERT_TRUE(judged) << judged.error().code;
  EXPECT_EQ(judged->state(), CaseState::concluded);
}

/// The house rule: a fact that comes late may not make the erasure impossible.
TEST(Erasure, holds_against_facts_that_come_late) {
  auto erased = answered + "2026-05-06 applicant.erased";
  const struct {
    const char *late, *code;
  } cases[] = {
      {"2026-05-05 hold.placed", "legal_hold"},
      {"2026-05-05 redo.ordered", "redo_open"},
      {"2026-05-05 request.archived retention=永久", "retention_open"},
      {"2026-05-07 hold.placed", ""},
      {"2026-05-07 redo.ordered", ""},
      {"2026-05-07 request.archived retention=永久", ""},
  };
  for (auto& [late, code] : cases) {
    auto judged = judge_case(test::facts_of(erased + late));
    EXPECT_EQ(judged ? "" : judged.error().code, code) << late;
  }
}

} // namespace
} // namespace mingce
