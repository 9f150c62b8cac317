// What is sealed, signed and erased in a log: from outside its interface, and in its files.

#include "log_fixture.hpp"

#include "log/files.hpp"
#include "log/static_log.hpp"
#include "log/store.hpp"
#include "log/verify.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>

namespace mingce {
namespace {

using test::draft;
namespace fs = std::filesystem;

struct Sealing : ::testing::Test {
  test::TemporaryDirectory directory;
  test::TestClock clock;
  std::unique_ptr<Log> log = open();

  std::unique_ptr<Log> open(LogOptions options = {}) {
    return test::open_log(directory / "data", clock, std::move(options));
  }
  void reopen() {
    log.reset();
    log = open();
  }
  void add(const std::string& number, std::uint32_t version, const std::string& text,
           const std::string& person = "") {
    auto one = draft(number, version, text);
    one.person = person;
    Append append;
    append.entries.push_back(prepare(one).value());
    ASSERT_TRUE(log->append(std::move(append)));
  }
  void erase(const std::string& number, std::uint32_t version,
             std::vector<std::string> persons = {}) {
    auto one = draft(number, version, "because");
    one.erases = true;
    Append append;
    append.entries.push_back(prepare(one).value());
    append.erased_persons = std::move(persons);
    auto appended = log->append(std::move(append));
    ASSERT_TRUE(appended) << appended.error().code;
  }
  std::string private_text(std::uint64_t seq) const {
    std::string text = "?";
    auto scanned = log->scan(seq, seq, LogView::Half::both, [&](Entry&& entry) {
      text = entry.body ? std::string(entry.body->at("closed").as_string())
                        : (entry.is_erased ? "erased" : "none");
      return false;
    });
    return scanned ? text : scanned.error().code;
  }
  std::vector<std::string> codes(Outside outside = {}) const {
    std::vector<std::string> out;
    auto verified = verify_log(*log, {}, std::move(outside));
    if (!verified) return {verified.error().code};
    for (auto& fault : verified->faults) out.push_back(fault.code);
    return out;
  }
  /// Makes the national register instead.
  void begin_national() {
    log.reset();
    fs::remove_all(directory / "data");
    fs::remove_all(directory / "data.keys");
    LogOptions options;
    options.profile = {.origin = "example.gov.cn/log", .national = true};
    log = open(std::move(options));
  }
  /// Writes another value in the place of a row, with right checksums; nothing: removes the row.
  void replace_row(LogView::Store::Family family, const std::string& row,
                   const std::optional<std::string>& value) {
    log.reset();
    auto store =
        LogView::Store::open_to_write(directory / "data", {.now = [] { return Instant{}; }});
    ASSERT_TRUE(store) << store.error().code;
    ASSERT_TRUE(value ? (*store)->put(family, row, *value) : (*store)->remove(family, row));
  }
  void replace_checkpoint(std::uint64_t size, const std::optional<Note>& note) {
    replace_row(LogView::Store::checkpoints, be64(size),
                note ? std::optional(note->to_string()) : std::nullopt);
  }
  /// The directory and the keys beside it, as they are on disk now.
  void copy_both(const std::string& from, const std::string& to) const {
    for (auto* beside : {"", ".keys"}) {
      fs::remove_all(directory / (to + beside));
      fs::copy(directory / (from + beside), directory / (to + beside), fs::copy_options::recursive);
    }
  }
};

using Codes = std::vector<std::string>;

TEST_F(Sealing, private_halves_come_back_and_are_nowhere_in_the_files) {
  add("1", 1, "needle-in-a-haystack-1");
  add("1", 2, "needle-in-a-haystack-2");
  add("2", 1, "needle-in-a-haystack-3", "person");
  reopen();
  EXPECT_EQ(private_text(1), "needle-in-a-haystack-1");
  EXPECT_EQ(private_text(2), "needle-in-a-haystack-2");
  EXPECT_EQ(private_text(3), "needle-in-a-haystack-3");
  EXPECT_EQ(codes(), std::vector<std::string>{});
}

TEST_F(Sealing, an_erased_stream_is_gone_and_goes_on) {
  add("1", 1, "one");
  add("2", 1, "two");
  erase("1", 2);
  add("1", 3, "three");
  for (int round = 0; round < 2; ++round, reopen()) {
    EXPECT_EQ(private_text(1), "erased");
    EXPECT_EQ(private_text(2), "two");
    EXPECT_EQ(private_text(3), "because");
    EXPECT_EQ(private_text(4), "three");
    EXPECT_EQ(codes(), std::vector<std::string>{});
  }
}

TEST_F(Sealing, a_person_is_erased_from_every_stream_under_their_key) {
  add("1", 1, "one", "p");
  add("2", 1, "two", "p");
  add("3", 1, "three", "q");
  erase("1", 2, {"p"});
  EXPECT_EQ(private_text(1), "erased");
  EXPECT_EQ(private_text(2), "erased");
  EXPECT_EQ(private_text(3), "three");
  add("4", 1, "four", "p");
  EXPECT_EQ(private_text(5), "four");
}

TEST_F(Sealing, an_old_copy_of_the_directory_stays_erased) {
  add("1", 1, "one");
  log.reset();
  fs::copy(directory / "data", directory / "old", fs::copy_options::recursive);
  log = open();
  erase("1", 2);
  log.reset();
  fs::remove_all(directory / "data");
  fs::rename(directory / "old", directory / "data");
  auto opened = Log::open(directory / "data", {.now = [] { return Instant{}; }});
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().code, "entries_missing");
  fs::remove(directory / "data.keys" / "anchor"); // the administrator insists
  log = open();
  EXPECT_EQ(private_text(1), "erased");
}

TEST_F(Sealing, a_torn_line_hides_no_erasure) {
  add("1", 1, "one");
  log.reset();
  fs::copy(directory / "data", directory / "old", fs::copy_options::recursive);
  std::ofstream(directory / "data.keys" / "erased") << "0123456789abc"; // a power cut
  log = open();
  erase("1", 2);
  log.reset();
  fs::remove_all(directory / "data");
  fs::rename(directory / "old", directory / "data");
  fs::remove(directory / "data.keys" / "anchor");
  log = open();
  EXPECT_EQ(private_text(1), "erased");
}

TEST_F(Sealing, an_anchor_that_the_register_has_not_signed_is_refused) {
  add("1", 1, "one");
  auto anchor = directory / "data.keys" / "anchor";
  log.reset();
  auto good = read_file(anchor).value();
  auto forged = good;
  forged[forged.size() - 6] = forged[forged.size() - 6] == 'A' ? 'B' : 'A'; // in the signature
  for (auto& text : {forged, std::string("nothing"), std::string{}}) {
    ASSERT_TRUE(replace_file(anchor, text));
    auto opened = Log::open(directory / "data", {.now = [] { return Instant{}; }});
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, "bad_anchor");
    EXPECT_EQ(LogView::open(directory / "data").error().code, "bad_anchor");
  }
  ASSERT_TRUE(replace_file(anchor, good));
  log = open();
  EXPECT_EQ(private_text(1), "one");
}

TEST_F(Sealing, what_an_append_erases_itself_is_never_written) {
  auto first = draft("1", 1, "one"), second = draft("1", 2, "because");
  second.erases = true;
  Append append;
  append.entries.push_back(prepare(first).value());
  append.entries.push_back(prepare(second).value());
  ASSERT_TRUE(log->append(std::move(append)));
  EXPECT_EQ(private_text(1), "none");
  EXPECT_EQ(private_text(2), "because");
}

TEST_F(Sealing, a_new_master_key_reads_everything_and_the_former_may_go) {
  add("1", 1, "one");
  add("2", 1, "two", "p");
  ASSERT_TRUE(log->rotate_master());
  ASSERT_TRUE((*log->keys())->drop_former_masters());
  add("3", 1, "three");
  reopen();
  EXPECT_EQ(private_text(1), "one");
  EXPECT_EQ(private_text(2), "two");
  EXPECT_EQ(private_text(3), "three");
  EXPECT_EQ((*log->keys())->current_master(), 2u);
}

TEST_F(Sealing, the_national_suites_do_the_same) {
  begin_national();
  add("1", 1, "one", "p");
  erase("1", 2);
  add("2", 1, "two");
  reopen();
  EXPECT_EQ(private_text(1), "erased");
  EXPECT_EQ(private_text(3), "two");
  auto note = log->sign_checkpoint();
  ASSERT_TRUE(note) << note.error().code;
  auto checkpoint = LogCheckpoint::parse(note->text);
  ASSERT_EQ(checkpoint->extensions.size(), 1u);
  EXPECT_TRUE(checkpoint->extensions[0].starts_with("sm3 "));
  EXPECT_EQ(note->signatures.size(), 2u);
  EXPECT_EQ(codes(), std::vector<std::string>{});
}

TEST_F(Sealing, without_the_keys_only_the_public_halves_are_read) {
  add("1", 1, "one");
  log.reset();
  fs::rename(directory / "data.keys", directory / "elsewhere");
  auto view = LogView::open(directory / "data").value();
  std::size_t seen = 0;
  auto count = [&](Entry&&) { return ++seen, true; };
  EXPECT_TRUE(view->scan(1, 1, LogView::Half::open, count));
  EXPECT_EQ(view->scan(1, 1, LogView::Half::both, count).error().code, "no_keys");
  EXPECT_EQ(Log::open(directory / "data", {.now = [] { return Instant{}; }}).error().code,
            "no_keys");
}

TEST_F(Sealing, what_nobody_erased_is_not_taken_for_erased) {
  add("1", 1, "one", "p");
  add("2", 1, "two");
  log.reset();
  copy_both("data", "whole");
  auto gone = std::string(1, '\0');
  replace_row(LogView::Store::sealing_keys, "s" + stream_key(test::stream("1"), 1), gone);
  log = open();
  EXPECT_EQ(private_text(1), "erased");
  EXPECT_EQ(codes(), Codes{"lost_key"});
  log.reset();
  copy_both("whole", "data");
  replace_row(LogView::Store::bodies, be64(2), gone);
  log = open();
  EXPECT_EQ(codes(), Codes{"missing_body"});
  log.reset();
  copy_both("whole", "data");
  log = open();
  erase("1", 2, {"p"});
  EXPECT_EQ(codes(), Codes{});
  log.reset();
  fs::remove(directory / "data.keys" / "erased");
  log = open();
  EXPECT_EQ(codes(), Codes{"lost_key"});
}

TEST_F(Sealing, a_private_half_may_be_kept_elsewhere) {
  auto one = draft("1", 1);
  one.body = nullptr;
  one.sealed = Commitment{std::string(64, 'a'), 17};
  Append append;
  append.entries.push_back(prepare(one).value());
  ASSERT_TRUE(log->append(std::move(append)));
  EXPECT_EQ(private_text(1), "none");
  EXPECT_EQ(codes(), Codes{});
}

TEST_F(Sealing, the_streams_of_a_person_are_known) {
  add("1", 1, "one", "p");
  add("2", 1, "two", "q");
  add("3", 1, "three", "p");
  auto theirs = log->streams_of_person("p").value();
  std::ranges::sort(theirs);
  std::vector expected{test::stream("1"), test::stream("3")};
  std::ranges::sort(expected);
  EXPECT_EQ(theirs, expected);
  EXPECT_TRUE(log->streams_of_person("nobody")->empty());
}

// ---- checkpoints --------------------------------------------------------------------------------

TEST_F(Sealing, checkpoints_cover_the_log_and_go_on_from_each_other) {
  std::optional<LogCheckpoint> before;
  for (std::uint32_t i = 1; i <= 520; ++i) {
    add("1", i, "x");
    if (i % 37 != 0 && i != 256 && i != 257 && i != 512) continue;
    auto note = log->sign_checkpoint();
    ASSERT_TRUE(note) << note.error().code;
    EXPECT_TRUE(note->is_signed_by((*log->keys())->verifier()));
    auto checkpoint = LogCheckpoint::parse(note->text);
    ASSERT_EQ(checkpoint->size, i);
    if (before) {
      auto proof = log->tree().consistency(before->size, i).value();
      EXPECT_TRUE(verify_consistency(before->size, i, proof, before->root, checkpoint->root));
    }
    for (std::uint64_t seq : {std::uint64_t(1), std::uint64_t(i / 2 + 1), std::uint64_t(i)}) {
      auto hash = log->tree().leaf_hash(seq - 1).value();
      auto proof = log->tree().inclusion(seq - 1, i).value();
      EXPECT_TRUE(verify_inclusion(hash, seq - 1, i, proof, checkpoint->root));
    }
    before = checkpoint;
    if (i % 5 == 0) reopen();
  }
  EXPECT_EQ(codes(), std::vector<std::string>{});
}

TEST_F(Sealing, the_same_log_is_signed_once) {
  add("1", 1, "x");
  auto one = log->sign_checkpoint().value().to_string();
  EXPECT_EQ(log->sign_checkpoint().value().to_string(), one);
  reopen();
  EXPECT_EQ(log->sign_checkpoint().value().to_string(), one);
}

TEST_F(Sealing, a_new_signing_key_is_vouched_for_by_the_former) {
  add("1", 1, "x");
  auto former = (*log->keys())->verifier();
  ASSERT_TRUE((*log->keys())->add_signer(clock.look()));
  auto note = log->sign_checkpoint().value();
  EXPECT_TRUE(note.is_signed_by(former));
  EXPECT_TRUE(note.is_signed_by((*log->keys())->verifier()));
}

TEST_F(Sealing, every_signature_of_a_checkpoint_must_hold) {
  begin_national();
  add("1", 1, "x");
  ASSERT_TRUE((*log->keys())->add_signer(clock.look()));
  auto note = log->sign_checkpoint().value();
  ASSERT_EQ(note.signatures.size(), 3u); // Ed25519, SM2, the former Ed25519
  for (auto& key : (*log->keys())->national_verifiers())
    EXPECT_TRUE(VerifierKey::parse(key.to_string()));
  EXPECT_TRUE(note.is_signed_by((*log->keys())->national_verifiers().front()));
  for (std::size_t i = 0; i < note.signatures.size(); ++i) {
    auto changed = note;
    changed.signatures[i].bytes.back() ^= 1;
    replace_checkpoint(1, changed);
    log = open();
    EXPECT_EQ(codes(), Codes{"bad_signature"}) << i;
  }
  auto without = note;
  without.signatures.erase(without.signatures.begin() + 1);
  replace_checkpoint(1, without);
  log = open();
  EXPECT_EQ(codes(), Codes{"bad_signature"});
  replace_checkpoint(1, note);
  log = open();
  EXPECT_EQ(codes(), Codes{});
}

TEST_F(Sealing, a_checkpoint_that_the_ledger_has_lost_comes_back_from_the_anchor) {
  add("1", 1, "x");
  ASSERT_TRUE(log->sign_checkpoint());
  add("1", 2, "x");
  auto note = log->sign_checkpoint().value();
  replace_checkpoint(2, std::nullopt);
  {
    auto view = LogView::open_unchecked(directory / "data").value();
    auto verified = verify_log(*view).value();
    ASSERT_EQ(verified.faults.size(), 1u);
    EXPECT_EQ(verified.faults.front().code, "checkpoint_missing");
  }
  log = open();
  EXPECT_EQ(log->sign_checkpoint().value().to_string(), note.to_string());
  EXPECT_EQ(log->checkpoint_at(2).value()->to_string(), note.to_string());
  EXPECT_EQ(read_file(log->place().anchor()).value(), note.to_string());
  EXPECT_EQ(codes(), Codes{});
}

TEST_F(Sealing, a_checkpoint_kept_elsewhere_tells_when_everything_was_put_back) {
  add("1", 1, "one");
  auto first = log->sign_checkpoint().value();
  auto key = (*log->keys())->verifier();
  log.reset();
  copy_both("data", "old");
  log = open();
  add("1", 2, "two");
  auto kept = log->sign_checkpoint().value();
  EXPECT_EQ(codes({.keys = {key}, .checkpoints = {first, kept}}), Codes{});
  log.reset();
  copy_both("old", "data");
  log = open();
  EXPECT_EQ(codes(), Codes{}); // data and keys agree with each other
  EXPECT_EQ(codes({.keys = {key}, .checkpoints = {first}}), Codes{});
  EXPECT_EQ(codes({.keys = {key}, .checkpoints = {kept}}), Codes{"entries_missing"});
  add("1", 2, "another");
  ASSERT_TRUE(log->sign_checkpoint());
  EXPECT_EQ(codes({.keys = {}, .checkpoints = {kept}}), Codes{"forked_log"});
  ASSERT_TRUE(write_static(*log, *log->latest_checkpoint().value(), key, directory / "out"));
  auto exported = StaticLog::open(directory / "out").value();
  EXPECT_TRUE(verify_export(*exported, {{key}, {first}})->faults.empty());
  EXPECT_EQ(verify_export(*exported, {{key}, {kept}})->faults.at(0).code, "forked_log");
}

TEST_F(Sealing, a_key_from_elsewhere_must_have_signed_last) {
  add("1", 1, "x");
  ASSERT_TRUE(log->sign_checkpoint());
  auto former = (*log->keys())->verifier();
  ASSERT_TRUE((*log->keys())->add_signer(clock.look()));
  add("1", 2, "x");
  ASSERT_TRUE(log->sign_checkpoint());
  EXPECT_EQ(codes({.keys = {(*log->keys())->verifier()}}), Codes{});
  EXPECT_EQ(codes({.keys = {former}}), Codes{});
  auto other = ed25519_signer(former.name, std::string(32, 'x'))->key();
  EXPECT_EQ(codes({.keys = {other}}), Codes{"bad_signature"});
}

TEST_F(Sealing, an_export_reads_like_the_log_and_is_checked_without_it) {
  for (std::uint32_t i = 1; i <= 300; ++i) add(std::to_string(i % 7), (i - 1) / 7 + 1, "x");
  auto note = log->sign_checkpoint().value();
  auto key = (*log->keys())->verifier();
  ASSERT_TRUE(write_static(*log, note, key, directory / "out"));
  auto exported = StaticLog::open(directory / "out").value();
  EXPECT_TRUE(verify_export(*exported, {.keys = {key}})->faults.empty());
  EXPECT_EQ(exported->size(), log->size());
  auto some = test::stream("3");
  EXPECT_EQ(exported->read_stream(some, 200, LogView::Half::open)->size(),
            log->read_stream(some, 200, LogView::Half::open)->size());
  auto other = VerifierKey::of("other", key.public_key);
  EXPECT_FALSE(verify_export(*exported, {.keys = {other}})->faults.empty());

  auto tile = directory / "out" / "tile" / "0" / "000";
  std::fstream file(tile, std::ios::in | std::ios::out | std::ios::binary);
  file.seekp(100).put('!');
  file.close();
  EXPECT_FALSE(verify_export(*exported, {.keys = {key}})->faults.empty());
}

} // namespace
} // namespace mingce
