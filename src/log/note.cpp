#include "log/note.hpp"

#include "log/big_endian.hpp"
#include "log/lines.hpp"

#include <algorithm>

namespace mingce {
namespace {

constexpr std::string_view signature_mark = "\xE2\x80\x94 "; // an em dash and a space
constexpr std::size_t most_signatures = 100, key_id_bytes = 4;

std::optional<Note::Signature> parse_signature(std::string_view line) {
  auto rest = lines::after(signature_mark, line).value_or("");
  auto space = rest.find(' ');
  if (space == rest.npos || !is_key_name(rest.substr(0, space))) return std::nullopt;
  auto bytes = from_base64(rest.substr(space + 1));
  if (!bytes || bytes->size() <= key_id_bytes) return std::nullopt;
  return Note::Signature{std::string(rest.substr(0, space)), read_big_endian<std::uint32_t>(*bytes),
                         bytes->substr(key_id_bytes)};
}

bool is_in_name_of(const Note::Signature& signature, const VerifierKey& key) {
  return signature.name == key.name && signature.key_id == key.id;
}

} // namespace

std::optional<Note> Note::parse(std::string_view bytes) {
  // The text ends at the last blank line; below it stand signatures and nothing else.
  auto blank = bytes.rfind("\n\n");
  if (blank == bytes.npos || !bytes.ends_with('\n')) return std::nullopt;
  Note note;
  note.text = bytes.substr(0, blank + 1);
  if (!lines::is_plain_text(note.text)) return std::nullopt;
  auto rest = bytes.substr(blank + 2);
  while (auto line = lines::take(rest)) {
    auto signature = parse_signature(*line);
    if (!signature || note.signatures.size() == most_signatures) return std::nullopt;
    note.signatures.push_back(std::move(*signature));
  }
  if (note.signatures.empty()) return std::nullopt;
  return note;
}

std::string Note::to_string() const {
  auto out = text + "\n";
  for (auto& signature : signatures)
    out += std::string(signature_mark) + signature.name + " " +
           to_base64(big_endian(signature.key_id) + signature.bytes) + "\n";
  return out;
}

Result<void> Note::sign(const Signer& signer) {
  auto bytes = signer.sign(text);
  if (!bytes) return bytes.error();
  auto key = signer.key();
  signatures.push_back({key.name, key.id, std::move(*bytes)});
  return {};
}

bool Note::names(const VerifierKey& key) const {
  return std::ranges::any_of(signatures, [&](auto& each) { return is_in_name_of(each, key); });
}

bool Note::is_signed_by(const VerifierKey& key) const {
  bool found = false;
  for (auto& signature : signatures) {
    if (!is_in_name_of(signature, key)) continue;
    if (!key.verifies(text, signature.bytes)) return false;
    found = true;
  }
  return found;
}

std::optional<date::sys_seconds> Note::cosigned_at(const VerifierKey& key) const {
  std::optional<date::sys_seconds> latest;
  if (key.type != SignatureType::cosignature_v1 || !is_signed_by(key)) return latest;
  for (auto& signature : signatures)
    if (is_in_name_of(signature, key))
      latest = std::max(latest, time_of_cosignature(signature.bytes));
  return latest;
}

std::optional<LogCheckpoint> LogCheckpoint::parse(std::string_view text) {
  auto origin = lines::take(text), size = lines::take(text), root = lines::take(text);
  if (!origin || !size || !root || origin->empty()) return std::nullopt;
  auto number = lines::number(*size);
  auto digest = lines::digest(*root);
  if (!number || !digest) return std::nullopt;
  LogCheckpoint out{std::string(*origin), *number, *digest, {}};
  while (!text.empty()) {
    auto line = lines::take(text);
    if (!line || line->empty()) return std::nullopt;
    out.extensions.emplace_back(*line);
  }
  return out;
}

std::string LogCheckpoint::to_string() const {
  auto out = origin + "\n" + std::to_string(size) + "\n" + to_base64(as_text(root)) + "\n";
  for (auto& line : extensions) out += line + "\n";
  return out;
}

} // namespace mingce
