// C2SP signed notes and checkpoints, by the published vectors (tests/golden/tlog) and by breaking
// every bit.

#include "log/merkle.hpp"
#include "log/note.hpp"

#include "../files.hpp"

#include <gtest/gtest.h>

namespace mingce {
namespace {

using test::read_file;
using test::source_dir;

constexpr auto published_key =
    "example.com/log/testdata+33d7b496+AeHTu4Q3hEIMHNqc6fASMsq3rKNx280NI+oO5xCFkkSx";

std::string vector_file(const std::string& name) {
  return read_file(source_dir / "tests/golden/tlog" / name);
}

/// The entries of a bundle: each with its length before it, two bytes.
std::vector<std::string> entries_of(std::string_view bundle) {
  std::vector<std::string> entries;
  while (!bundle.empty()) {
    auto length = std::size_t(std::uint8_t(bundle[0]) << 8 | std::uint8_t(bundle[1]));
    entries.emplace_back(bundle.substr(2, length));
    bundle.remove_prefix(2 + length);
  }
  return entries;
}

TEST(Checkpoint, of_the_published_log_is_signed_and_has_the_root_of_its_entries) {
  auto key = VerifierKey::parse(published_key);
  ASSERT_TRUE(key);
  auto entries = entries_of(vector_file("tile-entries-000.p-15"));
  ASSERT_EQ(entries.size(), 15u);
  std::string tile;
  for (auto& entry : entries) tile += as_text(hash_leaf(entry));
  EXPECT_EQ(tile, vector_file("tile-0-000.p-15"));
  for (std::size_t size : {0, 1, 7, 8, 15}) {
    auto bytes = vector_file("checkpoint." + std::to_string(size));
    auto note = Note::parse(bytes);
    ASSERT_TRUE(note) << size;
    EXPECT_TRUE(note->is_signed_by(*key));
    EXPECT_EQ(note->to_string(), bytes);
    auto checkpoint = LogCheckpoint::parse(note->text);
    ASSERT_TRUE(checkpoint);
    EXPECT_EQ(checkpoint->to_string(), note->text);
    EXPECT_EQ(checkpoint->size, size);
    Frontier frontier;
    for (std::size_t i = 0; i < size; ++i) frontier.append(hash_leaf(entries[i]));
    EXPECT_EQ(checkpoint->root, frontier.root()) << size;
  }
}

TEST(Checkpoint, with_one_bit_changed_is_refused) {
  auto key = VerifierKey::parse(published_key).value();
  auto bytes = vector_file("checkpoint.15");
  for (std::size_t bit = 0; bit < bytes.size() * 8; ++bit) {
    auto changed = bytes;
    changed[bit / 8] = char(changed[bit / 8] ^ 1 << bit % 8);
    auto note = Note::parse(changed);
    EXPECT_FALSE(note && note->is_signed_by(key)) << bit;
  }
}

TEST(VerifierKey, is_read_in_its_one_form_only) {
  EXPECT_EQ(VerifierKey::parse(published_key)->to_string(), published_key);
  std::string text = published_key;
  for (std::size_t i = 0; i < text.size(); ++i) {
    auto changed = text;
    changed[i] = changed[i] == 'A' ? 'B' : 'A';
    EXPECT_FALSE(VerifierKey::parse(changed)) << i;
  }
  for (auto* wrong : {"", "a", "a+b", "++", "a+00000000+", "a b+00000000+AA=="})
    EXPECT_FALSE(VerifierKey::parse(wrong)) << wrong;
}

TEST(Note, is_signed_by_whoever_holds_the_key_and_by_nobody_else) {
  auto ours = ed25519_signer("mingce.example/jx", std::string(32, '\1'));
  auto other = ed25519_signer("mingce.example/jx", std::string(32, '\2'));
  Note note{"mingce.example/jx\n3\n" + to_base64(as_text(sha256("x"))) + "\n", {}};
  ASSERT_TRUE(note.sign(*ours));
  auto read = Note::parse(note.to_string());
  ASSERT_TRUE(read);
  EXPECT_TRUE(read->is_signed_by(ours->key()));
  EXPECT_FALSE(read->is_signed_by(other->key()));
  ASSERT_TRUE(read->sign(*other)); // a second signature does not disturb the first
  auto both = Note::parse(read->to_string());
  EXPECT_TRUE(both->is_signed_by(ours->key()) && both->is_signed_by(other->key()));
  EXPECT_FALSE(ed25519_signer("no spaces", std::string(32, '\1')));
  EXPECT_FALSE(ed25519_signer("short", "x"));
}

TEST(Note, in_another_form_is_refused) {
  for (auto* wrong : {"", "\n", "a\n", "a\n\n", "a\n\n\xE2\x80\x94 k AAAA\n", "a\n\n- k AAAAAAAA\n",
                      "a\n\n\xE2\x80\x94 k AAAAAAAA", "a\n\n\xE2\x80\x94 kAAAAAAAA\n",
                      "a\n\n\xE2\x80\x94 k+k AAAAAAAA\n"})
    EXPECT_FALSE(Note::parse(wrong)) << wrong;
  EXPECT_TRUE(Note::parse("a\n\n\xE2\x80\x94 k AAAAAAAA\n"));
}

TEST(Checkpoint, in_another_form_is_refused) {
  auto root = to_base64(std::string(32, 'r'));
  EXPECT_TRUE(LogCheckpoint::parse("o\n0\n" + root + "\n"));
  EXPECT_TRUE(LogCheckpoint::parse("o\n7\n" + root + "\nan extension\n"));
  for (auto& wrong : {"\n7\n" + root + "\n", "o\n07\n" + root + "\n", "o\n-7\n" + root + "\n",
                      "o\n\n" + root + "\n", "o\n7\n" + root, "o\n7\n" + to_base64("short") + "\n",
                      "o\n18446744073709551616\n" + root + "\n"})
    EXPECT_FALSE(LogCheckpoint::parse(wrong)) << wrong;
}

TEST(Base64, has_one_form_for_every_value) {
  for (std::string bytes : {"", "a", "ab", "abc", "abcd"}) {
    EXPECT_EQ(from_base64(to_base64(bytes)), bytes);
  }
  for (auto* wrong : {"YQ", "YQ=", "YR==", "YWI", "YW J", " YQ==", "YQ==\n", "====", "Y==="})
    EXPECT_FALSE(from_base64(wrong)) << wrong;
}

} // namespace
} // namespace mingce
