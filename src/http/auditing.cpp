// The calls of an auditor: what was changed after the fact, a sample, the file of one request.

#include "app/proofs.hpp"
#include "app/revisions.hpp"
#include "app/sample.hpp"
#include "http/api.hpp"
#include "http/parameters.hpp"
#include "http/preferences.hpp"
#include "report/render_dossier.hpp"

namespace mingce {
namespace {

/// What is asked of the revisions, but for whose and as known when.
Result<RevisionQuery> revision_query(const Query& asked) {
  RevisionQuery query;
  if (asked.has("year") || asked.has("from") || asked.has("to")) {
    auto recorded = period(asked);
    if (!recorded) return recorded.error();
    query.recorded = *recorded;
  }
  auto kind = word<RevisionKind>(asked, "kind");
  if (!kind) return kind.error();
  query.kind = *kind;
  auto late_days = number(asked, "late_days", 1, 36'500, std::uint64_t(query.late_days));
  if (!late_days) return late_days.error();
  query.late_days = int(*late_days);
  return query;
}

enum class DossierMedia { json, html };
BOOST_DESCRIBE_ENUM(DossierMedia, json, html)

Result<DossierMedia> dossier_media(const Call& call) {
  if (call.query.has("media")) return word_or(call.query, "media", DossierMedia::json);
  static constexpr std::string_view types[] = {"application/json", "text/html"};
  return preferred_type(call.request.accept, types) == 1u ? DossierMedia::html : DossierMedia::json;
}

Response page(std::string html) {
  Response response;
  response.content_type = "text/html; charset=utf-8";
  response.fields.emplace_back("Content-Security-Policy",
                               "default-src 'none'; style-src 'unsafe-inline'");
  response.body = std::move(html);
  return response;
}

} // namespace

Result<Response> Api::revisions(const Call& call) const {
  auto query = revision_query(call.query);
  if (!query) return query.error();
  auto scope = word_or(call.query, "scope", Scope::organ);
  if (!scope) return scope.error();
  auto format = format_of(call);
  if (!format) return format.error();
  auto& organ = call.query.get("organ");
  auto looked = with_register(office_, call.query, LogView::Half::open,
                              [&](const Register& reg) -> Result<void> {
                                query->up_to = reg.size();
                                if (organ.empty()) return {};
                                auto organs = organs_in(reg, organ, *scope);
                                if (!organs) return organs.error();
                                query->organs = std::move(*organs);
                                return {};
                              });
  if (!looked) return looked.error();
  // The log is read outside the lock of the register: nobody waits for it.
  auto found = find_revisions(office_.log(), *query);
  if (!found) return found.error();
  ListWriter rows(revision_columns(), *format);
  office_.read([&](const Register& reg) {
    for (auto& revision : *found) rows.add(to_json(revision, reg));
  });
  return in_format(rows.finish(), *format);
}

Result<Response> Api::sample(const Call& call) const {
  auto asked = list_call(call);
  if (!asked) return asked.error();
  auto received = period(call.query);
  if (!received) return received.error();
  auto size = number(call.query, "size", 1, max_sample, 0);
  if (!size) return size.error();
  if (*size == 0) return bad_parameter("size", "缺少必填项", "is mandatory");
  auto& seed = call.query.get("seed");
  if (seed.empty()) return bad_parameter("seed", "缺少必填项", "is mandatory");
  auto half = LogView::Half::open;
  return with_register(office_, call.query, half, [&](const Register& reg) -> Result<Response> {
    auto drawn = sample_view(reg, {asked->organ, asked->scope, *received, *size, seed});
    if (!drawn) return drawn.error();
    return in_format(render_sample(*drawn, asked->format), asked->format);
  });
}

Result<Response> Api::dossier_of_request(const Call& call) const {
  auto found = target(call, StreamKind::request);
  if (!found) return found.error();
  auto media = dossier_media(call);
  if (!media) return media.error();
  auto note = office_.checkpoint();
  if (!note) return note.error();
  auto look = [&](const Register& reg) -> Result<json::object> {
    auto day = day_asked(office_, call.query, reg);
    if (!day) return day.error();
    auto language = *media == DossierMedia::html ? Language::zh : call.language;
    return dossier(office_.log(), reg, office_.statutes().law, {found->stream, *day, language},
                   proofs_from(office_.log(), *note));
  };
  auto file = with_register(office_, call.query, LogView::Half::open, look);
  if (!file) return file.error();
  return *media == DossierMedia::html ? page(render_dossier(*file)) : json_response(*file);
}

} // namespace mingce
