#include "log/file_digest.hpp"

#include "log/openssl.hpp"

#include <fstream>
#include <vector>

namespace mingce {

Result<FileDigests> digest_file(const std::filesystem::path& path) {
  // Contexts of its own: those of the thread serve the short hashes in between.
  auto sha256 = openssl::digest_context("SHA256"), sm3 = openssl::digest_context("SM3");
  FileDigests out;
  std::ifstream file(path, std::ios::binary);
  std::vector<char> piece(1 << 16);
  while (file.read(piece.data(), std::streamsize(piece.size())) || file.gcount() > 0) {
    auto size = std::size_t(file.gcount());
    for (auto& context : {sha256.get(), sm3.get()})
      openssl::require(EVP_DigestUpdate(context, piece.data(), size) == 1, "hashing");
    out.size += size;
  }
  if (!file.eof() || file.bad())
    return Failure{FailureKind::unusable, "file", {"无法读取文件", "the file cannot be read"}};
  openssl::require(EVP_DigestFinal_ex(sha256.get(), out.sha256.data(), nullptr) == 1 &&
                       EVP_DigestFinal_ex(sm3.get(), out.sm3.data(), nullptr) == 1,
                   "hashing");
  return out;
}

} // namespace mingce
