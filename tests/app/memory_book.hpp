#pragma once
// A log in memory, told in the words of the rules' tests with nobody to judge what is told, and the
// register that follows it: thousands of them fit into a test.

#include "../rules/fixture.hpp"
#include "app/operation.hpp"
#include "projection/register.hpp"

#include <map>
#include <random>

namespace mingce::test {

class MemoryLog : public EntrySource {
public:
  std::uint64_t size() const override { return entries_.size(); }
  Result<void> scan(std::uint64_t from, std::uint64_t to, Half,
                    const std::function<bool(Entry&&)>& each) const override {
    for (auto seq = from; seq <= to && seq <= size(); ++seq)
      if (!each(Entry(entries_[seq - 1]))) break;
    return {};
  }
  Result<std::vector<Entry>> read_stream(const StreamId& stream, std::uint64_t up_to,
                                         Half) const override {
    std::vector<Entry> out;
    if (auto found = streams_.find(stream); found != streams_.end())
      for (auto seq : found->second)
        if (seq <= up_to) out.push_back(entries_[seq - 1]);
    return out;
  }
  const Entry& add(const Draft& draft) {
    auto leaf = prepare(draft).value().leaf(*draft.recorded_at);
    entries_.push_back(read_leaf(entries_.size() + 1, leaf).value());
    streams_[draft.stream].push_back(entries_.size());
    return entries_.back();
  }

private:
  std::vector<Entry> entries_;
  std::map<StreamId, std::vector<std::uint64_t>> streams_;
};

class MemoryBook {
public:
  /// `JX:1` names number 1 of organ JX; an organ is named by its code alone. The seq.
  std::uint64_t tell(const std::string& name, const Told& told) {
    auto& type = *find_event_type(told.type);
    auto& row = rows_[name];
    auto colon = name.find(':');
    auto organ = name.substr(0, colon);
    auto number = colon == name.npos ? std::string() : name.substr(colon + 1);
    if (row.records.empty()) row.id = StreamId::of(to_word(type.info().stream), organ, number);
    auto version = std::uint32_t(row.records.size() + 1);
    std::uint32_t target = 0;
    if (auto* at = told.data.if_contains("target")) target = std::uint32_t(at->as_int64());
    auto halves = encode(decode(type, told.data).value(), amended_types(row.records, target));
    Envelope envelope{
        &type, 1, told.on, organ, version == 1 ? number : "", {}, {}, {}, halves.open.get_object()};
    auto at = date::sys_days{date::year{2026} / 1 / 1} + std::chrono::milliseconds(log.size());
    Draft draft{row.id,
                version,
                "test",
                to_json(envelope),
                json::value(nullptr),
                {},
                date::floor<std::chrono::milliseconds>(at)};
    auto& entry = log.add(draft);
    row.records.push_back({entry.seq, version, told.on, &type, halves.open.get_object()});
    auto applied = reg.apply(entry);
    EXPECT_TRUE(applied) << name << ' ' << told.type;
    return entry.seq;
  }
  /// As an operation plans it; its stream is named by organ and year.
  std::uint64_t tell(const Operation& operation) {
    Told told;
    told.on = operation.on;
    told.type = operation.type;
    told.data = operation.data.as_object();
    return tell(operation.organ + ":" + report_number(told.data), told);
  }
  std::uint32_t version(const std::string& name) const {
    return std::uint32_t(rows_.at(name).records.size());
  }
  StreamId id(const std::string& name) const { return rows_.at(name).id; }

private:
  struct Row {
    StreamId id;
    std::vector<Record> records;
  };
  std::map<std::string, Row> rows_;

public:
  MemoryLog log;
  Register reg{[this](const StreamId& stream, std::uint64_t up_to) {
    return log.read_stream(stream, up_to, EntrySource::Half::open);
  }};
};

} // namespace mingce::test
