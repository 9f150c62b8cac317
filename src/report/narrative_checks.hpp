#pragma once
// What the 主管部门 looks for in the words of an annual report (国办公开办函〔2021〕30号: five topics;
// no copying from the year before). All of these warn; whether its figures are those of the tables
// is check C09.
//   N01  each of the five topics of section 一, and section 五, has a text
//   N02  section 一 is not too long and not too short
//   N03  the text is not that of last year
//   N04  nothing of the file was left out

#include "report/checks.hpp"
#include "report/narrative.hpp"

namespace mingce {

/// `previous` is null where last year's text was not given: N03 does not apply then.
std::vector<Check> check_narrative(const Narrative& narrative, const Narrative* previous);

/// The share of one text that also stands in the other, in hundredths: of all runs of eight
/// characters, marks and digits left out, so that a new figure in an old sentence changes nothing.
int likeness(std::string_view text, std::string_view other);

} // namespace mingce
