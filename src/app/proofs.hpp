#pragma once
// What the log proves, as its readers are shown it (contract §4): hashes in base 64, entries by
// their seq, trees by their size.

#include "app/dossier.hpp"
#include "log/proof.hpp"

#include <string>

namespace mingce {

/// That entry `seq` is in the tree of `size`; `not_found` where it is not.
Result<json::object> inclusion_view(const LogView& log, const Note& checkpoint, std::uint64_t seq,
                                    std::uint64_t size);
/// That the tree of `to` entries goes on from that of `from`.
Result<json::object> consistency_view(const LogView& log, std::uint64_t from, std::uint64_t to);

/// The proof of one entry against a checkpoint, with the entry and the key in its `extra`: whoever
/// has this text alone can verify it.
Result<LogProof> receipt_of(const LogView& log, const Note& checkpoint, std::uint64_t seq);
/// The receipt on one printable page, with its text in a QR code, for the applicant: it names the
/// organ and tells the hour as clocks show it. No personal data stands on it.
Result<std::string> receipt_page(const LogProof& receipt, const Organs& organs);

/// Receipts for a dossier.
ProofSource proofs_from(const LogView& log, const Note& checkpoint);

} // namespace mingce
