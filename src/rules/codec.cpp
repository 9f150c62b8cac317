#include "rules/codec.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <limits>
#include <type_traits>
#include <unordered_map>

namespace mingce {
namespace {

namespace mp11 = boost::mp11;
namespace describe = boost::describe;

constexpr std::size_t max_public_text = 2'000;    // bytes; a leaf holds 65,535 in all
constexpr std::size_t max_private_text = 200'000; // bytes
constexpr std::size_t max_elements = 1'000;

// ---- traits -------------------------------------------------------------------------------------

template <class T>
constexpr bool is_optional = false;
template <class T>
constexpr bool is_optional<std::optional<T>> = true;
template <class T>
constexpr bool is_private = false;
template <class T>
constexpr bool is_private<Private<T>> = true;
template <class T>
constexpr bool is_private<std::optional<Private<T>>> = true;
template <class T>
constexpr bool is_vector = false;
template <class T>
constexpr bool is_vector<std::vector<T>> = true;

template <class T>
constexpr bool is_struct = describe::has_describe_members<T>::value;
template <class T>
constexpr bool is_enum = describe::has_describe_enumerators<T>::value;

template <class T>
using Members = describe::describe_members<T, describe::mod_public>;

template <class T, class D>
using MemberType = std::remove_cvref_t<decltype(std::declval<T&>().*D::pointer)>;

// ---- reading ------------------------------------------------------------------------------------

/// Where we are in the input; turned into a JSON pointer only when something is wrong.
struct Path {
  const Path* parent;
  std::string_view member;
  std::size_t index = 0;
  std::string pointer() const {
    if (!parent) return std::string(member);
    return member.empty() ? pointer_to(parent->pointer(), index)
                          : pointer_to(parent->pointer(), member);
  }
};

struct Reader {
  const DecodeOptions& options;
  bool in_private = false;
  std::vector<FieldError> errors{};

  void refuse(const Path& at, std::string zh, std::string en) {
    errors.push_back({at.pointer(), {std::move(zh), std::move(en)}});
  }
};

bool is_blank(std::string_view text) {
  // The last three bytes are U+3000, the ideographic space; no other character consists of them.
  return text.find_first_not_of(" \t\r\n\xE3\x80") == text.npos;
}

bool read_text(const json::value& in, const Path& at, Reader& reader, std::string& out) {
  auto* text = in.if_string();
  if (!text) {
    reader.refuse(at, "应为字符串", "must be a string");
    return false;
  }
  if (is_blank({text->data(), text->size()})) {
    reader.refuse(at, "不得为空白", "must not be blank");
    return false;
  }
  auto limit = reader.in_private ? max_private_text : max_public_text;
  if (text->size() > limit) {
    reader.refuse(at, "不得超过 " + std::to_string(limit) + " 字节",
                  "must not exceed " + std::to_string(limit) + " bytes");
    return false;
  }
  out.assign(text->data(), text->size());
  return true;
}

void read(const json::value& in, const Path& at, Reader& reader, std::string& out) {
  read_text(in, at, reader, out);
}

void read(const json::value& in, const Path& at, Reader& reader, bool& out) {
  if (auto* flag = in.if_bool())
    out = *flag;
  else
    reader.refuse(at, "应为 true 或 false", "must be true or false");
}

void read(const json::value& in, const Path& at, Reader& reader, Day& out) {
  auto* text = in.if_string();
  auto day = text ? parse_day({text->data(), text->size()}) : std::nullopt;
  if (day)
    out = *day;
  else
    reader.refuse(at, "应为存在的日期 YYYY-MM-DD", "must be an existing date YYYY-MM-DD");
}

/// An integer or a decimal string; a JSON fraction is a float to most programs and refused.
std::optional<Decimal> decimal_of(const json::value& in) {
  if (auto* text = in.if_string()) return parse_decimal({text->data(), text->size()});
  if (auto* number = in.if_int64())
    if (*number >= -Decimal::largest_input && *number <= Decimal::largest_input)
      return Decimal::whole(*number);
  return std::nullopt;
}

void read(const json::value& in, const Path& at, Reader& reader, Amount& out) {
  auto value = decimal_of(in);
  if (value && value->hundredths >= 0)
    out.yuan = *value;
  else
    reader.refuse(at, "应为不小于 0 的整数或最多两位小数的十进制字符串（元）",
                  "must be a non-negative integer or a decimal string with at most 2 decimals "
                  "(yuan)");
}

void read(const json::value& in, const Path& at, Reader& reader, Quantity& out) {
  if (auto value = decimal_of(in))
    out.value = *value;
  else
    reader.refuse(at, "应为整数或最多两位小数的十进制字符串",
                  "must be an integer or a decimal string with at most 2 decimals");
}

std::optional<std::uint32_t> positive(const json::value& in, std::int64_t most) {
  auto* number = in.if_int64();
  if (!number || *number < 1 || *number > most) return std::nullopt;
  return std::uint32_t(*number);
}

void read(const json::value& in, const Path& at, Reader& reader, Count& out) {
  if (auto value = positive(in, 1'000'000))
    out.value = *value;
  else
    reader.refuse(at, "应为 1 至 1000000 的整数", "must be an integer from 1 to 1000000");
}

void read(const json::value& in, const Path& at, Reader& reader, Target& out) {
  if (auto value = positive(in, std::numeric_limits<std::uint32_t>::max()))
    out.version = *value;
  else
    reader.refuse(at, "应为本卷内的版本号（正整数）",
                  "must be a version of this stream (1 or more)");
}

void read(const json::value& in, const Path& at, Reader& reader, Position& out) {
  auto* seq = in.if_int64();
  if (seq && *seq >= 0)
    out.seq = std::uint64_t(*seq);
  else
    reader.refuse(at, "应为日志序号（不小于 0 的整数）",
                  "must be a position of the log (0 or more)");
}

/// What the cells of an edition are is for the report to judge (rules know no edition).
void read(const json::value& in, const Path& at, Reader& reader, ReportCells& out) {
  auto* object = in.if_object();
  if (!object || object->empty())
    return reader.refuse(at, "应为含 proactive、requests、disputes 各表的对象",
                         "must be an object of the tables proactive, requests, disputes");
  for (auto& member : *object) {
    Path here{&at, member.key()};
    bool known =
        member.key() == "proactive" || member.key() == "requests" || member.key() == "disputes";
    auto* table = member.value().if_object();
    if (!known)
      reader.refuse(here, "未知的成员", "unknown member");
    else if (!table || table->empty())
      reader.refuse(here, "应为一张表：行代码与各格", "must be a table: row codes and their cells");
  }
  out.tables = *object;
}

void read(const json::value& in, const Path& at, Reader& reader, OrganCode& out) {
  auto* text = in.if_string();
  if (text && is_organ_code({text->data(), text->size()}))
    out.value.assign(text->data(), text->size());
  else
    reader.refuse(at, "应为机关代码（字母、数字、. - _，不超过 64 个）",
                  "must be an organ code (letters, digits, . - _; at most 64)");
}

void read(const json::value& in, const Path& at, Reader& reader, RequestRef& out) {
  if (!read_text(in, at, reader, out.value) || !reader.options.request_id) return;
  auto translated = reader.options.request_id(out.value);
  if (translated)
    out.value = *translated;
  else
    reader.errors.push_back({at.pointer(), translated.error().message});
}

void read(const json::value& in, const Path& at, Reader& reader, TwoPeople& out) {
  auto* array = in.if_array();
  if (!array || array->size() != 2) {
    reader.refuse(at, "应为恰好两个姓名的数组", "must be an array of exactly two names");
    return;
  }
  out.names.resize(2);
  for (std::size_t i = 0; i < 2; ++i)
    if (!read_text((*array)[i], Path{&at, {}, i}, reader, out.names[i])) return;
  constexpr std::string_view blanks = " \t\r\n";
  if (trimmed(out.names[0], blanks) == trimmed(out.names[1], blanks))
    reader.refuse(Path{&at, {}, 1}, "两名审批人不得相同", "the two must be different people");
}

void read(const json::value& in, const Path& at, Reader& reader, Patch& out) {
  // A patch of private members only is empty where they are sealed.
  if (auto* object = in.if_object();
      object && (!object->empty() || reader.options.private_may_be_missing))
    out.members = *object;
  else
    reader.refuse(at, "应为非空对象", "must be a non-empty object");
}

template <class E>
requires is_enum<E>
void read(const json::value& in, const Path& at, Reader& reader, E& out) {
  auto* text = in.if_string();
  auto word = text ? from_word<E>({text->data(), text->size()}) : std::nullopt;
  if (word) {
    out = *word;
    return;
  }
  std::string words;
  for (auto& known : wire_words<E>()) words += (words.empty() ? "" : ", ") + known;
  reader.refuse(at, "应为下列之一：" + words, "must be one of: " + words);
}

template <class T>
requires is_struct<T>
void read(const json::value& in, const Path& at, Reader& reader, T& out);

template <class T>
void read(const json::value& in, const Path& at, Reader& reader, Private<T>& out) {
  bool outer = std::exchange(reader.in_private, true);
  read(in, at, reader, out.value);
  reader.in_private = outer;
}

template <class T>
void read(const json::value& in, const Path& at, Reader& reader, std::optional<T>& out) {
  read(in, at, reader, out.emplace());
}

template <class T>
void read(const json::value& in, const Path& at, Reader& reader, std::vector<T>& out) {
  auto* array = in.if_array();
  if (!array || array->empty() || array->size() > max_elements) {
    reader.refuse(at, "应为 1 至 1000 个元素的数组", "must be an array of 1 to 1000 elements");
    return;
  }
  out.resize(array->size());
  for (std::size_t i = 0; i < out.size(); ++i) read((*array)[i], Path{&at, {}, i}, reader, out[i]);
}

template <class T>
void refuse_unknown_members(const json::object& object, const Path& at, Reader& reader) {
  for (auto& member : object) {
    bool known = false;
    mp11::mp_for_each<Members<T>>([&](auto d) { known = known || member.key() == d.name; });
    if (!known)
      reader.refuse(Path{&at, std::string_view(member.key().data(), member.key().size())},
                    "未知的成员", "unknown member");
  }
}

template <class T>
void read_members(const json::object& object, const Path& at, Reader& reader, T& out) {
  std::size_t found = 0;
  mp11::mp_for_each<Members<T>>([&](auto d) {
    using Member = MemberType<T, decltype(d)>;
    Path member{&at, d.name};
    if (auto* value = object.if_contains(d.name)) {
      ++found;
      read(*value, member, reader, out.*d.pointer);
    } else if constexpr (!is_optional<Member>) {
      if (!is_private<Member> || !reader.options.private_may_be_missing)
        reader.refuse(member, "缺少必填项", "is mandatory");
    }
  });
  if (found != object.size()) refuse_unknown_members<T>(object, at, reader);
}

void refuse_other_than_object(const Path& at, Reader& reader) {
  reader.refuse(at, "应为对象", "must be an object");
}

template <class T>
requires is_struct<T>
void read(const json::value& in, const Path& at, Reader& reader, T& out) {
  if (auto* object = in.if_object())
    read_members(*object, at, reader, out);
  else
    refuse_other_than_object(at, reader);
}

// ---- writing ------------------------------------------------------------------------------------

json::value plain(const std::string& in) { return json::string(in); }
json::value plain(bool in) { return in; }
json::value plain(Day in) { return json::string(to_string(in)); }
json::value plain(Decimal in) {
  if (in.is_whole()) return in.hundredths / 100;
  return json::string(to_string(in));
}
json::value plain(const Amount& in) { return plain(in.yuan); }
json::value plain(const Quantity& in) { return plain(in.value); }
json::value plain(const Count& in) { return std::int64_t(in.value); }
json::value plain(const Target& in) { return std::int64_t(in.version); }
json::value plain(Position in) { return std::int64_t(in.seq); }
json::value plain(const ReportCells& in) { return in.tables; }
json::value plain(const OrganCode& in) { return json::string(in.value); }
json::value plain(const RequestRef& in) { return json::string(in.value); }
json::value plain(const TwoPeople& in) { return json::array(in.names.begin(), in.names.end()); }
json::value plain(const Patch& in) { return in.members; }
template <class E>
requires is_enum<E> json::value plain(E in) { return json::string(to_word(in)); }

/// What a value leaves in each half; null means nothing.
struct Pieces {
  json::value open, closed;
};

template <class T>
Pieces pieces(const T& in);

template <class A, class B>
using IsNamedBefore = mp11::mp_bool<(std::string_view(A::name) < std::string_view(B::name))>;

/// Members are written in the order of canonical JSON, so that nobody need sort them.
template <class T>
Pieces pieces_of_struct(const T& in) {
  json::object open, closed;
  open.reserve(mp11::mp_size<Members<T>>::value);
  mp11::mp_for_each<mp11::mp_sort<Members<T>, IsNamedBefore>>([&](auto d) {
    auto piece = pieces(in.*d.pointer);
    if (!piece.open.is_null()) open.emplace(d.name, std::move(piece.open));
    if (!piece.closed.is_null()) closed.emplace(d.name, std::move(piece.closed));
  });
  return {std::move(open), closed.empty() ? json::value{} : json::value(std::move(closed))};
}

template <class T>
Pieces pieces_of_vector(const std::vector<T>& in) {
  json::array open, closed;
  bool any_closed = false;
  for (auto& element : in) {
    auto piece = pieces(element);
    any_closed = any_closed || !piece.closed.is_null();
    // Elements keep their place in both halves, so that merging by index puts them together.
    closed.push_back(piece.closed.is_null() ? json::value(json::object{}) : piece.closed);
    open.push_back(std::move(piece.open));
  }
  return {std::move(open), any_closed ? json::value(std::move(closed)) : json::value{}};
}

/// What the reader never accepts as given: so it was read without its private half.
template <class T>
bool is_missing(const T& in) {
  if constexpr (requires { in.empty(); })
    return in.empty();
  else
    return false;
}

template <class T>
Pieces pieces(const T& in) {
  if constexpr (is_optional<T>)
    return in ? pieces(*in) : Pieces{};
  else if constexpr (is_private<T>)
    return is_missing(in.value) ? Pieces{} : Pieces{json::value{}, pieces(in.value).open};
  else if constexpr (is_vector<T>)
    return pieces_of_vector(in);
  else if constexpr (is_struct<T>)
    return pieces_of_struct(in);
  else
    return {plain(in), json::value{}};
}

// ---- patches ------------------------------------------------------------------------------------

/// Calls `f` with a null pointer to the event struct behind a type.
template <class F>
auto with_event(const EventType& type, F f) {
  return mp11::mp_with_index<mp11::mp_size<Event>::value>(
      type.index(), [&](auto i) { return f(static_cast<mp11::mp_at_c<Event, i>*>(nullptr)); });
}

/// Checks one member of a patch; its normal form goes into `halves`.
template <class T>
void patch_member(const json::key_value_pair& member, const Path& at, Reader& reader,
                  Halves& halves) {
  bool known = false;
  Path here{&at, std::string_view(member.key().data(), member.key().size())};
  mp11::mp_for_each<Members<T>>([&](auto d) {
    if (member.key() != d.name) return;
    known = true;
    using Member = MemberType<T, decltype(d)>;
    if (member.value().is_null()) {
      if constexpr (is_optional<Member>)
        (is_private<Member> ? halves.closed : halves.open).get_object()[d.name] = nullptr;
      else
        reader.refuse(here, "必填项不得删除", "a mandatory member cannot be removed");
      return;
    }
    Member value{};
    read(member.value(), here, reader, value);
    auto piece = pieces(value);
    if (!piece.open.is_null()) halves.open.get_object()[d.name] = std::move(piece.open);
    if (!piece.closed.is_null()) halves.closed.get_object()[d.name] = std::move(piece.closed);
  });
  if (!known) reader.refuse(here, "未知的成员", "unknown member");
}

Halves split_patch(AmendedTypes amended, const json::object& patch, const Path& at,
                   Reader& reader) {
  Halves halves;
  std::string_view type = amended.front()->info().type;
  bool amends_amendment = type == EventAmended::info.type;
  bool has_fixed_target = amends_amendment || type == EventRetracted::info.type;
  for (auto& member : patch) {
    Path here{&at, std::string_view(member.key().data(), member.key().size())};
    if (has_fixed_target && member.key() == "target") {
      reader.refuse(here, "更正、撤销的对象不得变更",
                    "the target of an amendment or a retraction cannot change");
    } else if (amends_amendment && member.key() == "data" && member.value().is_object()) {
      // A patch of a patch is split by the type that the inner one amends.
      auto inner = split_patch(amended.subspan(1), member.value().get_object(), here, reader);
      halves.open.get_object()["data"] = std::move(inner.open);
      if (inner.has_private()) halves.closed.get_object()["data"] = std::move(inner.closed);
    } else {
      with_event(*amended.front(), [&](auto* event) {
        patch_member<std::remove_pointer_t<decltype(event)>>(member, at, reader, halves);
      });
    }
  }
  return halves;
}

const Path whole_data{nullptr, "/data"}, data_of_amendment{nullptr, "/data/data"};

Failure refusal(std::vector<FieldError> errors) {
  Failure failure{FailureKind::invalid, "invalid_field", errors.front().message, std::move(errors)};
  return failure;
}

// ---- schema -------------------------------------------------------------------------------------

template <class T>
json::object schema();

template <class T>
json::object struct_schema() {
  json::object properties;
  json::array required;
  mp11::mp_for_each<Members<T>>([&](auto d) {
    using Member = MemberType<T, decltype(d)>;
    auto property = schema<Member>();
    property["x-privacy"] = is_private<Member> ? "private" : "public";
    properties[d.name] = std::move(property);
    if (!is_optional<Member>) required.push_back(json::string(d.name));
  });
  json::object out{{"type", "object"}, {"additionalProperties", false}};
  out["properties"] = std::move(properties);
  if (!required.empty()) out["required"] = std::move(required);
  return out;
}

template <class E>
json::object enum_schema() {
  json::array words;
  for (auto& word : wire_words<E>()) words.push_back(json::string(word));
  return {{"type", "string"}, {"enum", std::move(words)}};
}

json::object decimal_schema(const char* pattern, const char* description) {
  return {{"oneOf", json::array{json::object{{"type", "integer"}},
                                json::object{{"type", "string"}, {"pattern", pattern}}}},
          {"description", description}};
}

template <class T>
struct SchemaOf {
  static json::object get() {
    if constexpr (is_enum<T>)
      return enum_schema<T>();
    else
      return struct_schema<T>();
  }
};
template <>
struct SchemaOf<std::string> {
  static json::object get() { return {{"type", "string"}, {"minLength", 1}}; }
};
template <>
struct SchemaOf<bool> {
  static json::object get() { return {{"type", "boolean"}}; }
};
template <>
struct SchemaOf<Day> {
  static json::object get() { return {{"type", "string"}, {"format", "date"}}; }
};
template <>
struct SchemaOf<Amount> {
  static json::object get() {
    return decimal_schema("^(0|[1-9][0-9]{0,13})(\\.[0-9]{1,2})?$", "yuan");
  }
};
template <>
struct SchemaOf<Quantity> {
  static json::object get() {
    return decimal_schema("^-?(0|[1-9][0-9]{0,13})(\\.[0-9]{1,2})?$", "count, or yuan for amounts");
  }
};
template <>
struct SchemaOf<Count> {
  static json::object get() {
    return {{"type", "integer"}, {"minimum", 1}, {"maximum", 1'000'000}};
  }
};
template <>
struct SchemaOf<Target> {
  static json::object get() {
    return {{"type", "integer"}, {"minimum", 1}, {"description", "a version of this stream"}};
  }
};
template <>
struct SchemaOf<Position> {
  static json::object get() {
    return {{"type", "integer"}, {"minimum", 0}, {"description", "a position of the log"}};
  }
};
template <>
struct SchemaOf<ReportCells> {
  static json::object get() {
    json::object table{{"type", "object"}, {"minProperties", 1}, {"x-privacy", "public"}};
    return {{"type", "object"},
            {"minProperties", 1},
            {"additionalProperties", false},
            {"properties", {{"proactive", table}, {"requests", table}, {"disputes", table}}},
            {"description", "the tables of the report document"}};
  }
};
template <>
struct SchemaOf<OrganCode> {
  static json::object get() { return {{"type", "string"}, {"pattern", "^[A-Za-z0-9._-]{1,64}$"}}; }
};
template <>
struct SchemaOf<RequestRef> {
  static json::object get() {
    return {{"type", "string"},
            {"description", "id of a request; in an import line its register number"}};
  }
};
template <>
struct SchemaOf<TwoPeople> {
  static json::object get() {
    return {{"type", "array"},
            {"minItems", 2},
            {"maxItems", 2},
            {"uniqueItems", true},
            {"items", schema<std::string>()},
            {"description", "two different people"}};
  }
};
template <>
struct SchemaOf<Patch> {
  static json::object get() {
    return {{"type", "object"},
            {"minProperties", 1},
            {"description", "members that replace those of the target; null removes one"}};
  }
};
template <class T>
struct SchemaOf<Private<T>> : SchemaOf<T> {};
template <class T>
struct SchemaOf<std::optional<T>> : SchemaOf<T> {};
template <class T>
struct SchemaOf<std::vector<T>> {
  static json::object get() {
    return {{"type", "array"}, {"minItems", 1}, {"maxItems", max_elements}, {"items", schema<T>()}};
  }
};

template <class T>
json::object schema() {
  return SchemaOf<T>::get();
}

// ---- references ---------------------------------------------------------------------------------

template <class T>
Result<void> translate(json::value& in, const Translate& to);

template <class T>
Result<void> translate_members(json::value& in, const Translate& to) {
  Result<void> result;
  auto* object = in.if_object();
  if (!object) return result;
  mp11::mp_for_each<Members<T>>([&](auto d) {
    if (auto* value = object->if_contains(d.name); value && result)
      result = translate<MemberType<T, decltype(d)>>(*value, to);
  });
  return result;
}

template <class T>
Result<void> translate(json::value& in, const Translate& to) {
  if constexpr (is_optional<T>) {
    return translate<typename T::value_type>(in, to);
  } else if constexpr (is_vector<T>) {
    if (auto* array = in.if_array())
      for (auto& element : *array)
        if (auto result = translate<typename T::value_type>(element, to); !result) return result;
  } else if constexpr (std::is_same_v<T, RequestRef>) {
    if (auto* text = in.if_string()) {
      auto translated = to(std::string(text->data(), text->size()));
      if (!translated) return translated.error();
      in = json::string(*translated);
    }
  } else if constexpr (is_struct<T>) {
    return translate_members<T>(in, to);
  }
  return {};
}

} // namespace

std::span<const EventType> catalogue() {
  static const auto types = [] {
    std::vector<EventType> out;
    mp11::mp_for_each<mp11::mp_iota<mp11::mp_size<Event>>>([&](auto i) {
      EventType type;
      type.info_ = &mp11::mp_at_c<Event, i>::info;
      type.index_ = i;
      out.push_back(type);
    });
    return out;
  }();
  return types;
}

const EventType* find_event_type(std::string_view type) {
  static const auto by_name = [] {
    std::unordered_map<std::string_view, const EventType*> out;
    for (auto& known : catalogue()) out.emplace(known.info().type, &known);
    return out;
  }();
  auto found = by_name.find(type);
  return found == by_name.end() ? nullptr : found->second;
}

Result<Event> decode(const EventType& type, const json::value& data, const DecodeOptions& options) {
  if (auto* members = data.if_object()) return decode(type, *members, options);
  Reader reader{options};
  refuse_other_than_object(whole_data, reader);
  return refusal(std::move(reader.errors));
}

Result<Event> decode(const EventType& type, const json::object& data,
                     const DecodeOptions& options) {
  Reader reader{options};
  Event event;
  with_event(type, [&](auto* kind) {
    using T = std::remove_pointer_t<decltype(kind)>;
    read_members(data, whole_data, reader, event.emplace<T>());
  });
  if (!reader.errors.empty()) return refusal(std::move(reader.errors));
  return event;
}

Halves encode(const Event& event, AmendedTypes amended) {
  Halves halves;
  std::visit(
      [&](const auto& e) {
        auto piece = pieces(e);
        halves.open = std::move(piece.open);
        if (!piece.closed.is_null()) halves.closed = std::move(piece.closed);
      },
      event);
  auto* amendment = std::get_if<EventAmended>(&event);
  if (amendment && amendment->data) {
    DecodeOptions as_stored;
    Reader reader{as_stored};
    auto patch = split_patch(amended, amendment->data->members, data_of_amendment, reader);
    halves.open.get_object()["data"] = std::move(patch.open);
    if (patch.has_private()) halves.closed.get_object()["data"] = std::move(patch.closed);
  }
  return halves;
}

Result<Patch> check_patch(AmendedTypes amended, const Patch& patch, const DecodeOptions& options) {
  Reader reader{options};
  auto halves = split_patch(amended, patch.members, data_of_amendment, reader);
  if (!reader.errors.empty()) return refusal(std::move(reader.errors));
  merge_into(halves.open, halves.closed);
  return Patch{std::move(halves.open.get_object())};
}

void apply_patch(json::object& data, const json::object& patch) {
  for (auto& member : patch)
    if (member.value().is_null())
      data.erase(member.key());
    else
      data[member.key()] = member.value();
}

Result<void> translate_references(const EventType& type, json::value& data, const Translate& to) {
  return with_event(type, [&](auto* event) {
    return translate<std::remove_pointer_t<decltype(event)>>(data, to);
  });
}

bool is_organ_code(std::string_view code) {
  return !code.empty() && code.size() <= 64 && std::ranges::all_of(code, [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '.' ||
           c == '-' || c == '_';
  });
}

json::object data_schema(const EventType& type) {
  return with_event(type,
                    [&](auto* event) { return schema<std::remove_pointer_t<decltype(event)>>(); });
}

} // namespace mingce
