#include "app/proofs.hpp"

#include "report/render_receipt.hpp"

namespace mingce {
namespace {

std::string in_base64(const Digest& digest) { return to_base64(as_text(digest)); }

json::array in_base64(const std::vector<Digest>& digests) {
  json::array out;
  for (auto& digest : digests) out.push_back(json::string(in_base64(digest)));
  return out;
}

Failure beyond(const char* name, std::uint64_t size) {
  auto most = std::to_string(size);
  return invalid(pointer_to("", std::string_view(name)),
                 {"超出日志范围（现有 " + most + " 条）", "beyond the log, which has " + most},
                 "beyond_log");
}

/// To the second, as a clock in the organ's office shows it.
std::string beijing_time(Instant instant) {
  auto day = civil_day(instant);
  auto seconds = date::floor<std::chrono::seconds>(instant - start_of(day));
  return to_string(day) + " " + date::format("%T", seconds) + " 北京时间";
}

} // namespace

Result<json::object> inclusion_view(const LogView& log, const Note& checkpoint, std::uint64_t seq,
                                    std::uint64_t size) {
  if (size == 0 || size > log.size()) return beyond("size", log.size());
  if (seq == 0 || seq > size) return beyond("seq", size);
  auto tree = log.tree();
  auto root = tree.root(size);
  auto leaf = tree.leaf_hash(seq - 1);
  auto proof = tree.inclusion(seq - 1, size);
  if (!root) return root.error();
  if (!leaf) return leaf.error();
  if (!proof) return proof.error();
  return json::object{{"seq", seq},
                      {"index", seq - 1},
                      {"size", size},
                      {"leaf_hash", in_base64(*leaf)},
                      {"root", in_base64(*root)},
                      {"proof", in_base64(*proof)},
                      {"checkpoint", checkpoint.to_string()}};
}

Result<json::object> consistency_view(const LogView& log, std::uint64_t from, std::uint64_t to) {
  if (to > log.size()) return beyond("to", log.size());
  if (from > to) return beyond("from", to);
  auto tree = log.tree();
  auto from_root = tree.root(from), to_root = tree.root(to);
  auto proof = tree.consistency(from, to);
  if (!from_root) return from_root.error();
  if (!to_root) return to_root.error();
  if (!proof) return proof.error();
  return json::object{{"from", from},
                      {"to", to},
                      {"from_root", in_base64(*from_root)},
                      {"to_root", in_base64(*to_root)},
                      {"proof", in_base64(*proof)}};
}

Result<LogProof> receipt_of(const LogView& log, const Note& note, std::uint64_t seq) {
  auto checkpoint = LogCheckpoint::parse(note.text);
  if (!checkpoint || seq == 0 || seq > checkpoint->size || checkpoint->size > log.size())
    return Failure{FailureKind::not_found,
                   "not_signed_yet",
                   {"尚无涵盖该条的检查点", "no checkpoint covers that entry yet"}};
  if (!log.keys()) return log.keys().error();
  std::string leaf;
  auto read = log.scan_leaves(seq, seq, [&](std::string_view bytes) { leaf = bytes; });
  if (!read) return read.error();
  auto hashes = log.tree().inclusion(seq - 1, checkpoint->size);
  if (!hashes) return hashes.error();
  for (auto& key : (*log.keys())->verifiers())
    if (note.is_signed_by(key)) {
      json::object extra{{"entry", leaf}, {"vkey", key.to_string()}};
      return LogProof{json::serialize(extra), seq - 1, std::move(*hashes), note};
    }
  return Failure{FailureKind::corrupt,
                 "bad_signature",
                 {"检查点的签名不成立", "the signature of the checkpoint does not hold"}};
}

Result<std::string> receipt_page(const LogProof& receipt, const Organs& organs) {
  auto extra = parse_json(*receipt.extra);
  if (!extra) return extra.error();
  auto text = std::string(extra->at("entry").as_string());
  auto entry = read_leaf(receipt.index + 1, text);
  if (!entry) return entry.error();
  auto checkpoint = LogCheckpoint::parse(receipt.checkpoint.text);
  auto member = [&](const char* name) { return text_member(entry->event, name); };
  auto organ = organs.find(member("organ"));
  return render_receipt({.register_no = member("register_no"),
                         .organ = organ == organs.end()
                                      ? member("organ")
                                      : organ->second.name + "（" + member("organ") + "）",
                         .on = member("on"),
                         .recorded_at = beijing_time(entry->recorded_at) + "（" +
                                        to_string(entry->recorded_at) + "）",
                         .seq = entry->seq,
                         .origin = checkpoint->origin,
                         .size = checkpoint->size,
                         .root = in_base64(checkpoint->root),
                         .leaf_hash = in_base64(hash_leaf(text)),
                         .key = std::string(extra->at("vkey").as_string()),
                         .proof = receipt.to_string()});
}

ProofSource proofs_from(const LogView& log, const Note& checkpoint) {
  return [&log, checkpoint](std::uint64_t seq) -> json::value {
    auto receipt = receipt_of(log, checkpoint, seq);
    if (!receipt) return nullptr;
    return json::object{{"seq", seq}, {"receipt", receipt->to_string()}};
  };
}

} // namespace mingce
