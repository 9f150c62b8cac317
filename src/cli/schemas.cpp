#include "cli/command.hpp"

#include "http/openapi.hpp"

#include <filesystem>
#include <memory>

namespace mingce {
namespace {

/// Two-space indentation and one member a line, so that a change of the interface reads as a diff.
void pretty(const json::value& value, std::string indent, std::string& out) {
  auto deeper = indent + "  ";
  if (auto* object = value.if_object(); object && !object->empty()) {
    const char* separator = "{\n";
    for (auto& member : *object) {
      out += separator + deeper + json::serialize(member.key()) + ": ";
      pretty(member.value(), deeper, out);
      separator = ",\n";
    }
    out += "\n" + indent + "}";
  } else if (auto* array = value.if_array(); array && !array->empty()) {
    const char* separator = "[\n";
    for (auto& element : *array) {
      out += separator + deeper;
      pretty(element, deeper, out);
      separator = ",\n";
    }
    out += "\n" + indent + "]";
  } else {
    out += json::serialize(value);
  }
}

Result<void> write(const std::filesystem::path& path, const json::value& document) {
  std::string text;
  pretty(document, "", text);
  return write_output(path.string(), text + "\n");
}

int write_schemas(const std::filesystem::path& directory) {
  std::error_code ec;
  std::filesystem::create_directories(directory / "events", ec);
  auto written = write(directory / "openapi.json", openapi_document());
  for (auto& type : catalogue())
    if (written)
      written = write(directory / "events" / (std::string(type.info().type) + ".schema.json"),
                      event_schema(type));
  return written ? int(done) : report_failure(written.error());
}

} // namespace

void add_schemas(CLI::App& app, int& code) {
  auto directory = std::make_shared<std::string>();
  auto* command = app.add_subcommand(
      "schemas",
      "写出接口描述（OpenAPI、JSON Schema）| write the interface's OpenAPI and JSON Schemas");
  command->add_option("directory", *directory, "目录 | directory")->required();
  command->callback([directory, &code] { code = write_schemas(*directory); });
}

} // namespace mingce
