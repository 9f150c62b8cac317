// Hashes and HMACs by published vectors, and the digests of files.

#include "log/digest.hpp"
#include "log/file_digest.hpp"

#include "../files.hpp"

#include <gtest/gtest.h>

#include <thread>

namespace mingce {
namespace {

TEST(Digest, of_sm3_is_that_of_the_standard) {
  // GB/T 32905, appendix A.
  EXPECT_EQ(to_hex(hash(HashSuite::sm3, "abc")),
            "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0");
  std::string abcd;
  for (int i = 0; i < 16; ++i) abcd += "abcd";
  EXPECT_EQ(to_hex(hash(HashSuite::sm3, abcd)),
            "debe9ff92275b8a138604889c18e5a4d6fdb70e5387e5765293dcba39c0c5732");
}

TEST(Digest, of_parts_is_that_of_the_whole) {
  for (auto suite : {HashSuite::sha256, HashSuite::sm3}) {
    auto whole = hash(suite, "one after another");
    EXPECT_EQ(hash(suite, {"one ", "", "after", " another"}), whole);
    EXPECT_EQ(hash(suite, {}), hash(suite, ""));
    EXPECT_EQ(hmac(suite, "k", {"one ", "after another", {}}),
              hmac(suite, "k", {"one after another"}));
  }
  EXPECT_EQ(sha256("abc"), hash(HashSuite::sha256, "abc"));
  EXPECT_NE(sha256("abc"), hash(HashSuite::sm3, "abc"));
}

/// HMAC as RFC 2104 defines it.
Digest hmac_by_definition(HashSuite suite, std::string key, std::string_view bytes) {
  if (key.size() > 64) key = as_text(hash(suite, key));
  key.resize(64);
  std::string inner = key, outer = key;
  for (auto& c : inner) c = char(c ^ 0x36);
  for (auto& c : outer) c = char(c ^ 0x5c);
  auto digest = hash(suite, {inner, bytes});
  return hash(suite, {outer, as_text(digest)});
}

TEST(Hmac, is_that_of_its_definition) {
  for (auto suite : {HashSuite::sha256, HashSuite::sm3})
    for (std::size_t size : {0, 1, 32, 63, 64, 65, 200}) {
      std::string key(size, 'k');
      EXPECT_EQ(hmac(suite, key, {"text"}), hmac_by_definition(suite, key, "text")) << size;
    }
}

TEST(Hmac, with_an_empty_key_does_not_remember_the_one_before) {
  auto empty = hmac_by_definition(HashSuite::sha256, "", "text");
  for (std::string_view nothing : {std::string_view(), std::string_view("")}) {
    hmac_sha256("another key", "text");
    EXPECT_EQ(hmac_sha256(nothing, "text"), empty);
  }
}

TEST(Digest, is_the_same_in_every_thread) {
  std::vector<std::thread> threads;
  std::vector<int> wrong(4);
  for (auto& count : wrong)
    threads.emplace_back([&count] {
      auto expected = sha256("abc"), mac = hmac_sha256("k", "abc");
      for (int i = 0; i < 2000; ++i)
        count += sha256("abc") != expected || hmac_sha256("k", "abc") != mac;
    });
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, std::vector<int>(4));
}

TEST(FileDigest, is_that_of_the_bytes) {
  auto path = std::filesystem::path(testing::TempDir()) / "mingce_digest_test";
  for (std::size_t size : {0, 1, 65535, 65536, 65537, 131072, 300001}) {
    std::string bytes(size, '\0');
    for (std::size_t i = 0; i < size; ++i) bytes[i] = char(i * 7 + i / 251);
    test::write_file(path, bytes);
    auto digests = digest_file(path).value();
    EXPECT_EQ(digests.sha256, sha256(bytes)) << size;
    EXPECT_EQ(digests.sm3, hash(HashSuite::sm3, bytes)) << size;
    EXPECT_EQ(digests.size, size);
  }
  std::filesystem::remove(path);
}

TEST(FileDigest, of_what_cannot_be_read_is_a_failure_without_the_path) {
  for (auto* path : {"/no/such/mingce-file", "/"}) {
    auto digests = digest_file(path);
    ASSERT_FALSE(digests) << path;
    EXPECT_EQ(digests.error().kind, FailureKind::unusable);
    EXPECT_EQ(digests.error().message.en.find("mingce-file"), std::string::npos);
  }
}

} // namespace
} // namespace mingce
