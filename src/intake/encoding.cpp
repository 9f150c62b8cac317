#include "intake/encoding.hpp"

#include <iconv.h>
#include <utf8proc.h>

#include <algorithm>
#include <array>
#include <cctype>
#include <cerrno>

namespace mingce {
namespace {

constexpr std::string_view replacement = "\xEF\xBF\xBD"; // U+FFFD

/// The name after `charset=` near the beginning of a page; empty.
std::string named_charset(std::string_view bytes) {
  constexpr std::size_t looked_at = 4096;
  std::string head(bytes.substr(0, looked_at));
  std::ranges::transform(head, head.begin(), [](unsigned char c) { return char(std::tolower(c)); });
  for (std::string_view word : {"charset", "encoding"}) {
    auto at = head.find(word);
    if (at == head.npos) continue;
    auto start = head.find_first_not_of(" =\"'", at + word.size());
    if (start == head.npos) continue;
    auto end = head.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-_", start);
    return head.substr(start, end - start);
  }
  return {};
}

/// GB 2312 and GBK are parts of GB 18030, and pages that name them use more than they have.
std::string wide_name(const std::string& charset) {
  bool chinese = charset.empty() || charset.starts_with("gb") || charset == "x-gbk" ||
                 charset == "utf-8" || charset == "utf8";
  return chinese ? "GB18030" : charset;
}

Result<std::string> converted(std::string_view bytes, const std::string& from) {
  auto handle = iconv_open("UTF-8", from.c_str());
  if (handle == iconv_t(-1))
    return Failure{FailureKind::unreadable,
                   "unknown_encoding",
                   {"不认识的字符编码：" + from, "unknown character encoding: " + from}};
  std::string out;
  std::array<char, 8192> buffer{};
  // iconv never writes to its input; its signature is older than const.
  auto* in = const_cast<char*>(bytes.data());
  auto left = bytes.size();
  while (left > 0) {
    auto* to = buffer.data();
    auto room = buffer.size();
    auto done = iconv(handle, &in, &left, &to, &room);
    out.append(buffer.data(), buffer.size() - room);
    if (done != std::size_t(-1) || errno == E2BIG) continue;
    out += replacement;
    if (left > 0) ++in, --left;
  }
  iconv_close(handle);
  return out;
}

} // namespace

bool is_utf8(std::string_view bytes) {
  auto skip_ascii = [&] {
    auto end = std::ranges::find_if(bytes, [](char c) { return (c & 0x80) != 0; });
    bytes.remove_prefix(std::size_t(end - bytes.begin()));
  };
  for (skip_ascii(); !bytes.empty(); skip_ascii()) {
    utf8proc_int32_t code = 0;
    auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(bytes.data()),
                                 utf8proc_ssize_t(bytes.size()), &code);
    if (size <= 0) return false;
    bytes.remove_prefix(std::size_t(size));
  }
  return true;
}

Result<std::string> to_utf8(std::string_view bytes) {
  if (bytes.starts_with("\xEF\xBB\xBF")) bytes.remove_prefix(3);
  if (bytes.starts_with("\xFF\xFE")) return converted(bytes.substr(2), "UTF-16LE");
  if (bytes.starts_with("\xFE\xFF")) return converted(bytes.substr(2), "UTF-16BE");
  if (is_utf8(bytes)) return std::string(bytes);
  return converted(bytes, wide_name(named_charset(bytes)));
}

} // namespace mingce
