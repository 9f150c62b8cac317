// The page of a dossier, the pieces of HTML it is made of, and the words it is written in.

#include "report/render_dossier.hpp"

#include "report/glossary.hpp"
#include "report/html.hpp"
#include "rules/codec.hpp"
#include "rules/timers.hpp"

#include <gtest/gtest.h>

#include <set>

namespace mingce {
namespace {

TEST(Html, text_is_escaped) {
  EXPECT_EQ(html_text("<b>&\"'</b>"), "&lt;b&gt;&amp;&quot;&#39;&lt;/b&gt;");
  EXPECT_EQ(html_text("一\n二\t三"), "一\n二\t三");
  EXPECT_EQ(html_text(std::string_view("a\0\x1b\x7f", 4)), "a\uFFFD\uFFFD\uFFFD");
}

TEST(Html, tables_have_headings) {
  static constexpr ListColumn columns[] = {{"on", "日期"}, {"held", "成立"}, {"id", nullptr}};
  auto rows = parse_json(R"([{"on":"<1>","held":true,"id":"x"},{}])")->as_array();
  EXPECT_EQ(html_table(columns, rows),
            "<table><thead><tr><th scope=\"col\">日期</th><th scope=\"col\">成立</th></tr></thead>"
            "<tbody><tr><td>&lt;1&gt;</td><td>是</td></tr>\n<tr><td>—</td><td>—</td></tr>\n"
            "</tbody></table>\n");
  EXPECT_EQ(html_row("甲&乙", "<b>丙</b>"),
            "<tr><th scope=\"row\">甲&amp;乙</th><td><b>丙</b></td></tr>\n");
}

/// The names of all members of a schema, those within members as well.
void collect_members(const json::value& schema, std::set<std::string>& names) {
  if (auto* array = schema.if_array())
    for (auto& each : *array) collect_members(each, names);
  auto* object = schema.if_object();
  if (!object) return;
  if (auto* properties = object->if_contains("properties"); properties && properties->is_object())
    for (auto& member : properties->as_object()) names.emplace(member.key());
  for (auto& member : *object) collect_members(member.value(), names);
}

TEST(Glossary, every_member_of_the_catalogue_has_a_name) {
  for (auto& type : catalogue()) {
    std::set<std::string> names;
    collect_members(data_schema(type), names);
    for (auto& name : names) EXPECT_NE(name_of_member(type.info().type, name), name);
  }
}

/// Every word that the data of that schema can hold has a name where it stands.
void check_words(const char* type, const std::string& member, const json::value& schema) {
  auto* object = schema.if_object();
  if (!object) return;
  if (auto* words = object->if_contains("enum"))
    for (auto& word : words->as_array()) {
      auto text = std::string(word.as_string());
      EXPECT_NE(name_of_word(type, member, text), text) << type << " " << member;
    }
  if (auto* items = object->if_contains("items")) check_words(type, member, *items);
  if (auto* properties = object->if_contains("properties"))
    for (auto& each : properties->as_object()) check_words(type, each.key(), each.value());
}

TEST(Glossary, every_word_of_the_catalogue_has_a_name) {
  for (auto& type : catalogue()) check_words(type.info().type, "", data_schema(type));
}

TEST(Glossary, a_word_means_what_it_means_in_its_event) {
  EXPECT_EQ(name_of_word("notice.served", "result", "refused"), "拒收");
  EXPECT_EQ(name_of_word("approval.recorded", "result", "refused"), "不同意");
  EXPECT_EQ(name_of_word("redo.ordered", "by", "self"), "本机关");
  EXPECT_EQ(name_of_word("approval.recorded", "by", "self"), "self");
  EXPECT_EQ(named<CaseState>("redo"), "重新处理");
  EXPECT_EQ(named<CaseState>("nonsense"), "nonsense");
  EXPECT_EQ(named<TimerKind>("answer"), title_of(TimerKind::answer));
}

json::object example() {
  return parse_json(R"({
    "register_no":"2026-<1>","id":"00ff","organ":{"code":"qs","name":"青石县"},
    "holder":{"code":"qs2","name":"青石市"},"as_of":{"seq":9,"recorded_at":"2026-03-30T00:00:00.000Z"},
    "on":"2026-03-30","with_personal_data":true,
    "request":{"state":"concluded","received_on":"2026-03-02","outcome":"partially_disclosed",
      "subject":"<script>alert(1)</script>","applicant":{"kind":"natural_person","name":"王&五"},
      "lamp":null,"timers":[]},
    "events":[
      {"seq":3,"version":1,"type":"request.received","title":"收到申请（登记）","on":"2026-03-02",
       "recorded_at":"2026-03-02T01:00:00.000Z","actor":"<x>","source":"observed",
       "documents":[{"kind":"申请书","name":"甲<1>.pdf","sha256":"abcd","sm3":"ef01","size":12}],
       "data":{"channel":"web","subject":"<script>alert(1)</script>"}},
      {"seq":5,"version":2,"type":"request.answered","title":"作出答复","on":"2026-03-20",
       "recorded_at":"2026-03-20T01:00:00.000Z","actor":"a","source":"asserted","documents":[],
       "data":{"outcome":"disclosed.provided"},
       "amended":{"by":[3],"on":"2026-03-19","data":{"outcome":"partially_disclosed"}}},
      {"seq":6,"version":3,"type":"event.amended","title":"记录更正","on":"2026-03-21",
       "recorded_at":"2026-03-21T01:00:00.000Z","actor":"a","source":"observed","documents":[],
       "data":{"target":2,"on":"2026-03-19","data":{"outcome":"partially_disclosed"}}},
      {"seq":7,"version":4,"type":"note.added","title":"备注","on":"2026-03-22",
       "recorded_at":"2026-03-22T01:00:00.000Z","actor":"a","source":"observed","documents":[],
       "data":{"text":"电话"},"retracted":{"by":5}}],
    "clock":{"steps":[{"version":1,"on":"2026-03-02","effect":"收到申请","due_on":"2026-03-30"}],
             "runs":[{"from":"2026-03-03","to":"2026-03-06","days":4,"use":"counted","first":1,"last":4}],
             "told":[]},
    "irregularities":[{"code":"late_answer","article":"条例33","version":2,"message":"逾期"}],
    "incomplete":[],"fees":[],"disputes":[],"proofs":[]})")
      ->as_object();
}

class DossierPage : public testing::Test {
protected:
  bool has(const std::string& text) const { return page.find(text) != page.npos; }
  std::string page = render_dossier(example());
};

TEST_F(DossierPage, stands_by_itself) {
  EXPECT_TRUE(page.starts_with("<!DOCTYPE html>\n<html lang=\"zh-CN\">"));
  for (auto* alien : {"<script", "http:", "https:", "<link", "<img", "url(", "@import"})
    EXPECT_FALSE(has(alien)) << alien;
}

TEST_F(DossierPage, escapes_what_people_wrote) {
  EXPECT_TRUE(has("&lt;script&gt;alert(1)&lt;/script&gt;"));
  EXPECT_TRUE(has("王&amp;五"));
  EXPECT_TRUE(has("<title>政府信息公开申请案卷 2026-&lt;1&gt; 青石县</title>"));
}

TEST_F(DossierPage, names_papers_with_their_digests) {
  EXPECT_TRUE(has("材料：申请书 甲&lt;1&gt;.pdf（12 字节） "
                  "<span class=\"digest\">SHA-256 abcd\nSM3 ef01</span>"));
}

TEST_F(DossierPage, is_written_in_chinese) {
  EXPECT_TRUE(has("<th scope=\"row\">状态</th><td>已办结</td>"));
  EXPECT_TRUE(has("<th scope=\"row\">现承办机关</th><td>青石市（qs2）</td>"));
  EXPECT_TRUE(has("渠道：互联网"));
  EXPECT_TRUE(has("承接旧登记册"));
  EXPECT_TRUE(has("<td>计入</td>"));
  EXPECT_FALSE(has("预警")); // there is none
}

TEST_F(DossierPage, marks_what_no_longer_holds) {
  EXPECT_TRUE(has("<del><ul><li>办理结果：予以公开</li></ul></del>"));
  EXPECT_TRUE(has("已更正（版本 3），现为：日期 2026-03-19</span></li><li>办理结果：部分公开"));
  EXPECT_TRUE(has("更正内容：办理结果 部分公开"));
  EXPECT_TRUE(has("<del><ul><li>内容：电话</li></ul></del>"));
  EXPECT_TRUE(has("已撤销（版本 5），视为未记录"));
}

TEST_F(DossierPage, shows_proofs_only_where_there_are_some) {
  EXPECT_FALSE(has("日志证明"));
  auto proved = example();
  proved["proofs"] = json::array{json::object{{"seq", 3}, {"proof", json::object{{"a", "<1>"}}}}};
  page = render_dossier(proved);
  EXPECT_TRUE(has("七、日志证明"));
  EXPECT_TRUE(has("第 3 条"));
  EXPECT_TRUE(has("{&quot;a&quot;:&quot;&lt;1&gt;&quot;}"));
}

TEST_F(DossierPage, says_where_personal_data_was_left_out) {
  EXPECT_FALSE(has("不含个人信息"));
  auto open = example();
  open["with_personal_data"] = false;
  page = render_dossier(open);
  EXPECT_TRUE(has("不含个人信息和文字说明"));
}

} // namespace
} // namespace mingce
