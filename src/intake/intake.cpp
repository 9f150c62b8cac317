#include "intake/intake.hpp"

#include "base/json.hpp"
#include "intake/encoding.hpp"
#include "intake/readers.hpp"
#include "intake/table_builder.hpp"
#include "report/document.hpp"

#include <algorithm>
#include <cctype>
#include <filesystem>
#include <fstream>
#include <iterator>

namespace mingce {
namespace {

Failure unreadable(Text message) {
  return {FailureKind::unreadable, "unreadable_file", std::move(message)};
}

bool is_zip(std::string_view bytes) { return bytes.starts_with("PK\x03\x04"); }

/// Formats that people do send, told by name so that they know what to do.
std::optional<Failure> refusal_of_format(std::string_view bytes) {
  if (bytes.starts_with("\xD0\xCF\x11\xE0"))
    return unreadable({"这是旧版 Office 文件（.doc、.xls）或已加密，请另存为 .docx 或 .xlsx",
                       "an old Office file (.doc, .xls) or an encrypted one: save it as .docx or "
                       ".xlsx"});
  if (bytes.starts_with("%PDF"))
    return unreadable({"PDF 不能读取，请提供网页、.docx 或 .xlsx",
                       "PDF cannot be read: give the web page, .docx or .xlsx"});
  if (bytes.find_first_not_of(" \t\r\n") == bytes.npos)
    return unreadable({"文件是空的", "the file is empty"});
  return {};
}

char first_mark(std::string_view text) {
  auto at = text.find_first_not_of(" \t\r\n");
  return at == text.npos ? '\0' : text[at];
}

/// A page may begin with anything; a table of numbers has no tags.
bool is_html(std::string_view utf8) {
  if (first_mark(utf8) == '<') return true;
  std::string lower(utf8);
  std::ranges::transform(lower, lower.begin(),
                         [](unsigned char c) { return char(std::tolower(c)); });
  return lower.find("<table") != lower.npos || lower.find("<html") != lower.npos;
}

Result<Page> read_package(std::string_view bytes) {
  auto package = Archive::open(bytes);
  if (!package) return package.error();
  if (package->has("word/document.xml")) return read_docx(*package);
  if (package->has("xl/workbook.xml")) return read_xlsx(*package);
  return unreadable(
      {"压缩包内没有 Word 或 Excel 文档", "the package holds no Word or Excel document"});
}

} // namespace

Result<ForeignReport> read_report(std::string_view bytes, std::string_view file_name,
                                  const Editions& editions) {
  if (bytes.size() > limits::file_bytes) return too_large();
  if (auto refused = refusal_of_format(bytes)) return *refused;
  if (is_zip(bytes)) {
    auto page = read_package(bytes);
    if (!page) return page.error();
    return recognise(*page, editions, file_name);
  }
  auto utf8 = to_utf8(bytes);
  if (!utf8) return utf8.error();
  if (auto mark = first_mark(*utf8); mark == '{' || mark == '[') {
    auto document = parse_json(*utf8);
    if (!document) return document.error();
    auto tables = read_tables(*document, editions);
    if (!tables) return tables.error();
    return ForeignReport{std::move(*tables)};
  }
  auto page = is_html(*utf8) ? read_html(*utf8) : read_csv(*utf8);
  if (!page) return page.error();
  return recognise(*page, editions, file_name);
}

Result<ForeignReport> read_report_file(const std::string& path, const Editions& editions) {
  std::error_code error;
  auto file = std::filesystem::path(path);
  bool regular = std::filesystem::is_regular_file(file, error);
  std::ifstream in(file, std::ios::binary);
  if (!regular || !in)
    return Failure{FailureKind::unusable, "no_such_file", {"文件无法打开", "cannot be opened"}};
  if (std::filesystem::file_size(file, error) > limits::file_bytes || error) return too_large();
  std::string bytes{std::istreambuf_iterator<char>(in), {}};
  return read_report(bytes, file.filename().string(), editions);
}

} // namespace mingce
