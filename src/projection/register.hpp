#pragma once
// The register: every request, dispute, figure and organ, folded up to a position of the log.
//
// Facts almost always arrive in their legal order, so each entry costs one step of its fold. A
// fact that arrives late, an amendment or a retraction has its stream read and folded again.
// Not synchronised: one thread applies, or readers hold a lock (app/office does).

#include "log/log.hpp"
#include "projection/finding_cache.hpp"
#include "projection/search_texts.hpp"
#include "rules/case.hpp"
#include "rules/dispute.hpp"
#include "rules/envelope.hpp"
#include "rules/organ.hpp"
#include "rules/publication.hpp"
#include "rules/standing.hpp"

#include <functional>
#include <map>
#include <memory>
#include <set>
#include <string>
#include <unordered_map>
#include <vector>

namespace mingce {

struct RegisteredRequest {
  StreamId id;
  std::string register_no;
  std::string organ; ///< in whose register it was entered; holders follow from hand-overs
  std::uint32_t version = 0;
  std::uint64_t first_seq = 0;
  std::uint64_t last_seq = 0; ///< of its latest event
  Case state;
};

struct RegisteredDispute {
  StreamId id;
  std::string ref;
  std::string organ;
  std::uint32_t version = 0;
  std::uint64_t first_seq = 0;
  std::uint64_t last_seq = 0;        ///< of its latest event
  std::vector<std::string> requests; ///< linked at the opening
  Dispute state;
};

struct RegisteredFigure {
  StreamId id;
  std::string ref;
  std::string organ;
  std::uint32_t version = 0;
  std::uint64_t first_seq = 0;
  std::uint64_t last_seq = 0; ///< of its latest event
  bool stands = true;         ///< false: retracted
  Day on{};
  std::string item;
  Decimal quantity{};
  std::string source_unit{}; ///< who supplied it
};

struct RegisteredOrgan {
  StreamId id;
  std::uint32_t version = 0;
  std::uint64_t first_seq = 0;
};

/// What was recorded of the notices on holidays of one region: few and small, so they are kept
/// whole, and the notices known at any position can be told.
struct RegisteredCalendar {
  StreamId id;
  std::string region; ///< Notice::national or the code of an organ
  std::uint64_t first_seq = 0;
  std::vector<Record> records;
};

/// The report of an organ, a year and a scope; few and small, so its records are kept whole.
struct RegisteredReport {
  StreamId id;
  std::string organ;
  int year = 0;
  Scope scope = Scope::organ;
  std::uint64_t first_seq = 0;
  std::vector<Record> records;
  ReportFile file;
};

/// From the first day of a case to the last that anything is known of; it has no end while it is
/// open.
struct CaseSpan {
  Day from{}, through{};

  static CaseSpan of(const Case& state);
  bool concerns(const Period& period) const { return from <= period.to && through >= period.from; }
};

class KeptTallies;
class Spine;

class Register {
public:
  /// Reads a whole stream up to a position, to fold it again.
  using StreamReader = std::function<Result<std::vector<Entry>>(const StreamId&, std::uint64_t)>;

  explicit Register(StreamReader read_stream, std::optional<SearchTexts> texts = {});

  /// The next entry of the log. `corrupt` when it cannot be read; the register is then unusable.
  Result<void> apply(const Entry& entry);
  /// The same, where the head of its envelope has been read already.
  Result<void> apply(const Entry& entry, const EnvelopeHead& envelope);

  std::uint64_t size() const { return size_; } ///< seq of the last entry applied
  std::optional<Instant> recorded_at() const { return recorded_at_; }

  /// In the order of the log.
  const std::vector<RegisteredRequest>& requests() const { return requests_; }
  const std::vector<RegisteredDispute>& disputes() const { return disputes_; }
  const std::vector<RegisteredFigure>& figures() const { return figures_; }
  const Organs& organs() const { return organs_; }
  const RegisteredOrgan* organ_row(const std::string& code) const;
  const std::vector<RegisteredCalendar>& calendars() const { return calendars_; }
  const std::vector<RegisteredReport>& reports() const { return reports_; }

  const RegisteredRequest* find_request(const StreamId& id) const;
  const RegisteredDispute* find_dispute(const StreamId& id) const;
  const RegisteredFigure* find_figure(const StreamId& id) const;
  const RegisteredCalendar* find_calendar(const StreamId& id) const;
  const RegisteredReport* find_report(const StreamId& id) const;
  const RegisteredReport* find_report(const std::string& organ, int year, Scope scope) const;
  /// No report of anyone is about an earlier year.
  int first_report_year() const { return first_report_year_; }

  /// Since when an organ keeps its register here; none: nothing of its own was entered.
  struct Keeping {
    Day since{};                       ///< of the earliest request, dispute or figure
    std::optional<Day> observed_since; ///< the same without what was taken over from elsewhere
  };
  const Keeping* keeping(const std::string& organ) const;

  /// A row as it was at the position of a published report (or at any, while it has not changed
  /// since); null where it was not there yet. Later positions than the last are the present.
  const Case* state_at(const RegisteredRequest& row, std::uint64_t position) const;
  const Dispute* state_at(const RegisteredDispute& row, std::uint64_t position) const;
  const RegisteredFigure* state_at(const RegisteredFigure& row, std::uint64_t position) const;

  /// Whether the private words of the requests are known (projection/search_texts).
  bool has_texts() const { return texts_.has_value(); }
  /// Null where they are not.
  const SearchText* text_of(const RegisteredRequest& row) const;
  /// The requests of one applicant by `ref`, in the order of the log. Needs the texts.
  std::vector<const RegisteredRequest*> requests_of(const std::string& ref) const;
  /// The texts of all that has been applied; later entries add theirs.
  void adopt(SearchTexts texts) { texts_ = std::move(texts); }

  /// In the order of the log, from 0.
  std::size_t number_of(const RegisteredRequest& row) const {
    return std::size_t(&row - requests_.data());
  }
  /// What is found in these cases of this register, null where nothing is (finding_cache.hpp);
  /// `make_finder` gives, on each of several threads, what tells the findings of the i-th.
  template <class MakeFinder>
  std::vector<FindingCache::Known> findings_of(std::span<const RegisteredRequest* const> cases,
                                               const MakeFinder& make_finder) const {
    std::vector<FindingCache::Asked> asked;
    asked.reserve(cases.size());
    for (auto* row : cases) asked.push_back({number_of(*row), row->version});
    return findings_->find_all(surroundings_seq_, asked, make_finder);
  }

  using EachRequest = std::function<void(const RegisteredRequest&)>;
  /// At least every request that can move, or be told of in, the report of that period: received
  /// by its end, and open or still spoken of at its beginning. In the order of the log.
  void each_concerning(const Period& period, const EachRequest& each) const;
  bool concerns(const RegisteredRequest& row, const Period& period) const {
    return spans_[number_of(row)].concerns(period);
  }
  /// Every request of which something was recorded after that position. In the order of the log.
  void each_changed_since(std::uint64_t position, const EachRequest& each) const;
  /// The last entry about an organ or a calendar: they have a say in every case.
  std::uint64_t surroundings_seq() const { return surroundings_seq_; }
  /// What reports have left here for the next ones (period_tally.hpp).
  KeptTallies& kept_tallies() const { return *tallies_; }

  /// The highest number of the form `YYYY-NNNNN` given in that organ and year, 0 if none.
  std::uint32_t last_number(StreamKind kind, const std::string& organ, int year) const;

private:
  friend class Spine; // projection/spine.hpp: the same register, from what was derived before

  struct Place {
    StreamKind kind;
    std::size_t index;
  };
  /// What a row was between two of its events, kept where a report was published in between.
  template <class State>
  struct Earlier {
    std::uint64_t from = 0, to = 0;
    State state;
  };
  template <class State>
  using EarlierStates = std::unordered_map<StreamId, std::vector<Earlier<State>>>;

  /// A register that was read in part, for one report, gets what it lacks from here; and then its
  /// requests are put back in the order of the log.
  using RowSource = std::function<Result<std::optional<RegisteredRequest>>(const StreamId&)>;
  Result<void> fetch(const StreamId& stream);
  void put_in_order();
  Result<void> take_report(const StreamId& id, const std::string& organ, std::uint64_t first_seq,
                           std::vector<Record> records);

  Result<void> open_stream(const Entry& entry, const EnvelopeHead& envelope);
  Result<void> continue_stream(const Entry& entry, const EnvelopeHead& envelope, Place place);
  Result<std::vector<Fact>> facts_of(const StreamId& stream, std::uint64_t up_to) const;
  template <class Row>
  Result<void> continue_fold(Row& row, const Entry& entry, const EnvelopeHead& envelope);
  Result<void> refold_figure(RegisteredFigure& row, const Entry& entry);
  Result<void> refold_organ(const std::string& code, const Entry& entry);
  void note_keeping(const EnvelopeHead& envelope);
  Result<void> refold_report(RegisteredReport& row);
  Result<void> keep_rows_at(std::uint64_t position);
  /// A report was published at that position or later: then what a row has been since is kept.
  bool is_published_since(std::uint64_t position) const {
    return !published_at_.empty() && *published_at_.rbegin() >= position;
  }
  void note_number(StreamKind kind, const std::string& organ, std::string_view number);

  StreamReader read_stream_;
  RowSource fetch_row_;
  std::optional<SearchTexts> texts_;
  std::uint64_t size_ = 0;
  std::optional<Instant> recorded_at_;
  std::vector<RegisteredRequest> requests_;
  std::vector<CaseSpan> spans_;          ///< one a request
  std::vector<std::uint64_t> last_seqs_; ///< the same, side by side: they are looked at all at once
  std::unique_ptr<FindingCache> findings_ = std::make_unique<FindingCache>();
  std::shared_ptr<KeptTallies> tallies_;
  std::uint64_t surroundings_seq_ = 1;
  std::vector<RegisteredDispute> disputes_;
  std::vector<RegisteredFigure> figures_;
  std::vector<RegisteredCalendar> calendars_;
  std::vector<RegisteredReport> reports_;
  std::map<std::string, Keeping, std::less<>> keeping_;
  std::set<std::uint64_t> published_at_; ///< positions of published reports
  int first_report_year_ = 9999;
  EarlierStates<Case> earlier_cases_;
  EarlierStates<Dispute> earlier_disputes_;
  EarlierStates<RegisteredFigure> earlier_figures_;
  Organs organs_;
  std::map<std::string, RegisteredOrgan, std::less<>> organ_rows_;
  std::vector<std::string> organ_codes_;
  MapOfStreams<Place> places_;
  std::map<std::tuple<StreamKind, std::string, int>, std::uint32_t> last_numbers_;
};

/// One entry as the rules read it: `data` is merged with the private half where that was read.
Result<Record> to_record(const Entry& entry, LogView::Half half = LogView::Half::both);
/// A whole stream. Private halves recorded before an erasure are left out.
Result<std::vector<Record>> to_records(const std::vector<Entry>& entries);

/// `YYYY-NNNNN`, the form of assigned numbers.
std::string assigned_number(int year, std::uint32_t number);

} // namespace mingce
