#include "log/base64.hpp"

#include "log/openssl.hpp"

namespace mingce {

using openssl::bytes_of;

std::string to_base64(std::string_view bytes) {
  std::string out((bytes.size() + 2) / 3 * 4 + 1, '\0'); // a zero byte is written after it
  auto length = EVP_EncodeBlock(bytes_of(out), bytes_of(bytes), int(bytes.size()));
  out.resize(std::size_t(length));
  return out;
}

std::optional<std::string> from_base64(std::string_view text) {
  if (text.size() % 4 != 0) return std::nullopt;
  std::string out(text.size() / 4 * 3, '\0');
  auto length = EVP_DecodeBlock(bytes_of(out), bytes_of(text), int(text.size()));
  if (length < 0) return std::nullopt;
  auto padding = text.ends_with("==") ? 2u : text.ends_with("=") ? 1u : 0u;
  out.resize(std::size_t(length) - padding);
  // White space and loose bits are forgiven by the library, not by us.
  if (to_base64(out) != text) return std::nullopt;
  return out;
}

} // namespace mingce
