#include "app_fixture.hpp"

#include "projection/replay.hpp"

namespace mingce {
namespace {

using test::statutes;

constexpr auto register_lines =
    R"({"type":"organ.registered","organ":"JX","on":"2020-01-01","data":{"name":"嘉祥街道","kind":"subdistrict"}}
{"type":"organ.registered","organ":"JY","on":"2020-01-01","data":{"name":"另一街道","kind":"subdistrict","parent":"JX"}}
{"type":"request.received","organ":"JX","request":"1","on":"2020-03-02","data":{"channel":"web","applicant":{"kind":"natural_person","name":"张三"},"subject":"甲","items":[{"id":"1","text":"子"},{"id":"2","text":"丑"}]},"source":"asserted","documents":[{"kind":"申请表","sha256":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa","size":3,"sm3":"bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb","name":"扫描件.pdf"}]}
{"type":"request.received","organ":"JX","request":"2","on":"2020-03-03","data":{"channel":"fax","applicant":{"kind":"other_org","name":"乙"},"subject":"乙"}}
{"type":"request.answered","organ":"JX","request":"1","on":"2020-03-20","data":{"outcome":"refused.third_party_rights","withheld":"电话"}}
{"type":"request.merged","organ":"JX","request":"2","on":"2020-03-21","data":{"into":"1"}}
{"type":"event.amended","organ":"JX","request":"1","on":"2020-04-01","data":{"target":1,"reason":"笔误","data":{"subject":"丙"}}}
{"type":"event.amended","organ":"JX","request":"1","on":"2020-04-02","data":{"target":2,"reason":"笔误","on":"2020-03-19","data":{"withheld":null}}}
{"type":"reconsideration.accepted","organ":"JX","dispute":"复1","on":"2020-05-06","data":{"authority":"县政府"},"requests":["1"]}
{"type":"reconsideration.decided","organ":"JX","dispute":"复1","on":"2021-01-06","data":{"decision":"revoked"}}
{"type":"redo.ordered","organ":"JX","request":"1","on":"2021-01-10","data":{"by":"reconsideration"}}
{"type":"request.received","organ":"JX","request":"3","on":"2020-12-30","data":{"channel":"web","applicant":{"kind":"natural_person","name":"丁"},"subject":"丁"}}
{"type":"figure.recorded","organ":"JX","figure":"f1","on":"2020-12-31","data":{"item":"fees.amount","quantity":"12.5","note":"财政"}}
{"type":"figure.recorded","organ":"JX","on":"2020-12-31","data":{"item":"licences.decisions","quantity":7}}
{"type":"competence.transferred","organ":"JX","on":"2021-02-01","data":{"to":"JY","requests":["3"]}}
{"type":"request.answered","organ":"JX","request":"3","on":"2021-02-10","data":{"outcome":"disclosed.provided"}}
{"type":"event.retracted","organ":"JX","request":"2","on":"2021-02-11","data":{"target":2,"reason":"错卷"}}
{"type":"note.added","organ":"JX","request":"2","on":"2021-02-12","data":{"text":"秘密"}}
)";
constexpr std::uint64_t line_count = 18;

class ImportTest : public testing::Test {
protected:
  void SetUp() override { clock.set("2026-06-01T04:00:00Z"); }

  ImportResult take(const std::string& name, const std::string& lines, ImportOptions options = {}) {
    std::istringstream in(lines);
    auto result = import_register(
        directory / name, in, statutes(), [this] { return clock.look(); }, options);
    if (!result) throw std::runtime_error(result.error().code);
    return *result;
  }
  std::unique_ptr<LogView> view(const std::string& name) {
    return std::move(LogView::open(directory / name).value());
  }
  std::string exported(const std::string& name, bool with_personal_data) {
    std::ostringstream out;
    EXPECT_TRUE(export_register(*view(name), out, {.with_personal_data = with_personal_data}));
    return out.str();
  }
  /// The tables of all organs and years, as text.
  std::string tables(const std::string& name) {
    auto log = view(name);
    auto reg = replay(*log, log->size()).value();
    std::ostringstream out;
    for (auto& [code, organ] : reg.organs())
      for (int year = 2019; year <= 2022; ++year) {
        auto counts = count(reg, {code}, Period::of_year(year), {});
        for (auto& row :
             {counts.requests.received, counts.requests.carried_in, counts.requests.carried_out})
          for (auto each : row) out << each << ' ';
        for (auto& row : counts.requests.concluded)
          for (auto each : row) out << each << ' ';
        for (auto& block : counts.disputes)
          for (auto each : block) out << each << ' ';
        for (auto& [item, sums] : counts.figures)
          out << item << '=' << to_string(sums.before) << '/' << to_string(sums.in_period) << ' ';
        out << '\n';
      }
    return out.str();
  }

  test::TemporaryDirectory directory;
  test::TestClock clock;
};

TEST_F(ImportTest, takes_a_register_over) {
  auto result = take("data", register_lines);
  EXPECT_TRUE(result.bad.empty());
  EXPECT_EQ(result.lines, line_count);
  EXPECT_EQ(result.appended, line_count);
  auto entries = test::all_entries(*view("data"));
  ASSERT_EQ(entries.size(), line_count);
  EXPECT_EQ(entries[2].event.at("source").as_string(), "asserted");
  EXPECT_EQ(entries[2].event.at("documents").as_array().size(), 1u);
  EXPECT_EQ(entries[5].event.at("data").at("into").as_string(), test::request_id("1").hex());
  EXPECT_EQ(entries[8].event.at("requests").at(0).as_string(), test::request_id("1").hex());
  EXPECT_EQ(entries[13].event.at("ref").as_string(), "2020-00001");
}

// ---- all or nothing -----------------------------------------------------------------------------

TEST_F(ImportTest, writes_nothing_and_names_every_bad_line) {
  auto result = take("data", std::string(register_lines) + R"(not json
{"type":"request.received","organ":"NO","request":"9","on":"2020-03-02","data":{"channel":"web","applicant":{"kind":"natural_person","name":"张三"},"subject":"甲"}}

{"type":"request.answered","organ":"JX","request":"77","on":"2020-03-02","data":{"outcome":"disclosed.provided"}}
{"type":"request.answered","organ":"JX","request":"1","on":"2020-03-02","data":{"outcome":"x"},"colour":"red"}
{"type":"request.answered","organ":"JX","request":"3","on":"2021-03-02","data":{"outcome":"disclosed.provided"}}
{"type":"request.answered","organ":"JX","on":"2020-03-02","data":{"outcome":"disclosed.provided"}}
{"type":"request.sung","organ":"JX","request":"1","on":"2020-02-30","data":{}}
{"type":"request.merged","organ":"JX","request":"2","on":"2020-03-21","data":{"into":"99"}}
{"type":"note.added","organ":"JX","request":"2","dispute":"复1","on":"2020-03-21","data":{"text":"x"}}
[]
)");
  const struct {
    std::uint64_t number;
    const char *code, *pointer;
  } expected[] = {
      {19, "unreadable_json", "-"},      {20, "unknown_organ", "/organ"},
      {22, "invalid_field", "/request"}, {23, "invalid_field", "/colour"},
      {24, "after_conclusion", "-"},     {25, "invalid_field", "/request"},
      {26, "invalid_field", "/type"},    {27, "invalid_field", "/data/into"},
      {28, "invalid_field", "/dispute"}, {29, "invalid_field", ""},
  };
  ASSERT_EQ(result.bad.size(), std::size(expected));
  for (std::size_t i = 0; i < result.bad.size(); ++i) {
    auto& [number, failure] = result.bad[i];
    auto pointer = failure.fields.empty() ? "-" : failure.fields.at(0).pointer;
    EXPECT_EQ(number, expected[i].number);
    EXPECT_EQ(failure.code, expected[i].code) << number;
    EXPECT_EQ(pointer, expected[i].pointer) << number;
  }
  EXPECT_EQ(result.appended, 0u);
  EXPECT_EQ(view("data")->size(), 0u);
}

TEST_F(ImportTest, writes_nothing_on_a_dry_run) {
  auto result = take("data", register_lines, {.dry_run = true});
  EXPECT_TRUE(result.bad.empty());
  EXPECT_EQ(result.appended, 0u);
  EXPECT_EQ(view("data")->size(), 0u);
}

TEST_F(ImportTest, skips_a_line_whose_key_it_has_seen) {
  take("data", register_lines);
  auto note = [](const char* text) {
    return std::string(R"({"type":"note.added","organ":"JX","request":"1","on":"2021-03-01",)") +
           R"("key":"k","data":{"text":")" + text + "\"}}\n";
  };
  auto first = take("data", note("x") + note("x"));
  EXPECT_EQ(first.appended, 1u);
  EXPECT_EQ(first.skipped, 1u);
  auto second = take("data", note("x"));
  EXPECT_EQ(second.appended, 0u);
  EXPECT_EQ(second.skipped, 1u);
  auto other = take("data", note("y"));
  ASSERT_EQ(other.bad.size(), 1u);
  EXPECT_EQ(other.bad[0].failure.fields.at(0).pointer, "/key");
  EXPECT_EQ(view("data")->size(), line_count + 1);
}

// ---- export and back ----------------------------------------------------------------------------

TEST_F(ImportTest, of_an_export_gives_the_same_tables) {
  take("data", register_lines);
  for (bool personal : {true, false}) {
    auto name = personal ? "with" : "without";
    auto lines = exported("data", personal);
    auto result = take(name, lines);
    for (auto& bad : result.bad)
      ADD_FAILURE() << name << " line " << bad.number << ' ' << bad.failure.code << ' '
                    << (bad.failure.fields.empty() ? "" : bad.failure.fields[0].pointer);
    EXPECT_EQ(result.appended, line_count) << name;
    EXPECT_EQ(tables(name), tables("data")) << name;
  }
}

TEST_F(ImportTest, of_an_export_with_personal_data_loses_nothing) {
  take("data", register_lines);
  take("copy", exported("data", true));
  auto before = test::all_entries(*view("data")), after = test::all_entries(*view("copy"));
  ASSERT_EQ(before.size(), after.size());
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(after[i].stream, before[i].stream) << i;
    EXPECT_EQ(canonical(after[i].event), canonical(before[i].event));
    EXPECT_EQ(after[i].body.has_value(), before[i].body.has_value());
    EXPECT_EQ(canonical(after[i].body.value_or(nullptr)),
              canonical(before[i].body.value_or(nullptr)));
  }
}

TEST_F(ImportTest, of_a_sealed_export_keeps_the_commitments) {
  take("data", register_lines);
  auto lines = exported("data", false);
  for (auto* secret : {"张三", "甲", "笔误", "秘密", "电话", "扫描件"})
    EXPECT_EQ(lines.find(secret), lines.npos) << secret;
  take("copy", lines);
  auto before = test::all_entries(*view("data")), after = test::all_entries(*view("copy"));
  ASSERT_EQ(before.size(), after.size());
  const Commitment none;
  for (std::size_t i = 0; i < before.size(); ++i) {
    EXPECT_EQ(canonical(after[i].event), canonical(before[i].event)) << i;
    EXPECT_EQ(after[i].commitment.value_or(none).hmac_hex,
              before[i].commitment.value_or(none).hmac_hex);
    EXPECT_FALSE(after[i].body);
  }
  EXPECT_EQ(exported("copy", false).size(), lines.size());
}

TEST_F(ImportTest, of_an_export_keeps_the_names_of_papers_beside_their_digests) {
  take("data", register_lines);
  std::istringstream lines(exported("data", true));
  std::string line;
  for (int i = 0; i < 3; ++i) std::getline(lines, line);
  auto exported_line = parse_json(line).value();
  EXPECT_EQ(exported_line.at("documents").at(0).at("name").as_string(), "扫描件.pdf");
  EXPECT_FALSE(exported_line.at("data").as_object().contains("documents"));
}

/// An erased case is exported without what is gone, and comes back as it is.
TEST_F(ImportTest, takes_an_erased_case_over) {
  auto lines =
      std::string(register_lines) +
      R"({"type":"redo.answered","organ":"JX","request":"1","on":"2021-02-20","data":{"outcome":"disclosed.provided"}}
{"type":"applicant.erased","organ":"JX","request":"1","on":"2021-03-01","data":{"reason":"期满","approved_by":["周","吴"]}}
)";
  take("data", lines);
  for (bool personal : {true, false}) {
    auto name = personal ? "with" : "without";
    auto result = take(name, exported("data", personal));
    for (auto& bad : result.bad) ADD_FAILURE() << bad.number << ' ' << bad.failure.code;
    EXPECT_EQ(result.appended, line_count + 2) << name;
    EXPECT_EQ(tables(name), tables("data")) << name;
  }
}

TEST_F(ImportTest, preserves_place_instant_and_actor_on_demand) {
  take("data", register_lines, {.actor = "旧系统"});
  auto lines = exported("data", true);
  clock.set("2026-07-01T00:00:00Z");
  auto result = take("copy", lines, {.preserve = true});
  ASSERT_TRUE(result.bad.empty());
  EXPECT_EQ(exported("copy", true), lines);
  EXPECT_EQ(exported("copy", false).find("2026-07-01T"), std::string::npos);

  std::istringstream again(lines);
  auto refused = import_register(directory / "copy", again, statutes(),
                                 [this] { return clock.look(); }, {.preserve = true});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().code, "not_empty");
}

TEST_F(ImportTest, preserves_only_a_log_in_its_own_order) {
  auto result = take(
      "data",
      R"({"type":"organ.registered","organ":"JX","on":"2020-01-01","data":{"name":"x","kind":"agency"},"seq":2,"recorded_at":"2026-01-01T00:00:00.000Z","actor":"a"})",
      {.preserve = true});
  ASSERT_EQ(result.bad.size(), 1u);
  EXPECT_EQ(result.bad[0].failure.fields.at(0).pointer, "/seq");
}

} // namespace
} // namespace mingce
