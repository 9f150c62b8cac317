// What the log proves over HTTP (C2SP tlog-tiles, tlog-proof), and the erasure of a person.

#include "app/proofs.hpp"
#include "http/api.hpp"
#include "http/parameters.hpp"
#include "http/preferences.hpp"
#include "http/problem.hpp"
#include "log/static_log.hpp"

namespace mingce {
namespace {

constexpr const char* short_lived = "no-cache";
constexpr const char* immutable = "public, max-age=31536000, immutable";

Response plain(std::string body, const char* media, const char* caching) {
  Response response;
  response.content_type = media;
  response.fields.emplace_back("Cache-Control", caching);
  response.body = std::move(body);
  return response;
}

Response text(std::string body, const char* caching = short_lived) {
  return plain(std::move(body), "text/plain; charset=utf-8", caching);
}

Failure no_such_tile() {
  return {FailureKind::not_found, "no_such_tile", {"没有这一块", "there is no such tile"}};
}

Result<std::uint64_t> size_asked(const Query& query, const char* name, std::uint64_t least) {
  if (!query.has(name)) return bad_parameter(name, "缺少必填参数", "is mandatory");
  return number(query, name, least, std::uint64_t(1) << 62, 0);
}

} // namespace

// ---- the log ------------------------------------------------------------------------------------

Result<Response> Api::checkpoint(const Call&) const {
  auto note = office_.checkpoint();
  if (!note) return note.error();
  return text(note->to_string());
}

Result<Response> Api::keep_cosignatures(const Call& call) const {
  if (!call.request.content_type.starts_with("text/plain"))
    return problem(415, "not_text",
                   {"请求内容应为 text/plain", "the body must be text/plain"}, call.language);
  auto note = Note::parse(call.request.body);
  if (!note)
    return Failure{FailureKind::invalid,
                   "not_a_note",
                   {"不是签名文本（signed note）", "this is no signed note"}};
  auto kept = office_.keep_cosignatures(*note);
  if (!kept) return kept.error();
  return text(kept->to_string());
}

Result<Response> Api::verifier_key(const Call& call) const {
  if (!office_.log().keys()) return office_.log().keys().error();
  auto& ring = **office_.log().keys();
  if (!call.query.has("suite")) return text(ring.verifier().to_string() + '\n');
  if (call.query.get("suite") != "national")
    return bad_parameter("suite", "应为 national", "must be national");
  auto national = ring.national_verifiers();
  if (national.empty())
    return Failure{FailureKind::not_found,
                   "not_national",
                   {"本登记册未启用国密", "this register does not use the national suites"}};
  return text(national.front().to_string() + '\n');
}

Result<Response> Api::tile(const Call& call) const {
  auto name = parse_tile_path(call.path.front());
  auto& log = office_.log();
  if (!name) return no_such_tile();
  auto width = width_of_tile(name->level.value_or(0), name->index, log.size());
  if (name->width > width) return no_such_tile();
  auto bytes = name->level ? log.read_tile(*name->level, name->index, name->width)
                           : entry_bundle(log, name->index, name->width);
  if (!bytes) return bytes.error();
  return plain(std::move(*bytes), "application/octet-stream", immutable);
}

Result<Response> Api::inclusion(const Call& call) const {
  auto seq = size_asked(call.query, "seq", 1);
  if (!seq) return seq.error();
  auto note = office_.checkpoint();
  if (!note) return note.error();
  auto signed_size = LogCheckpoint::parse(note->text)->size;
  auto size = number(call.query, "size", 1, std::uint64_t(1) << 62, signed_size);
  if (!size) return size.error();
  auto view = inclusion_view(office_.log(), *note, *seq, *size);
  if (!view) return view.error();
  return json_response(*view);
}

Result<Response> Api::consistency(const Call& call) const {
  auto from = size_asked(call.query, "from", 0), to = size_asked(call.query, "to", 0);
  if (!from) return from.error();
  if (!to) return to.error();
  auto view = consistency_view(office_.log(), *from, *to);
  if (!view) return view.error();
  return json_response(*view);
}

Result<Response> Api::receipt(const Call& call) const {
  auto found = target(call, StreamKind::request);
  if (!found) return found.error();
  static constexpr std::string_view types[] = {"text/plain", "text/html"};
  auto html = call.query.has("media") ? call.query.get("media") == "html"
                                      : preferred_type(call.request.accept, types) == 1u;
  if (call.query.has("media") && !html && call.query.get("media") != "text")
    return bad_parameter("media", "应为 text 或 html", "must be text or html");
  auto [seq, number] = office_.read([&](const Register& reg) {
    auto* row = reg.find_request(found->stream);
    return std::pair{row->first_seq, row->register_no};
  });
  auto note = office_.checkpoint();
  if (!note) return note.error();
  auto proof = receipt_of(office_.log(), *note, seq);
  if (!proof) return proof.error();
  if (!html) {
    auto response = text(proof->to_string());
    response.fields.emplace_back("Content-Disposition",
                                 "attachment; filename=\"" + found->stream.hex() + ".tlog-proof\"");
    return response;
  }
  auto page =
      office_.read([&](const Register& reg) { return receipt_page(*proof, reg.organs()); });
  if (!page) return page.error();
  auto response = plain(std::move(*page), "text/html; charset=utf-8", short_lived);
  response.fields.emplace_back("Content-Security-Policy",
                               "default-src 'none'; style-src 'unsafe-inline'");
  return response;
}

} // namespace mingce
