#pragma once
// 案卷: everything that the register holds of one request, as one file for whoever examines it.

#include "app/views.hpp"

#include <cstdint>
#include <functional>
#include <string>

namespace mingce {

/// What proves that the entry of that position stands in the log; null where there is nothing.
using ProofSource = std::function<json::value(std::uint64_t seq)>;

struct DossierQuery {
  StreamId request;
  Day today{}; ///< the file is of the end of this day
  Language language = Language::zh;
  LogView::Half half = LogView::Half::both; ///< `open`: no private half is read
};

/// `{register_no, id, organ, holder, as_of, on, with_personal_data, request, events, clock,
/// irregularities, incomplete, fees, disputes, proofs}` as of the position of `reg`. An event has
/// its title beside its envelope and, where later ones changed it, `amended` (by which versions,
/// the wording that holds) or `retracted` (by which version). `not_found` for a request that `reg`
/// does not know.
Result<json::object> dossier(const LogView& log, const Register& reg, const Law& law,
                             const DossierQuery& query, const ProofSource& proofs = {});

} // namespace mingce
