#include "report/paper.hpp"

#include "report/prose.hpp"
#include "report/render_paper.hpp"
#include "report/xml.hpp"
#include "report_fixture.hpp"

#include <gtest/gtest.h>

#include <variant>

namespace mingce {
namespace {

using test::official_editions;
using Role = Passage::Role;

/// 3 received by persons and 2 by enterprises, 1 carried in; 4 concluded, 2 open.
AnnualReport busy_report(Scope scope = Scope::organ) {
  Counts counts;
  auto& requests = counts.requests;
  requests.received = {3, 2, 0, 0, 0, 0};
  requests.carried_in = {1, 0, 0, 0, 0, 0};
  requests.concluded[std::size_t(Outcome::disclosed_provided)] = {1, 0, 0, 0, 0, 0};
  requests.concluded[std::size_t(Outcome::refused_state_secret)] = {1, 0, 0, 0, 0, 0};
  requests.concluded[std::size_t(Outcome::refused_internal_affairs)] = {0, 1, 0, 0, 0, 0};
  requests.concluded[std::size_t(Outcome::closed_withdrawn)] = {1, 0, 0, 0, 0, 0};
  requests.carried_out = {1, 1, 0, 0, 0, 0};
  counts.disputes = {{{2, 1, 0, 1}, {0, 0, 1, 0}, {1, 0, 0, 0}}};
  test::record(counts, "fees.amount", "592372449");
  auto subject = test::subject_of("某县人民政府", 2023);
  subject.scope = scope;
  return fill(*official_editions().find("cn-2021"), counts, subject,
              {9, parse_instant("2024-01-05T08:00:00.000Z")}, {{"2023-00007"}});
}

Background background() {
  Background out;
  out.received = 5;
  out.concluded = 4;
  out.channels = {{Channel::web, 3}, {Channel::post_signed, 1}, {Channel::post_plain, 1}};
  out.answered = 3;
  out.on_time = 2;
  out.disclosed = {{"website", Decimal::whole(100)}, {"学习强国", Decimal::whole(20)}};
  out.fees = {{"某局", FeeScheme::by_page, 2, 150, Decimal::whole(890), Decimal::whole(890),
               Decimal::whole(90)}};
  out.months = {{"1月", 5, 0}, {"2月", 0, 4}};
  out.years = {{"2022年", 1, 0}, {"2023年", 5, 4}};
  return out;
}

std::string prose_of(const Section& section) {
  std::string out;
  for (auto& block : section.blocks)
    if (auto* passage = std::get_if<Passage>(&block)) out += passage->text + "\n";
  return out;
}

bool contains(std::string_view text, std::string_view part) { return text.find(part) != text.npos; }

Paper busy_paper() { return compose(busy_report(), background(), {}); }

TEST(Paper, has_the_official_title_and_six_sections) {
  auto paper = busy_paper();
  EXPECT_EQ(paper.title, "某县人民政府2023年政府信息公开工作年度报告");
  ASSERT_EQ(paper.sections.size(), 6u);
  EXPECT_EQ(paper.sections[0].heading, "一、总体情况");
  EXPECT_EQ(paper.sections[5].heading, "六、其他需要报告的事项");
  EXPECT_TRUE(contains(paper.opening, "2023年1月1日至2023年12月31日"));
  for (std::size_t table : {1, 2, 3})
    EXPECT_TRUE(std::holds_alternative<Grid>(paper.sections[table].blocks.front()));
}

TEST(Paper, says_each_figure_with_its_own_word) {
  auto prose = prose_of(busy_paper().sections[0]);
  for (auto* part :
       {"2023年，本机关新收政府信息公开申请 5 件（自然人 3 件，法人或其他组织 2 件），上年结转 1 "
        "件，收办共 6 件；办结 4 件，结转下年度 2 件。",
        "新收申请中，网络申请 3 件，信函申请 2 件。",
        "予以公开 1 件（25.0%），部分公开 0 件（0.0%），不予公开 2 件（50.0%），无法提供 0 "
        "件（0.0%），不予处理 0 件（0.0%），其他处理 1 件（25.0%）。",
        "按时答复率 66.7%", "被申请行政复议 4 件（结果维持 2 件，结果纠正 1 件，其他结果 0 "
                            "件，尚未审结 1 件），被提起行政诉讼 2 件（结果维持 1 件，",
        "通过各渠道公开政府信息 120 条次，其中：政府网站 100 条，“学习强国” 20 条。"})
    EXPECT_TRUE(contains(prose, part)) << part << "\nin\n" << prose;
}

TEST(Paper, itemises_the_fees_and_names_voided_registrations) {
  auto prose = prose_of(busy_paper().sections[5]);
  EXPECT_TRUE(contains(prose, "发出收费通知 2 件，收取信息处理费 800 元。其中：按量计收 2 件（150 "
                              "页），通知 890 元，收取 890 元，退还 90 元。"))
      << prose;
  EXPECT_TRUE(contains(prose, "作废登记 1 件（2023-00007），不计入以上任何一项。"));
  auto region = prose_of(compose(busy_report(Scope::region), background(), {}).sections[5]);
  EXPECT_TRUE(contains(region, "其中：某局按量计收"));
  auto none = prose_of(compose(busy_report(), {}, {}).sections[5]);
  EXPECT_TRUE(contains(none, "2023年本机关收取信息处理费 0 元。"));
}

TEST(Paper, says_what_moved_since_the_publication) {
  auto report = busy_report();
  auto closing = [&] { return prose_of(compose(report, background(), {}).sections[5]); };
  auto& publication = report.notes.publication.emplace();
  publication.on = parse_day("2024-01-20").value();
  EXPECT_FALSE(contains(closing(), "公布"));
  publication.differences = {
      {"requests/received/natural_person", Unit::count, Decimal::whole(3), Decimal::whole(4)},
      {"disputes/reconsideration/pending", Unit::count, Decimal::whole(1), Decimal::whole(0)}};
  EXPECT_TRUE(contains(closing(),
                       "本年度报告已于 2024年1月20日 公布，此后登记的事项使下列数字变动：“一、本年"
                       "新收政府信息公开申请数量 · 自然人”公布为 3，现为 4；“行政复议 · 尚未审结”"
                       "公布为 1，现为 0。"))
      << closing();
}

TEST(Paper, marks_what_the_organ_has_to_write) {
  auto count = [](const Paper& paper) {
    int marks = 0;
    for (auto& section : paper.sections)
      for (auto& block : section.blocks)
        if (auto* passage = std::get_if<Passage>(&block))
          marks += passage->role == Role::missing;
    return marks;
  };
  EXPECT_EQ(count(busy_paper()), 4); // three topics and the problems
  Narrative narrative;
  for (auto topic : {Topic::management, Topic::platform, Topic::supervision, Topic::problems})
    narrative.topics[topic].push_back({"文字。", 1});
  EXPECT_EQ(count(compose(busy_report(), background(), narrative)), 0);
}

TEST(Paper, shows_charts_only_of_something) {
  auto charts = [](const Paper& paper) {
    std::vector<std::string> titles;
    for (auto& block : paper.sections[2].blocks)
      if (auto* chart = std::get_if<Chart>(&block)) titles.push_back(chart->title);
    return titles;
  };
  EXPECT_EQ(charts(busy_paper()), (std::vector<std::string>{"办理结果（件）",
                                                            "各月新收与办结（件）",
                                                            "历年新收与办结（件）"}));
  EXPECT_TRUE(charts(compose(test::seed_report(), {}, {})).empty());
}

/// A region: one organ keeps its register, one handed in a report, two are missing.
AnnualReport report_with_others() {
  auto report = busy_report(Scope::region);
  report.requests["received"].front() += 100;
  report.requests["received"].back() += 100;
  report.requests["disclosed"].front() += 90;
  report.requests["disclosed"].back() += 90;
  report.requests["results_total"].front() += 90;
  report.requests["results_total"].back() += 90;
  report.notes.organs = {{"A", "某局", FigureSource::own_register},
                         {"B", "报送的局", FigureSource::collected},
                         {"C", "没报的局", FigureSource::missing},
                         {"D", "旧格式的局", FigureSource::other_edition}};
  return report;
}

TEST(Paper, says_nothing_of_a_collected_report_that_it_does_not_tell) {
  auto paper = compose(report_with_others(), background(), {});
  auto prose = prose_of(paper.sections[0]);
  EXPECT_TRUE(contains(prose, "新收申请中，逐件登记的有 5 件：网络申请 3 件，信函申请 2 件。"))
      << prose;
  EXPECT_TRUE(contains(prose, "逐件登记的，作出答复 3 件，其中按时答复 2 件")) << prose;
  auto closing = prose_of(paper.sections[5]);
  EXPECT_TRUE(contains(closing, "本地区各机关逐件登记的申请发出收费通知 2 件")) << closing;
  EXPECT_TRUE(contains(closing, "数据取自所报送年度报告的机关（报送的局），信息处理费以该报告为准，"
                                "不在以上数内。"))
      << closing;
  // The months of some of the requests are not those of the table.
  for (auto& block : paper.sections[2].blocks)
    if (auto* chart = std::get_if<Chart>(&block)) {
      EXPECT_NE(chart->title, "各月新收与办结（件）");
    }
}

TEST(Paper, names_who_is_not_in_it) {
  EXPECT_TRUE(contains(compose(report_with_others(), background(), {}).opening,
                       "统计范围为本机关及所属各机关，未报送、未计入的 2 "
                       "个机关（没报的局、旧格式的局）除外。"));
  EXPECT_TRUE(contains(compose(busy_report(Scope::region), background(), {}).opening,
                       "统计范围为本机关及所属各机关。"));
}

TEST(Paper, takes_the_title_of_any_period) {
  auto report = busy_report();
  report.subject.year.reset();
  report.subject.period = {*parse_day("2023-04-01"), *parse_day("2023-06-30")};
  auto paper = compose(report, background(), {});
  EXPECT_EQ(paper.title, "某县人民政府政府信息公开工作情况（2023-04-01 至 2023-06-30）");
  EXPECT_TRUE(contains(prose_of(paper.sections[0]), "2023年4月1日至2023年6月30日，本机关新收"));
}

TEST(Paper, rounds_shares_half_up) {
  EXPECT_EQ(percentage(158, 805), "19.6%");
  EXPECT_EQ(percentage(1, 3), "33.3%");
  EXPECT_EQ(percentage(1, 16), "6.3%");
  EXPECT_EQ(percentage(0, 0), "0.0%");
  EXPECT_EQ(percentage(7, 7), "100.0%");
}

TEST(Paper, counts_each_result_in_one_group) {
  auto totals = totals_of(busy_report());
  std::int64_t sum = 0;
  for (auto& group : totals.results) sum += group.count;
  EXPECT_EQ(sum, totals.concluded.back());
  EXPECT_EQ(totals.results.size(), 6u);
  EXPECT_EQ(totals.results[1].label, "部分公开");
}

// ── files ───────────────────────────────────────────────────────────────────────────────────────

TEST(PaperFiles, are_the_same_bytes_every_time) {
  EXPECT_EQ(render_html(busy_paper()), render_html(busy_paper()));
  EXPECT_EQ(render_docx(busy_paper()), render_docx(busy_paper()));
  EXPECT_EQ(render_xlsx(busy_paper()), render_xlsx(busy_paper()));
}

TEST(PaperFiles, are_made_of_an_empty_log_too) {
  auto report = fill(*official_editions().find("cn-2019"), {}, test::subject_of("某机关", 2020));
  auto paper = compose(report, {}, {});
  EXPECT_FALSE(render_html(paper).empty());
  EXPECT_TRUE(render_docx(paper).starts_with("PK"));
  EXPECT_EQ(render_xlsx(paper), render_xlsx(paper));
}

TEST(PaperFiles, hold_a_hostile_name_as_text) {
  auto report = busy_report();
  report.subject.organ_name = "<script>alert(1)</script>&{year}\x01\xE2\x80\xAE]]>=cmd()\xff";
  for (int i = 0; i < 3'000; ++i) report.subject.organ_name += "长";
  Narrative narrative;
  narrative.topics[Topic::problems].push_back({printable("=1+1 </w:t>]]>\x02 & \"'"), 1});
  auto paper = compose(report, background(), narrative);
  auto html = render_html(paper);
  EXPECT_FALSE(contains(html, "<script"));
  EXPECT_FALSE(contains(html, "\x01"));
  EXPECT_TRUE(contains(html, "&lt;script&gt;alert(1)&lt;/script&gt;&amp;{year}\uFFFD\uFFFD]]"));
  EXPECT_TRUE(render_docx(paper).starts_with("PK"));
  EXPECT_TRUE(render_xlsx(paper).starts_with("PK"));
}

TEST(PaperFiles, draw_a_chart_that_names_itself) {
  Chart chart{Chart::Kind::bars, "题<目>", {"甲&乙", "丙"}, {{"办结", {3, 0}}}};
  auto svg = draw_svg(chart);
  pugi::xml_document document;
  ASSERT_TRUE(document.load_string(svg.c_str()));
  auto root = document.child("svg");
  EXPECT_STREQ(root.child_value("title"), "题<目>");
  EXPECT_STREQ(root.child_value("desc"), "办结：甲&乙 3 件，丙 0 件。");
  EXPECT_STREQ(root.attribute("role").value(), "img");
}

TEST(Xml, keeps_text_whole) {
  EXPECT_EQ(printable("a\tb\nc"), "a b c");
  EXPECT_EQ(printable("\x7f\xC2\x85"), "\uFFFD\uFFFD");
  EXPECT_EQ(leading("长长", 4), "长");
  EXPECT_EQ(leading("长长", 6), "长长");
}

} // namespace
} // namespace mingce
