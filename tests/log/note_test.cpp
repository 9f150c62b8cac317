// C2SP signed notes, checkpoints and cosignatures, SM2 signatures: by published vectors
// (tests/golden/tlog, and those that stand here) and by breaking every bit.

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

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2)
    bytes += char(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return bytes;
}

/// A key string with the right key id, whatever the type bytes and the key are.
std::string key_text(const std::string& name, const std::string& material) {
  auto id = sha256(name + "\n" + material);
  return name + "+" + to_hex(std::span(id).first(4)) + "+" + to_base64(material);
}

/// Every bit of the text and of the signature, turned over in turn.
void expect_each_bit_to_matter(const VerifierKey& key, std::string text, std::string signature) {
  ASSERT_TRUE(key.verifies(text, signature));
  for (auto* bytes : {&text, &signature})
    for (std::size_t bit = 0; bit < bytes->size() * 8; ++bit) {
      auto& byte = (*bytes)[bit / 8];
      byte = char(byte ^ 1 << bit % 8);
      EXPECT_FALSE(key.verifies(text, signature)) << bit;
      byte = char(byte ^ 1 << bit % 8);
    }
}

constexpr auto checkpoint_text = "mingce.example/jx\n"
                                 "20852163\n"
                                 "CsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n";

// GB/T 32918.5, A.2: the example of a signature, and its key.
const auto sm2_secret =
    from_hex("3945208f7b2144b13f36e38ac6d39f95889393692860b51a42fb81ef4df7c5b8");
const auto sm2_public =
    from_hex("0409f9df311e5421a150dd7d161e4bc5c672179fad1833fc076bb08ff356f35020"
             "ccea490ce26775a52dc6ea718cc1aa600aed05fbf35e084a6632f6072da9ad13");
const std::string sm2_type = "\xff"
                             "gov.cn/sm2sm3/v1";

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

TEST(VerifierKey, is_read_for_three_kinds_of_signature) {
  // The key of a witness in service.
  auto* witness = "remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2";
  EXPECT_EQ(VerifierKey::parse(published_key)->type, SignatureType::ed25519);
  EXPECT_EQ(VerifierKey::parse(witness)->type, SignatureType::cosignature_v1);
  EXPECT_EQ(VerifierKey::parse(witness)->to_string(), witness);
  auto sm2 = key_text("mingce.example/jx", sm2_type + sm2_public);
  EXPECT_EQ(VerifierKey::parse(sm2)->type, SignatureType::sm2_sm3);
  EXPECT_EQ(VerifierKey::parse(sm2)->public_key, sm2_public);
  EXPECT_EQ(VerifierKey::parse(sm2)->to_string(), sm2);
  EXPECT_EQ(VerifierKey::of("mingce.example/jx", sm2_public, SignatureType::sm2_sm3).to_string(),
            sm2);
}

TEST(VerifierKey, of_no_key_is_refused) {
  auto edwards = VerifierKey::parse(published_key)->public_key, off_curve = sm2_public,
       hybrid = sm2_public;
  off_curve.back() ^= 1;
  hybrid.front() = char(6 + (sm2_public.back() & 1));
  EXPECT_TRUE(VerifierKey::parse(key_text("k", "\1" + edwards)));
  EXPECT_TRUE(VerifierKey::parse(key_text("k", "\4" + edwards)));
  EXPECT_TRUE(VerifierKey::parse(key_text("k", sm2_type + sm2_public)));
  for (auto& material :
       {std::string(), std::string("\1"), "\1" + edwards.substr(1), "\1" + edwards + "x",
        "\2" + edwards, "\6" + edwards, edwards, "\4" + edwards + "x", "\xff" + sm2_public,
        sm2_type + off_curve, sm2_type + hybrid, sm2_type + "\2" + sm2_public.substr(1, 32),
        sm2_type + sm2_public + "x", sm2_type, sm2_type + std::string(1, '\0'),
        sm2_type.substr(0, sm2_type.size() - 1) + "2" + sm2_public})
    EXPECT_FALSE(VerifierKey::parse(key_text("k", material))) << to_base64(material);
  for (auto* name : {"", "a b", "a\tb", "a\nb", "a\u3000b", "\u00a0", "a\u2028", "\xff", "a\x7f"})
    EXPECT_EQ(bool(VerifierKey::parse(key_text(name, "\1" + edwards))),
              std::string_view(name) == "a\x7f")
        << name;
}

TEST(Sm2, verifies_the_published_signature) {
  auto key = VerifierKey::of("k", sm2_public, SignatureType::sm2_sm3);
  auto signature =
      from_hex("3046022100f5a03b0648d2c4630eeac513e1bb81a15944da3827d5b74143ac7eaceee720b3"
               "022100b1b6aa29df212fd8763182bc0d421ca1bb9038fd1f7f42d4840b69c485bbc1aa");
  expect_each_bit_to_matter(key, "message digest", signature);
  EXPECT_FALSE(key.verifies("message digest", signature + '\0'));
  EXPECT_FALSE(key.verifies("message digest", ""));
}

TEST(Sm2, signs_so_that_every_bit_matters) {
  auto signer = sm2_signer("mingce.example/jx", sm2_secret);
  ASSERT_TRUE(signer);
  EXPECT_EQ(signer->key().public_key, sm2_public);
  EXPECT_EQ(VerifierKey::parse(signer->key().to_string())->to_string(), signer->key().to_string());
  expect_each_bit_to_matter(signer->key(), checkpoint_text, signer->sign(checkpoint_text).value());
  EXPECT_TRUE(signer->key().verifies("", signer->sign("").value()));
}

TEST(Sm2, takes_a_secret_from_1_to_n_minus_2) {
  auto signer_with = [](const char* hex) { return sm2_signer("k", from_hex(hex)); };
  EXPECT_TRUE(signer_with("0000000000000000000000000000000000000000000000000000000000000001"));
  EXPECT_TRUE(signer_with("fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54121"));
  for (auto* wrong : {"0000000000000000000000000000000000000000000000000000000000000000",
                      "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54122",
                      "fffffffeffffffffffffffffffffffff7203df6b21c6052b53bbf40939d54123",
                      "ffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff", "01", ""})
    EXPECT_FALSE(signer_with(wrong)) << wrong;
  EXPECT_FALSE(sm2_signer("no spaces", sm2_secret));
}

TEST(Sm2, rides_along_with_ed25519) {
  auto edwards = ed25519_signer("mingce.example/jx", std::string(32, '\1'));
  auto sm2 = sm2_signer("mingce.example/jx", sm2_secret);
  Note note{checkpoint_text, {}};
  ASSERT_TRUE(note.sign(*edwards));
  ASSERT_TRUE(note.sign(*sm2));
  auto read = Note::parse(note.to_string()).value();
  EXPECT_TRUE(read.is_signed_by(edwards->key()));
  EXPECT_TRUE(read.is_signed_by(sm2->key()));
}

// A checkpoint that a log in service published in May 2026, and two of those who signed it.
TEST(Cosignature, of_a_published_checkpoint_holds) {
  auto note = Note::parse(
      "arche2025h1.staging.ct.transparency.dev\n"
      "1432088532\n"
      "U7WM79jrzyhGZ5/GUBTpM7NzwdyfFx61t3RovgcC4Ro=\n"
      "\n"
      "— arche2025h1.staging.ct.transparency.dev zTM8sQAAAZ5W0WdjBAMARjBEAiBjW5IQf9pvsYLfQFX6hoGR"
      "EPMHbdQ3urbllzalApkptQIgIpwtEroeW2BXaHAI4kJXFbon5Ch9MNL5zRNZ55lvGt0=\n"
      "— arche2025h1.staging.ct.transparency.dev ui8GwCF1+kWqZrxGdhj4aX3gcw7XUlXQQabg/27lefwhUkzb"
      "C3NygNI75MdhL1bfTW9g8Ei59RA23oHP7Ry1k3ZFWwQ=\n"
      "— remora.n621.de 2net5wAAAABqEiEgPlfF3V06o0Y+fHM+J5J9s27wgxxcOVSpZ/2g/KSiXCg9DEZI+aVCIobW"
      "X9sXTynk5XeU/zZ0WBxtqB0DrAWfBw==\n");
  ASSERT_TRUE(note);
  auto log = VerifierKey::parse("arche2025h1.staging.ct.transparency.dev+ba2f06c0+"
                                "AU0vHmlGCS/PdN8b2OaGmKprLI8HKM+dJ472xgFYh15f");
  auto witness =
      VerifierKey::parse("remora.n621.de+da77ade7+BOvN63jn/bLvkieywe8R6UYAtVtNbZpXh34x7onlmtw2");
  EXPECT_TRUE(note->is_signed_by(log.value()));
  EXPECT_TRUE(note->is_signed_by(witness.value()));
  EXPECT_EQ(note->cosigned_at(*witness)->time_since_epoch().count(), 0x6a122120);
  EXPECT_FALSE(note->cosigned_at(*log));
  expect_each_bit_to_matter(*witness, note->text, note->signatures.back().bytes);
}

TEST(Cosignature, says_when_and_every_bit_of_it_matters) {
  auto now = parse_instant("2026-11-23T19:14:05.999Z").value();
  auto witness = cosignature_signer("w.example/1", std::string(32, '\3'), [&] { return now; });
  auto key = witness->key();
  EXPECT_EQ(key.type, SignatureType::cosignature_v1);
  EXPECT_EQ(VerifierKey::parse(key.to_string())->to_string(), key.to_string());
  Note note{checkpoint_text, {}};
  ASSERT_TRUE(note.sign(*witness));
  EXPECT_EQ(note.cosigned_at(key), parse_instant("2026-11-23T19:14:05.000Z"));
  expect_each_bit_to_matter(key, note.text, note.signatures[0].bytes);
  now += std::chrono::hours(1);
  ASSERT_TRUE(note.sign(*witness));
  EXPECT_EQ(note.cosigned_at(key), parse_instant("2026-11-23T20:14:05.000Z"));
  now = parse_instant("1969-12-31T23:59:59.999Z").value();
  EXPECT_FALSE(note.sign(*witness));
}

TEST(Cosignature, is_no_signature_of_the_text_and_the_reverse) {
  std::string secret(32, '\3');
  auto plain = ed25519_signer("k", secret);
  auto witness = cosignature_signer("k", secret, [] { return Instant{}; });
  EXPECT_NE(plain->key().id, witness->key().id);
  auto cosignature = witness->sign(checkpoint_text).value();
  EXPECT_EQ(cosignature.substr(0, 8), std::string(8, '\0'));
  EXPECT_FALSE(plain->key().verifies(checkpoint_text, cosignature.substr(8)));
  auto signature = plain->sign(checkpoint_text).value();
  EXPECT_FALSE(witness->key().verifies(checkpoint_text, std::string(8, '\0') + signature));
  EXPECT_FALSE(witness->key().verifies(checkpoint_text, signature));
  EXPECT_FALSE(witness->key().verifies(checkpoint_text, cosignature + "x"));
  EXPECT_FALSE(time_of_cosignature("\x80" + std::string(71, '\0'))); // 2^63
  EXPECT_TRUE(time_of_cosignature("\x7f" + std::string(71, '\xff')));
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

TEST(Note, that_a_known_key_signed_wrongly_once_is_refused) {
  auto ours = ed25519_signer("mingce.example/jx", std::string(32, '\1'));
  Note note{checkpoint_text, {}};
  ASSERT_TRUE(note.sign(*ours));
  ASSERT_TRUE(note.sign(*ours));
  EXPECT_TRUE(note.is_signed_by(ours->key()));
  note.signatures[1].bytes[0] = char(note.signatures[1].bytes[0] ^ 1);
  EXPECT_FALSE(note.is_signed_by(ours->key()));
}

TEST(Note, carries_a_hundred_signatures_and_no_more) {
  Note note{"a\n", {100, {"k", 7, "s"}}};
  EXPECT_TRUE(Note::parse(note.to_string()));
  note.signatures.push_back({"k", 7, "s"});
  EXPECT_FALSE(Note::parse(note.to_string()));
}

TEST(Note, is_utf8_without_control_characters) {
  auto reads = [](const std::string& text) {
    return bool(Note::parse(text + "\n\n\xE2\x80\x94 k AAAAAAAA\n"));
  };
  for (auto* good : {"a", "\n\na", "道路", "\u0080", "\u07ff", "\u0800", "\ud7ff", "\ue000",
                     "\uffff", "\U00010000", "\U0010ffff"})
    EXPECT_TRUE(reads(good)) << good;
  for (auto* wrong :
       {"\t", "\r", "\x1b[2J", "\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc3", "\xc3(",
        "\xe0\x9f\xbf", "\xe2\x80", "\xe2\x28\xa1", "\xed\xa0\x80", "\xed\xbf\xbf",
        "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xf0\x9f\x92"})
    EXPECT_FALSE(reads(wrong)) << wrong;
  EXPECT_FALSE(reads(std::string(1, '\0')));
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

TEST(Checkpoint, keeps_extension_lines) {
  auto text = std::string(checkpoint_text) + "one\nand another 二\n";
  auto checkpoint = LogCheckpoint::parse(text);
  ASSERT_TRUE(checkpoint);
  EXPECT_EQ(checkpoint->extensions, (std::vector<std::string>{"one", "and another 二"}));
  EXPECT_EQ(checkpoint->to_string(), text);
  EXPECT_TRUE(LogCheckpoint::parse(checkpoint_text)->extensions.empty());
  for (auto* wrong : {"\n", "one\n\n", "\none\n", "one", "one\n\ntwo\n"})
    EXPECT_FALSE(LogCheckpoint::parse(checkpoint_text + std::string(wrong))) << wrong;
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
