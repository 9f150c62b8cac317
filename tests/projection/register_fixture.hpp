#pragma once
// A log told in the words of the rules' tests, with nobody to judge what is told, and the register
// that follows it entry by entry.

#include "../log/log_fixture.hpp"
#include "../rules/fixture.hpp"
#include "projection/register.hpp"
#include "projection/replay.hpp"
#include "projection/year.hpp"

#include <map>

namespace mingce::test {

class Book {
public:
  /// `JX:1` names number 1 of organ JX; an organ is named by its code alone.
  void tell(const std::string& name, const Told& told) {
    auto& type = *find_event_type(told.type);
    auto& row = rows_[name];
    auto colon = name.find(':');
    auto organ = name.substr(0, colon);
    auto number = colon == name.npos ? std::string() : name.substr(colon + 1);
    if (row.version == 0) {
      row.kind = type.info().stream;
      row.id = StreamId::of(to_word(row.kind), organ, number);
    }
    auto amended = amended_types(row.records, target_of(told));
    auto halves = encode(decode(type, told.data).value(), amended);
    Envelope envelope{
        &type, 1, told.on, organ, row.version ? "" : number, {}, {}, {}, halves.open.get_object()};
    Draft draft{row.id, ++row.version, "test", to_json(envelope),
                halves.has_private() ? halves.closed : json::value(nullptr)};
    row.records.push_back({0, row.version, told.on, &type, told.data});
    auto appended = log->append({{prepare(draft).value()}});
    if (!appended) throw std::runtime_error(appended.error().code);
    auto scanned = log->scan(appended->first_seq, log->size(), LogView::Half::open, [&](Entry&& e) {
      auto applied = live.apply(e);
      EXPECT_TRUE(applied) << name << ' ' << told.type;
      return true;
    });
    EXPECT_TRUE(scanned);
  }
  void tell(const std::string& name, const std::vector<Told>& all) {
    for (auto& told : all) tell(name, told);
  }
  std::string id(const std::string& name) const { return rows_.at(name).id.hex(); }
  StreamId stream_id(const std::string& name) const { return rows_.at(name).id; }
  std::uint32_t version(const std::string& name) const { return rows_.at(name).version; }
  Register replayed(std::uint64_t up_to) const { return std::move(replay(*log, up_to).value()); }

private:
  struct Row {
    StreamKind kind{};
    StreamId id;
    std::uint32_t version = 0;
    std::vector<Record> records;
  };
  static std::uint32_t target_of(const Told& told) {
    auto* target = told.data.if_contains("target");
    return target ? std::uint32_t(target->as_int64()) : 0;
  }

  TemporaryDirectory directory_;
  TestClock clock_;
  std::map<std::string, Row> rows_;

public:
  std::unique_ptr<Log> log = open_log(directory_ / "data", clock_);
  Register live{[this](const StreamId& stream, std::uint64_t up_to) {
    return log->read_stream(stream, up_to, LogView::Half::open);
  }};
};

// ---- a register as text, to compare -------------------------------------------------------------

inline std::string describe(const Case::Conclusion& c) {
  return to_string(c.on) + "/" + to_word(c.outcome) + "/" + std::to_string(c.seq);
}

inline std::string describe(const std::vector<std::uint64_t>& seqs) {
  std::string out;
  for (auto seq : seqs) out += std::to_string(seq) + ",";
  return out;
}

inline std::string describe(const Case& c) {
  std::string out = to_word(c.kind) + " " + to_word(c.matter) + " " + to_word(c.channel) + " " +
                    to_word(c.state()) + " submitted " + to_text(c.submitted_on) + " received " +
                    to_text(c.received_on) + "/" + std::to_string(c.received_seq);
  for (bool flag : {c.submission_closed_on.has_value(), c.voided, c.split, c.awaits_reasons,
                    c.kind_provisional, c.assigned_on.has_value(), c.fee_paid, c.redo.open})
    out += flag ? '1' : '0';
  out += " concluded " + (c.conclusion ? describe(*c.conclusion) : "-");
  out += " redo " + to_text(c.redo.due_on) + " " +
         (c.redo.conclusion ? describe(*c.redo.conclusion) : "-");
  out += " kept " + std::to_string(c.holds) + " " + to_text(c.erased_on);
  if (c.archived)
    out += " " + to_string(c.archived->on) + "/" + std::to_string(int(c.archived->retention.kind)) +
           "/" + std::to_string(c.archived->retention.years);
  out += " waits " + to_text(c.correction_by) + " " + to_text(c.payment_by);
  for (auto& each : c.consultations)
    out += " " + each.id + to_word(each.with) + (each.open ? "open" : "closed") +
           (each.ended_by_restart ? "by restart" : "");
  for (auto& step : c.steps)
    out += " " + to_string(step.on) + "/" + std::to_string(step.version) + "/" +
           std::to_string(int(step.kind)) + "/" + std::to_string(step.number) + "/" +
           to_text(step.until) + "/" + std::to_string(step.word);
  for (auto& fee : c.fees)
    out += " fee " + std::to_string(fee.version) + "/" + std::to_string(fee.quantity) + "/" +
           to_string(fee.paid) + "/" + to_string(fee.refunded) + (fee.waived ? " waived" : "");
  return out + " reclassified " + std::to_string(c.reclassified_seq) + " amended " +
         describe(c.amendments) + " latest " + to_string(c.latest.first) + "/" +
         std::to_string(c.latest.second);
}

inline std::string describe(const Dispute& d) {
  std::string out = to_word(d.block) + " " + to_word(d.role) + " opened " + to_text(d.opened_on) +
                    (d.voided ? " voided" : "") + (d.suspended ? " suspended" : "");
  for (auto& turn : d.turns)
    out += " " + to_string(turn.on) + "/" + to_word(turn.column) + "/" + std::to_string(turn.seq);
  for (auto& request : d.requests) out += " " + request.value;
  return out + " amended " + describe(d.amendments);
}

inline std::string describe(const Register& reg) {
  std::string out = "size " + std::to_string(reg.size()) + "\n";
  for (auto& row : reg.requests())
    out += row.id.hex() + " " + row.register_no + " " + row.organ + " " +
           std::to_string(row.version) + " " + describe(row.state) + "\n";
  for (auto& row : reg.disputes())
    out += row.id.hex() + " " + row.ref + " " + row.organ + " " + std::to_string(row.version) +
           " " + describe(row.state) + "\n";
  for (auto& row : reg.figures())
    out += row.id.hex() + " " + row.ref + " " + row.organ + " " + std::to_string(row.version) +
           " " +
           (row.stands ? to_string(row.on) + " " + row.item + " " + to_string(row.quantity) : "-") +
           "\n";
  for (auto& [code, organ] : reg.organs()) {
    out += code + " " + organ.name + " " + to_word(organ.kind) + " " + organ.parent.value_or("-") +
           " " + to_text(organ.ended_on);
    for (auto& over : organ.hand_overs)
      out += " " + to_string(over.on) + ">" + over.to + "/" + std::to_string(over.seq);
    out += "\n";
  }
  return out;
}

} // namespace mingce::test
