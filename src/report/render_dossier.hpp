#pragma once
// A dossier (app/dossier.hpp) as a page for reading and printing: one file, no script, nothing from
// elsewhere. Equal dossiers give equal bytes.

#include "base/json.hpp"

#include <string>

namespace mingce {

std::string render_dossier(const json::object& dossier);

} // namespace mingce
