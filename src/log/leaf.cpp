#include "log/leaf.hpp"

#include "base/joined.hpp"
#include "base/json_text.hpp"

#include <charconv>

namespace mingce {
namespace {

constexpr int leaf_format = 1;
constexpr std::size_t salt_bytes = 32;
constexpr std::size_t leaf_memory = 4096; ///< bytes that nearly every leaf fits into once parsed

Failure too_large(std::size_t limit) {
  auto bytes = std::to_string(limit);
  return invalid(
      "/data", {"内容过大，不得超过 " + bytes + " 字节", "too large: at most " + bytes + " bytes"},
      "too_large");
}

Failure corrupt(std::uint64_t seq) {
  auto place = seq ? "第 " + std::to_string(seq) + " 条" : std::string("私密部分");
  auto place_en = seq ? "entry " + std::to_string(seq) : std::string("a private half");
  return {FailureKind::corrupt,
          "corrupt_entry",
          {"日志" + place + "无法读取", place_en + " of the log cannot be read"}};
}

} // namespace

std::string PreparedEntry::leaf(Instant at) const {
  return joined({leaf_head, to_string(at), leaf_tail});
}

Result<PreparedEntry> prepare(const Draft& draft) {
  PreparedEntry entry;
  entry.stream = draft.stream;
  entry.version = draft.version;
  entry.recorded_at = draft.recorded_at;
  entry.person = draft.person;
  entry.erases = draft.erases;
  auto commitment = draft.sealed;
  if (commitment) commitment->is_elsewhere = true;
  if (!draft.body.is_null()) {
    auto payload = canonical(draft.body);
    if (payload.size() > max_body_bytes) return too_large(max_body_bytes);
    auto salt = random_digest();
    commitment = Commitment{to_hex(hmac_sha256(as_text(salt), payload)), payload.size()};
    entry.secret = joined({as_text(salt), payload});
  }
  entry.commitment = commitment;
  // Members in the order of their names, as canonical JSON wants them.
  auto& head = entry.leaf_head;
  head.reserve(512);
  head += "{\"actor\":";
  write_json(draft.actor, head);
  if (commitment) {
    head.append(",\"body\":{\"commitment\":\"").append(commitment->hmac_hex);
    head += commitment->is_elsewhere ? "\",\"elsewhere\":true" : "\"";
    head.append(",\"length\":").append(std::to_string(commitment->length)) += '}';
  }
  head += ",\"event\":";
  write_canonical(draft.event, head);
  head.append(",\"format\":").append(std::to_string(leaf_format)) += ",\"recorded_at\":\"";
  entry.leaf_tail = joined({"\",\"stream\":\"", draft.stream.hex(),
                            "\",\"version\":", std::to_string(draft.version), "}"});
  if (entry.leaf_head.size() + entry.leaf_tail.size() + instant_bytes > max_leaf_bytes)
    return too_large(max_leaf_bytes);
  return entry;
}

Result<PreparedEntry> prepare_to_follow(Draft draft) {
  sort_members(draft.event);
  sort_members(draft.body);
  auto entry = prepare(draft);
  if (!entry || !draft.event.is_object()) return entry;
  entry->parsed = Entry{.stream = draft.stream,
                        .version = draft.version,
                        .actor = std::move(draft.actor),
                        .event = std::move(draft.event.get_object()),
                        .commitment = entry->commitment};
  if (!draft.body.is_null()) entry->parsed->body = std::move(draft.body);
  return entry;
}

Result<Entry> read_leaf(std::uint64_t seq, std::string_view leaf) {
  // One block of memory an entry: a replay reads millions of them.
  auto memory = json::make_shared_resource<json::monotonic_resource>(leaf_memory);
  json::error_code ec;
  auto value = json::parse({leaf.data(), leaf.size()}, ec, memory);
  auto* object = ec ? nullptr : value.if_object();
  if (!object) return corrupt(seq);
  auto member = [&](const char* name) { return object->if_contains(name); };
  auto *format = member("format"), *stream = member("stream"), *version = member("version"),
       *recorded_at = member("recorded_at"), *actor = member("actor"), *event = member("event");
  if (!format || *format != leaf_format || !stream || !stream->is_string() || !version ||
      !version->is_int64() || !recorded_at || !recorded_at->is_string() || !actor ||
      !actor->is_string() || !event || !event->is_object())
    return corrupt(seq);
  auto id = StreamId::parse(std::string_view(stream->get_string()));
  auto instant = parse_instant(std::string_view(recorded_at->get_string()));
  if (!id || !instant) return corrupt(seq);
  Entry entry{seq,
              *id,
              std::uint32_t(version->get_int64()),
              *instant,
              std::string(actor->get_string()),
              std::move(event->get_object())};
  if (auto* body = member("body")) {
    auto* hmac = body->is_object() ? body->get_object().if_contains("commitment") : nullptr;
    auto* length = body->is_object() ? body->get_object().if_contains("length") : nullptr;
    auto* elsewhere = body->is_object() ? body->get_object().if_contains("elsewhere") : nullptr;
    if (!hmac || !hmac->is_string() || !length || !length->is_int64()) return corrupt(seq);
    entry.commitment =
        Commitment{std::string(hmac->get_string()), std::uint64_t(length->get_int64()),
                   elsewhere && *elsewhere == true};
  }
  return entry;
}

namespace {

/// Takes a canonical text apart from its beginning or from its end.
class Canonical {
public:
  explicit Canonical(std::string_view text) : text_(text) {}

  bool ok() const { return ok_; }
  std::string_view rest() const { return text_; }
  bool skip(std::string_view expected) {
    bool found = text_.starts_with(expected);
    if (found) text_.remove_prefix(expected.size());
    return found;
  }
  void need(bool holds) { ok_ &= holds; }
  std::string_view first(std::size_t bytes) {
    need(text_.size() >= bytes);
    auto out = text_.substr(0, ok_ ? bytes : 0);
    text_.remove_prefix(out.size());
    return out;
  }
  std::string_view last(std::size_t bytes) {
    need(text_.size() >= bytes);
    auto out = text_.substr(ok_ ? text_.size() - bytes : 0);
    text_.remove_suffix(ok_ ? bytes : 0);
    return out;
  }
  /// A string that begins here, its quotation marks included.
  void skip_string() {
    need(skip("\""));
    std::size_t end = 0;
    while (end < text_.size() && text_[end] != '"') end += text_[end] == '\\' ? 2 : 1;
    need(end < text_.size());
    if (ok_) text_.remove_prefix(end + 1);
  }
  template <class Number>
  Number number() {
    Number value = 0;
    auto read = std::from_chars(text_.data(), text_.data() + text_.size(), value);
    need(read.ec == std::errc{});
    if (ok_) text_.remove_prefix(std::size_t(read.ptr - text_.data()));
    return value;
  }

private:
  std::string_view text_;
  bool ok_ = true;
};

Commitment read_commitment(Canonical& in) {
  Commitment commitment;
  commitment.hmac_hex = in.first(64);
  in.need(in.skip("\""));
  commitment.is_elsewhere = in.skip(",\"elsewhere\":true");
  in.need(in.skip(",\"length\":"));
  commitment.length = in.number<std::uint64_t>();
  in.need(in.skip("}"));
  return commitment;
}

} // namespace

Result<LeafFrame> read_frame(std::uint64_t seq, std::string_view leaf) {
  LeafFrame frame{seq, {}, 0, {}, {}};
  Canonical in(leaf);
  in.need(in.skip("{\"actor\":"));
  in.skip_string();
  if (in.skip(",\"body\":{\"commitment\":\"")) frame.commitment = read_commitment(in);
  in.need(in.skip(",\"event\":{"));
  if (!in.ok()) return corrupt(seq);
  // What follows the event has a fixed length but for the version.
  constexpr std::string_view before_version = ",\"version\":";
  auto at = in.rest().rfind(before_version);
  if (at == std::string_view::npos) return corrupt(seq);
  Canonical version(in.rest().substr(at + before_version.size())), tail(in.rest().substr(0, at));
  frame.version = version.number<std::uint32_t>();
  version.need(version.rest() == "}");
  tail.need(tail.last(1) == "\"");
  auto stream = StreamId::parse(tail.last(2 * sizeof frame.stream.bytes));
  tail.need(tail.last(12) == "\",\"stream\":\"");
  auto instant = parse_instant(tail.last(instant_bytes));
  static const std::string before_instant =
      "},\"format\":" + std::to_string(leaf_format) + ",\"recorded_at\":\"";
  tail.need(tail.last(before_instant.size()) == before_instant);
  if (!version.ok() || !tail.ok() || !stream || !instant) return corrupt(seq);
  frame.stream = *stream;
  frame.recorded_at = *instant;
  return frame;
}

bool opens(const Commitment& commitment, std::string_view secret) {
  if (secret.size() != salt_bytes + commitment.length) return false;
  auto salt = secret.substr(0, salt_bytes), payload = secret.substr(salt_bytes);
  return is_hex_of(commitment.hmac_hex, hmac_sha256(salt, payload));
}

Result<json::value> read_body(const Commitment& commitment, std::string_view secret) {
  if (!opens(commitment, secret)) return corrupt(0);
  auto payload = secret.substr(salt_bytes);
  json::error_code ec;
  auto value = json::parse({payload.data(), payload.size()}, ec);
  if (ec) return corrupt(0);
  return value;
}

} // namespace mingce
