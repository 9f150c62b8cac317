#pragma once
// What the paper of an annual report says beyond its tables, from the same register.

#include "app/reporting.hpp"
#include "report/background.hpp"

namespace mingce {

Background background_of(const Register& reg, const Statutes& statutes, const ReportQuery& query);

} // namespace mingce
