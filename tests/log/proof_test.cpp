// The file .tlog-proof: the shape of the specification's example, round trips, refusals.

#include "log/merkle.hpp"
#include "log/proof.hpp"

#include <gtest/gtest.h>

namespace mingce {
namespace {

/// The example of c2sp.org/tlog-proof, with signatures where it has dots and an extra that is
/// base 64.
const std::string example = "c2sp.org/tlog-proof@v1\n"
                            "extra YWdlLXYxLjIuMS1kYXJ3aW4tYXJtNjQudGFyLmd6\n"
                            "index 73894\n"
                            "gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=\n"
                            "B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=\n"
                            "EKNzoDWG8LGC0Yp9o+sv3qllpMP9uHQ9B20KNL+Q1zs=\n"
                            "RoopEkOdqkYqMB4MJXrbt/hMjOxsVn0IrWjpz1ZMMes=\n"
                            "AHCioX9nLjsrse6YhjRRmk1WUEirVOLLRoOQ6vfO5vk=\n"
                            "\n"
                            "example.com/fancylog\n"
                            "109482\n"
                            "sFodV/vSp5O8n9a8QpW6PRY97tfOSW5bsc2Xl/EQi08=\n"
                            "\n"
                            "\xE2\x80\x94 example.com/fancylog hI2DJ1roloI=\n"
                            "\xE2\x80\x94 witness1.example mJirIklj\n"
                            "\xE2\x80\x94 witness2.example TnKKVHLXxwYwrSjgow==\n";

/// The example with one of its parts replaced.
std::string with(std::string_view part, std::string_view other) {
  auto out = example;
  auto at = out.find(part);
  EXPECT_NE(at, out.npos) << part;
  return out.replace(at, part.size(), other);
}

TEST(LogProof, of_the_specification_is_read_and_written) {
  auto proof = LogProof::parse(example);
  ASSERT_TRUE(proof);
  EXPECT_EQ(proof->extra, "age-v1.2.1-darwin-arm64.tar.gz");
  EXPECT_EQ(proof->index, 73894u);
  ASSERT_EQ(proof->hashes.size(), 5u);
  EXPECT_EQ(to_base64(as_text(proof->hashes[1])), "B95lDa8R83lS8n0eG+o0buTxRKQTYFi//1U8anccXmA=");
  EXPECT_EQ(LogCheckpoint::parse(proof->checkpoint.text)->size, 109482u);
  EXPECT_EQ(proof->checkpoint.signatures.size(), 3u);
  EXPECT_EQ(proof->to_string(), example);
}

TEST(LogProof, may_lack_the_extra_and_hashes) {
  auto proof = LogProof::parse(example).value();
  proof.extra.reset();
  proof.hashes.clear();
  proof.index = 0;
  auto bytes = proof.to_string();
  EXPECT_TRUE(bytes.starts_with("c2sp.org/tlog-proof@v1\nindex 0\n\nexample.com/fancylog\n"));
  EXPECT_EQ(LogProof::parse(bytes)->to_string(), bytes);
  EXPECT_FALSE(LogProof::parse(bytes)->extra);
  proof.extra = ""; // no extra is no line
  EXPECT_EQ(proof.to_string(), bytes);
}

TEST(LogProof, carries_63_hashes_and_no_more) {
  auto proof = LogProof::parse(example).value();
  proof.hashes.assign(63, Digest{});
  EXPECT_EQ(LogProof::parse(proof.to_string())->to_string(), proof.to_string());
  proof.hashes.emplace_back();
  EXPECT_FALSE(LogProof::parse(proof.to_string()));
}

TEST(LogProof, shows_an_entry_to_whoever_knows_the_key) {
  std::vector<Digest> leaves;
  Frontier frontier;
  for (int i = 0; i < 3; ++i) {
    leaves.push_back(hash_leaf("entry " + std::to_string(i)));
    frontier.append(leaves.back());
  }
  auto hashes = [&](unsigned level, std::uint64_t at) {
    return level == 0 ? leaves[at] : hash_node(leaves[2 * at], leaves[2 * at + 1]);
  };
  auto signer = ed25519_signer("mingce.example/jx", std::string(32, '\1'));
  Note note{LogCheckpoint{"mingce.example/jx", 3, frontier.root()}.to_string(), {}};
  ASSERT_TRUE(note.sign(*signer));
  auto bytes = LogProof{{}, 1, inclusion_proof(1, 3, hashes), note}.to_string();

  auto read = LogProof::parse(bytes);
  ASSERT_TRUE(read && read->checkpoint.is_signed_by(signer->key()));
  auto checkpoint = LogCheckpoint::parse(read->checkpoint.text).value();
  EXPECT_TRUE(verify_inclusion(hash_leaf("entry 1"), read->index, checkpoint.size, read->hashes,
                               checkpoint.root));
  EXPECT_FALSE(verify_inclusion(hash_leaf("entry 2"), read->index, checkpoint.size, read->hashes,
                                checkpoint.root));
}

TEST(LogProof, in_another_form_is_refused) {
  std::string hash = "gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlQ=", extra = "extra YWdl",
              first = "c2sp.org/tlog-proof@v1\n";
  for (auto& wrong :
       {std::string(), first, std::string("\n"), example.substr(first.size()), "\n" + example,
        " " + example, example + "\n", example + "x", example + hash + "\n",
        example.substr(0, example.size() - 1), with("@v1", "@v2"), with("@v1\n", "@v1\r\n"),
        with("@v1\n", "@v1 \n"),
        // the extra
        with(extra, "extra\nYWdl"), with(extra, "extra  YWdl"), with(extra, "Extra YWdl"),
        with(extra, "extra YWd"), with(extra, "extra YWdl="), with(extra, "extra YW\nl"),
        with("Lmd6\n", "Lmd=\n"), with("Lmd6\n", "LmeR==\n"),
        with("extra YWdlLXYxLjIuMS1kYXJ3aW4tYXJtNjQudGFyLmd6\n", "extra \n"),
        with("extra ", "extra YQ==\nextra "),
        // the index
        with("index 73894\n", ""), with("index 73894", "index"), with("index 73894", "index "),
        with("index 73894", "index  73894"), with("index 73894", "index 073894"),
        with("index 73894", "index +73894"), with("index 73894", "index -1"),
        with("index 73894", "index 0x10"), with("index 73894", "index 73894 "),
        with("index 73894", "index 00"), with("index 73894", "index 18446744073709551616"),
        with("index 73894\n", "index 73894\nindex 73894\n"),
        // the hashes
        with(hash, hash.substr(4)), with(hash, "AAAA" + hash), with(hash, hash.substr(0, 43)),
        with(hash, "gSKyXoYZUgZ6jduWYrkDOARinOMGJveXjgMkBTcdPlR="), with(hash, " " + hash),
        with(hash, hash + " "), with(hash, hash + "\r"), with(hash, ""), with(hash, "-"),
        // the checkpoint
        with("\n\nexample.com", "\nexample.com"), with("\n\nexample.com", "\n\n\nexample.com"),
        with("\n109482\n", "\n0109482\n"), with("\n109482\n", "\n"),
        with("EQi08=\n", "EQi08=\n\nan extension\n"), with("hI2DJ1roloI=", "hI2D"),
        with("EQi08=\n\n", "EQi08=\n")})
    EXPECT_FALSE(LogProof::parse(wrong)) << wrong;
  EXPECT_TRUE(LogProof::parse(with("EQi08=\n", "EQi08=\nan extension\n")));
  EXPECT_EQ(LogProof::parse(with("73894", "18446744073709551615"))->index, UINT64_MAX);
}

TEST(LogProof, that_is_read_is_written_as_it_was) {
  // Whatever one bit makes of it: refused, or another proof in the one form it has.
  for (std::size_t bit = 0; bit < example.size() * 8; ++bit) {
    auto changed = example;
    changed[bit / 8] = char(changed[bit / 8] ^ 1 << bit % 8);
    auto proof = LogProof::parse(changed);
    if (proof) {
      EXPECT_EQ(proof->to_string(), changed) << bit;
    }
  }
}

} // namespace
} // namespace mingce
