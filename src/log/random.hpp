#pragma once
// Random bytes for what is drawn once an event: nonces and salts.

#include <span>

namespace mingce {

/// Fills `out` from OpenSSL's generator. Bytes are drawn ahead, a thread for itself: one call of
/// the generator takes longer than sealing a short text, and hardly longer for a thousand bytes.
/// What was handed out is wiped; a child process draws anew. Ends the process when the generator
/// fails. Thread-safe.
void fill_random(std::span<unsigned char> out);

} // namespace mingce
