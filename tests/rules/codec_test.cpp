#include "rules/codec.hpp"

#include "fixture.hpp"
#include "rules/envelope.hpp"

namespace mingce {
namespace {

using test::full_example;
using test::short_example;

std::string type_name(const EventType& type) { return type.info().type; }

/// What the example amendment amends.
std::vector<const EventType*> amended() { return {find_event_type("request.received")}; }

std::vector<std::string> pointers(const Failure& failure) {
  std::vector<std::string> out;
  for (auto& field : failure.fields) out.push_back(field.pointer);
  std::ranges::sort(out);
  return out;
}

std::string first_pointer(const EventType& type, const json::value& data) {
  auto event = decode(type, data);
  return event ? "accepted" : event.error().fields.at(0).pointer;
}

/// Calls `see(pointer, member schema, is required)` for every member, parts of parts included.
template <class See>
void each_member(const json::object& schema, const std::string& at, See see) {
  if (auto* items = schema.if_contains("items"))
    return each_member(items->as_object(), pointer_to(at, std::size_t(0)), see);
  auto* properties = schema.if_contains("properties");
  if (!properties) return;
  auto* required = schema.if_contains("required");
  for (auto& member : properties->as_object()) {
    auto here = pointer_to(at, std::string_view(member.key().data(), member.key().size()));
    bool mandatory = required && std::ranges::any_of(required->as_array(), [&](auto& name) {
                       return name.as_string() == member.key();
                     });
    see(here, member.value().as_object(), mandatory);
    each_member(member.value().as_object(), here, see);
  }
}

json::value* at_pointer(json::value& value, std::string_view pointer) {
  json::error_code ec;
  return value.find_pointer({pointer.data(), pointer.size()}, ec);
}

std::pair<std::string, std::string> split(const std::string& pointer) {
  auto slash = pointer.rfind('/');
  return {pointer.substr(0, slash), pointer.substr(slash + 1)};
}

// ---- the catalogue ------------------------------------------------------------------------------

TEST(Catalogue, names_each_type_once) {
  for (auto& type : catalogue()) {
    EXPECT_EQ(find_event_type(type.info().type), &type) << type.info().type;
    EXPECT_STRNE(type.info().title, "") << type.info().type;
  }
  EXPECT_EQ(find_event_type("request.unknown"), nullptr);
  EXPECT_EQ(find_event_type(""), nullptr);
}

TEST(Catalogue, has_an_example_with_every_member_filled) {
  for (auto& type : catalogue()) {
    json::value example = full_example(type_name(type));
    each_member(data_schema(type), "", [&](const std::string& pointer, auto&, bool) {
      EXPECT_TRUE(at_pointer(example, pointer) || pointer.starts_with("/contact/") ||
                  pointer.starts_with("/agent/") || pointer.starts_with("/applicant/"))
          << type.info().type << pointer;
    });
  }
}

// ---- there and back -----------------------------------------------------------------------------

void expect_round_trip(const EventType& type, const json::object& data) {
  auto event = decode(type, data);
  ASSERT_TRUE(event) << type.info().type << ' ' << event.error().fields.at(0).pointer;
  auto types = amended();
  auto halves = encode(*event, types);
  EXPECT_EQ(&type_of(*event), &type);
  merge_into(halves.open, halves.closed);
  EXPECT_EQ(canonical(halves.open), canonical(data)) << type.info().type;
  auto again = decode(type, halves.open);
  ASSERT_TRUE(again) << type.info().type;
  EXPECT_EQ(*again, *event) << type.info().type;
}

TEST(Codec, brings_every_event_back) {
  for (auto& type : catalogue()) {
    expect_round_trip(type, full_example(type_name(type)));
    expect_round_trip(type, short_example(type_name(type)));
  }
}

TEST(Codec, reads_every_event_without_its_private_half) {
  auto types = amended();
  for (auto& type : catalogue()) {
    auto event = decode(type, full_example(type_name(type))).value();
    auto open = encode(event, types).open;
    auto public_only = decode(type, open, {.private_may_be_missing = true});
    ASSERT_TRUE(public_only) << type.info().type;
    EXPECT_EQ(canonical(encode(*public_only, types).open), canonical(open)) << type.info().type;
  }
}

TEST(Codec, reads_and_writes_every_word_of_every_list) {
  for (auto& type : catalogue())
    each_member(data_schema(type), "", [&](const std::string& pointer, auto& schema, bool) {
      auto* words = schema.if_contains("enum");
      if (!words) return;
      for (auto& word : words->as_array()) {
        json::value data = full_example(type_name(type));
        *at_pointer(data, pointer) = word;
        expect_round_trip(type, data.as_object());
      }
    });
}

// ---- privacy ------------------------------------------------------------------------------------

/// Every private member is absent from the public half and present in the other one.
TEST(Codec, keeps_private_members_out_of_the_public_half) {
  auto types = amended();
  for (auto& type : catalogue()) {
    json::value example = full_example(type_name(type));
    auto halves = encode(decode(type, example).value(), types);
    each_member(data_schema(type), "", [&](const std::string& pointer, auto& schema, bool) {
      if (schema.at("x-privacy").as_string() != "private") return;
      EXPECT_FALSE(at_pointer(halves.open, pointer)) << type.info().type << pointer;
      EXPECT_EQ(!at_pointer(halves.closed, pointer), !at_pointer(example, pointer))
          << type.info().type << pointer;
    });
    // Nothing of the person in the public half under any name.
    auto open = canonical(halves.open);
    for (auto* secret :
         {"张三", "李四", "王五", "110101199001011234", "13800000000", "征地", "周主任", "某公司"})
      EXPECT_EQ(open.find(secret), open.npos) << type.info().type << ' ' << secret;
  }
}

TEST(Codec, splits_an_amendment_as_it_splits_what_it_amends) {
  auto type = find_event_type("event.amended");
  auto types = amended();
  auto data = parse_json(R"({"target":1,"reason":"x","data":{"channel":"fax","subject":"甲",
      "applicant":{"kind":"other_org","name":"乙"},"description":null,"matter":null}})");
  auto halves = encode(decode(*type, *data).value(), types);
  EXPECT_EQ(
      canonical(halves.open),
      R"({"data":{"applicant":{"kind":"other_org"},"channel":"fax","matter":null},"target":1})");
  EXPECT_EQ(canonical(halves.closed), R"({"data":{"applicant":{"name":"乙"},"description":null,)"
                                      R"("subject":"甲"},"reason":"x"})");
}

TEST(Codec, splits_an_amendment_of_an_amendment) {
  auto type = find_event_type("event.amended");
  std::vector<const EventType*> types = {type, find_event_type("request.received")};
  auto data = parse_json(
      R"({"target":3,"reason":"x","data":{"reason":"y","data":{"channel":"fax","subject":"甲"}}})");
  auto halves = encode(decode(*type, *data).value(), types);
  EXPECT_EQ(canonical(halves.open), R"({"data":{"data":{"channel":"fax"}},"target":3})");
  EXPECT_EQ(canonical(halves.closed),
            R"({"data":{"data":{"subject":"甲"},"reason":"y"},"reason":"x"})");
}

/// So that what was read without its private half never shows as if blanks had been recorded.
TEST(Codec, leaves_nothing_where_the_private_half_is_missing) {
  auto types = amended();
  for (auto& type : catalogue()) {
    auto open = encode(decode(type, full_example(type_name(type))).value(), types).open;
    auto halves = encode(decode(type, open, {.private_may_be_missing = true}).value(), types);
    EXPECT_FALSE(halves.has_private()) << type.info().type << ' ' << canonical(halves.closed);
  }
}

TEST(Codec, takes_two_different_people_and_no_other_number) {
  auto& type = *find_event_type("applicant.erased");
  auto people = [&](const char* text) {
    return first_pointer(
        type, json::object{{"reason", "期满"}, {"approved_by", parse_json(text).value()}});
  };
  EXPECT_EQ(people(R"(["甲","乙"])"), "accepted");
  for (auto* text : {R"("甲")", "[]", R"(["甲"])", R"(["甲","乙","丙"])", "null"})
    EXPECT_EQ(people(text), "/data/approved_by") << text;
  EXPECT_EQ(people(R"(["","乙"])"), "/data/approved_by/0");
  for (auto* text : {R"(["甲","  "])", R"(["甲",7])", R"(["甲","甲"])", R"(["甲"," 甲 "])"})
    EXPECT_EQ(people(text), "/data/approved_by/1") << text;
}

TEST(Schema, calls_private_what_the_contract_calls_private) {
  const struct {
    const char *type, *member, *privacy;
  } members[] = {
      {"request.received", "subject", "private"},   {"request.received", "description", "private"},
      {"request.received", "channel", "public"},    {"request.received", "submitted_on", "public"},
      {"request.assigned", "person", "private"},    {"approval.recorded", "by", "private"},
      {"applicant.reclassified", "kind", "public"}, {"applicant.reclassified", "reason", "private"},
      {"consultation.opened", "party", "private"},  {"note.added", "text", "private"},
      {"request.voided", "reason", "private"},      {"request.answered", "outcome", "public"},
      {"figure.recorded", "note", "private"},       {"figure.recorded", "quantity", "public"},
      {"identity.checked", "result", "private"},    {"event.amended", "reason", "private"},
      {"applicant.erased", "reason", "private"},    {"applicant.erased", "approved_by", "private"},
      {"hold.placed", "reason", "private"},         {"hold.lifted", "reason", "private"},
      {"request.archived", "retention", "public"},
  };
  for (auto& [type, member, privacy] : members)
    EXPECT_EQ(data_schema(*find_event_type(type)).at("properties").at(member).at("x-privacy"),
              privacy)
        << type << ' ' << member;
  auto applicant =
      data_schema(*find_event_type("request.received")).at("properties").at("applicant");
  EXPECT_EQ(applicant.at("properties").at("kind").at("x-privacy"), "public");
  for (auto* member : {"name", "ref", "id_type", "id_no", "contact", "agent", "co_applicants"})
    EXPECT_EQ(applicant.at("properties").at(member).at("x-privacy"), "private") << member;
}

// ---- refusals -----------------------------------------------------------------------------------

TEST(Codec, refuses_an_unknown_member_wherever_it_stands) {
  for (auto& type : catalogue()) {
    json::value example = full_example(type_name(type));
    std::vector<std::string> objects = {""};
    each_member(data_schema(type), "", [&](const std::string& pointer, auto&, bool) {
      auto parent = split(pointer).first;
      auto* value = at_pointer(example, parent);
      if (value && value->is_object() && objects.back() != parent) objects.push_back(parent);
    });
    for (auto& object : objects) {
      json::value data = example;
      at_pointer(data, object)->as_object()["x/y"] = 1;
      EXPECT_EQ(first_pointer(type, data), "/data" + object + "/x~1y") << type.info().type;
    }
  }
}

TEST(Codec, refuses_a_missing_member_with_its_pointer) {
  for (auto& type : catalogue())
    each_member(data_schema(type), "", [&](const std::string& pointer, auto&, bool mandatory) {
      json::value data = full_example(type_name(type));
      auto [parent, member] = split(pointer);
      auto* object = at_pointer(data, parent);
      if (!object || !object->is_object()) return;
      object->as_object().erase(member);
      EXPECT_EQ(first_pointer(type, data), mandatory ? "/data" + pointer : "accepted")
          << type.info().type;
    });
}

TEST(Codec, refuses_an_ill_typed_member_with_its_pointer) {
  const char* nonsense[] = {"null", "[]",  R"("")", R"(" 　")", "-1",
                            "0",    "1.5", "1e400", "{}",       R"({"a":[]})"};
  for (auto& type : catalogue())
    each_member(data_schema(type), "", [&](const std::string& pointer, auto& schema, bool) {
      for (auto* text : nonsense) {
        json::value data = full_example(type_name(type));
        auto* value = at_pointer(data, pointer);
        if (!value) return;
        auto read = parse_json(text);
        *value = read ? *read : json::value(std::numeric_limits<double>::infinity());
        auto refused = first_pointer(type, data);
        // What makes sense after all: any member may stand in a patch or be left out of a contact,
        // an amount may be nothing, a quantity even less.
        bool sense =
            (schema.contains("minProperties") && std::string_view(text) == R"({"a":[]})") ||
            (pointer.ends_with("/contact") && std::string_view(text) == "{}") ||
            (schema.contains("oneOf") && value->is_int64()) ||
            (schema.contains("minimum") && schema.at("minimum") == 0 &&
             std::string_view(text) == "0");
        if (refused == "accepted")
          EXPECT_TRUE(sense) << type.info().type << pointer << " = " << text;
        else
          EXPECT_TRUE(refused.starts_with("/data" + pointer)) << refused << " for " << pointer;
      }
    });
}

TEST(Codec, reports_all_faults_at_once) {
  auto event = decode(*find_event_type("request.received"),
                      parse_json(R"({"channel":"pigeon","subject":7,"more":1,
                                     "applicant":{"kind":"natural_person","nmae":"x"}})")
                          .value());
  ASSERT_FALSE(event);
  EXPECT_EQ(pointers(event.error()),
            (std::vector<std::string>{"/data/applicant/name", "/data/applicant/nmae",
                                      "/data/channel", "/data/more", "/data/subject"}));
}

TEST(Codec, refuses_data_that_is_no_object) {
  for (auto* text : {"null", "[]", "1", R"("x")"})
    EXPECT_EQ(first_pointer(*find_event_type("correction.received"), parse_json(text).value()),
              "/data");
}

TEST(Codec, takes_money_as_integer_or_decimal_string_and_never_as_a_float) {
  auto& type = *find_event_type("fee.paid");
  auto amount = [&](const char* text) {
    return first_pointer(type, json::object{{"amount", parse_json(text).value()}});
  };
  for (auto* text : {"0", "270", R"("270")", R"("0.01")", R"("270.50")", "10000000000000"})
    EXPECT_EQ(amount(text), "accepted") << text;
  for (auto* text : {"270.5", "1e2", "-1", R"("-0.01")", R"("0.001")", R"("1,000")", R"("")",
                     "10000000000001", "18446744073709551615"})
    EXPECT_EQ(amount(text), "/data/amount") << text;
}

TEST(Codec, bounds_text_and_lists) {
  auto with_value = [](const char* type, const char* member, const json::value& value) {
    auto data = short_example(type);
    data[member] = value;
    return first_pointer(*find_event_type(type), data);
  };
  auto with = [&](const char* type, const char* member, const std::string& text) {
    return with_value(type, member, json::string(text));
  };
  EXPECT_EQ(with("receipt.issued", "document_no", std::string(2'000, 'x')), "accepted");
  EXPECT_EQ(with("receipt.issued", "document_no", std::string(2'001, 'x')), "/data/document_no");
  EXPECT_EQ(with("note.added", "text", std::string(200'000, 'x')), "accepted");
  EXPECT_EQ(with("note.added", "text", std::string(200'001, 'x')), "/data/text");
  EXPECT_EQ(with_value("request.split", "into", json::array(1'000, "1")), "accepted");
  EXPECT_EQ(with_value("request.split", "into", json::array(1'001, "1")), "/data/into");
  EXPECT_EQ(with("organ.merged", "into", "A.b-c_9"), "accepted");
  for (auto* code : {"", "甲", "a b", "a/b"})
    EXPECT_EQ(with("organ.merged", "into", code), "/data/into") << code;
  EXPECT_EQ(with("organ.merged", "into", std::string(65, 'a')), "/data/into");
}

// ---- patches ------------------------------------------------------------------------------------

std::string patch_refusal(std::vector<const EventType*> types, const char* text) {
  auto checked = check_patch(types, {parse_json(text).value().as_object()});
  return checked ? "accepted" : checked.error().fields.at(0).pointer;
}

TEST(Patch, is_checked_by_the_type_it_amends) {
  auto* received = find_event_type("request.received");
  auto* amendment = find_event_type("event.amended");
  const struct {
    std::vector<const EventType*> types;
    const char *patch, *pointer;
  } cases[] = {
      {{received}, R"({"channel":"fax"})", "accepted"},
      {{received}, R"({"description":null})", "accepted"},
      {{received}, R"({"subject":null})", "/data/data/subject"},
      {{received}, R"({"channel":"pigeon"})", "/data/data/channel"},
      {{received}, R"({"outcome":"disclosed.provided"})", "/data/data/outcome"},
      {{received}, R"({"applicant":{"kind":"other_org"}})", "/data/data/applicant/name"},
      {{received},
       R"({"applicant":{"kind":"other_org","name":"x","y":1}})",
       "/data/data/applicant/y"},
      {{received}, R"({"items":[{"id":"1"}]})", "/data/data/items/0/text"},
      {{amendment, received}, R"({"on":"2026-03-02"})", "accepted"},
      {{amendment, received}, R"({"data":{"channel":"fax"}})", "accepted"},
      {{amendment, received}, R"({"data":{"channel":"pigeon"}})", "/data/data/data/channel"},
      {{amendment, received}, R"({"target":2})", "/data/data/target"},
  };
  for (auto& [types, patch, pointer] : cases)
    EXPECT_EQ(patch_refusal(types, patch), pointer) << patch;
}

TEST(Patch, is_applied_member_by_member) {
  auto data = parse_json(R"({"a":1,"b":{"c":2},"d":3})").value().as_object();
  apply_patch(data, parse_json(R"({"b":{"e":4},"d":null,"f":5,"g":null})").value().as_object());
  EXPECT_EQ(canonical(data), R"({"a":1,"b":{"e":4},"f":5})");
}

// ---- references ---------------------------------------------------------------------------------

TEST(References, are_translated_wherever_they_stand) {
  Translate to = [](const std::string& in) -> Result<std::string> { return "<" + in + ">"; };
  const struct {
    const char *type, *member;
  } places[] = {{"request.merged", "into"},
                {"request.answered", "earlier_request"},
                {"request.voided", "duplicate_of"},
                {"dispute.linked", "requests"},
                {"competence.transferred", "requests"}};
  for (auto& [name, member] : places) {
    auto& type = *find_event_type(name);
    json::value data = full_example(name);
    ASSERT_TRUE(translate_references(type, data, to)) << name;
    EXPECT_NE(canonical(data.at(member)).find("<0011"), std::string::npos) << name;
    auto event = decode(type, full_example(name), {.request_id = to}).value();
    EXPECT_EQ(canonical(encode(event).open.at(member)), canonical(data.at(member))) << name;
  }
}

TEST(References, that_lead_nowhere_are_refused_with_their_pointer) {
  Translate nowhere = [](const std::string&) -> Result<std::string> {
    return Failure{FailureKind::invalid, "unknown_request", {"无", "none"}};
  };
  auto event = decode(*find_event_type("dispute.linked"), full_example("dispute.linked"),
                      {.request_id = nowhere});
  ASSERT_FALSE(event);
  EXPECT_EQ(pointers(event.error()), (std::vector<std::string>{"/data/requests/0"}));
}

// ---- envelope -----------------------------------------------------------------------------------

TEST(Envelope, comes_back_as_it_was_written) {
  Envelope envelope{
      find_event_type("reconsideration.accepted"),
      1,
      test::day("2026-03-02"),
      "JX",
      "复议1号",
      {"a", "b"},
      Source::asserted,
      {{"决定书", "1号", std::string(64, 'a'), 5}, {"附件", {}, std::string(64, '0'), 0}},
      json::object{{"authority", "市政府"}}};
  auto written = to_json(envelope);
  auto read = read_envelope(written);
  ASSERT_TRUE(read);
  EXPECT_EQ(canonical(to_json(*read)), canonical(written));
  EXPECT_EQ(read->documents.at(0).number, "1号");
  EXPECT_FALSE(read->documents.at(1).number);
  EXPECT_EQ(read->number, "复议1号");
}

TEST(Envelope, of_a_type_or_version_from_the_future_is_corrupt) {
  auto written = to_json(Envelope{find_event_type("note.added"),
                                  1,
                                  test::day("2026-03-02"),
                                  "JX",
                                  "",
                                  {},
                                  Source::observed,
                                  {},
                                  {}});
  ASSERT_TRUE(read_envelope(written));
  const struct {
    const char* member;
    json::value value;
  } changes[] = {{"type", "note.sung"},         {"type_version", 2},  {"type_version", "1"},
                 {"on", "2026-02-30"},          {"source", "dreamt"}, {"data", json::array{}},
                 {"documents", json::array{1}}, {"organ", nullptr},   {"type_version", 0},
                 {"type_version", -1}};
  for (auto& [member, value] : changes) {
    auto changed = written;
    changed[member] = value;
    auto read = read_envelope(changed);
    ASSERT_FALSE(read) << member << ' ' << value;
    EXPECT_EQ(read.error().kind, FailureKind::corrupt) << member;
  }
}

TEST(Documents, are_checked_each_with_its_pointer) {
  auto refused = [](const char* text) {
    auto read = read_documents(parse_json(text).value());
    return read ? std::vector<std::string>{} : pointers(read.error());
  };
  auto digest = std::string(64, 'a');
  auto with = [&](const std::string& more) {
    return R"([{"kind":"k","sha256":")" + digest + R"(","size":1)" + more + "}]";
  };
  using Pointers = std::vector<std::string>;
  EXPECT_EQ(refused(with("").c_str()), Pointers{});
  EXPECT_EQ(refused(with(R"(,"number":"n")").c_str()), Pointers{});
  EXPECT_EQ(refused(with(R"(,"number":7)").c_str()), Pointers{"/documents/0/number"});
  EXPECT_EQ(refused(with(R"(,"colour":"red")").c_str()), Pointers{"/documents/0/colour"});
  EXPECT_EQ(refused(with(R"(,"name":"张三申请表.pdf")").c_str()), Pointers{});
  EXPECT_EQ(refused(with(R"(,"name":"")").c_str()), Pointers{"/documents/0/name"});
  EXPECT_EQ(refused(with(R"(,"name":7)").c_str()), Pointers{"/documents/0/name"});
  EXPECT_EQ(refused(with(R"(,"sm3":")" + std::string(64, 'b') + "\"").c_str()), Pointers{});
  EXPECT_EQ(refused(with(R"(,"sm3":"AB")").c_str()), Pointers{"/documents/0/sm3"});
  EXPECT_EQ(refused(with(R"(,"sm3":7)").c_str()), Pointers{"/documents/0/sm3"});
  EXPECT_EQ(refused("{}"), Pointers{"/documents"});
  EXPECT_EQ(refused("[7]"), Pointers{"/documents/0"});
  EXPECT_EQ(refused(R"([{"kind":"","sha256":"AA","size":-1}])"),
            (Pointers{"/documents/0/kind", "/documents/0/sha256", "/documents/0/size"}));
}

std::vector<Document> two_papers() {
  auto digest = std::string(64, 'a');
  return {{"申请表", {}, digest, 3, digest, "张三申请表.pdf"},
          {"答复书", "1号", digest, 4, {}, {}}};
}

TEST(Documents, keep_their_names_out_of_the_leaf) {
  Envelope envelope{find_event_type("note.added"),
                    1,
                    test::day("2026-03-02"),
                    "JX",
                    "",
                    {},
                    Source::observed,
                    two_papers(),
                    {}};
  auto leaf = to_json(envelope);
  EXPECT_EQ(canonical(leaf).find("张三"), std::string::npos);
  EXPECT_EQ(leaf.at("documents").at(0).at("sm3").as_string(), std::string(64, 'a'));
  EXPECT_EQ(canonical(halves_of(two_papers()).closed), R"([{"name":"张三申请表.pdf"},{}])");
  auto read = read_documents(wire_form(two_papers()));
  ASSERT_TRUE(read);
  EXPECT_EQ(read->at(0).name, "张三申请表.pdf");
  EXPECT_FALSE(read->at(1).name);
}

/// Names go with the private half of the data and come back to the papers, never into the data.
TEST(Documents, bring_their_names_back_from_the_body) {
  json::object event{{"data", json::object{}}, {"documents", halves_of(two_papers()).open}};
  auto body = join_private(Halves{json::object{}, json::object{{"text", "密"}}}, two_papers());
  EXPECT_EQ(canonical(body), R"({"documents":[{"name":"张三申请表.pdf"},{}],"text":"密"})");
  merge_private(event, body);
  EXPECT_EQ(canonical(event.at("data")), R"({"text":"密"})");
  EXPECT_EQ(canonical(event.at("documents")), canonical(wire_form(two_papers())));
}

TEST(Documents, without_names_add_nothing_to_the_body) {
  auto papers = two_papers();
  papers[0].name.reset();
  EXPECT_TRUE(halves_of(papers).closed.is_null());
  EXPECT_TRUE(join_private(Halves{}, papers).is_null());
  json::object event{{"data", json::object{}}};
  merge_private(event, nullptr);
  EXPECT_EQ(canonical(event), R"({"data":{}})");
}

/// The body has the names of the papers under this word.
TEST(Catalogue, has_no_member_called_documents) {
  for (auto& type : catalogue())
    EXPECT_FALSE(data_schema(type).at("properties").as_object().contains("documents"))
        << type.info().type;
}

} // namespace
} // namespace mingce
