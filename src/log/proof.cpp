#include "log/proof.hpp"

#include "log/lines.hpp"

namespace mingce {
namespace {

constexpr std::string_view first_line = "c2sp.org/tlog-proof@v1", extra_mark = "extra ",
                           index_mark = "index ";
constexpr std::size_t most_hashes = 63;

/// Takes the hashes and the empty line behind them.
std::optional<std::vector<Digest>> take_hashes(std::string_view& bytes) {
  std::vector<Digest> hashes;
  while (auto line = lines::take(bytes)) {
    if (line->empty()) return hashes;
    auto digest = lines::digest(*line);
    if (!digest || hashes.size() == most_hashes) return std::nullopt;
    hashes.push_back(*digest);
  }
  return std::nullopt;
}

} // namespace

std::optional<LogProof> LogProof::parse(std::string_view bytes) {
  LogProof out;
  if (lines::take(bytes) != first_line) return std::nullopt;
  auto line = lines::take(bytes);
  if (line && line->starts_with(extra_mark)) {
    out.extra = from_base64(line->substr(extra_mark.size()));
    if (!out.extra || out.extra->empty()) return std::nullopt;
    line = lines::take(bytes);
  }
  auto digits = line ? lines::after(index_mark, *line) : std::nullopt;
  auto index = digits ? lines::number(*digits) : std::nullopt;
  auto hashes = index ? take_hashes(bytes) : std::nullopt;
  auto note = hashes ? Note::parse(bytes) : std::nullopt;
  if (!note || !LogCheckpoint::parse(note->text)) return std::nullopt;
  out.index = *index;
  out.hashes = std::move(*hashes);
  out.checkpoint = std::move(*note);
  return out;
}

std::string LogProof::to_string() const {
  auto out = std::string(first_line) + "\n";
  if (extra && !extra->empty()) out += std::string(extra_mark) + to_base64(*extra) + "\n";
  out += std::string(index_mark) + std::to_string(index) + "\n";
  for (auto& hash : hashes) out += to_base64(as_text(hash)) + "\n";
  return out + "\n" + checkpoint.to_string();
}

} // namespace mingce
