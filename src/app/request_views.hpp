#pragma once
// What readers are shown of a request. The fold gives where it stands, its entries give the text:
// a view up to a position of the past reads them, one of the case as it stands needs them only
// where nobody looked at it lately.

#include "app/views.hpp"

#include <array>
#include <memory>
#include <mutex>

namespace mingce {

/// The text of a request: the latest wording of each member. Private.
struct Particulars {
  json::object applicant;
  /// subject, description, form, delivery, items, submitted_on, referred_from
  json::object members;
  json::value assignee;

  void take(const Event& event);
  static Particulars of(std::span<const Fact> facts);
};

/// A request up to a position, at the end of a day; `not_found` where there is none.
Result<json::object> request_view(const LogView& log, const Viewpoint& from, const StreamId& stream,
                                  Language language, LogView::Half half = LogView::Half::both);

/// The texts of requests that were looked at or written lately, each of one version. Thread-safe.
class RecentTexts {
public:
  struct Written {
    Particulars particulars;
    std::string members; ///< the same as they stand in a view

    explicit Written(Particulars text);
  };
  using Text = std::shared_ptr<const Written>;

  /// Nothing unless it is that of this version.
  Text find(const StreamId& stream, std::uint32_t version) const;
  void keep(const StreamId& stream, std::uint32_t version, Text text);
  void forget(const StreamId& stream);

  /// A whole view changes with nothing but these.
  struct Aspect {
    std::uint32_t version = 0;
    std::uint64_t surroundings = 0; ///< Register::surroundings_seq
    Day today{};
    Language language{};
    friend bool operator==(const Aspect&, const Aspect&) = default;
  };
  using View = std::shared_ptr<const std::string>;
  View find_view(const StreamId& stream, const Aspect& aspect) const;
  /// Of a text that is kept.
  void keep_view(const StreamId& stream, const Aspect& aspect, View view);

private:
  static constexpr std::size_t shard_count = 16, generation = 256;
  struct Kept {
    std::uint32_t version = 0;
    Text text;
    Aspect aspect{};
    View view{};
  };
  struct Shard {
    mutable std::mutex mutex;
    MapOfStreams<Kept> young, old;
  };
  Shard& shard_of(const StreamId& stream) const { return shards_[stream.bytes[15] % shard_count]; }
  /// Under the shard's lock.
  static Kept* find(Shard& shard, const StreamId& stream);

  mutable std::array<Shard, shard_count> shards_;
};

/// Shows requests as they stand, of an office that goes on. Thread-safe.
class RequestViews {
public:
  /// The office must outlive it.
  explicit RequestViews(const Office& office) : office_(office) {}

  /// As the case stands; `as_recorded`: only if its last entry is that one, as after an append, and
  /// as it was recorded then. `not_found` where there is no such request.
  Result<WrittenView> as_it_stands(const StreamId& stream, Day today, Language language) const;
  Result<WrittenView> as_recorded(const Entry& last, Language language) const;
  /// As it stood at a position where it had that version, though it may have gone on meanwhile.
  Result<WrittenView> as_it_stood(const StreamId& stream, std::uint32_t version,
                                  std::uint64_t up_to, Day today, Language language) const;

private:
  bool is_in_order(const Entry& last) const;
  Result<WrittenView> written_as(const StreamId& stream, std::uint32_t version, std::uint64_t up_to,
                                 Day today, Language language) const;
  Result<RecentTexts::Text> text_of(const StreamId& stream, std::uint32_t version,
                                    std::uint64_t up_to) const;

  const Office& office_;
  mutable RecentTexts texts_;
};

} // namespace mingce
