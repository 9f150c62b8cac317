#include "app/import.hpp"

#include "app/fields.hpp"
#include "projection/replay.hpp"
#include "projection/spine.hpp"

#include <map>

namespace mingce {
namespace {

constexpr std::size_t max_line_bytes = 4 << 20;

Failure bad(std::string pointer, const char* zh, const char* en) {
  return invalid(std::move(pointer), {zh, en});
}

/// What a line says beside the operation itself.
struct Line {
  Operation operation;
  std::string key;
  std::uint64_t seq = 0;
};

std::optional<Commitment> read_sealed(FieldReader& reader) {
  auto* sealed = reader.find("sealed");
  if (!sealed) return {};
  auto* object = sealed->if_object();
  auto* hmac = object ? object->if_contains("commitment") : nullptr;
  auto* length = object ? object->if_contains("length") : nullptr;
  if (!hmac || !hmac->is_string() || hmac->get_string().size() != 64 || !length ||
      !length->is_int64() || length->get_int64() < 0) {
    reader.refuse("sealed", "应为 {commitment, length}", "must be {commitment, length}");
    return {};
  }
  return Commitment{std::string(hmac->get_string()), std::uint64_t(length->get_int64())};
}

void read_taken_over(FieldReader& reader, bool preserve, Line& line) {
  auto actor = reader.text("actor", preserve);
  auto recorded_at = reader.text("recorded_at", preserve);
  auto* seq = reader.find("seq");
  if (!preserve) return; // an export read as an ordinary register: they are given anew
  line.operation.actor = actor;
  line.operation.recorded_at = parse_instant(recorded_at);
  if (!line.operation.recorded_at)
    reader.refuse("recorded_at", "应为 RFC 3339 时刻", "must be an RFC 3339 instant");
  if (seq && seq->is_int64() && seq->get_int64() > 0)
    line.seq = std::uint64_t(seq->get_int64());
  else
    reader.refuse("seq", "应为正整数", "must be a positive integer");
}

/// Which kind of stream, by the member that names it; an event of organs names none.
StreamKind read_stream(FieldReader& reader, const EventType* type, Line& line) {
  static constexpr std::pair<const char*, StreamKind> members[] = {
      {"request", StreamKind::request},
      {"dispute", StreamKind::dispute},
      {"figure", StreamKind::figure},
      {"calendar", StreamKind::calendar},
      {"report", StreamKind::report}};
  auto kind = StreamKind::organ;
  for (auto& [name, named] : members)
    if (auto* value = reader.find(name); value) {
      if (kind != StreamKind::organ)
        reader.refuse(name, "request、dispute、figure、calendar、report 只能有一个",
                      "only one of request, dispute, figure, calendar, report");
      line.operation.number = reader.text(name, true);
      kind = named;
    }
  if (kind == StreamKind::organ && type &&
      (type->info().stream == StreamKind::figure || type->info().stream == StreamKind::calendar ||
       type->info().stream == StreamKind::report))
    return type->info().stream;
  if (kind == StreamKind::organ && type &&
      (type->info().stream == StreamKind::request || type->info().stream == StreamKind::dispute))
    reader.refuse(type->info().stream == StreamKind::request ? "request" : "dispute", "缺少必填项",
                  "is mandatory");
  return kind;
}

Result<Line> read_line(const json::value& in, bool preserve) {
  auto* object = in.if_object();
  if (!object) return bad("", "应为 JSON 对象", "must be a JSON object");
  FieldReader reader(*object);
  Line line;
  auto& operation = line.operation;
  operation.type = reader.text("type", true);
  auto* type = find_event_type(operation.type);
  if (!type) reader.refuse("type", "未知的事项类型", "unknown event type");
  operation.organ = reader.text("organ", true);
  operation.on = reader.day("on", true).value_or(Day{});
  if (auto* data = reader.require("data")) operation.data = *data;
  operation.kind = read_stream(reader, type, line);
  operation.requests = reader.texts("requests");
  line.key = reader.text("key", false);
  read_provenance(reader, operation);
  operation.sealed = read_sealed(reader);
  read_taken_over(reader, preserve, line);
  if (auto failure = reader.finish()) return *failure;
  return line;
}

/// The whole import: lines go in one by one, entries come out together.
class Importer {
public:
  Importer(const LogView& log, Register& reg, const Statutes& statutes, Day today,
           const ImportOptions& options)
      : log_(log), register_(reg), options_(options), workspace_(log, reg, statutes.editions, today,
                                                 [this, &reg](auto kind, auto& organ, int year) {
                                                   return next_number(reg, kind, organ, year);
                                                 }) {}

  Result<void> take(const json::value& in) {
    auto line = read_line(in, options_.preserve);
    if (!line) return line.error();
    auto& operation = line->operation;
    if (!options_.preserve) operation.actor = options_.actor;
    if (options_.preserve && line->seq != workspace_.size() + 1)
      return bad("/seq", "应与行序一致（1、2、3 …）",
                 "must follow the order of the lines (1, 2, 3 …)");
    IdempotencyKey key{"import", line->key, line->key.empty() ? "" : canonical(in)};
    if (!line->key.empty()) {
      auto before = seen(key);
      if (!before) return before.error();
      if (*before) {
        ++skipped;
        return {};
      }
    }
    if (auto placed = place(*line); !placed) return placed;
    auto first = workspace_.size();
    if (auto decided = decide(operation); !decided) return decided;
    if (!line->key.empty()) keys_[key.digest()] = {key.fingerprint(), first, 1};
    return {};
  }

  Append finish() {
    auto append = workspace_.take();
    append.keys.assign(keys_.begin(), keys_.end());
    return append;
  }

  std::uint64_t skipped = 0;

private:
  /// Few lines need what is private in the register, and reading it takes long.
  Result<void> decide(const Operation& operation) {
    auto decided = workspace_.decide(operation);
    if (decided || decided.error().code != texts_not_read().code) return decided;
    SearchTextReader reader(log_);
    if (auto read = reader.read_to(register_.size()); !read) return read;
    register_.adopt(reader.take());
    return workspace_.decide(operation);
  }

  /// Finds the stream of a line: an opening event makes it, any other must find it there.
  Result<void> place(Line& line) {
    auto& operation = line.operation;
    auto organ = operation.organ;
    workspace_.translate_references([this, organ](const std::string& reference) {
      return workspace_.resolve_request(organ, reference);
    });
    auto id = workspace_.stream_of(operation);
    if (operation.kind == StreamKind::organ) {
      if (operation.type != OrganRegistered::info.type) operation.stream = id;
      if (operation.stream && !workspace_.knows(StreamKind::organ, id))
        return bad("/organ", "机关未登记", "no such organ");
      return {};
    }
    if (operation.kind == StreamKind::calendar ||
        (operation.kind == StreamKind::report && opens_stream(*find_event_type(operation.type)))) {
      if (workspace_.knows(operation.kind, id)) operation.stream = id;
      return {};
    }
    if (operation.number.empty()) return {};
    if (workspace_.knows(operation.kind, id))
      operation.stream = id;
    else if (!opens_stream(*find_event_type(operation.type)))
      return bad(pointer_to("", to_word(operation.kind)), "没有这条记录", "no such record");
    return {};
  }

  Result<bool> seen(const IdempotencyKey& key) const {
    auto reused = [] {
      return bad("/key", "该键已用于其他内容", "this key has been used with other content");
    };
    auto digest = key.digest();
    if (auto found = keys_.find(digest); found != keys_.end()) {
      if (found->second.fingerprint != key.fingerprint()) return reused();
      return true;
    }
    auto kept = log_.find_key(digest);
    if (!kept) return kept.error();
    if (!*kept) return false;
    if ((*kept)->fingerprint != key.fingerprint()) return reused();
    return true;
  }

  std::string next_number(const Register& reg, StreamKind kind, const std::string& organ,
                          int year) {
    auto& given = given_[{kind, organ, year}];
    given = std::max(given, reg.last_number(kind, organ, year));
    // A later line may name a number of the same form: skip what this import has used already.
    StreamId id;
    std::string number;
    do {
      number = assigned_number(year, ++given);
      id = StreamId::of(to_word(kind), organ, number);
    } while (workspace_.knows(kind, id));
    return number;
  }

  const LogView& log_;
  Register& register_;
  const ImportOptions& options_;
  Workspace workspace_;
  std::map<Digest, KeptKey> keys_;
  std::map<std::tuple<StreamKind, std::string, int>, std::uint32_t> given_;
};

Result<void> read_lines(std::istream& in, Importer& importer, const ImportOptions& options,
                        ImportResult& result) {
  std::string text;
  while (std::getline(in, text)) {
    ++result.lines;
    if (options.progress && result.lines % 1024 == 0) options.progress(result.lines);
    if (text.find_first_not_of(" \t\r") == text.npos) continue;
    Result<void> taken;
    if (text.size() > max_line_bytes) {
      taken = bad("", "单行过长", "the line is too long");
    } else {
      auto parsed = parse_json(text);
      taken = parsed ? importer.take(*parsed) : Result<void>(parsed.error());
    }
    if (taken) continue;
    // A damaged log is no fault of the line: it ends the import.
    if (taken.error().kind == FailureKind::corrupt || taken.error().kind == FailureKind::unusable)
      return taken;
    result.bad.push_back({result.lines, taken.error()});
  }
  result.skipped = importer.skipped;
  return {};
}

} // namespace

Result<ImportResult> import_register(const LogPlace& place, std::istream& lines,
                                     const Statutes& statutes, const std::function<Instant()>& now,
                                     const ImportOptions& options) {
  auto log = Log::open(place, {.now = now});
  if (!log) return log.error();
  auto reg = load_register(**log, (*log)->size());
  if (!reg) return reg.error();
  if (options.preserve && reg->size() != 0)
    return Failure{FailureKind::invalid,
                   "not_empty",
                   {"--preserve 只能用于空的数据目录", "--preserve needs an empty data directory"}};
  Importer importer(**log, *reg, statutes, civil_day(now()), options);
  ImportResult result;
  result.made_keys = (*(*log)->keys())->is_new();
  if (auto read = read_lines(lines, importer, options, result); !read) return read.error();
  if (!result.bad.empty()) return result;
  auto append = importer.finish();
  if (options.dry_run) {
    auto supposed = supposed_entries(append, reg->size(), now());
    if (!supposed) return supposed.error();
    auto would = what_if(**log, statutes, std::move(*supposed), civil_day(now()));
    if (!would) return would.error();
    result.would = std::move(*would);
    return result;
  }
  if (append.entries.empty()) return result;
  auto appended = (*log)->append(std::move(append));
  if (!appended) return appended.error();
  result.appended = appended->count;
  if (auto note = (*log)->sign_checkpoint(); !note) return note.error();
  (void)Spine::keep_up(**log, spine_tail); // only saves work: what was imported is there without it
  return result;
}

} // namespace mingce
