#pragma once
// From what was recorded to what counts: amendments applied, retracted events left out, the rest
// in the order of (`on`, `version`). Facts may so be recorded late without losing their place.

#include "rules/codec.hpp"

#include <cstdint>
#include <span>
#include <vector>

namespace mingce {

/// One entry of a stream, as recorded. `data` is the whole of it or its public half.
struct Record {
  std::uint64_t seq = 0; ///< place in the log; 0 while it is only proposed
  std::uint32_t version = 0;
  Day on{};
  const EventType* type = nullptr;
  json::object data;
  bool has_private = false; ///< there is, or was, a private half
};

/// One fact that counts, in its final wording.
struct Fact {
  std::uint64_t seq = 0;
  std::uint32_t version = 0;
  Day on{};
  Event event;
  std::vector<std::uint64_t> amendments{}; ///< seqs of the amendments that gave it this wording

  auto order() const { return std::pair{on, version}; }
};

bool is_amendment(const EventType& type);  ///< event.amended
bool is_retraction(const EventType& type); ///< event.retracted

/// `records` are a whole stream, version n at index n − 1, and every target of an amendment or a
/// retraction is an earlier version. Fails when an amended event no longer reads as its type.
Result<std::vector<Fact>> resolve(std::span<const Record> records);

/// What later entries of its stream have made of one entry.
struct Fate {
  std::uint32_t retracted_by = 0;        ///< version of the retraction that stands; 0: none
  std::vector<std::uint32_t> amended_by; ///< versions of the amendments that stand
  Day on{};
  json::object data; ///< final wording
};
/// One for each version, in their order; `records` as for `resolve`.
std::vector<Fate> fates_of(std::span<const Record> records);

/// The types that an amendment of `target` reaches (codec.hpp).
std::vector<const EventType*> amended_types(std::span<const Record> records, std::uint32_t target);

} // namespace mingce
