#include "report/csv.hpp"

namespace mingce {
namespace {

std::string quoted(std::string_view field) {
  if (field.find_first_of("\",\r\n") == field.npos) return std::string(field);
  std::string out = "\"";
  for (char c : field) out.append(c == '"' ? 2 : 1, c);
  return out + '"';
}

} // namespace

std::string csv_record(std::span<const std::string_view> fields) {
  std::string line;
  for (auto field : fields) line += quoted(field) + ",";
  if (!line.empty()) line.pop_back();
  return line + "\r\n";
}

} // namespace mingce
