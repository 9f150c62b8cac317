#pragma once
// An office in a directory of its own, told in the words of the rules' tests.

#include "../log/log_fixture.hpp"
#include "../rules/fixture.hpp"
#include "app/import.hpp"
#include "app/office.hpp"
#include "app/reporting.hpp"
#include "app/statutes.hpp"
#include "app/views.hpp"

#include <map>
#include <sstream>

namespace mingce::test {

inline const Statutes& statutes() {
  static const auto loaded = load_statutes().value();
  return loaded;
}

/// Opens a stream: a request, a dispute, a figure; an organ is opened by its code.
inline Operation opening(const std::string& organ, const std::string& number, const Told& told) {
  Operation operation;
  operation.kind = find_event_type(told.type)->info().stream;
  operation.organ = organ;
  operation.number = number;
  operation.type = told.type;
  operation.on = told.on;
  operation.data = told.data;
  operation.actor = "test";
  return operation;
}

inline Operation following(const StreamId& stream, const Told& told) {
  auto operation = opening("", "", told);
  operation.stream = stream;
  operation.kind = StreamKind::any;
  return operation;
}

inline StreamId request_id(const std::string& number, const std::string& organ = "JX") {
  return StreamId::of("request", organ, number);
}
inline StreamId organ_id(const std::string& code) { return StreamId::of("organ", code, ""); }

inline std::string code_of(const Result<Recorded>& result) {
  return result ? "" : result.error().code;
}

/// code and first pointer, as `code /pointer`.
inline std::string refusal_of(const Result<Recorded>& result) {
  if (result) return "";
  auto failure = result.error();
  return failure.code + (failure.fields.empty() ? "" : " " + failure.fields.at(0).pointer);
}

class OfficeTest : public testing::Test {
protected:
  static constexpr auto today = "2026-06-01T04:00:00Z";

  void SetUp() override {
    clock.set(today);
    reopen();
    ASSERT_EQ(code_of(tell(opening("JX", "", "2020-01-01 organ.registered name=嘉祥街道"))), "");
  }
  void reopen() {
    office.reset();
    office = Office::open(directory / "data", statutes(), [this] { return clock.look(); }).value();
  }
  void clock_at(const char* instant) { clock.set(instant); }
  Result<Recorded> tell(const Operation& operation) { return office->record({&operation, 1}); }
  Result<Recorded> tell(const std::vector<Operation>& operations) {
    return office->record(operations);
  }
  /// Number `number` of organ JX.
  StreamId received(const std::string& number, const Told& told = "2026-03-02 request.received") {
    EXPECT_EQ(refusal_of(tell(opening("JX", number, told))), "");
    return request_id(number);
  }
  std::string when(const StreamId& stream, const Told& told) {
    return refusal_of(tell(following(stream, told)));
  }
  std::uint64_t size() const { return office->log().size(); }
  json::object view(const StreamId& stream) const {
    auto from = office->read([&](const Register& reg) {
      return Viewer(reg, statutes().law, size(), office->today()).on(stream);
    });
    return view_of(office->log(), from, StreamKind::request, stream, Language::en).value();
  }
  std::vector<Entry> entries() const { return all_entries(office->log()); }

  TemporaryDirectory directory;
  TestClock clock;
  std::unique_ptr<Office> office;
};

} // namespace mingce::test
