#pragma once
// Where operations are decided: each against the register as it stands and against those before it
// in the same unit of work. Nothing is written here; what comes out is ready for one append.
// Used by one thread.

#include "app/operation.hpp"
#include "projection/register.hpp"
#include "report/format.hpp"
#include "rules/decide.hpp"

#include <functional>
#include <memory>
#include <unordered_map>
#include <vector>

namespace mingce {

class Workspace {
public:
  /// The next number `YYYY-NNNNN` for a stream of that kind, never given before.
  using NumberSource = std::function<std::string(StreamKind, const std::string& organ, int year)>;

  /// All references must outlive the workspace. `today` is the legal day of the decision.
  Workspace(const LogView& log, const Register& reg, const Editions& editions, Day today,
            NumberSource numbers);

  /// Decides one operation. On success it is part of the unit of work and later ones see it; on a
  /// failure nothing has changed. Pointers of the failure start with `operation.at`.
  Result<void> decide(const Operation& operation);

  /// The stream an operation goes to, or went to.
  StreamId stream_of(const Destination& to) const;

  /// The id of a request of that organ, by id or register number; a failure if it does not exist.
  Result<std::string> resolve_request(const std::string& organ, const std::string& reference) const;
  bool knows(StreamKind kind, const StreamId& stream) const;
  /// By default references in `data` are ids; an import says how register numbers become ids.
  void translate_references(Translate translate) { translate_ = std::move(translate); }

  /// What is decided is handed on to who follows the log, and costs the memory for that.
  void is_followed() { is_followed_ = true; }

  /// What was decided, ready for the log; the workspace is used up.
  Append take() { return std::move(append_); }
  std::size_t size() const { return append_.entries.size(); }

private:
  /// A stream as far as this unit of work knows it.
  struct Stream {
    StreamKind kind{};
    std::string organ;
    std::uint32_t version = 0;
    Case request;
    Dispute dispute;
    std::string applicant_ref;        ///< as far as it is known here
    std::string ref;                  ///< of a dispute
    std::vector<std::string> linked;  ///< requests of a dispute, at its opening
    std::vector<std::size_t> pending; ///< its entries among `entries_`
  };
  /// One operation on its way.
  struct Proposal {
    const Operation& operation;
    const EventType& type;
    Fact fact; ///< without its seq
    std::vector<const EventType*> amended;
  };

  Result<void> decide_checked(const Operation& operation);
  /// 国办函〔2020〕109号: items that earlier notices of the organ have charged the same applicant
  /// for the month.
  Result<void> count_prior_items(FeeNotified& fee, const Stream& stream) const;
  void note_applicant(Stream& stream, const Event& event);
  Result<Destination> destination_of(const Operation& operation) const;
  Result<std::string> ref_of(const RegisteredRequest& row) const;
  Result<Stream> load(const StreamId& id) const;
  Result<Stream> open(const Destination& to, const EventType& type) const;
  Result<std::vector<Record>> records(const StreamId& id, const Stream& stream) const;
  Result<Event> read_event(const Operation& operation, const EventType& type) const;
  Result<void> check_targets(Proposal& proposal, const Stream& stream, const StreamId& id) const;
  Result<void> judge(Stream& stream, const StreamId& id, const Proposal& proposal);
  Result<void> judge_again(Stream& stream, const StreamId& id, const Proposal& proposal);
  Result<void> check_report(const Event& event, const std::string& at) const;
  Result<void> judge_figure(const std::vector<Fact>& facts) const;
  Result<void> judge_organ(const std::string& code, const std::vector<Fact>& facts);
  /// 个人信息保护法47: by the case as it stands, whatever the day of the erasure.
  Result<void> check_erasure(const Stream& stream, const StreamId& id, Day on) const;
  /// The pending disputes that are linked to a request, by their refs.
  void erase_with(const StreamId& request, const Operation& operation);
  std::vector<std::string> open_disputes_of(const StreamId& request, Day on) const;
  Result<void> check_organ_of(const Destination& to, const EventType& type, Day on) const;
  bool organ_exists(const std::string& code) const;
  const Organs& organs() const { return own_organs_ ? *own_organs_ : register_.organs(); }

  const LogView& log_;
  const Register& register_;
  const Editions& editions_;
  Day today_;
  NumberSource numbers_;
  Translate translate_;
  std::unordered_map<StreamId, Stream> streams_;
  std::map<std::string, StreamId> labels_; ///< of streams opened in this unit of work
  std::unique_ptr<Organs> own_organs_;     ///< a copy, once this unit of work changes an organ
  /// Items charged by notices of this unit of work, by organ, applicant and month of receipt.
  std::map<std::tuple<std::string, std::string, date::year_month>, std::uint32_t> charged_items_;
  Append append_;
  bool is_followed_ = false;
};

/// The entries as they would be read if they came next after that position; public halves.
Result<std::vector<Entry>> supposed_entries(const Append& append, std::uint64_t position,
                                            Instant at);

} // namespace mingce
