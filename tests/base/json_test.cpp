#include "base/json.hpp"

#include <gtest/gtest.h>

namespace mingce {
namespace {

std::string nested(std::size_t depth) { return std::string(depth, '[') + std::string(depth, ']'); }

std::string canonical_of(std::string_view text) { return canonical(parse_json(text).value()); }

// ---- reading ------------------------------------------------------------------------------------

TEST(ParseJson, refuses_a_member_named_twice) {
  for (auto text : {R"({"a":1,"a":1})", R"({"a":1,"\u0061":2})", R"([{"x":{"b":1,"c":2,"b":3}}])",
                    R"({"":1,"":2})", R"({"文":1,"文":2})"}) {
    auto parsed = parse_json(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().kind, FailureKind::unreadable);
    EXPECT_EQ(parsed.error().code, "duplicate_member") << text;
  }
}

TEST(ParseJson, lets_a_name_recur_in_other_objects) {
  EXPECT_TRUE(parse_json(R"({"a":{"a":[{"a":1},{"a":2}]},"b":{"a":3}})"));
}

TEST(ParseJson, reads_32_levels_and_no_more) {
  EXPECT_TRUE(parse_json(nested(32)));
  auto deeper = parse_json(nested(33));
  ASSERT_FALSE(deeper);
  EXPECT_EQ(deeper.error().code, "unreadable_json");
  EXPECT_FALSE(parse_json(nested(100'000)));
}

TEST(ParseJson, refuses_what_is_not_one_json_text) {
  for (auto text : {"",
                    " ",
                    "{",
                    "}",
                    "{}{}",
                    "{} x",
                    "[1,]",
                    "{\"a\":1,}",
                    "{a:1}",
                    "'a'",
                    "01",
                    "1.",
                    ".5",
                    "+1",
                    "nul",
                    "NaN",
                    "Infinity",
                    "\"\x01\"",
                    "\"\n\"",
                    "\"\\x\"",
                    "\"\\ud800\"",
                    "\"\xff\"",
                    "\"\xc0\xaf\"",
                    "\"\xed\xa0\x80\"",
                    "\xef\xbb\xbf{}",
                    "/**/1",
                    "[1] //"}) {
    auto parsed = parse_json(text);
    ASSERT_FALSE(parsed) << text;
    EXPECT_EQ(parsed.error().kind, FailureKind::unreadable) << text;
  }
  EXPECT_FALSE(parse_json(std::string_view("{}\0", 3)));
}

TEST(ParseJson, reads_any_text_within_its_limits) {
  EXPECT_EQ(parse_json(R"( {"a": "\ud83d\ude00 中\u0000"} )")->at("a").as_string().size(), 9u);
  EXPECT_TRUE(parse_json('"' + std::string(200'000, 'x') + '"'));
}

// ---- canonical form (RFC 8785) ------------------------------------------------------------------

TEST(Canonical, has_no_white_space_and_sorts_members) {
  struct {
    const char *in, *out;
  } cases[] = {
      {R"( { "b" : [ 1 , { } , [ ] ] , "a" : null } )", R"({"a":null,"b":[1,{},[]]})"},
      {R"({"aa":1,"a":2,"B":3,"":4})", R"({"":4,"B":3,"a":2,"aa":1})"},
      {R"({"z":{"y":1,"x":2},"a":[{"d":1,"c":2}]})", R"({"a":[{"c":2,"d":1}],"z":{"x":2,"y":1}})"},
      {"[true,false,null,-1,0,9007199254740991]", "[true,false,null,-1,0,9007199254740991]"},
  };
  for (auto& [in, out] : cases) EXPECT_EQ(canonical_of(in), out);
}

TEST(Canonical, escapes_only_what_must_be) {
  EXPECT_EQ(canonical_of(R"("\u0008\u0009\u000a\u000c\u000d\u0022\u005c\u002f")"),
            R"("\b\t\n\f\r\"\\/")");
  EXPECT_EQ(canonical_of(R"("\u0000\u0001\u001F\u007f")"), "\"\\u0000\\u0001\\u001f\x7f\"");
  EXPECT_EQ(canonical_of(R"("\u4e2d\u20ac\ud83d\ude00\u2028")"), "\"中€😀\xe2\x80\xa8\"");
}

/// RFC 8785 3.2.2: the example, without its fractions.
TEST(Canonical, writes_the_strings_of_the_rfc) {
  EXPECT_EQ(canonical_of(R"({"string": "\u20ac$\u000F\u000aA'\u0042\u0022\u005c\\\"\/",
                             "literals": [null, true, false]})"),
            R"({"literals":[null,true,false],"string":"€$\u000f\nA'B\"\\\\\"/"})");
}

/// RFC 8785 3.2.3: names sort by their UTF-16 code units, so an emoji stands before U+FB33.
TEST(Canonical, sorts_the_names_of_the_rfc) {
  auto value = parse_json(R"({"\u20ac":"Euro Sign","\r":"Carriage Return",
      "\ufb33":"Hebrew Letter Dalet With Dagesh","1":"One","\ud83d\ude00":"Emoji: Grinning Face",
      "\u0080":"Control","\u00f6":"Latin Small Letter O With Diaeresis"})");
  auto text = canonical(value.value());
  std::size_t last = 0;
  for (auto name : {"Carriage Return", "One", "Control", "Latin Small", "Euro Sign",
                    "Emoji: Grinning Face", "Hebrew Letter"}) {
    auto at = text.find(name);
    ASSERT_NE(at, text.npos);
    EXPECT_LT(last, at) << name << " in " << text;
    last = at;
  }
}

TEST(Canonical, is_a_fixed_point) {
  auto once = canonical_of(R"({"b":[{"d":"\/","c":1}],"a":"é\u0001"})");
  EXPECT_EQ(canonical_of(once), once);
}

// ---- merging ------------------------------------------------------------------------------------

TEST(Merge, joins_two_halves_of_one_fact) {
  struct {
    const char *base, *overlay, *merged;
  } cases[] = {
      {R"({"a":1})", R"({"b":2})", R"({"a":1,"b":2})"},
      {R"({"a":1})", "{}", R"({"a":1})"},
      {R"({"a":1})", R"({"a":2})", R"({"a":2})"},
      {R"({"applicant":{"kind":"other_org"}})", R"({"applicant":{"name":"甲"}})",
       R"({"applicant":{"kind":"other_org","name":"甲"}})"},
      {R"({"items":[{"id":"1"},{"id":"2"}]})", R"({"items":[{"text":"a"},{"text":"b"}]})",
       R"({"items":[{"id":"1","text":"a"},{"id":"2","text":"b"}]})"},
      {R"({"items":[{"id":"1"},{"id":"2"}]})", R"({"items":[{},{"text":"b"}]})",
       R"({"items":[{"id":"1"},{"id":"2","text":"b"}]})"},
      {"[1]", "[2,3]", "[2,3]"},
      {R"({"a":{"b":1}})", R"({"a":"text"})", R"({"a":"text"})"},
      {R"({"a":1})", R"({"a":null})", R"({"a":null})"},
  };
  for (auto& [base, overlay, merged] : cases) {
    auto value = parse_json(base).value();
    merge_into(value, parse_json(overlay).value());
    EXPECT_EQ(canonical(value), merged);
  }
}

TEST(Pointer, escapes_its_tokens) {
  EXPECT_EQ(pointer_to("", "a"), "/a");
  EXPECT_EQ(pointer_to("/a", "m~n/o"), "/a/m~0n~1o");
  EXPECT_EQ(pointer_to("/a", std::size_t(7)), "/a/7");
}

} // namespace
} // namespace mingce
