#include "app/import.hpp"

#include <unordered_map>

namespace mingce {
namespace {

/// What names a stream in a line: its kind, its organ and its number there.
struct Name {
  StreamKind kind{};
  std::string organ;
  std::string number;
};

class Exporter {
public:
  Exporter(std::ostream& out, const ExportOptions& options) : out_(out), options_(options) {}

  Result<void> write(const Entry& entry) {
    bool sealed = entry.commitment && !(options_.with_personal_data && entry.body);
    auto event = entry.event;
    if (entry.body && !sealed) merge_private(event, *entry.body);
    auto envelope = read_envelope(std::move(event));
    if (!envelope) return envelope.error();
    auto& name = name_of(entry, *envelope);
    json::object line{{"type", envelope->type->info().type}, {"organ", name.organ}};
    if (name.kind == StreamKind::calendar)
      line[to_word(name.kind)] = name.organ;
    else if (name.kind != StreamKind::organ)
      line[to_word(name.kind)] = name.number;
    line["on"] = to_string(envelope->on);
    json::value data = std::move(envelope->data);
    auto to_number = [&](const std::string& id) { return number_of(id, name.organ); };
    auto translated = translate_references(*envelope->type, data, to_number);
    if (!translated) return translated.error();
    line["data"] = std::move(data);
    if (!envelope->requests.empty()) {
      json::array numbers;
      for (auto& id : envelope->requests) numbers.push_back(json::string(*to_number(id)));
      line["requests"] = std::move(numbers);
    }
    if (envelope->source != Source::observed) line["source"] = to_word(envelope->source);
    if (!envelope->documents.empty()) line["documents"] = wire_form(envelope->documents);
    if (sealed)
      line["sealed"] = json::object{{"commitment", entry.commitment->hmac_hex},
                                    {"length", std::int64_t(entry.commitment->length)}};
    line["seq"] = std::int64_t(entry.seq);
    line["recorded_at"] = to_string(entry.recorded_at);
    line["actor"] = entry.actor;
    out_ << json::serialize(line) << '\n';
    return {};
  }

private:
  const Name& name_of(const Entry& entry, const EnvelopeHead& envelope) {
    auto kind = envelope.type->info().stream;
    auto [found, fresh] = names_.try_emplace(entry.stream);
    if (fresh) found->second = {kind, envelope.organ, envelope.number};
    return found->second;
  }

  /// A register number where the reader of the line would find it: in the same organ's register.
  Result<std::string> number_of(const std::string& id, const std::string& organ) const {
    auto stream = StreamId::parse(id);
    if (!stream) return id;
    auto found = names_.find(*stream);
    return found != names_.end() && found->second.organ == organ ? found->second.number : id;
  }

  std::ostream& out_;
  const ExportOptions& options_;
  std::unordered_map<StreamId, Name> names_;
};

} // namespace

Result<void> export_register(const LogView& log, std::ostream& out, const ExportOptions& options) {
  Exporter exporter(out, options);
  Result<void> written;
  auto half = options.with_personal_data ? LogView::Half::both : LogView::Half::open;
  auto scanned = log.scan(1, log.size(), half, [&](Entry&& entry) {
    written = exporter.write(entry);
    if (options.progress && entry.seq % 4096 == 0) options.progress(entry.seq);
    return written.has_value() && out.good();
  });
  if (!scanned) return scanned;
  if (!written) return written;
  if (!out.good())
    return Failure{FailureKind::unusable, "output", {"无法写出", "the output cannot be written"}};
  return {};
}

} // namespace mingce
