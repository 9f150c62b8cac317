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

} // namespace
} // namespace mingce
