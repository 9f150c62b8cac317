// What the guard lets through, the parser must read in the same way: it accepts the head, and both
// see the same length, the same framing, as many fields, and the same host. The reading below is
// naive on purpose; it shares no code with the guard.

#include "http/head_guard.hpp"

#include <boost/beast/http.hpp>

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

namespace {

namespace http = boost::beast::http;
using RequestParser = http::request_parser<http::string_body>;

struct Reading {
  std::size_t fields = 0;
  bool chunked = false;
  std::optional<std::uint64_t> length;
  std::string host;
};

std::string lower(std::string text) {
  for (auto& c : text)
    if (c >= 'A' && c <= 'Z') c = char(c - 'A' + 'a');
  return text;
}

Reading read_naively(const std::string& head) {
  Reading reading;
  for (auto at = head.find("\r\n") + 2; head.compare(at, 2, "\r\n") != 0;) {
    const auto end = head.find("\r\n", at);
    const auto colon = head.find(':', at);
    const auto name = lower(head.substr(at, colon - at));
    auto value = head.substr(colon + 1, end - colon - 1);
    value.erase(0, std::min(value.find_first_not_of(" \t"), value.size()));
    value.erase(value.find_last_not_of(" \t") + 1);
    if (name == "transfer-encoding") reading.chunked = true;
    if (name == "content-length") reading.length = std::strtoull(value.c_str(), nullptr, 10);
    if (name == "host") reading.host = value;
    ++reading.fields;
    at = end + 2;
  }
  return reading;
}

void require(bool agreed) {
  if (!agreed) std::abort();
}

void compare(const std::string& head, const RequestParser& parser) {
  const auto ours = read_naively(head);
  const auto& message = parser.get();
  const auto length = parser.content_length();
  require(parser.chunked() == ours.chunked);
  require(length.has_value() == ours.length.has_value());
  require(!length || *length == *ours.length);
  require(std::size_t(std::distance(message.begin(), message.end())) == ours.fields);
  require(message[http::field::host] == ours.host);
  require(!parser.upgrade());
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string input(reinterpret_cast<const char*>(data), size);
  // The server hands over what it read up to the first empty line.
  const auto end = input.find("\r\n\r\n");
  const auto head = input.substr(0, end == std::string::npos ? end : end + 4);
  if (mingce::head_guard(head) != 0) return 0;

  RequestParser parser;
  parser.header_limit(mingce::head_bytes_limit + 1);
  parser.body_limit(boost::none);
  boost::system::error_code error;
  const auto used = parser.put(boost::asio::buffer(head), error);
  require(!error && parser.is_header_done() && used == head.size());
  compare(head, parser);
  return 0;
}
