// What was ever written is read for ever: tests/golden/leaves-v1.ndjson holds one real leaf of
// every event type there was at first, and leaves-v1.listing what each of them says.
//
// A type or a member added later gets a file of its own (leaves-v2 …), made once by
//   tests_projection --gtest_also_run_disabled_tests --gtest_filter='Leaves.DISABLED_write'
// and never touched again.

#include "register_fixture.hpp"

#include <sstream>

namespace mingce {
namespace {

using test::source_dir;

std::vector<const EventType*> amended() { return {find_event_type("request.received")}; }

std::vector<std::string> lines_of(const std::string& name) {
  std::istringstream in(test::read_file(source_dir / "tests/golden" / name));
  std::vector<std::string> lines;
  for (std::string line; std::getline(in, line);) lines.push_back(line);
  return lines;
}

/// Everything this program reads in a leaf, on one line.
Result<std::string> listing(std::uint64_t seq, const std::string& leaf) {
  auto entry = read_leaf(seq, leaf);
  if (!entry) return entry.error();
  auto envelope = read_envelope(entry->event);
  if (!envelope) return envelope.error();
  auto event = decode(*envelope->type, envelope->data, {.private_may_be_missing = true});
  if (!event) return event.error();
  std::ostringstream out;
  out << seq << ' ' << entry->stream.hex() << ' ' << entry->version << ' '
      << to_string(entry->recorded_at) << ' ' << entry->actor << ' '
      << (entry->commitment ? std::to_string(entry->commitment->length) : "-") << ' '
      << envelope->type->info().type << ' ' << envelope->type_version << ' '
      << to_string(envelope->on) << ' ' << envelope->organ << ' '
      << (envelope->number.empty() ? "-" : envelope->number) << ' ' << envelope->requests.size()
      << ' ' << to_word(envelope->source) << ' ' << canonical(halves_of(envelope->documents).open)
      << ' ' << canonical(encode(*event, amended()).open);
  return out.str();
}

/// The files in their order, and how many leaves each holds.
constexpr std::pair<const char*, std::size_t> files[] = {
    {"leaves-v1", 62}, {"leaves-v2", 6}, {"leaves-v3", 4}, {"leaves-v4", 7}};

TEST(Leaves, of_every_version_say_what_they_said) {
  for (auto& [file, count] : files) {
    auto leaves = lines_of(std::string(file) + ".ndjson");
    auto said = lines_of(std::string(file) + ".listing");
    ASSERT_EQ(leaves.size(), said.size());
    ASSERT_EQ(leaves.size(), count);
    for (std::size_t i = 0; i < leaves.size(); ++i) {
      auto now = listing(i + 1, leaves[i]);
      ASSERT_TRUE(now) << leaves[i];
      EXPECT_EQ(*now, said[i]);
      EXPECT_EQ(canonical(parse_json(leaves[i]).value()), leaves[i]);
    }
  }
}

TEST(Leaves, of_every_type_are_kept) {
  std::map<std::string, int> kept;
  for (auto& [file, count] : files)
    for (auto& leaf : lines_of(std::string(file) + ".ndjson"))
      ++kept[std::string(parse_json(leaf)->at("event").at("type").as_string())];
  for (auto& type : catalogue()) EXPECT_GE(kept[type.info().type], 1) << type.info().type;
}

TEST(Leaves, DISABLED_write) {
  std::ofstream leaves(source_dir / "tests/golden/leaves-v4.ndjson");
  std::ofstream said(source_dir / "tests/golden/leaves-v4.listing");
  std::uint64_t seq = 0;
  for (std::string name : {"report.submitted", "report.returned", "report.published",
                           "report.collected", "figures.requested", "check.disposed", "policy.set"}) {
    auto& type = *find_event_type(name);
    auto halves = encode(decode(type, test::full_example(name)).value(), amended());
    Envelope envelope{&type,
                      1,
                      test::day("2026-03-02"),
                      "JX",
                      "2026-00001",
                      {},
                      seq % 2 ? Source::asserted : Source::observed,
                      {{"公文", "1号", std::string(64, 'a'), 12, std::string(64, 'b'), "张三.pdf"}},
                      halves.open.get_object()};
    Draft draft{test::stream(name), std::uint32_t(++seq), "local", to_json(envelope),
                join_private(halves, envelope.documents)};
    auto leaf = prepare(draft)->leaf(test::instant("2026-03-02T01:02:03.004Z"));
    leaves << leaf << '\n';
    said << listing(seq, leaf).value() << '\n';
  }
}

} // namespace
} // namespace mingce
