#pragma once
// What the paper of an annual report says beyond its tables, from the same register.

#include "app/reporting.hpp"
#include "report/background.hpp"

namespace mingce {

Background background_of(const Register& reg, const Statutes& statutes, const ReportQuery& query,
                         const Edition& edition);

/// 信息处理费 of those organs of the report whose register is kept here.
std::vector<FeeLine> fees_of(const Register& reg, const Statutes& statutes,
                             const ReportQuery& query, const Edition& edition);

} // namespace mingce
