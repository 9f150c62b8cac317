// Sealing and opening: published vectors, another computation, and every bit changed.

#include "log/cipher.hpp"
#include "log/digest.hpp"

#include <gtest/gtest.h>

#include <set>

namespace mingce {
namespace {

constexpr CipherSuite suites[] = {CipherSuite::aes_256_gcm, CipherSuite::sm4_ctr_hmac_sm3};

std::string from_hex(std::string_view hex) {
  std::string bytes;
  for (std::size_t i = 0; i < hex.size(); i += 2)
    bytes += char(std::stoi(std::string(hex.substr(i, 2)), nullptr, 16));
  return bytes;
}

SecretKey key_of(std::string_view bytes) {
  SecretKey key{};
  std::copy(bytes.begin(), bytes.end(), key.begin());
  return key;
}

std::string flipped(std::string_view bytes, std::size_t bit) {
  std::string out(bytes);
  out[bit / 8] = char(out[bit / 8] ^ 1 << bit % 8);
  return out;
}

/// McGrew and Viega, The Galois/Counter Mode of Operation, appendix B: test cases 13, 14 and 16.
TEST(Cipher, opens_the_published_aes_256_gcm_vectors) {
  struct Vector {
    const char *key, *nonce, *aad, *plain, *cipher, *tag;
  };
  std::string zeros(64, '0');
  for (auto& v :
       {Vector{zeros.c_str(), "000000000000000000000000", "", "", "",
               "530f8afbc74536b9a963b4f1c4cb738b"},
        Vector{zeros.c_str(), "000000000000000000000000", "", "00000000000000000000000000000000",
               "cea7403d4d606b6e074ec5d3baf39d18", "d0d1c8a799996bf0265b98b5d48ab919"},
        Vector{"feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308",
               "cafebabefacedbaddecaf888", "feedfacedeadbeeffeedfacedeadbeefabaddad2",
               "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
               "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
               "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
               "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
               "76fc6ece0f4e1768cddf8853bb2d551b"}})
    EXPECT_EQ(unseal(CipherSuite::aes_256_gcm, key_of(from_hex(v.key)), from_hex(v.aad),
                     from_hex(v.nonce) + from_hex(v.cipher) + from_hex(v.tag)),
              from_hex(v.plain));
}

TEST(Cipher, opens_what_it_sealed) {
  auto key = random_key();
  for (auto suite : suites)
    for (std::size_t size : {0, 1, 15, 16, 17, 200, 4096, 1 << 20})
      for (std::string_view aad :
           {std::string_view(), std::string_view("seq 7"), std::string_view("\0\1\2", 3)}) {
        std::string plain(size, 'p');
        auto sealed = seal(suite, key, aad, plain);
        EXPECT_EQ(sealed.size(), size + overhead(suite));
        EXPECT_EQ(unseal(suite, key, aad, sealed), plain) << size;
      }
}

TEST(Cipher, refuses_every_changed_bit_of_everything) {
  auto key = random_key();
  std::string aad = "seq 7", plain = "王五 2023年道路养护合同";
  for (auto suite : suites) {
    auto sealed = seal(suite, key, aad, plain);
    for (std::size_t bit = 0; bit < sealed.size() * 8; ++bit)
      EXPECT_FALSE(unseal(suite, key, aad, flipped(sealed, bit))) << bit;
    for (std::size_t bit = 0; bit < aad.size() * 8; ++bit)
      EXPECT_FALSE(unseal(suite, key, flipped(aad, bit), sealed)) << bit;
    for (std::size_t bit = 0; bit < key.size() * 8; ++bit)
      EXPECT_FALSE(unseal(suite, key_of(flipped(as_text(key), bit)), aad, sealed)) << bit;
    EXPECT_EQ(unseal(suite, key, aad, sealed), plain);
  }
}

} // namespace
} // namespace mingce
