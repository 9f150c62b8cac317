#pragma once
// What the organ itself says in sections 一, 五 and 六, from a Markdown file (CommonMark). Headings
// say where a text belongs: `# 一、总体情况` with its five topics below it (国办公开办函〔2021〕30号),
// `# 五、存在的主要问题及改进情况`, `# 六、其他需要报告的事项`. Only words are taken over: no
// raw HTML, no picture, no link can reach the report.

#include "base/described.hpp"
#include "base/result.hpp"

#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace mingce {

/// The places that a narrative can fill, in the order of the report.
enum class Topic {
  overview,      // 总体情况，各题之前
  proactive,     // 主动公开
  on_request,    // 依申请公开
  management,    // 政府信息管理
  platform,      // 政府信息公开平台建设
  supervision,   // 监督保障
  problems,      // 存在的主要问题及改进情况
  other_matters  // 其他需要报告的事项
};
BOOST_DESCRIBE_ENUM(Topic, overview, proactive, on_request, management, platform, supervision,
                    problems, other_matters)

/// The five topics of section 一 with their names.
struct NamedTopic {
  Topic topic;
  const char* name;
};
inline constexpr std::array<NamedTopic, 5> overview_topics{{{Topic::proactive, "主动公开"},
                                                            {Topic::on_request, "依申请公开"},
                                                            {Topic::management, "政府信息管理"},
                                                            {Topic::platform,
                                                             "政府信息公开平台建设"},
                                                            {Topic::supervision, "监督保障"}}};

struct NarrativeParagraph {
  std::string text; ///< printable (report/xml.hpp), never empty
  int line = 0;     ///< of the file
};

struct Narrative {
  std::map<Topic, std::vector<NarrativeParagraph>> topics{};
  std::vector<std::string> left_out{}; ///< what was not taken over, each with its line

  const std::vector<NarrativeParagraph>& of(Topic topic) const;
  /// All text of section 一.
  std::string overview() const;
  /// All text.
  std::string whole() const;
};

/// Refused (code `bad_narrative`, the line named): what is no UTF-8, is longer than 1 MB, or stands
/// under a section whose content is generated (二, 三, 四).
Result<Narrative> read_narrative(std::string_view markdown);

} // namespace mingce
