#include "report/narrative.hpp"

#include "report/narrative_checks.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace mingce {
namespace {

constexpr std::string_view whole = R"(# 某街道2024年政府信息公开工作年度报告

## 一、总体情况

　　一年来，工作有序推进。

### （一）主动公开
公开了**重点领域**信息，
另起一行。

### （二）依申请公开
依法办理。

### （三）信息管理
- 清理文件
- 动态更新

### （四）平台建设
1. 改版网站
2. 开通专栏

### （五）监督保障
开展培训。

## 五、存在的主要问题及改进情况
### 主动公开的深度不够
将加以改进。

## 六、其他需要报告的事项
无其他事项。
)";

std::vector<std::string> texts(const Narrative& narrative, Topic topic) {
  std::vector<std::string> out;
  for (auto& paragraph : narrative.of(topic)) out.push_back(paragraph.text);
  return out;
}

using Texts = std::vector<std::string>;

TEST(Narrative, puts_each_text_under_its_topic) {
  auto narrative = read_narrative(whole).value();
  EXPECT_EQ(texts(narrative, Topic::overview), Texts{"一年来，工作有序推进。"});
  EXPECT_EQ(texts(narrative, Topic::proactive), Texts{"公开了重点领域信息，另起一行。"});
  EXPECT_EQ(texts(narrative, Topic::on_request), Texts{"依法办理。"});
  EXPECT_EQ(texts(narrative, Topic::management), (Texts{"清理文件", "动态更新"}));
  EXPECT_EQ(texts(narrative, Topic::platform), (Texts{"1.改版网站", "2.开通专栏"}));
  EXPECT_EQ(texts(narrative, Topic::supervision), Texts{"开展培训。"});
  EXPECT_EQ(texts(narrative, Topic::problems), (Texts{"主动公开的深度不够", "将加以改进。"}));
  EXPECT_EQ(texts(narrative, Topic::other_matters), Texts{"无其他事项。"});
  EXPECT_TRUE(narrative.left_out.empty());
}

TEST(Narrative, takes_over_words_only) {
  auto narrative = read_narrative("# 一、总体情况\n"
                                  "前<b>中</b>后 [字](javascript:alert(1)) ![图](file:///etc/x)\n\n"
                                  "<script>alert(1)</script>\n\n"
                                  "a\x01" "b\xE2\x80\xAE" "c\n")
                       .value();
  EXPECT_EQ(texts(narrative, Topic::overview), (Texts{"前中后 字 图", "a\uFFFDb\uFFFDc"}));
  EXPECT_EQ(narrative.left_out.size(), 2u);
  EXPECT_TRUE(narrative.left_out[0].starts_with("第 2 行"));
}

TEST(Narrative, refuses_what_is_generated_and_names_the_line) {
  for (auto* heading : {"二、主动公开政府信息情况", "三、收到和处理政府信息公开申请情况",
                        "四、政府信息公开行政复议、行政诉讼情况"}) {
    auto read = read_narrative("# 一、总体情况\n\n# " + std::string(heading) + "\n");
    ASSERT_FALSE(read) << heading;
    EXPECT_EQ(read.error().code, "bad_narrative");
    EXPECT_NE(read.error().message.zh.find("第 3 行"), std::string::npos);
    EXPECT_NE(read.error().message.en.find("line 3"), std::string::npos);
  }
}

TEST(Narrative, refuses_what_is_no_text) {
  EXPECT_EQ(read_narrative("# 一\n\xff\n").error().message.en, "narrative, line 2: not UTF-8");
  EXPECT_FALSE(read_narrative(std::string(1'000'001, 'a')));
}

TEST(Narrative, may_be_empty) {
  auto narrative = read_narrative("").value();
  EXPECT_TRUE(narrative.topics.empty());
  EXPECT_TRUE(narrative.whole().empty());
}

// ── checks ──────────────────────────────────────────────────────────────────────────────────────

Check find(const std::vector<Check>& checks, std::string_view id) {
  return *std::ranges::find(checks, id, &Check::id);
}

TEST(NarrativeChecks, name_the_topics_without_a_text) {
  auto narrative = read_narrative("# 一、总体情况\n## 监督保障\n有。\n").value();
  auto check = find(check_narrative(narrative, nullptr), "N01");
  EXPECT_EQ(check.status, CheckStatus::warn);
  EXPECT_EQ(check.message.zh, "没有撰写：主动公开、依申请公开、政府信息管理、政府信息公开平台建设、"
                              "存在的主要问题及改进情况");
  EXPECT_EQ(find(check_narrative(read_narrative(whole).value(), nullptr), "N01").status,
            CheckStatus::pass);
  // 无 alone is no text.
  auto nothing = read_narrative("# 五、存在的主要问题及改进情况\n无。\n").value();
  EXPECT_TRUE(find(check_narrative(nothing, nullptr), "N01").message.zh.ends_with("改进情况"));
}

TEST(NarrativeChecks, tell_a_text_too_short_or_too_long) {
  auto of_length = [](int characters) {
    std::string text = "# 一、总体情况\n";
    for (int i = 0; i < characters; ++i) text += "字";
    return find(check_narrative(read_narrative(text).value(), nullptr), "N02");
  };
  EXPECT_EQ(of_length(199).status, CheckStatus::warn);
  EXPECT_EQ(of_length(200).status, CheckStatus::pass);
  EXPECT_EQ(of_length(1500).status, CheckStatus::pass);
  EXPECT_EQ(of_length(1501).status, CheckStatus::warn);
}

TEST(NarrativeChecks, tell_last_years_text_with_new_figures) {
  auto last = read_narrative("# 一、总体情况\n本机关全年主动公开信息100条，组织培训2次。\n").value();
  auto same = read_narrative("# 一、总体情况\n本机关全年主动公开信息120条，组织培训3次。\n").value();
  auto other = read_narrative("# 一、总体情况\n建立了数据共享和定期会商的新机制。\n").value();
  EXPECT_EQ(find(check_narrative(same, &last), "N03").status, CheckStatus::warn);
  EXPECT_EQ(find(check_narrative(other, &last), "N03").status, CheckStatus::pass);
  EXPECT_EQ(find(check_narrative(same, nullptr), "N03").status, CheckStatus::not_applicable);
  EXPECT_EQ(likeness("完全相同的一句话", "完全相同的一句话"), 100);
  EXPECT_EQ(likeness("", "完全相同的一句话"), 0);
}

} // namespace
} // namespace mingce
