#include "http/head_guard.hpp"

#include "base/ascii.hpp"
#include "base/byte_blocks.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstdint>
#include <iterator>
#include <optional>
#include <vector>

namespace mingce {
namespace {

using std::string_view;

/// The fields that the rules below speak of.
enum Known : std::size_t {
  host,
  authorization,
  idempotency_key,
  if_match,
  x_actor,
  content_length,
  content_type,
  upgrade,
  transfer_encoding,
  trailer,
  expect,
  connection,
  proxy_connection,
  other
};
constexpr std::array<string_view, other> known_names = {
    "Host",           "Authorization", "Idempotency-Key", "If-Match",          "X-Actor",
    "Content-Length", "Content-Type",  "Upgrade",         "Transfer-Encoding", "Trailer",
    "Expect",         "Connection",    "Proxy-Connection"};

struct Field {
  Known name;
  string_view value; ///< without the blanks around it
};

struct Head {
  string_view method;
  string_view target;
  string_view version;
  std::vector<Field> fields;
  std::array<std::size_t, other + 1> count{}; ///< of fields of each name
};

// --- characters, in ASCII

constexpr bool is_digit(char c) { return c >= '0' && c <= '9'; }
constexpr bool is_alnum(char c) { return is_digit(c) || (lower(c) >= 'a' && lower(c) <= 'z'); }
constexpr bool is_visible(char c) { return c > 0x20 && c < 0x7f; }
constexpr bool is_blank(char c) { return c == ' ' || c == '\t'; }

constexpr bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return (byte < 0x20 && c != '\t') || byte == 0x7f;
}

/// Letters, digits and these.
class CharacterSet {
public:
  constexpr explicit CharacterSet(string_view others) {
    for (int byte = 0; byte < 256; ++byte) holds_[byte] = is_alnum(char(byte));
    for (char c : others) holds_[static_cast<unsigned char>(c)] = true;
  }
  constexpr bool operator()(char c) const { return holds_[static_cast<unsigned char>(c)]; }

private:
  bool holds_[256]{};
};
constexpr CharacterSet is_token_char("!#$%&'*+-.^_`|~"), is_host_char("-._~%:[]");

template <class Test>
constexpr bool all(string_view text, Test test) {
  return std::all_of(text.begin(), text.end(), test);
}

constexpr bool is_token(string_view text) { return !text.empty() && all(text, is_token_char); }

constexpr bool same_word(string_view a, string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

constexpr Known known(string_view name) {
  const auto at = std::find_if(known_names.begin(), known_names.end(),
                               [&](string_view each) { return same_word(each, name); });
  return Known(at - known_names.begin());
}

/// Nearly no text has any of them, so it is first looked at as a whole.
bool has_control(string_view text) {
  const bool may_have = byte_blocks::any(text, [](byte_blocks::Block block) {
    return byte_blocks::below(block, 0x20) | byte_blocks::equal_to(block, 0x7f);
  });
  return may_have && std::any_of(text.begin(), text.end(), is_control);
}

constexpr string_view trim(string_view text) {
  while (!text.empty() && is_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_blank(text.back())) text.remove_suffix(1);
  return text;
}

/// Takes the text before `mark` and the mark itself off `rest`; all of `rest` where no mark is.
constexpr string_view take_until(string_view& rest, string_view mark) {
  const auto end = rest.find(mark);
  const auto taken = rest.substr(0, end);
  rest.remove_prefix(end == string_view::npos ? rest.size() : end + mark.size());
  return taken;
}

// --- syntax

/// One space between the parts and none inside them; a target is a path on this server. `#` never
/// travels in a request, and proxies differ on what stands behind it.
bool read_request_line(string_view line, Head& head) {
  head.method = take_until(line, " ");
  head.target = take_until(line, " ");
  head.version = line;
  return is_token(head.method) && head.target.starts_with('/') && all(head.target, is_visible) &&
         head.target.find('#') == string_view::npos;
}

/// The name ends at the colon: no blank before it, and a line that begins with one (obs-fold) has
/// no name at all. CR, LF and NUL inside a line are control bytes like any other.
std::optional<Field> read_field(string_view line) {
  if (line.find(':') == string_view::npos) return std::nullopt;
  const auto name = take_until(line, ":");
  if (!is_token(name) || has_control(line)) return std::nullopt;
  return Field{known(name), trim(line)};
}

std::optional<Head> read_head(string_view text) {
  constexpr string_view end_of_line = "\r\n";
  if (!text.ends_with("\r\n\r\n")) return std::nullopt;
  text.remove_suffix(end_of_line.size()); // the empty line; every other line keeps its end
  Head head;
  head.fields.reserve(16);
  if (!read_request_line(take_until(text, end_of_line), head)) return std::nullopt;
  while (!text.empty()) {
    const auto field = read_field(take_until(text, end_of_line));
    if (!field) return std::nullopt;
    head.fields.push_back(*field);
    ++head.count[field->name];
  }
  return head;
}

// --- rules: each gives 0 or the status to answer

const Field* find(const Head& head, Known name) {
  if (head.count[name] == 0) return nullptr;
  return &*std::find_if(head.fields.begin(), head.fields.end(),
                        [&](const Field& field) { return field.name == name; });
}

int check_size(const Head& head) { return head.fields.size() > head_fields_limit ? 431 : 0; }

int check_version(const Head& head) {
  const auto v = head.version;
  if (v == "HTTP/1.1" || v == "HTTP/1.0") return 0;
  const bool well_formed =
      v.size() == 8 && v.starts_with("HTTP/") && is_digit(v[5]) && v[6] == '.' && is_digit(v[7]);
  return well_formed ? 505 : 400;
}

/// A coding that is not understood hides where the body ends, so it is refused before anything
/// else is asked of it; one that stands beside a length is two answers to the same question.
int check_transfer_coding(const Head& head) {
  const auto* coding = find(head, transfer_encoding);
  if (!coding) return 0;
  if (head.count[transfer_encoding] > 1 || !same_word(coding->value, "chunked")) return 501;
  if (head.count[content_length] > 0) return 400;
  return head.version == "HTTP/1.0" ? 505 : 0;
}

/// Digits only: `5, 5`, `+5` and `0x5` are lengths to some readers and none to others.
int check_length(const Head& head) {
  const auto* length = find(head, content_length);
  if (!length) return 0;
  std::uint64_t bytes = 0;
  const auto* end = length->value.data() + length->value.size();
  const auto [rest, error] = std::from_chars(length->value.data(), end, bytes);
  return error == std::errc{} && rest == end ? 0 : 400;
}

int check_host(const Head& head) {
  const auto* given = find(head, host);
  if (!given) return head.version == "HTTP/1.1" ? 400 : 0;
  return !given->value.empty() && all(given->value, is_host_char) ? 0 : 400;
}

/// Who asks, for which version, under which key, and what the body is: two answers are none.
int check_single(const Head& head) {
  constexpr Known single[] = {host,    authorization,  idempotency_key, if_match,
                              x_actor, content_length, content_type};
  const auto repeated = [&](Known name) { return head.count[name] > 1; };
  return std::any_of(std::begin(single), std::end(single), repeated) ? 400 : 0;
}

bool is_safe_option(string_view option) {
  return option.empty() || (is_token(option) && !same_word(option, "upgrade"));
}

/// This connection speaks one protocol: no switching, no fields behind the body, and no other
/// expectation than the one that can be met.
int check_connection(const Head& head) {
  if (head.count[upgrade] > 0 || head.count[trailer] > 0) return 400;
  for (const auto& [name, value] : head.fields) {
    if (name == expect && !same_word(value, "100-continue")) return 400;
    if (name != connection && name != proxy_connection) continue;
    for (auto options = value; !options.empty();)
      if (!is_safe_option(trim(take_until(options, ",")))) return 400;
  }
  return 0;
}

} // namespace

int head_guard(string_view text) {
  if (text.size() > head_bytes_limit) return 431;
  const auto head = read_head(text);
  if (!head) return 400;
  constexpr int (*rules[])(const Head&) = {check_size,      check_version, check_transfer_coding,
                                           check_length,    check_host,    check_single,
                                           check_connection};
  for (const auto rule : rules)
    if (const int status = rule(*head)) return status;
  return 0;
}

void append_field_value(string_view value, std::string& out) {
  const auto begin = std::ptrdiff_t(out.size());
  out += value;
  std::replace_if(out.begin() + begin, out.end(), is_control, ' ');
}

} // namespace mingce
