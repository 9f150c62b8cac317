#pragma once
// What a search looks through: the private words of the requests of a register. In memory only,
// never on disk; in a part of its own, so that a register is of use before they have been read.
// Not synchronised.

#include "log/source.hpp"
#include "rules/envelope.hpp"

#include <deque>
#include <functional>
#include <string>
#include <utility>
#include <vector>

namespace mingce {

struct SearchText {
  std::string subject;
  std::vector<std::string> names; ///< applicant, agent and co-applicants are found by whole name
  std::vector<std::string> document_nos;
  std::string unit, person; ///< of the assignment that stands: the latest by (`on`, version)
  std::pair<Day, std::uint32_t> assigned{}; ///< that order
  std::string ref;                          ///< the applicant's, as the caller gave it
};

/// `busy`, code `texts_not_read`: after a start they are still being read.
Failure texts_not_read();

/// The words of each request, by its place in the register: requests in the order of the log,
/// counted from 0.
class SearchTexts {
public:
  /// Reads a whole stream up to a position, both halves: where an assignment may have been amended
  /// or retracted.
  using StreamReader = std::function<Result<std::vector<Entry>>(const StreamId&, std::uint64_t)>;

  explicit SearchTexts(StreamReader read_stream) : read_stream_(std::move(read_stream)) {}

  /// The next entry of that request, with its private half; the place may be the next new one.
  /// Text that was ever recorded stays findable until the case is erased, amended wording included.
  Result<void> note(std::size_t request, const EnvelopeHead& envelope, const Entry& entry);

  const SearchText& of(std::size_t request) const { return texts_[request]; }
  std::size_t size() const { return texts_.size(); }
  /// The places of one applicant's requests by `ref`, ascending.
  std::vector<std::size_t> requests_of(const std::string& ref) const;

private:
  void note_ref(std::size_t request, std::string ref);
  void note_applicant(std::size_t request, const json::object& applicant);
  Result<void> assign_again(SearchText& text, const Entry& last) const;

  StreamReader read_stream_;
  std::deque<SearchText> texts_; ///< a growing register never copies them
  std::unordered_multimap<std::string, std::size_t> by_ref_; ///< ref → requests it is given for
};

/// What texts read of a log; it must outlive them.
SearchTexts::StreamReader both_halves_of(const EntrySource& log);

/// Reads the words of a log that goes on meanwhile, apart from the register that follows it.
class SearchTextReader {
public:
  /// Needs the keys; the source must outlive the reader.
  explicit SearchTextReader(const EntrySource& log);

  /// On to that position.
  Result<void> read_to(std::uint64_t position, const std::function<bool()>& go_on = {});
  std::uint64_t position() const { return position_; }
  /// The reader is used up.
  SearchTexts take() { return std::move(texts_); }

private:
  const EntrySource& log_;
  std::uint64_t position_ = 0;
  SearchTexts texts_;
  MapOfStreams<std::size_t> places_;
};

} // namespace mingce
