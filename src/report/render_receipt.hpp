#pragma once
// The receipt of a registered request on one A4 page, its proof in QR codes (ISO/IEC 18004): who
// has the paper can verify it years later.

#include <cstdint>
#include <string>

namespace mingce {

struct ReceiptPage {
  std::string register_no, organ, on, recorded_at;
  std::uint64_t seq = 0;
  std::string origin;
  std::uint64_t size = 0;
  std::string root, leaf_hash, key;
  std::string proof; ///< the text of the .tlog-proof file
};

std::string render_receipt(const ReceiptPage& page);

} // namespace mingce
