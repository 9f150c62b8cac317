#include "log/signer.hpp"

#include "log/base64.hpp"
#include "log/big_endian.hpp"
#include "log/digest.hpp"
#include "log/lines.hpp"
#include "log/openssl.hpp"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/ec.h>
#include <openssl/param_build.h>

#include <algorithm>
#include <cstdio>

namespace mingce {
namespace {

using openssl::bytes_of;
using openssl::DigestContext;
using openssl::Freed;
using openssl::Key;
using openssl::KeyContext;

using Number = std::unique_ptr<BIGNUM, Freed<BN_clear_free>>;
using Group = std::unique_ptr<EC_GROUP, Freed<EC_GROUP_free>>;
using Point = std::unique_ptr<EC_POINT, Freed<EC_POINT_free>>;
using ParamBuilder = std::unique_ptr<OSSL_PARAM_BLD, Freed<OSSL_PARAM_BLD_free>>;
using Params = std::unique_ptr<OSSL_PARAM, Freed<OSSL_PARAM_free>>;

constexpr std::size_t secret_bytes = 32, time_bytes = 8;
constexpr std::string_view sm2_user = "1234567812345678";

struct Form {
  std::string_view type_bytes;
  std::size_t public_bytes;
  std::size_t signature_bytes; ///< the most there can be
};

Form form_of(SignatureType type) {
  switch (type) {
  case SignatureType::ed25519:
    return {"\x01", 32, 64};
  case SignatureType::cosignature_v1:
    return {"\x04", 32, time_bytes + 64};
  case SignatureType::sm2_sm3:
    break;
  }
  return {"\xff"
          "gov.cn/sm2sm3/v1",
          65, 72};
}

Failure cannot_sign() { return {FailureKind::unusable, "signing", {"签名失败", "signing failed"}}; }

// ---- SM2 keys -----------------------------------------------------------------------------------

/// `secret` is null for a key that only verifies.
Key sm2_key(std::string_view point, const BIGNUM* secret) {
  // 65 bytes can also be the "hybrid" encoding of the same point: one key would have two names.
  if (point.size() != form_of(SignatureType::sm2_sm3).public_bytes || point[0] != 4) return nullptr;
  ParamBuilder builder(OSSL_PARAM_BLD_new());
  KeyContext context(EVP_PKEY_CTX_new_from_name(nullptr, "SM2", nullptr));
  bool ok = builder && context &&
            OSSL_PARAM_BLD_push_utf8_string(builder.get(), OSSL_PKEY_PARAM_GROUP_NAME, "SM2", 0) &&
            OSSL_PARAM_BLD_push_octet_string(builder.get(), OSSL_PKEY_PARAM_PUB_KEY, point.data(),
                                             point.size()) &&
            (!secret || OSSL_PARAM_BLD_push_BN(builder.get(), OSSL_PKEY_PARAM_PRIV_KEY, secret));
  if (!ok) return nullptr;
  Params params(OSSL_PARAM_BLD_to_param(builder.get()));
  EVP_PKEY* key = nullptr;
  if (params && EVP_PKEY_fromdata_init(context.get()) == 1)
    EVP_PKEY_fromdata(context.get(), &key, secret ? EVP_PKEY_KEYPAIR : EVP_PKEY_PUBLIC_KEY,
                      params.get());
  return Key(key);
}

/// From 1 to n - 2, as GB/T 32918.1 has it.
bool is_sm2_secret(const EC_GROUP& group, const BIGNUM& secret) {
  Number last(BN_dup(EC_GROUP_get0_order(&group)));
  return last && BN_sub_word(last.get(), 2) == 1 && !BN_is_zero(&secret) &&
         BN_cmp(&secret, last.get()) <= 0;
}

/// The point that belongs to the secret; empty: no secret of SM2.
std::string sm2_point(const BIGNUM& secret) {
  Group group(EC_GROUP_new_by_curve_name(NID_sm2));
  Point point(group ? EC_POINT_new(group.get()) : nullptr);
  std::string out(form_of(SignatureType::sm2_sm3).public_bytes, '\0');
  bool ok = point && is_sm2_secret(*group, secret) &&
            EC_POINT_mul(group.get(), point.get(), &secret, nullptr, nullptr, nullptr) == 1 &&
            EC_POINT_point2oct(group.get(), point.get(), POINT_CONVERSION_UNCOMPRESSED,
                               bytes_of(out), out.size(), nullptr) == out.size();
  return ok ? out : std::string();
}

// ---- signing and verifying ----------------------------------------------------------------------

/// The library's context for one signature. SM2 also signs who signs: both sides name the same one.
class Context {
public:
  Context(EVP_PKEY* key, SignatureType type)
      : key_(key), digest_(type == SignatureType::sm2_sm3 ? "SM3" : nullptr) {
    if (!digest_) return;
    user_.reset(EVP_PKEY_CTX_new(key, nullptr));
    usable_ = user_ && EVP_PKEY_CTX_set1_id(user_.get(), sm2_user.data(), int(sm2_user.size())) > 0;
    if (usable_) EVP_MD_CTX_set_pkey_ctx(context_.get(), user_.get());
  }

  bool sign(std::string_view text, std::string& signature) {
    auto size = signature.size();
    bool ok = usable_ &&
              EVP_DigestSignInit_ex(context_.get(), nullptr, digest_, nullptr, nullptr, key_,
                                    nullptr) == 1 &&
              EVP_DigestSign(context_.get(), bytes_of(signature), &size, bytes_of(text),
                             text.size()) == 1;
    if (ok) signature.resize(size);
    return ok;
  }

  bool verify(std::string_view text, std::string_view signature) {
    return usable_ &&
           EVP_DigestVerifyInit_ex(context_.get(), nullptr, digest_, nullptr, nullptr, key_,
                                   nullptr) == 1 &&
           EVP_DigestVerify(context_.get(), bytes_of(signature), signature.size(), bytes_of(text),
                            text.size()) == 1;
  }

private:
  EVP_PKEY* key_;
  const char* digest_;
  KeyContext user_;
  DigestContext context_{EVP_MD_CTX_new()};
  bool usable_ = context_ != nullptr;
};

Key public_key_of(const VerifierKey& key) {
  if (key.type == SignatureType::sm2_sm3) return sm2_key(key.public_key, nullptr);
  return Key(EVP_PKEY_new_raw_public_key(EVP_PKEY_ED25519, nullptr, bytes_of(key.public_key),
                                         key.public_key.size()));
}

std::string cosigned_text(std::uint64_t seconds, std::string_view text) {
  return "cosignature/v1\ntime " + std::to_string(seconds) + "\n" + std::string(text);
}

class KeySigner : public Signer {
public:
  KeySigner(VerifierKey key, Key secret, std::function<Instant()> now = {})
      : key_(std::move(key)), secret_(std::move(secret)), now_(std::move(now)) {}

  VerifierKey key() const override { return key_; }

  Result<std::string> sign(std::string_view text) const override {
    if (key_.type != SignatureType::cosignature_v1) return plainly(text);
    auto seconds = std::chrono::floor<std::chrono::seconds>(now_()).time_since_epoch().count();
    if (seconds < 0) return cannot_sign();
    auto signature = plainly(cosigned_text(std::uint64_t(seconds), text));
    if (!signature) return signature;
    return big_endian(std::uint64_t(seconds)) + *signature;
  }

private:
  Result<std::string> plainly(std::string_view text) const {
    std::string signature(form_of(key_.type).signature_bytes, '\0');
    if (!Context(secret_.get(), key_.type).sign(text, signature)) return cannot_sign();
    return signature;
  }

  VerifierKey key_;
  Key secret_;
  std::function<Instant()> now_;
};

std::unique_ptr<Signer> edwards_signer(std::string name, std::string_view secret,
                                       SignatureType type, std::function<Instant()> now) {
  Key key(EVP_PKEY_new_raw_private_key(EVP_PKEY_ED25519, nullptr, bytes_of(secret), secret.size()));
  std::string point(form_of(type).public_bytes, '\0');
  auto size = point.size();
  if (!is_key_name(name) || !key ||
      EVP_PKEY_get_raw_public_key(key.get(), bytes_of(point), &size) != 1)
    return nullptr;
  return std::make_unique<KeySigner>(VerifierKey::of(std::move(name), std::move(point), type),
                                     std::move(key), std::move(now));
}

/// C2SP signed-note: the first four bytes of SHA-256(name ‖ 0x0A ‖ type ‖ public key).
std::uint32_t key_id_of(const VerifierKey& key) {
  auto digest =
      hash(HashSuite::sha256, {key.name, "\n", form_of(key.type).type_bytes, key.public_key});
  return read_big_endian<std::uint32_t>(as_text(digest));
}

} // namespace

bool is_key_name(std::string_view name) {
  static constexpr std::string_view spaces[] = {"\u0085", "\u00a0", "\u1680", "\u2000", "\u2001",
                                                "\u2002", "\u2003", "\u2004", "\u2005", "\u2006",
                                                "\u2007", "\u2008", "\u2009", "\u200a", "\u2028",
                                                "\u2029", "\u202f", "\u205f", "\u3000"};
  return !name.empty() && lines::is_plain_text(name) && name.find('+') == name.npos &&
         std::ranges::all_of(name, [](char c) { return std::uint8_t(c) > 0x20; }) &&
         std::ranges::none_of(spaces, [&](auto space) { return name.find(space) != name.npos; });
}

VerifierKey VerifierKey::of(std::string name, std::string public_key, SignatureType type) {
  VerifierKey key{std::move(name), 0, std::move(public_key), type};
  key.id = key_id_of(key);
  return key;
}

std::optional<VerifierKey> VerifierKey::parse(std::string_view text) {
  auto first = text.find('+'), second = text.find('+', first + 1);
  if (first == text.npos || second == text.npos) return std::nullopt;
  std::string name(text.substr(0, first));
  auto bytes = from_base64(text.substr(second + 1));
  if (!is_key_name(name) || !bytes) return std::nullopt;
  for (auto type :
       {SignatureType::ed25519, SignatureType::cosignature_v1, SignatureType::sm2_sm3}) {
    auto form = form_of(type);
    if (!bytes->starts_with(form.type_bytes)) continue;
    auto key = of(std::move(name), bytes->substr(form.type_bytes.size()), type);
    if (key.to_string() != text || !public_key_of(key)) return std::nullopt;
    return key;
  }
  return std::nullopt;
}

std::string VerifierKey::to_string() const {
  char hex[9];
  std::snprintf(hex, sizeof hex, "%08x", id);
  return name + "+" + hex + "+" + to_base64(std::string(form_of(type).type_bytes) + public_key);
}

bool VerifierKey::verifies(std::string_view text, std::string_view signature) const {
  auto key = public_key_of(*this);
  if (!key) return false;
  Context context(key.get(), type);
  if (type != SignatureType::cosignature_v1) return context.verify(text, signature);
  auto time = time_of_cosignature(signature);
  return time &&
         context.verify(cosigned_text(std::uint64_t(time->time_since_epoch().count()), text),
                        signature.substr(time_bytes));
}

std::optional<date::sys_seconds> time_of_cosignature(std::string_view signature) {
  if (signature.size() != form_of(SignatureType::cosignature_v1).signature_bytes)
    return std::nullopt;
  auto seconds = std::int64_t(read_big_endian<std::uint64_t>(signature));
  if (seconds < 0) return std::nullopt; // beyond 2^63 - 1
  return date::sys_seconds(std::chrono::seconds(seconds));
}

std::unique_ptr<Signer> ed25519_signer(std::string name, std::string_view secret) {
  return edwards_signer(std::move(name), secret, SignatureType::ed25519, {});
}

std::unique_ptr<Signer> cosignature_signer(std::string name, std::string_view secret,
                                           std::function<Instant()> now) {
  return edwards_signer(std::move(name), secret, SignatureType::cosignature_v1, std::move(now));
}

std::unique_ptr<Signer> sm2_signer(std::string name, std::string_view secret) {
  if (!is_key_name(name) || secret.size() != secret_bytes) return nullptr;
  Number number(BN_bin2bn(bytes_of(secret), int(secret.size()), nullptr));
  auto point = number ? sm2_point(*number) : std::string();
  auto key = sm2_key(point, number.get());
  if (!key) return nullptr;
  auto type = SignatureType::sm2_sm3;
  return std::make_unique<KeySigner>(VerifierKey::of(std::move(name), std::move(point), type),
                                     std::move(key));
}

} // namespace mingce
