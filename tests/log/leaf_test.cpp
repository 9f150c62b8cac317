#include "log_fixture.hpp"

#include <openssl/hmac.h>

namespace mingce {
namespace {

using test::draft;

constexpr auto instant_text = "2026-03-02T01:02:03.456Z";

Instant at() { return test::instant(instant_text); }

/// HMAC-SHA-256 by OpenSSL's own words, to check ours against.
std::string hmac_by_hand(const std::string& key, const std::string& bytes) {
  unsigned char out[32];
  unsigned int length = 0;
  HMAC(EVP_sha256(), key.data(), int(key.size()),
       reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), out, &length);
  std::string hex;
  for (auto byte : out) {
    char two[3];
    std::snprintf(two, sizeof two, "%02x", byte);
    hex += two;
  }
  return hex;
}

TEST(Digest, are_those_of_the_standards) {
  EXPECT_EQ(to_hex(sha256("abc")),
            "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
  EXPECT_EQ(to_hex(sha256("")), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
  // RFC 4231, case 2
  EXPECT_EQ(to_hex(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_NE(random_digest(), random_digest());
}

TEST(StreamId, is_half_a_digest_over_its_three_names) {
  auto id = StreamId::of("request", "JX", "2026-00001");
  std::string name = "request";
  name += '\0';
  name += "JX";
  name += '\0';
  name += "2026-00001";
  name += '\0';
  EXPECT_EQ(id.hex(), to_hex(sha256(name)).substr(0, 32));
  EXPECT_NE(StreamId::of("request", "JX2", "026-00001"), id);
  EXPECT_EQ(StreamId::parse(id.hex()), id);
  for (auto& text : {std::string(), id.hex().substr(1), id.hex() + "0", std::string(32, 'g'),
                     std::string(32, 'A')})
    EXPECT_FALSE(StreamId::parse(text)) << text;
}

std::string frame_text(const Result<LeafFrame>& frame) {
  if (!frame) return frame.error().code;
  auto& body = frame->commitment;
  return frame->stream.hex() + " " + std::to_string(frame->version) + " " +
         to_string(frame->recorded_at) +
         (body ? " " + body->hmac_hex + " " + std::to_string(body->length) +
                     (body->is_elsewhere ? " elsewhere" : "")
               : "");
}

TEST(Leaf, its_frame_is_read_without_its_event) {
  for (bool with_body : {false, true})
    for (auto* actor : {"local", "王 \"1\"", "\\", "a\\\"", "{\"actor\":\"x\"}"}) {
      Draft told = draft("1", 7);
      told.actor = actor;
      told.event = json::object{{"version", 3}, {"text", "\",\"version\":9}"}, {"empty", {}}};
      if (!with_body) told.body = nullptr;
      auto leaf = prepare(told)->leaf(at());
      auto whole = read_leaf(5, leaf).value();
      LeafFrame expected{5, whole.stream, whole.version, whole.recorded_at, whole.commitment};
      EXPECT_EQ(frame_text(read_frame(5, leaf)), frame_text(expected)) << leaf;
      EXPECT_EQ(read_frame(5, leaf)->commitment.has_value(), with_body);
    }
}

TEST(Leaf, a_frame_that_is_cut_or_changed_is_another_or_none) {
  auto leaf = prepare(draft("1", 7))->leaf(at());
  auto frame = frame_text(read_frame(5, leaf));
  for (std::size_t i = 0; i < leaf.size(); ++i)
    EXPECT_EQ(frame_text(read_frame(5, leaf.substr(0, i))), "corrupt_entry") << i;
  auto event = leaf.find("\"event\":{") + 9, format = leaf.rfind("},\"format\"");
  auto actor = leaf.find("\"actor\":\"") + 9, after_actor = leaf.find('"', actor);
  for (std::size_t i = 0; i < leaf.size(); ++i) {
    auto changed = leaf;
    changed[i] = char(changed[i] ^ 1);
    bool is_passed_over = (i >= event && i < format) || (i >= actor && i < after_actor);
    EXPECT_EQ(frame_text(read_frame(5, changed)) == frame, is_passed_over) << i << ' ' << changed;
  }
}

TEST(Leaf, is_canonical_and_says_everything_public) {
  Draft plain = draft("1", 7);
  plain.actor = "王 \"1\"";
  plain.event = json::object{{"b", 1}, {"a", "中"}};
  plain.body = nullptr;
  auto leaf = prepare(plain)->leaf(at());
  EXPECT_EQ(leaf, R"({"actor":"王 \"1\"","event":{"a":"中","b":1},"format":1,"recorded_at":")" +
                      std::string(instant_text) + R"(","stream":")" + plain.stream.hex() +
                      R"(","version":7})");
  EXPECT_EQ(canonical(parse_json(leaf).value()), leaf);
  EXPECT_TRUE(prepare(plain)->secret.empty());
}

TEST(Leaf, commits_to_its_body_by_a_salted_hmac) {
  auto prepared = prepare(draft("1", 1)).value();
  auto leaf = prepared.leaf(at());
  EXPECT_EQ(canonical(parse_json(leaf).value()), leaf);
  ASSERT_GT(prepared.secret.size(), 32u);
  auto salt = prepared.secret.substr(0, 32), payload = prepared.secret.substr(32);
  EXPECT_EQ(payload, R"({"closed":"x"})");
  auto said = parse_json(leaf)->at("body");
  EXPECT_EQ(said.at("commitment").as_string(), hmac_by_hand(salt, payload));
  EXPECT_EQ(said.at("length").as_int64(), std::int64_t(payload.size()));
}

TEST(Leaf, hides_equal_bodies_from_each_other) {
  auto one = prepare(draft("1", 1)).value(), other = prepare(draft("1", 1)).value();
  EXPECT_NE(one.leaf(at()), other.leaf(at()));
  EXPECT_NE(one.secret, other.secret);
}

TEST(Leaf, comes_back_as_it_was_written) {
  auto prepared = prepare(draft("1", 3, "甲")).value();
  auto entry = read_leaf(42, prepared.leaf(at())).value();
  EXPECT_EQ(entry.seq, 42u);
  EXPECT_EQ(entry.stream, test::stream("1"));
  EXPECT_EQ(entry.version, 3u);
  EXPECT_EQ(entry.recorded_at, at());
  EXPECT_EQ(entry.actor, "test");
  EXPECT_EQ(canonical(entry.event), R"({"open":"甲"})");
  ASSERT_TRUE(entry.commitment);
  EXPECT_EQ(canonical(read_body(*entry.commitment, prepared.secret).value()), R"({"closed":"甲"})");
}

TEST(Leaf, carries_the_commitment_of_a_body_kept_elsewhere) {
  Draft sealed = draft("1", 1);
  sealed.body = nullptr;
  sealed.sealed = Commitment{std::string(64, 'a'), 17};
  auto prepared = prepare(sealed).value();
  EXPECT_TRUE(prepared.secret.empty());
  auto entry = read_leaf(1, prepared.leaf(at())).value();
  EXPECT_EQ(entry.commitment->hmac_hex, std::string(64, 'a'));
  EXPECT_EQ(entry.commitment->length, 17u);
  EXPECT_TRUE(entry.commitment->is_elsewhere);
  EXPECT_FALSE(read_leaf(1, prepare(draft("1", 1))->leaf(at()))->commitment->is_elsewhere);
}

TEST(Leaf, has_a_limit_and_so_has_its_body) {
  auto of_size = [](std::size_t bytes) {
    Draft large = draft("1", 1);
    large.event = json::object{{"open", json::string(bytes, 'x')}};
    return prepare(large);
  };
  std::size_t most = 0;
  for (std::size_t bytes = 64'000; bytes < 65'535; ++bytes)
    if (of_size(bytes)) most = bytes;
  EXPECT_EQ(of_size(most)->leaf(at()).size(), max_leaf_bytes);
  auto refused = of_size(most + 1);
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().kind, FailureKind::invalid);
  EXPECT_EQ(refused.error().code, "too_large");

  Draft large = draft("1", 1);
  auto frame = canonical(json::object{{"closed", ""}}).size();
  large.body = json::object{{"closed", json::string(max_body_bytes - frame, 'x')}};
  EXPECT_TRUE(prepare(large));
  large.body = json::object{{"closed", json::string(max_body_bytes - frame + 1, 'x')}};
  EXPECT_EQ(prepare(large).error().code, "too_large");
}

TEST(Leaf, is_corrupt_in_any_other_form) {
  auto leaf = prepare(draft("1", 1))->leaf(at());
  for (auto* member : {"actor", "event", "format", "recorded_at", "stream", "version"}) {
    auto fewer = parse_json(leaf).value();
    fewer.as_object().erase(member);
    auto read = read_leaf(1, canonical(fewer));
    ASSERT_FALSE(read) << member;
    EXPECT_EQ(read.error().kind, FailureKind::corrupt);
  }
  auto newer = parse_json(leaf).value();
  newer.as_object()["format"] = 2;
  EXPECT_FALSE(read_leaf(1, canonical(newer)));
  for (std::size_t size = 0; size < leaf.size(); ++size)
    ASSERT_FALSE(read_leaf(1, leaf.substr(0, size))) << size;
}

TEST(Body, is_corrupt_when_a_single_bit_differs) {
  auto prepared = prepare(draft("1", 1)).value();
  auto commitment = read_leaf(1, prepared.leaf(at()))->commitment.value();
  ASSERT_TRUE(read_body(commitment, prepared.secret));
  for (std::size_t bit = 0; bit < prepared.secret.size() * 8; ++bit) {
    auto flipped = prepared.secret;
    flipped[bit / 8] = char(flipped[bit / 8] ^ (1 << bit % 8));
    auto read = read_body(commitment, flipped);
    ASSERT_FALSE(read) << bit;
    EXPECT_EQ(read.error().kind, FailureKind::corrupt);
  }
  EXPECT_FALSE(read_body(commitment, ""));
}

} // namespace
} // namespace mingce
