#pragma once
// 抽样: a random sample of requests that anyone can draw again. Chance is a digest of a seed and
// the id of the request, so nobody can choose the cases, and the same seed gives the same ones.

#include "app/clock_views.hpp"
#include "report/list.hpp"

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace mingce {

constexpr std::uint64_t max_sample = 100'000;

struct SampleQuery {
  std::string organ;
  Scope scope = Scope::organ;
  Period received{}; ///< the day of receipt lies in it
  std::uint64_t size = 0;
  std::string seed;
};

/// SHA-256(seed ‖ 0x00 ‖ the 16 bytes of the id).
Digest lot_of(std::string_view seed, const StreamId& id);
/// The `size` smallest lots among these ids, smallest first; with fewer ids all of them.
std::vector<std::pair<Digest, StreamId>> draw(std::string_view seed, std::span<const StreamId> ids,
                                              std::uint64_t size);

/// `{organ, name, scope, from, to, as_of, seed, size, population, rule, items}`. The population is
/// every request received in that time in these organs' registers, whatever became of it: voided,
/// split and other matters included. `not_found` for an organ that is not registered.
Result<json::object> sample_view(const Register& reg, const SampleQuery& query);

/// The whole of it as JSON; as text under a header that says how it was drawn; as CSV with seed,
/// position and population in every row.
std::string render_sample(const json::object& sample, ListFormat format);

} // namespace mingce
