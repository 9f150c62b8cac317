#include "log/rescue.hpp"

#include "log/files.hpp"
#include "log/store.hpp"

namespace mingce {
namespace {

namespace fs = std::filesystem;

class Copy {
public:
  explicit Copy(const fs::path& original) {
    std::error_code ec;
    auto pattern = (fs::temp_directory_path(ec) / "mingce-rescue-XXXXXX").string();
    if (ec || !::mkdtemp(pattern.data())) return;
    path_ = pattern;
    fs::copy(original, path_ / "ledger", fs::copy_options::recursive, ec);
    is_made_ = !ec;
  }
  Copy(const Copy&) = delete;
  Copy& operator=(const Copy&) = delete;
  ~Copy() {
    std::error_code ec;
    if (!path_.empty()) fs::remove_all(path_, ec);
  }
  fs::path ledger() const { return path_ / "ledger"; }
  bool is_made() const { return is_made_; }

private:
  fs::path path_;
  bool is_made_ = false;
};

} // namespace

Result<Rescue> look_for_rescue(const LogPlace& place) {
  std::error_code ec;
  if (!fs::exists(place.directory, ec))
    return Failure{FailureKind::unusable,
                   "no_register",
                   {"该目录没有 mingce 数据", "there is no mingce register in that directory"}};
  Rescue found;
  auto read_anchor = anchor_of(place, KeyRing::load(place));
  if (!read_anchor) return read_anchor.error();
  auto& anchor = *read_anchor;
  found.expected = std::max(WriterMark::look(place.directory).size, anchor ? anchor->size : 0);
  Copy copy(place.directory / "ledger");
  if (!copy.is_made()) return found; // there is nothing to copy: nothing is readable
  Frontier frontier;
  auto at_anchor = std::optional<Digest>{};
  auto read = scan_what_is_left(copy.ledger(), [&](std::string_view leaf) {
    frontier.append(hash_leaf(leaf));
    if (anchor && frontier.size() == anchor->size) at_anchor = frontier.root();
  });
  if (!read) return found;
  found.readable = frontier.size();
  found.root = frontier.root();
  found.is_anchored_log = !anchor || !at_anchor || *at_anchor == anchor->root;
  return found;
}

} // namespace mingce
