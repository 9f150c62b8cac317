// Sealing and opening: published vectors, another computation, and every bit changed.

#include "log/cipher.hpp"
#include "log/digest.hpp"

#include <gtest/gtest.h>
#include <openssl/evp.h>

#include <sys/wait.h>
#include <unistd.h>

#include <set>
#include <thread>
#include <vector>

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

/// One block by the library's ECB, which the suite does not use.
std::string sm4_block(std::string_view key, std::string block) {
  auto* context = EVP_CIPHER_CTX_new();
  int written = 0;
  auto bytes = reinterpret_cast<unsigned char*>(block.data());
  EVP_EncryptInit_ex(context, EVP_sm4_ecb(), nullptr,
                     reinterpret_cast<const unsigned char*>(key.data()), nullptr);
  EVP_EncryptUpdate(context, bytes, &written, bytes, 16);
  EVP_CIPHER_CTX_free(context);
  return block;
}

/// RFC 5869 for at most 32 bytes, without salt.
std::string hkdf(HashSuite suite, std::string_view key, std::string_view info, std::size_t size) {
  auto extracted = hmac(suite, std::string(32, '\0'), {key});
  auto expanded = hmac(suite, as_text(extracted), {info, "\x01"});
  return std::string(as_text(expanded).substr(0, size));
}

TEST(Cipher, seals_with_sm4_as_its_description_says) {
  // GB/T 32907, appendix A.1.
  auto published = from_hex("0123456789abcdeffedcba9876543210");
  ASSERT_EQ(sm4_block(published, published), from_hex("681edf34d206965e86b3e94f536e4246"));

  auto key = random_key();
  std::string aad = "seq 7", plain = "some forty bytes that fill two blocks and more";
  auto sealed = seal(CipherSuite::sm4_ctr_hmac_sm3, key, aad, plain);
  auto cipher_key = hkdf(HashSuite::sm3, as_text(key), "mingce/sm4-ctr", 16),
       mac_key = hkdf(HashSuite::sm3, as_text(key), "mingce/hmac-sm3", 32);

  auto counter = sealed.substr(0, 16), expected = counter, stream = std::string();
  while (stream.size() < plain.size()) {
    stream += sm4_block(cipher_key, counter);
    for (auto byte = counter.rbegin(); byte != counter.rend() && ++*byte == 0;) ++byte;
  }
  for (std::size_t i = 0; i < plain.size(); ++i) expected += char(plain[i] ^ stream[i]);
  auto tag =
      hmac(HashSuite::sm3, mac_key, {std::string_view("\0\0\0\0\0\0\0\5", 8), aad, expected});
  EXPECT_EQ(
      to_hex(std::span(reinterpret_cast<const std::uint8_t*>(sealed.data()), sealed.size())),
      to_hex(std::span(reinterpret_cast<const std::uint8_t*>(expected.data()), expected.size())) +
          to_hex(tag));
}

TEST(Cipher, derives_keys_by_hkdf) {
  auto key = random_key();
  for (std::string_view label : {"", "a", "mingce/body"})
    EXPECT_EQ(as_text(derive_key(key, label)), hkdf(HashSuite::sha256, as_text(key), label, 32));
  EXPECT_NE(derive_key(key, "a"), derive_key(key, "b"));
  EXPECT_NE(random_key(), random_key());
}

TEST(Cipher, opens_nothing_shorter_than_its_overhead_and_nothing_of_another_suite) {
  auto key = random_key();
  for (auto suite : suites) {
    auto sealed = seal(suite, key, "", "");
    ASSERT_EQ(sealed.size(), overhead(suite));
    for (std::size_t size = 0; size < sealed.size(); ++size)
      EXPECT_FALSE(unseal(suite, key, "", sealed.substr(0, size))) << size;
    EXPECT_FALSE(unseal(suite, key, "", sealed + '\0'));
  }
  EXPECT_FALSE(unseal(suites[0], key, "", seal(suites[1], key, "", "text")));
  EXPECT_FALSE(unseal(suites[1], key, "", seal(suites[0], key, "", "text")));
}

TEST(Cipher, tells_aad_from_ciphertext) {
  // What moves from one side of a boundary to the other is another text.
  auto key = random_key();
  for (auto suite : suites) {
    auto sealed = seal(suite, key, "ab", "text");
    EXPECT_FALSE(unseal(suite, key, "a", sealed));
    EXPECT_FALSE(unseal(suite, key, "abc", sealed));
    EXPECT_FALSE(unseal(suite, key, "a", "b" + sealed));
  }
}

std::string nonce_of(const SecretKey& key, CipherSuite suite) {
  return seal(suite, key, "", "").substr(0, suite == CipherSuite::aes_256_gcm ? 12 : 16);
}

TEST(Cipher, never_uses_a_nonce_twice_in_any_thread) {
  auto key = random_key();
  std::vector<std::vector<std::string>> drawn(4);
  std::vector<std::thread> threads;
  for (auto& nonces : drawn)
    threads.emplace_back([&nonces, &key] {
      for (int i = 0; i < 1000; ++i) nonces.push_back(nonce_of(key, suites[i % 2]));
    });
  for (auto& thread : threads) thread.join();
  std::set<std::string> all;
  for (auto& nonces : drawn)
    for (auto& nonce : nonces) EXPECT_TRUE(all.insert(nonce.substr(0, 12)).second);
}

TEST(Cipher, never_uses_a_nonce_of_the_parent_after_a_fork) {
  auto key = random_key();
  nonce_of(key, suites[0]); // some are drawn ahead now
  int ends[2];
  ASSERT_EQ(pipe(ends), 0);
  auto child = fork();
  if (child == 0) {
    auto nonce = nonce_of(key, suites[0]);
    _exit(write(ends[1], nonce.data(), nonce.size()) == 12 ? 0 : 1);
  }
  std::string theirs(12, '\0');
  ASSERT_EQ(read(ends[0], theirs.data(), theirs.size()), 12);
  int status = 1;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  for (int i = 0; i < 200; ++i) EXPECT_NE(nonce_of(key, suites[0]), theirs);
  close(ends[0]);
  close(ends[1]);
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
