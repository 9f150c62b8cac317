#include "log/leaf.hpp"

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

std::string quoted(std::string_view text) { return json::serialize(json::string(text)); }

} // namespace

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
    entry.secret = std::string(as_text(salt)) + payload;
  }
  entry.commitment = commitment;
  // Members in the order of their names, as canonical JSON wants them.
  entry.leaf_head = "{\"actor\":" + quoted(draft.actor);
  if (commitment)
    entry.leaf_head += ",\"body\":{\"commitment\":\"" + commitment->hmac_hex +
                       (commitment->is_elsewhere ? "\",\"elsewhere\":true" : "\"") +
                       ",\"length\":" + std::to_string(commitment->length) + "}";
  entry.leaf_head += ",\"event\":" + canonical(draft.event) +
                     ",\"format\":" + std::to_string(leaf_format) + ",\"recorded_at\":\"";
  entry.leaf_tail = "\",\"stream\":\"" + draft.stream.hex() +
                    "\",\"version\":" + std::to_string(draft.version) + "}";
  constexpr std::size_t instant_bytes = 24;
  if (entry.leaf_head.size() + entry.leaf_tail.size() + instant_bytes > max_leaf_bytes)
    return too_large(max_leaf_bytes);
  return entry;
}

Result<PreparedEntry> prepare_to_follow(Draft draft) {
  auto entry = prepare(draft);
  if (!entry || !draft.event.is_object()) return entry;
  sort_members(draft.event);
  sort_members(draft.body);
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

bool opens(const Commitment& commitment, std::string_view secret) {
  if (secret.size() != salt_bytes + commitment.length) return false;
  auto salt = secret.substr(0, salt_bytes), payload = secret.substr(salt_bytes);
  return to_hex(hmac_sha256(salt, payload)) == commitment.hmac_hex;
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
