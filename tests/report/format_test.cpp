#include "report/format.hpp"

#include "report_fixture.hpp"

#include <gtest/gtest.h>

#include <functional>
#include <ostream>

namespace mingce {
namespace {

using test::edition_json;
using test::edition_text;
using test::official_editions;

json::value& at(json::value& document, std::string_view pointer) {
  json::error_code ec;
  auto* found = document.find_pointer(pointer, ec);
  EXPECT_TRUE(found) << pointer;
  return *found;
}

bool mentions(const Failure& failure, std::string_view pointer) {
  return std::ranges::any_of(failure.fields, [&](auto& f) { return f.pointer == pointer; });
}

// ── what the official files say ─────────────────────────────────────────────────────────────────

TEST(Edition, reads_the_official_files) {
  auto& edition = *official_editions().find("cn-2021");
  EXPECT_EQ(edition.authority, "国办公开办函〔2021〕30号");
  EXPECT_EQ(edition.first_year, 2021);
  EXPECT_EQ(edition.last_year, std::nullopt);
  EXPECT_EQ(edition.sections.size(), 6u);
  EXPECT_EQ(edition.proactive.blocks.front().label, "第二十条第（一）项");
  auto& in_force = edition.proactive.blocks.front().rows.front().cells.at(2);
  EXPECT_EQ(in_force.aggregate, Aggregate::sum_to_year_end);
  EXPECT_EQ(in_force.terms.size(), 3u);
  EXPECT_EQ(in_force.terms.at(1).item, "regulations.repealed");
  EXPECT_EQ(in_force.terms.at(1).factor, -1);
}

TEST(Edition, has_as_many_numeric_rows_as_the_printed_form) {
  auto numeric = [](const Edition& edition) {
    return std::ranges::count_if(edition.requests.rows, [](auto& row) { return bool(row.source); });
  };
  EXPECT_EQ(numeric(*official_editions().find("cn-2019")), 23);
  EXPECT_EQ(numeric(*official_editions().find("cn-2021")), 25);
}

// ── what is refused ─────────────────────────────────────────────────────────────────────────────

struct Damage {
  std::string name;
  std::string pointer; ///< where the refusal points
  std::function<void(json::value&)> apply;
};

void PrintTo(const Damage& damage, std::ostream* out) { *out << damage.name; }

Damage replaced(std::string name, std::string pointer, json::value value) {
  return {std::move(name), pointer, [=](json::value& document) { at(document, pointer) = value; }};
}

Damage erased(std::string name, std::string parent, std::string member) {
  return {std::move(name), parent + "/" + member,
          [=](json::value& document) { at(document, parent).as_object().erase(member); }};
}

Damage added(std::string name, std::string parent, std::string member, json::value value) {
  return {std::move(name), parent + "/" + member,
          [=](json::value& document) { at(document, parent).as_object()[member] = value; }};
}

/// The change is made in one place and shows in another.
Damage seen_at(std::string pointer, Damage damage) {
  damage.pointer = std::move(pointer);
  return damage;
}

Damage swapped(std::string name, std::string list, std::size_t a, std::size_t b) {
  return {std::move(name), list, [=](json::value& document) {
            auto& array = at(document, list).as_array();
            std::swap(array[a], array[b]);
          }};
}

const std::string first_row = "/proactive/blocks/0/rows/0";
const std::string first_cell = first_row + "/cells/issued";

std::vector<Damage> damages() {
  return {
      replaced("not_an_object", "", 7),
      erased("no_code", "", "format"),
      erased("no_title", "", "title"),
      added("unknown_member", "", "colour", "red"),
      added("unknown_row_member", "/requests/rows/0", "colour", "red"),
      replaced("title_without_organ", "/title", "{year}年报告"),
      replaced("title_without_year", "/title", "{organ}报告"),
      replaced("no_sections", "/sections", json::array{}),
      replaced("year_is_text", "/applies_to_years/first", "2021"),
      replaced("year_is_absurd", "/applies_to_years/first", 21),
      replaced("ends_before_it_begins", "/applies_to_years/last", 2020),
      erased("says_not_until_when", "/applies_to_years", "last"),
      replaced("no_blocks", "/proactive/blocks", json::array{}),
      replaced("block_without_columns", "/proactive/blocks/1/columns", json::array{}),
      replaced("unknown_aggregate", first_cell + "/aggregate", "sum_of_everything"),
      replaced("unknown_unit", first_cell + "/unit", "dollars"),
      seen_at(first_cell, added("figure_and_figures", first_cell, "figures",
                                json::object{{"regulations.issued", 1}})),
      seen_at(first_cell, erased("no_figure", first_cell, "figure")),
      replaced("no_figures", first_row + "/cells/in_force/figures", json::object{}),
      replaced("factor_zero", first_row + "/cells/in_force/figures/regulations.issued", 0),
      replaced("factor_two", first_row + "/cells/in_force/figures/regulations.issued", 2),
      erased("cell_left_out", first_row + "/cells", "repealed"),
      added("cell_without_column", first_row + "/cells", "lost", json::object{}),
      replaced("block_code_twice", "/proactive/blocks/1/code", "art20_1"),
      seen_at("/proactive/blocks/2/rows/0/code",
              replaced("row_code_twice", "/proactive/blocks/1/rows/0/code", "penalties")),
      replaced("request_row_code_twice", "/requests/rows/1/code", "received"),
      replaced("unknown_source", "/requests/rows/0/source", "rumour"),
      seen_at("/requests/rows/1", replaced("source_twice", "/requests/rows/1/source", "received")),
      seen_at("/requests/rows", erased("source_left_out", "/requests/rows/0", "source")),
      seen_at("/requests/rows/3",
              erased("outcome_row_without_outcomes", "/requests/rows/3", "outcomes")),
      seen_at("/requests/rows/0", added("outcomes_of_no_outcome_row", "/requests/rows/0",
                                        "outcomes", json::array{"partially_disclosed"})),
      replaced("unknown_outcome", "/requests/rows/3/outcomes/0", "disclosed.loudly"),
      seen_at("/requests/rows", replaced("outcome_in_two_rows", "/requests/rows/3/outcomes/0",
                                         "partially_disclosed")),
      seen_at("/requests/rows", replaced("outcome_in_no_row", "/requests/rows/3/outcomes",
                                         json::array{"disclosed.provided"})),
      swapped("kinds_in_another_order", "/requests/columns", 0, 1),
      seen_at("/requests/columns",
              replaced("unknown_kind", "/requests/columns/0/code", "legal_person")),
      seen_at("/requests/columns", replaced("no_total", "/requests/columns/6/code", "sum")),
      swapped("results_in_another_order", "/disputes/columns", 0, 1),
      swapped("dispute_blocks_in_another_order", "/disputes/blocks", 0, 1),
      replaced("depth_is_negative", "/requests/rows/0/depth", -1),
      replaced("label_is_empty", "/disputes/blocks/0/label", ""),
  };
}

class DamagedEdition : public testing::TestWithParam<Damage> {};

TEST_P(DamagedEdition, is_refused_with_the_pointer) {
  auto document = edition_json("cn-2021");
  GetParam().apply(document);
  auto edition = load_edition(document);
  ASSERT_TRUE(edition.has_error());
  auto failure = edition.error();
  EXPECT_EQ(failure.kind, FailureKind::invalid);
  EXPECT_EQ(failure.code, "invalid_edition");
  EXPECT_TRUE(mentions(failure, GetParam().pointer)) << failure.message.en;
  EXPECT_FALSE(failure.message.zh.empty());
}

INSTANTIATE_TEST_SUITE_P(Format, DamagedEdition, testing::ValuesIn(damages()),
                         [](auto& info) { return info.param.name; });

TEST(Edition, names_every_outcome_left_out) {
  auto document = edition_json("cn-2021");
  at(document, "/requests/rows").as_array().resize(1);
  auto failure = load_edition(document).error();
  auto mentioned = [&](const std::string& outcome) {
    return std::ranges::any_of(failure.fields, [&](auto& field) {
      return field.message.en == outcome + " stands in no row";
    });
  };
  EXPECT_TRUE(std::ranges::all_of(wire_words<Outcome>(), mentioned));
}

// ── all editions together ───────────────────────────────────────────────────────────────────────

Result<Editions> load(std::vector<std::string> texts) {
  std::vector<std::string_view> views(texts.begin(), texts.end());
  return Editions::load(views);
}

std::string altered(const std::string& code, std::string_view pointer, json::value value) {
  auto document = edition_json(code);
  at(document, pointer) = std::move(value);
  return json::serialize(document);
}

TEST(Editions, are_in_force_in_their_years) {
  auto& editions = official_editions();
  EXPECT_EQ(editions.in_force(2018), nullptr);
  EXPECT_EQ(editions.in_force(2019), editions.find("cn-2019"));
  EXPECT_EQ(editions.in_force(2020), editions.find("cn-2019"));
  EXPECT_EQ(editions.in_force(2021), editions.find("cn-2021"));
  EXPECT_EQ(editions.in_force(2099), editions.find("cn-2021"));
  EXPECT_EQ(editions.find("cn-2008"), nullptr);
  EXPECT_EQ(editions.all().size(), 2u);
}

TEST(Editions, keep_their_addresses_when_moved) {
  auto editions = load({edition_text("cn-2019")}).value();
  auto* edition = editions.find("cn-2019");
  auto moved = std::move(editions);
  EXPECT_EQ(moved.find("cn-2019"), edition);
}

TEST(Editions, refuse_overlapping_years) {
  auto loaded = load({edition_text("cn-2021"), altered("cn-2019", "/applies_to_years/last", 2021)});
  ASSERT_TRUE(loaded.has_error());
  EXPECT_TRUE(mentions(loaded.error(), "/applies_to_years"));
}

TEST(Editions, refuse_a_code_given_twice) {
  auto loaded = load({edition_text("cn-2019"), altered("cn-2021", "/format", "cn-2019")});
  ASSERT_TRUE(loaded.has_error());
  EXPECT_TRUE(mentions(loaded.error(), "/format"));
}

TEST(Editions, refuse_an_item_that_is_money_here_and_a_count_there) {
  auto loaded = load({edition_text("cn-2019"), altered("cn-2021", first_cell + "/unit", "yuan")});
  ASSERT_TRUE(loaded.has_error());
  EXPECT_TRUE(mentions(loaded.error(), "/proactive"));
}

TEST(Editions, refuse_what_is_no_json) {
  auto loaded = load({"{"});
  ASSERT_TRUE(loaded.has_error());
  EXPECT_EQ(loaded.error().kind, FailureKind::unreadable);
}

TEST(Editions, know_the_figure_items_of_every_edition) {
  auto& editions = official_editions();
  EXPECT_EQ(editions.classify("licences.decisions"), FigureItem::known_count);
  EXPECT_EQ(editions.classify("licences.items"), FigureItem::known_count);
  EXPECT_EQ(editions.classify("regulations.in_force_adjustment"), FigureItem::known_count);
  EXPECT_EQ(editions.classify("fees.amount"), FigureItem::known_money);
  EXPECT_EQ(editions.classify("procurement.amount"), FigureItem::known_money);
  EXPECT_EQ(editions.classify("licences.typo"), FigureItem::misspelt);
  EXPECT_EQ(editions.classify("licences"), FigureItem::misspelt);
  EXPECT_EQ(editions.classify("disclosed.website"), FigureItem::free);
  EXPECT_EQ(editions.classify("licence.decisions"), FigureItem::free);
}

} // namespace
} // namespace mingce
