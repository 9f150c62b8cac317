#include "base/json_text.hpp"

#include <gtest/gtest.h>

namespace mingce {
namespace {

/// Both are filled with the same words.
template <class Out>
void fill(Out& out) {
  out["text"] = std::string("政府信息 \"公开\"\\\n");
  out["plain"] = "plain";
  out["number"] = std::int64_t{-9'007'199'254'740'993};
  out["small"] = 7;
  out["no"] = false;
  out["nothing"] = nullptr;
  out["value"] = json::value(json::object{
      {"a", json::array{1, "b", nullptr, json::object{}, json::array{}}}, {"\t", 1.5}, {"u", 1u}});
}

TEST(JsonText, is_the_object_written) {
  json::object object;
  JsonText text;
  fill(object);
  fill(text);
  EXPECT_EQ(text.take(), json::serialize(object));
  EXPECT_EQ(JsonText().take(), "{}");
}

TEST(JsonText, takes_members_and_values_that_are_written_already) {
  JsonText part, whole, none;
  part["a"] = 1;
  part["b"] = true;
  whole["first"] = "x";
  whole.add(part.members());
  whole.add(none.members());
  whole["list"].is(json_array(std::vector<std::string>{"1", "{}"}));
  whole["empty"].is(json_array(std::vector<std::string>{}));
  EXPECT_EQ(whole.take(), R"({"first":"x","a":1,"b":true,"list":[1,{}],"empty":[]})");
  EXPECT_EQ(part.members(), R"("a":1,"b":true)");
}

/// Whatever stands wherever in a text of any length is written as the library writes it.
TEST(JsonText, escapes_what_must_be_wherever_it_stands) {
  for (std::size_t length = 1; length <= 26; ++length)
    for (std::size_t at = 0; at < length; ++at)
      for (int byte = 0; byte < 256; ++byte)
        for (char around : {'a', '!', '\x7f', '\xff'}) {
          std::string text(length, around), written;
          text[at] = char(byte);
          write_json(text, written);
          ASSERT_EQ(written, json::serialize(json::string(text)))
              << "byte " << byte << " at " << at << " of " << length;
        }
}

TEST(JsonText, merges_as_it_writes) {
  struct {
    const char *base, *overlay;
  } cases[] = {
      {R"({"a":1,"b":{"c":[1,{"d":2}],"e":"x"}})", R"({"b":{"c":[{},{"f":3},4],"g":null},"h":[]})"},
      {"{}", R"({"a":{"b":1}})"},
      {R"({"a":{"b":1}})", "{}"},
      {R"({"a":{"b":1}})", R"({"a":"text"})"},
      {"[1,2,3]", "[4]"},
      {"[]", "[]"},
      {"1", R"({"a":"\""})"},
      {R"({"":1})", R"({"":{"":2},"b":3})"},
      {"{}", "{}"},
  };
  for (auto& [base, overlay] : cases) {
    auto merged = parse_json(base).value(), other = parse_json(overlay).value();
    std::string written;
    write_merged(merged, other, written);
    merge_into(merged, other);
    EXPECT_EQ(written, json::serialize(merged)) << base << " under " << overlay;
  }
}

TEST(JsonText, passes_over_one_member_of_the_overlay) {
  auto base = parse_json(R"({"a":1,"data":{"b":2}})").value();
  auto overlay = parse_json(R"({"a":3,"other":4,"data":{"a":5}})").value();
  std::string written;
  write_merged(base, overlay, written, "a");
  EXPECT_EQ(written, R"({"a":1,"data":{"b":2,"a":5},"other":4})");
}

} // namespace
} // namespace mingce
