#include "log/notary.hpp"

#include "log/bytes.hpp"
#include "log/files.hpp"
#include "log/store.hpp"

#include <algorithm>

namespace mingce {
namespace {

Failure refused(const char* code, const char* zh, const char* en) {
  return {FailureKind::invalid, code, {zh, en}};
}

std::optional<LogCheckpoint> checkpoint_in(const std::optional<Note>& note) {
  return note ? LogCheckpoint::parse(note->text) : std::nullopt;
}

bool has_signature(const Note& note, const Note::Signature& wanted) {
  return std::ranges::any_of(note.signatures, [&](auto& each) {
    return each.name == wanted.name && each.key_id == wanted.key_id;
  });
}

} // namespace

std::vector<std::string> roots_beside(std::span<const Frontier> trees) {
  std::vector<std::string> lines;
  for (auto& tree : trees.subspan(1)) lines.push_back("sm3 " + to_base64(as_text(tree.root())));
  return lines;
}

// ---- signing ------------------------------------------------------------------------------------

/// The anchor and the ledger name the same checkpoint, the last that was signed, unless the process
/// ended between the two, or the ledger has lost a row since: then the other has it. The ledger gets
/// it back here, the anchor once the log is found to lead to it. Neither goes back to an older one.
Result<std::optional<Note>> Notary::signed_last() {
  auto kept = log_.latest_checkpoint();
  if (!kept) return kept;
  auto anchored = anchored_note(log_.place(), log_.keys());
  if (!anchored) return anchored;
  auto in_ledger = checkpoint_in(*kept), in_anchor = checkpoint_in(*anchored);
  if (*kept && !in_ledger) return forked();
  if (in_anchor && (!in_ledger || in_ledger->size < in_anchor->size)) {
    auto put =
        store_.put(LogView::Store::checkpoints, be64(in_anchor->size), (*anchored)->to_string());
    if (!put) return put.error();
    return anchored;
  }
  return kept;
}

/// The trees as far as they are signed: from the tiles, which must lead to the signed root. Of
/// other suites there are no tiles: their trees are hashed from the first entry on.
Result<void> Notary::resume() {
  if (!hashed_.empty()) return {};
  auto note = signed_last();
  if (!note) return note.error();
  auto before = checkpoint_in(*note);
  auto size = before ? before->size : 0;
  if (size > log_.size()) return entries_missing(size, log_.size());
  auto frontier = log_.tree().frontier(size);
  if (!frontier) return frontier.error();
  if (before && frontier->root() != before->root) return forked();
  hashed_.push_back(std::move(*frontier));
  for (auto suite : std::span(store_.suites).subspan(1)) hashed_.emplace_back(suite);
  latest_ = std::move(*note);
  if (latest_) return replace_file(log_.place().anchor(), latest_->to_string());
  return {};
}

Result<void> Notary::hash_up_to(std::uint64_t size) {
  for (auto& tree : hashed_) {
    if (tree.size() >= size) continue;
    auto scanned = log_.scan_leaves(tree.size() + 1, size,
                                    [&](auto leaf) { tree.append(hash_leaf(leaf, tree.suite())); });
    if (!scanned) return scanned;
  }
  return {};
}

/// The tiles, which the sequencer wrote, and the entries, read again, must tell the same tree, and
/// it must go on from the one that was signed.
Result<void> Notary::check(std::uint64_t size) const {
  Tree tree(log_, size);
  auto root = tree.root();
  if (!root) return root.error();
  if (*root != hashed_.front().root()) return forked();
  auto before = checkpoint_in(latest_);
  if (!before) return {};
  auto proof = tree.consistency(before->size, size);
  if (!proof) return proof.error();
  if (!verify_consistency(before->size, size, *proof, before->root, *root)) return forked();
  return {};
}

Result<Note> Notary::signed_note(const KeyRing& ring, std::uint64_t size) const {
  LogCheckpoint checkpoint{ring.origin(), size, hashed_.front().root(), roots_beside(hashed_)};
  Note note{checkpoint.to_string(), {}};
  for (auto& signer : ring.signers())
    if (auto done = note.sign(*signer); !done) return done.error();
  return note;
}

/// On disk before anybody sees it: nothing smaller will ever be signed.
Result<void> Notary::keep(std::uint64_t size, const Note& note) {
  auto text = note.to_string();
  if (auto kept = store_.put(LogView::Store::checkpoints, be64(size), text); !kept) return kept;
  return replace_file(log_.place().anchor(), text);
}

Result<Note> Notary::sign() {
  std::lock_guard lock(mutex_);
  if (!log_.keys()) return log_.keys().error();
  auto& ring = **log_.keys();
  auto size = log_.size();
  if (auto resumed = resume(); !resumed) return resumed.error();
  auto before = checkpoint_in(latest_);
  if (before && before->size == size && latest_->is_signed_by(ring.verifier())) return *latest_;
  if (auto read = hash_up_to(size); !read) return read.error();
  if (auto checked = check(size); !checked) return checked.error();
  auto note = signed_note(ring, size);
  if (!note) return note;
  if (latest_ && latest_->text == note->text) // signed anew, by another key: witnesses still hold
    for (auto& signature : latest_->signatures)
      if (!has_signature(*note, signature)) note->signatures.push_back(signature);
  if (auto kept = keep(size, *note); !kept) return kept.error();
  latest_ = *note;
  return note;
}

// ---- cosignatures -------------------------------------------------------------------------------

Result<Note> Notary::keep_cosignatures(const Note& given) {
  std::lock_guard lock(mutex_);
  if (!log_.keys()) return log_.keys().error();
  auto checkpoint = LogCheckpoint::parse(given.text);
  if (!checkpoint) return refused("not_a_checkpoint", "不是检查点", "this is no checkpoint");
  auto kept = log_.checkpoint_at(checkpoint->size);
  if (!kept) return kept.error();
  if (!*kept || (*kept)->text != given.text)
    return refused("unknown_checkpoint", "本日志没有签过这个检查点",
                   "this log has not signed that checkpoint");
  auto note = std::move(**kept);
  bool known = false;
  for (auto& witness : (*log_.keys())->witnesses())
    for (auto& signature : given.signatures) {
      if (signature.name != witness.name || signature.key_id != witness.id) continue;
      if (!witness.verifies(given.text, signature.bytes))
        return refused("bad_cosignature", "见证签名不成立", "a witness's signature does not hold");
      known = true;
      if (!has_signature(note, signature)) note.signatures.push_back(signature);
    }
  if (!known)
    return refused("unknown_witness", "没有已知见证人的签名",
                   "there is no signature of a known witness");
  auto put = store_.put(LogView::Store::checkpoints, be64(checkpoint->size), note.to_string());
  if (!put) return put.error();
  auto latest = checkpoint_in(latest_);
  if (latest && latest->size == checkpoint->size) latest_ = note;
  return note;
}

} // namespace mingce
