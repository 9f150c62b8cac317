// What has left the register: a static export, a receipt. Needs neither RocksDB nor the keys.

#include "log/verify_parts.hpp"

#include <algorithm>
#include <map>
#include <span>

namespace mingce {
namespace {

Failure refused_proof(const char* zh, const char* en) {
  return {FailureKind::corrupt, "bad_proof", {zh, en}};
}

bool is_signed_in(const std::string& origin, const std::vector<VerifierKey>& keys,
                  const Note& note) {
  return std::ranges::any_of(
      keys, [&](auto& key) { return key.name == origin && note.is_signed_by(key); });
}

/// A checkpoint that somebody has kept, against the entries of an export.
void compare_kept(const StaticLog& log, const std::vector<VerifierKey>& keys, const Note& note,
                  Faults& faults) {
  auto checkpoint = LogCheckpoint::parse(note.text);
  if (!checkpoint || !is_signed_in(log.checkpoint().origin, keys, note)) {
    faults.add("bad_signature", "所给检查点没有该日志密钥的有效签名",
               "the checkpoint given has no valid signature of the log's key");
    return;
  }
  if (checkpoint->size > log.size()) return beyond_log(checkpoint->size, faults);
  Frontier frontier;
  for (auto& leaf : std::span(log.leaves()).first(checkpoint->size))
    frontier.append(hash_leaf(leaf));
  if (frontier.root() != checkpoint->root) forked_at(checkpoint->size, faults);
}

/// `extra` of a receipt: the leaf, and the key that signed.
struct ReceiptExtra {
  std::string leaf;
  std::optional<VerifierKey> key;
};
std::optional<ReceiptExtra> read_extra(const LogProof& proof) {
  auto value = proof.extra ? parse_json(*proof.extra) : Result<json::value>(json::value{});
  auto* object = value ? value->if_object() : nullptr;
  auto* leaf = object ? object->if_contains("entry") : nullptr;
  auto* key = object ? object->if_contains("vkey") : nullptr;
  if (!leaf || !leaf->is_string() || !key || !key->is_string()) return std::nullopt;
  return ReceiptExtra{std::string(leaf->get_string()),
                      VerifierKey::parse(std::string_view(key->get_string()))};
}

} // namespace

Result<Verified> verify_export(const StaticLog& log, const Outside& outside) {
  Verified out;
  Faults faults(out.faults);
  Frontier frontier;
  GrowingTiles tiles;
  std::map<std::pair<unsigned, std::uint64_t>, std::string> rows;
  auto size = log.size();
  for (std::uint64_t at = 0; at < size; ++at) {
    auto hash = hash_leaf(log.leaves()[at]);
    rows[{0, at / tile_width}] += as_text(hash);
    tiles.append(frontier, hash, [&](unsigned level, std::uint64_t index, auto hashes) {
      rows[{level, index}] = hashes;
    });
  }
  for (auto& [at, hashes] : rows) {
    auto width = hashes.size() / digest_bytes;
    auto tile = log.read_tile(at.first, at.second, width);
    if (tile && *tile == hashes) continue;
    auto name = tile_path(at.first, at.second, width);
    faults.add("bad_tile", "哈希块 " + name + " 与条目不符", name + " does not fit the entries");
  }
  out.entries = size;
  out.root = frontier.root();
  if (out.root != log.checkpoint().root)
    faults.add("forked_log", "条目的根与检查点不符",
               "the entries do not have the checkpoint's root");
  if (!is_signed_in(log.checkpoint().origin, outside.keys, log.note()))
    faults.add("bad_signature", "检查点没有该日志密钥的有效签名",
               "the checkpoint has no valid signature of the log's key");
  ++out.checkpoints;
  for (auto& note : outside.checkpoints) compare_kept(log, outside.keys, note, faults);
  return out;
}

Result<VerifiedReceipt> verify_receipt(std::string_view text,
                                       const std::vector<VerifierKey>& keys) {
  auto proof = LogProof::parse(text);
  if (!proof) return refused_proof("不是 tlog-proof 文件", "this is no tlog-proof file");
  auto extra = read_extra(*proof);
  if (!extra || !extra->key)
    return refused_proof("回执未附条目与密钥", "the receipt lacks its entry or its key");
  auto checkpoint = LogCheckpoint::parse(proof->checkpoint.text);
  if (!checkpoint) return refused_proof("回执所附检查点有误", "the receipt's checkpoint is broken");
  if (!verify_inclusion(hash_leaf(extra->leaf), proof->index, checkpoint->size, proof->hashes,
                        checkpoint->root))
    return refused_proof("条目不在检查点所签的日志中",
                         "the entry is not in the log that the checkpoint covers");
  auto entry = read_leaf(proof->index + 1, extra->leaf);
  if (!entry) return refused_proof("所附条目无法读取", "the entry cannot be read");
  // The key that the receipt names must hold in any case: a changed copy is told without a key.
  auto trusted = keys.empty() ? std::vector{*extra->key} : keys;
  auto found =
      std::ranges::find_if(trusted, [&](auto& key) { return proof->checkpoint.is_signed_by(key); });
  if (found == trusted.end() || found->name != checkpoint->origin)
    return refused_proof("检查点没有该日志密钥的有效签名",
                         "the checkpoint has no valid signature of the log's key");
  return VerifiedReceipt{proof->index + 1, *checkpoint, extra->leaf, *found, !keys.empty()};
}

} // namespace mingce
