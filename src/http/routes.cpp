#include "http/api.hpp"

namespace mingce {

std::span<const Route> routes() {
  static const QueryParameter organ{"organ", "code of the organ"};
  static const QueryParameter scope{"scope", "organ (default) or region: the organ and all below it"};
  static const QueryParameter edition{"edition", "edition of the report format, by default the one in force"};
  static const QueryParameter as_of{"as_of", "a position of the log (digits) or an instant, inclusive"};
  static const QueryParameter media{"media", "json (default), csv or text; overrides Accept"};
  static const QueryParameter from{"from", "first day"};
  static const QueryParameter to{"to", "last day"};
  static const QueryParameter limit{"limit", "1 to 1000, by default 50"};
  static const QueryParameter cursor{"cursor", "`next` of the page before"};
  static const QueryParameter after{"after", "position after which to begin, by default 0"};
  static const QueryParameter type{"type", "only events of this type"};

  static const std::vector<Route> table{
      {"PUT", "/v1/organs/{code}", "register an organ, or confirm it", {}, "Organ", "OrganView", &Api::put_organ},
      {"GET", "/v1/organs/{code}", "one organ", {}, nullptr, "OrganView", &Api::get_organ},
      {"GET", "/v1/organs", "all organs", {}, nullptr, "OrganList", &Api::list_organs},
      {"POST", "/v1/organs/{code}/events", "append to an organ", {}, "Append", "Appended", &Api::append_to_organ},

      {"POST", "/v1/requests", "open a request", {}, "OpenRequest", "RequestView", &Api::open_request},
      {"GET", "/v1/requests", "the register",
       {organ, {"state", "only requests in this state"}, {"outcome", "only requests concluded so"},
        {"assignee", "unit or person in charge"}, {"received_from", "received on or after this day"},
        {"received_to", "received on or before this day"},
        {"q", "part of register_no, subject or document_no, or the whole name of an applicant"}, limit, cursor},
       nullptr, "RequestPage", &Api::list_requests},
      {"GET", "/v1/requests/{id}", "one request", {as_of}, nullptr, "RequestView", &Api::get_request},
      {"GET", "/v1/requests/{id}/events", "history of a request", {}, nullptr, "EventList", &Api::request_events},
      {"POST", "/v1/requests/{id}/events", "append to a request", {}, "Append", "Appended", &Api::append_to_request},
      {"GET", "/v1/requests/{id}/cells", "the cells of the annual tables that a case moves", {}, nullptr, "CellsByYear", &Api::request_cells},

      {"POST", "/v1/disputes", "open a dispute", {}, "OpenDispute", "DisputeView", &Api::open_dispute},
      {"GET", "/v1/disputes", "the disputes", {organ, {"request", "only those about this request"}, limit, cursor}, nullptr, "DisputePage", &Api::list_disputes},
      {"GET", "/v1/disputes/{id}", "one dispute", {}, nullptr, "DisputeView", &Api::get_dispute},
      {"GET", "/v1/disputes/{id}/events", "history of a dispute", {}, nullptr, "EventList", &Api::dispute_events},
      {"POST", "/v1/disputes/{id}/events", "append to a dispute", {}, "Append", "Appended", &Api::append_to_dispute},

      {"POST", "/v1/figures", "record a figure of table 二", {}, "RecordFigure", "FigureView", &Api::record_figure},
      {"GET", "/v1/figures", "the figures", {organ, {"year", "only figures of this year"}}, nullptr, "FigurePage", &Api::list_figures},
      {"GET", "/v1/figures/{id}", "one figure", {}, nullptr, "FigureView", &Api::get_figure},
      {"POST", "/v1/figures/{id}/events", "amend or retract a figure", {}, "Append", "Appended", &Api::append_to_figure},

      {"POST", "/v1/batch", "append to several streams at once, all or nothing", {}, "Batch", "BatchAppended", &Api::append_batch},

      {"GET", "/v1/reports/{year}", "the annual tables", {organ, scope, edition, as_of, media}, nullptr, "Report", &Api::report_of_year},
      {"GET", "/v1/reports", "the same tables of any period", {organ, scope, edition, as_of, media, from, to}, nullptr, "Report", &Api::report_of_period},
      {"GET", "/v1/reports/{year}/cells/{table}/{row}/{column}", "the cases and events behind one number", {organ, scope, edition, as_of}, nullptr, "Cell", &Api::explain},

      {"GET", "/v1/events", "replay in the order of the log, one JSON object a line",
       {after, {"limit", "at most so many events"}, organ, type}, nullptr, "EventLines", &Api::replay_events, true},
      {"GET", "/v1/events/stream", "live events (server-sent events)", {after, organ, type}, nullptr, "EventStream", &Api::follow_events},

      {"GET", "/healthz", "the process is alive", {}, nullptr, "Health", &Api::health},
      {"GET", "/readyz", "writes are accepted", {}, nullptr, "Health", &Api::readiness},
      {"GET", "/metrics", "figures for monitoring (Prometheus text)", {}, nullptr, "Metrics", &Api::metrics},
      {"GET", "/openapi.json", "this interface as OpenAPI 3.1", {}, nullptr, "OpenApi", &Api::openapi},
  };
  return table;
}

} // namespace mingce
