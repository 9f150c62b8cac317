// One row a vector. The accepted heads are what common clients and proxies really send.

#include "http/head_guard.hpp"

#include <gtest/gtest.h>

#include <ostream>
#include <string>

namespace mingce {
namespace {

using namespace std::string_literals; // a literal with "s" keeps its NUL bytes

struct Vector {
  std::string name;
  std::string head;
  int status;
};

void PrintTo(const Vector& vector, std::ostream* out) { *out << vector.name; }

/// A request that would be accepted, but for the lines under test.
std::string with(const std::string& lines, const std::string& request = "POST /v1/batch HTTP/1.1") {
  return request + "\r\nHost: a\r\n" + lines + "\r\n";
}

std::string request(const std::string& line) { return line + "\r\nHost: a\r\n\r\n"; }

/// `n` fields, the Host among them.
std::string fields(int n) {
  std::string lines;
  for (int i = 1; i < n; ++i) lines += "X-" + std::to_string(i) + ": v\r\n";
  return with(lines);
}

/// A head of exactly `size` bytes.
std::string sized(std::size_t size) {
  const auto bare = with("X: \r\n").size();
  return with("X: " + std::string(size - bare, 'v') + "\r\n");
}

class HeadGuard : public testing::TestWithParam<Vector> {};

TEST_P(HeadGuard, answers) { EXPECT_EQ(head_guard(GetParam().head), GetParam().status); }

std::string test_name(const testing::TestParamInfo<Vector>& info) { return info.param.name; }

const Vector accepted[] = {
    {"minimal", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", 0},
    {"curl_get",
     "GET /v1/requests?organ=310101&q=%E5%BC%A0 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n"
     "User-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n",
     0},
    {"curl_post",
     "POST /v1/requests HTTP/1.1\r\nHost: localhost:8080\r\nUser-Agent: curl/7.88.1\r\n"
     "Accept: */*\r\nContent-Type: application/json\r\nIdempotency-Key: 8e03978e-40d5\r\n"
     "Content-Length: 4096\r\nExpect: 100-continue\r\n\r\n",
     0},
    {"browser_get",
     "GET /v1/reports/2025?organ=x HTTP/1.1\r\nHost: [::1]:8080\r\nConnection: keep-alive\r\n"
     "sec-ch-ua: \"Chromium\";v=\"120\", \"Not?A_Brand\";v=\"8\"\r\nsec-ch-ua-mobile: ?0\r\n"
     "Upgrade-Insecure-Requests: 1\r\nUser-Agent: Mozilla/5.0 (X11; Linux x86_64)\r\n"
     "Accept: text/html,application/xhtml+xml;q=0.9,*/*;q=0.8\r\nSec-Fetch-Mode: navigate\r\n"
     "Accept-Encoding: gzip, deflate, br\r\nAccept-Language: zh-CN,zh;q=0.9\r\n"
     "Cookie: a=1; b=2\r\n\r\n",
     0},
    {"browser_event_stream",
     "GET /v1/events/stream HTTP/1.1\r\nHost: a:1\r\nAccept: text/event-stream\r\n"
     "Cache-Control: no-cache\r\nLast-Event-ID: 41\r\n\r\n",
     0},
    {"proxy_1_0",
     "GET /v1/due HTTP/1.0\r\nHost: backend\r\nX-Real-IP: 10.0.0.1\r\n"
     "X-Forwarded-For: 10.0.0.1, 10.0.0.2\r\nX-Forwarded-Proto: https\r\nConnection: close\r\n\r\n",
     0},
    {"proxy_1_1",
     "POST /v1/batch HTTP/1.1\r\nHost: backend\r\nForwarded: for=10.0.0.1;proto=https\r\n"
     "Via: 1.1 edge\r\nConnection: keep-alive\r\nTransfer-Encoding: chunked\r\n\r\n",
     0},
    {"python_http_client",
     "PUT /v1/organs/310101 HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nAccept-Encoding: identity\r\n"
     "Content-Length: 12\r\nContent-Type: application/json\r\n\r\n",
     0},
    {"get_with_a_body", with("Content-Length: 5\r\n", "GET /v1/requests HTTP/1.1"), 0},
    {"empty_body", with("Content-Length: 0\r\n"), 0},
    {"largest_length", with("Content-Length: 18446744073709551615\r\n"), 0},
    {"chunked_in_capitals", with("TRANSFER-ENCODING: Chunked\r\n"), 0},
    {"accepts_trailers", with("TE: trailers\r\nConnection: TE, keep-alive\r\n"), 0},
    {"empty_connection", with("Connection:\r\n"), 0},
    {"empty_value", with("X-Note:\r\n"), 0},
    {"tab_in_value", with("X-Note:\ta\tb\t\r\n"), 0},
    {"utf8_in_value", with("X-Note: 张三\r\n"), 0},
    {"unknown_method", request("PROPFIND /v1/requests HTTP/1.1"), 0},
    {"no_host_in_1_0", "GET / HTTP/1.0\r\n\r\n", 0},
    {"hundred_fields", fields(100), 0},
    {"sixteen_kib", sized(head_bytes_limit), 0},
};

const Vector framing[] = {
    {"coding_unknown", with("Transfer-Encoding: gzip\r\n"), 501},
    {"coding_unknown_then_length", with("Transfer-Encoding: gzip\r\nContent-Length: 5\r\n"), 501},
    {"length_then_coding_unknown", with("Content-Length: 5\r\nTransfer-Encoding: gzip\r\n"), 501},
    {"coding_identity", with("Transfer-Encoding: identity\r\nContent-Length: 5\r\n"), 501},
    {"coding_xchunked", with("Transfer-Encoding: xchunked\r\n"), 501},
    {"coding_quoted", with("Transfer-Encoding: \"chunked\"\r\n"), 501},
    {"coding_with_parameter", with("Transfer-Encoding: chunked;a=b\r\n"), 501},
    {"coding_empty", with("Transfer-Encoding:\r\n"), 501},
    {"chunked_then_identity", with("Transfer-Encoding: chunked, identity\r\n"), 501},
    {"gzip_then_chunked", with("Transfer-Encoding: gzip, chunked\r\n"), 501},
    {"chunked_twice_in_one", with("Transfer-Encoding: chunked, chunked\r\n"), 501},
    {"two_codings", with("Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n"), 501},
    {"gzip_line_chunked_line", with("Transfer-Encoding: gzip\r\nTransfer-Encoding: chunked\r\n"),
     501},
    {"chunked_and_length", with("Transfer-Encoding: chunked\r\nContent-Length: 5\r\n"), 400},
    {"length_and_chunked", with("Content-Length: 5\r\nTransfer-Encoding: chunked\r\n"), 400},
    {"chunked_in_1_0", with("Transfer-Encoding: chunked\r\n", "POST / HTTP/1.0"), 505},
    {"length_listed", with("Content-Length: 5, 5\r\n"), 400},
    {"length_twice", with("Content-Length: 5\r\nContent-Length: 5\r\n"), 400},
    {"length_twice_differing", with("Content-Length: 5\r\ncontent-length: 6\r\n"), 400},
    {"length_signed", with("Content-Length: +5\r\n"), 400},
    {"length_negative", with("Content-Length: -1\r\n"), 400},
    {"length_hexadecimal", with("Content-Length: 0x5\r\n"), 400},
    {"length_with_a_space", with("Content-Length: 1 2\r\n"), 400},
    {"length_empty", with("Content-Length:\r\n"), 400},
    {"length_overflows", with("Content-Length: 18446744073709551616\r\n"), 400},
    {"trailer_announced", with("Transfer-Encoding: chunked\r\nTrailer: X-Actor\r\n"), 400},
    {"upgrade", with("Upgrade: websocket\r\n"), 400},
    {"connection_upgrade", with("Connection: keep-alive, Upgrade\r\n"), 400},
    {"h2c", with("Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\n"), 400},
    {"proxy_connection_upgrade", with("Proxy-Connection: upgrade\r\n"), 400},
    {"connection_not_a_list", with("Connection: keep alive\r\n"), 400},
    {"expect_other", with("Expect: 200-ok\r\n"), 400},
};

const Vector identity[] = {
    {"no_host", "GET / HTTP/1.1\r\nAccept: */*\r\n\r\n", 400},
    {"no_fields", "GET / HTTP/1.1\r\n\r\n", 400},
    {"two_hosts", with("host: b\r\n"), 400},
    {"two_hosts_in_1_0", with("Host: b\r\n", "GET / HTTP/1.0"), 400},
    {"empty_host", "GET / HTTP/1.1\r\nHost:\r\n\r\n", 400},
    {"hosts_listed", "GET / HTTP/1.1\r\nHost: a, b\r\n\r\n", 400},
    {"host_with_a_path", "GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", 400},
    {"two_authorizations", with("Authorization: Bearer a\r\nAuthorization: Bearer b\r\n"), 400},
    {"two_keys", with("Idempotency-Key: a\r\nIdempotency-Key: a\r\n"), 400},
    {"two_preconditions", with("If-Match: \"1\"\r\nif-match: \"2\"\r\n"), 400},
    {"two_actors", with("X-Actor: a\r\nX-ACTOR: b\r\n"), 400},
    {"two_content_types", with("Content-Type: text/plain\r\nContent-Type: text/plain\r\n"), 400},
};

const Vector syntax[] = {
    {"folded_value", with("X: a\r\n b\r\n"), 400},
    {"folded_coding", with("Transfer-Encoding:\r\n chunked\r\n"), 400},
    {"folded_first_line", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", 400},
    {"folded_with_a_tab", with("X: a\r\n\tb\r\n"), 400},
    {"space_before_colon", with("Content-Length : 5\r\n"), 400},
    {"tab_before_colon", with("Content-Length\t: 5\r\n"), 400},
    {"no_colon", with("Content-Length 5\r\n"), 400},
    {"empty_name", with(": a\r\n"), 400},
    {"utf8_in_name", with("姓名: a\r\n"), 400},
    {"nul_in_name", with("X\0Y: a\r\n"s), 400},
    {"nul_in_value", with("X: a\0b\r\n"s), 400},
    {"control_in_value", with("X: a\x01z\r\n"), 400},
    {"delete_in_value", with("X: a\x7fz\r\n"), 400},
    {"bare_cr_in_value", with("X: a\rb\r\n"), 400},
    {"bare_lf_in_value", with("X: a\nY: b\r\n"), 400},
    {"lines_end_in_lf", "GET / HTTP/1.1\nHost: a\n\n", 400},
    {"one_line_ends_in_lf", "GET / HTTP/1.1\nHost: a\r\n\r\n", 400},
    {"double_cr", with("X: a\r\r\n"), 400},
    {"incomplete", "GET / HTTP/1.1\r\nHost: a\r\n", 400},
    {"nothing", "", 400},
    {"only_empty_lines", "\r\n\r\n", 400},
    {"leading_empty_line", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400},
    {"bytes_after_the_empty_line", request("GET / HTTP/1.1") + "GET /x HTTP/1.1\r\n\r\n", 400},
    {"tls_hello", "\x16\x03\x01\x02\x01\x01\r\n\r\n"s, 400},
};

const Vector request_line[] = {
    {"absolute_form", request("GET http://a/v1/due HTTP/1.1"), 400},
    {"authority_form", request("CONNECT a:443 HTTP/1.1"), 400},
    {"asterisk_form", request("OPTIONS * HTTP/1.1"), 400},
    {"relative_target", request("GET v1/due HTTP/1.1"), 400},
    {"utf8_in_target", request("GET /v1/requests?q=张 HTTP/1.1"), 400},
    {"high_byte_in_target", request("GET /\xff HTTP/1.1"), 400},
    {"control_in_target", request("GET /\x01 HTTP/1.1"), 400},
    {"nul_in_target", request("GET /\0 HTTP/1.1"s), 400},
    {"space_in_target", request("GET /a b HTTP/1.1"), 400},
    {"tab_in_target", request("GET /a\tb HTTP/1.1"), 400},
    {"fragment_in_target", request("GET /a#b HTTP/1.1"), 400},
    {"no_target", request("GET HTTP/1.1"), 400},
    {"two_spaces", request("GET  / HTTP/1.1"), 400},
    {"trailing_space", request("GET / HTTP/1.1 "), 400},
    {"no_version", request("GET /"), 400},
    {"no_method", request(" / HTTP/1.1"), 400},
    {"method_not_a_token", request("G(T / HTTP/1.1"), 400},
    {"version_2_0", request("GET / HTTP/2.0"), 505},
    {"version_1_2", request("GET / HTTP/1.2"), 505},
    {"version_0_9", request("GET / HTTP/0.9"), 505},
    {"version_in_lower_case", request("GET / http/1.1"), 400},
    {"version_longer", request("GET / HTTP/1.10"), 400},
    {"version_of_another_protocol", request("GET / SIP/2.0"), 400},
    {"http2_preface", "PRI * HTTP/2.0\r\n\r\n", 400},
};

const Vector size[] = {
    {"hundred_and_one_fields", fields(101), 431},
    {"over_sixteen_kib", sized(head_bytes_limit + 1), 431},
    {"over_sixteen_kib_incomplete", "GET /" + std::string(head_bytes_limit, 'a'), 431},
};

INSTANTIATE_TEST_SUITE_P(accepted, HeadGuard, testing::ValuesIn(accepted), test_name);
INSTANTIATE_TEST_SUITE_P(framing, HeadGuard, testing::ValuesIn(framing), test_name);
INSTANTIATE_TEST_SUITE_P(identity, HeadGuard, testing::ValuesIn(identity), test_name);
INSTANTIATE_TEST_SUITE_P(syntax, HeadGuard, testing::ValuesIn(syntax), test_name);
INSTANTIATE_TEST_SUITE_P(request_line, HeadGuard, testing::ValuesIn(request_line), test_name);
INSTANTIATE_TEST_SUITE_P(size, HeadGuard, testing::ValuesIn(size), test_name);

/// Exhaustive: no byte but the listed ones may change what a value or a target says.
TEST(HeadGuardBytes, every_byte_in_a_value) {
  for (int byte = 0; byte < 256; ++byte) {
    const bool control = (byte < 0x20 && byte != '\t') || byte == 0x7f;
    EXPECT_EQ(head_guard(with("X: a" + std::string(1, char(byte)) + "b\r\n")), control ? 400 : 0)
        << "byte " << byte;
  }
}

TEST(HeadGuardBytes, every_byte_in_a_target) {
  for (int byte = 0; byte < 256; ++byte) {
    const bool visible = byte > 0x20 && byte < 0x7f && byte != '#';
    EXPECT_EQ(head_guard(request("GET /a" + std::string(1, char(byte)) + "b HTTP/1.1")),
              visible ? 0 : 400)
        << "byte " << byte;
  }
}

TEST(HeadGuardBytes, every_beginning_of_a_head_is_refused) {
  const auto head = with("Content-Length: 5\r\n");
  for (std::size_t length = 0; length < head.size(); ++length)
    EXPECT_EQ(head_guard(std::string_view(head).substr(0, length)), 400) << "length " << length;
}

std::string field_value(std::string_view value) {
  std::string out = "X: \x01";
  append_field_value(value, out);
  EXPECT_TRUE(out.starts_with("X: \x01"));
  return out.substr(4);
}

TEST(FieldValue, keeps_what_is_harmless) {
  EXPECT_EQ(field_value("/v1/requests/r-1"), "/v1/requests/r-1");
  EXPECT_EQ(field_value("attachment; filename*=UTF-8''2025\t年报"),
            "attachment; filename*=UTF-8''2025\t年报");
}

TEST(FieldValue, cannot_end_its_line) {
  EXPECT_EQ(field_value("a\r\nSet-Cookie: b"), "a  Set-Cookie: b");
  EXPECT_EQ(field_value("a\0b\x7f"s), "a b ");
}

TEST(FieldValue, lets_no_control_byte_through) {
  for (int byte = 0; byte < 256; ++byte) {
    const auto safe = field_value(std::string(1, char(byte)));
    EXPECT_EQ(safe.find_first_of("\r\n\0"s), std::string::npos) << "byte " << byte;
  }
}

} // namespace
} // namespace mingce
