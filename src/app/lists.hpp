#pragma once
// Lists in the form that was asked for: JSON, CSV or text, of the same rows.

#include "app/clock_views.hpp"
#include "report/list.hpp"
#include "report/render_ics.hpp"

#include <span>
#include <string>

namespace mingce {

std::span<const ListColumn> columns_of(DueList list);
std::span<const ListColumn> finding_columns();
std::span<const ListColumn> fee_columns();
std::span<const ListColumn> moved_columns();
std::span<const ListColumn> statistics_columns();

/// The figures of all organs together and of each, flat, for a table.
json::array statistics_rows(const json::object& statistics);

/// An explanation (app/clock_views.hpp) as a page of text.
std::string render_clock(const json::object& clock);

/// The dates by which the organs must act: answers, and what runs beside them.
std::string due_feed(const Register& reg, const Law& law, const std::string& organ,
                     const OrganSet& organs, Day today);

} // namespace mingce
