#include "log/note.hpp"

#include <openssl/evp.h>

#include <charconv>
#include <cstdio>

namespace mingce {
namespace {

constexpr char ed25519_type = 1;
constexpr std::size_t ed25519_bytes = 32;
constexpr std::string_view signature_mark = "\xE2\x80\x94 "; // an em dash and a space

struct FreeKey {
  void operator()(EVP_PKEY* key) const { EVP_PKEY_free(key); }
};
struct FreeContext {
  void operator()(EVP_MD_CTX* context) const { EVP_MD_CTX_free(context); }
};
using Key = std::unique_ptr<EVP_PKEY, FreeKey>;
using Context = std::unique_ptr<EVP_MD_CTX, FreeContext>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

std::string be32(std::uint32_t value) {
  std::string out;
  for (int shift = 24; shift >= 0; shift -= 8) out += char(value >> shift & 0xff);
  return out;
}

std::uint32_t read_be32(std::string_view bytes) {
  std::uint32_t value = 0;
  for (char c : bytes.substr(0, 4)) value = value << 8 | std::uint8_t(c);
  return value;
}

/// C2SP signed-note: the first four bytes of SHA-256(name ‖ 0x0A ‖ type ‖ public key).
std::uint32_t key_id_of(const std::string& name, const std::string& public_key) {
  auto digest = sha256(name + '\n' + ed25519_type + public_key);
  return read_be32(as_text(digest));
}

/// Not empty, no space (of any kind that a line could be cut at), no plus.
bool is_key_name(std::string_view name) {
  return !name.empty() && name.find_first_of(std::string_view("+ \t\r\n\v\f\0", 8)) == name.npos;
}

/// Decimal without a sign or leading zeros.
std::optional<std::uint64_t> parse_size(std::string_view text) {
  std::uint64_t size = 0;
  auto end = text.data() + text.size();
  auto read = std::from_chars(text.data(), end, size);
  bool canonical = text.size() == 1 || (!text.empty() && text.front() != '0');
  if (!canonical || read.ec != std::errc{} || read.ptr != end) return std::nullopt;
  return size;
}

/// The text before the next line feed, which is taken away with it; nothing if there is none.
std::optional<std::string_view> take_line(std::string_view& text) {
  auto end = text.find('\n');
  if (end == text.npos) return std::nullopt;
  auto line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

class Ed25519Signer : public Signer {
public:
  Ed25519Signer(std::string name, Key secret) : secret_(std::move(secret)) {
    std::string public_key(ed25519_bytes, '\0');
    auto size = public_key.size();
    EVP_PKEY_get_raw_public_key(secret_.get(), reinterpret_cast<unsigned char*>(public_key.data()),
                                &size);
    key_ = VerifierKey::of(std::move(name), std::move(public_key));
  }
  VerifierKey key() const override { return key_; }
  Result<std::string> sign(std::string_view text) const override {
    Context context(EVP_MD_CTX_new());
    std::string signature(64, '\0');
    auto size = signature.size();
    bool signed_ok =
        EVP_DigestSignInit(context.get(), nullptr, nullptr, nullptr, secret_.get()) == 1 &&
        EVP_DigestSign(context.get(), reinterpret_cast<unsigned char*>(signature.data()), &size,
                       bytes_of(text), text.size()) == 1;
    if (!signed_ok || size != signature.size())
      return Failure{FailureKind::unusable, "signing", {"签名失败", "signing failed"}};
    return signature;
  }

private:
  Key secret_;
  VerifierKey key_;
};

} // namespace

std::string to_base64(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0'); // a zero byte is written after it
  auto length = EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes_of(bytes),
                                int(bytes.size()));
  out.resize(std::size_t(length));
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string out(text.size() / 4 * 3, '\0');
  auto length = EVP_DecodeBlock(reinterpret_cast<unsigned char*>(out.data()), bytes_of(text),
                                int(text.size()));
  if (length < 0) return std::nullopt;
  auto padding = text.ends_with("==") ? 2u : text.ends_with("=") ? 1u : 0u;
  out.resize(std::size_t(length) - padding);
  // White space and loose bits are forgiven by the library, not by us.
  if (to_base64(out) != text) return std::nullopt;
  return out;
}

VerifierKey VerifierKey::of(std::string name, std::string public_key) {
  auto id = key_id_of(name, public_key);
  return {std::move(name), id, std::move(public_key)};
}

std::optional<VerifierKey> VerifierKey::parse(std::string_view text) {
  auto first = text.find('+'), second = text.find('+', first + 1);
  if (first == text.npos || second == text.npos) return std::nullopt;
  std::string name(text.substr(0, first));
  auto key = from_base64(text.substr(second + 1));
  if (!is_key_name(name) || !key || key->size() != 1 + ed25519_bytes ||
      key->front() != ed25519_type)
    return std::nullopt;
  auto parsed = of(std::move(name), key->substr(1));
  if (parsed.to_string() != text) return std::nullopt;
  return parsed;
}

std::string VerifierKey::to_string() const {
  char hex[9];
  std::snprintf(hex, sizeof hex, "%08x", id);
  return name + "+" + hex + "+" + to_base64(std::string(1, ed25519_type) + public_key);
}

bool VerifierKey::verifies(std::string_view text, std::string_view signature) const {
  Key key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(public_key),
                                      public_key.size()));
  Context context(EVP_MD_CTX_new());
  return key && context &&
         EVP_DigestVerifyInit(context.get(), nullptr, nullptr, nullptr, key.get()) == 1 &&
         EVP_DigestVerify(context.get(), bytes_of(signature), signature.size(), bytes_of(text),
                          text.size()) == 1;
}

std::unique_ptr<Signer> ed25519_signer(std::string name, std::string_view secret) {
  Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes_of(secret), secret.size()));
  if (!key || !is_key_name(name)) return nullptr;
  return std::make_unique<Ed25519Signer>(std::move(name), std::move(key));
}

std::optional<Note> Note::parse(std::string_view bytes) {
  // The text ends at the last blank line; below it stand signatures and nothing else.
  auto blank = bytes.rfind("\n\n");
  if (blank == bytes.npos || !bytes.ends_with('\n')) return std::nullopt;
  Note note;
  note.text = bytes.substr(0, blank + 1);
  auto rest = bytes.substr(blank + 2);
  while (!rest.empty()) {
    auto line = take_line(rest);
    if (!line || !line->starts_with(signature_mark)) return std::nullopt;
    line->remove_prefix(signature_mark.size());
    auto space = line->find(' ');
    if (space == line->npos || !is_key_name(line->substr(0, space))) return std::nullopt;
    auto decoded = from_base64(line->substr(space + 1));
    if (!decoded || decoded->size() < 5) return std::nullopt;
    note.signatures.push_back(
        {std::string(line->substr(0, space)), read_be32(*decoded), decoded->substr(4)});
  }
  if (note.signatures.empty()) return std::nullopt;
  return note;
}

std::string Note::to_string() const {
  auto out = text + "\n";
  for (auto& signature : signatures)
    out += std::string(signature_mark) + signature.name + " " +
           to_base64(be32(signature.key_id) + signature.bytes) + "\n";
  return out;
}

Result<void> Note::sign(const Signer& signer) {
  auto bytes = signer.sign(text);
  if (!bytes) return bytes.error();
  auto key = signer.key();
  signatures.push_back({key.name, key.id, std::move(*bytes)});
  return {};
}

bool Note::is_signed_by(const VerifierKey& key) const {
  for (auto& signature : signatures)
    if (signature.name == key.name && signature.key_id == key.id &&
        key.verifies(text, signature.bytes))
      return true;
  return false;
}

std::optional<LogCheckpoint> LogCheckpoint::parse(std::string_view text) {
  auto origin = take_line(text), size = take_line(text), root = take_line(text);
  if (!origin || !size || !root || origin->empty()) return std::nullopt;
  auto number = parse_size(*size);
  auto digest = from_base64(*root);
  LogCheckpoint out;
  if (!number || !digest || digest->size() != out.root.size()) return std::nullopt;
  out.origin = *origin;
  out.size = *number;
  std::copy(digest->begin(), digest->end(), out.root.begin());
  return out;
}

std::string LogCheckpoint::to_string() const {
  return origin + "\n" + std::to_string(size) + "\n" + to_base64(as_text(root)) + "\n";
}

} // namespace mingce
