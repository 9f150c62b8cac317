#pragma once
#include "app/office.hpp"

namespace mingce {

/// The law and the report formats that come with this program, loaded and checked.
Result<Statutes> load_statutes();

} // namespace mingce
