#include "log/build_id.hpp"

#include "log/digest.hpp"

#include <elf.h>
#include <link.h>

#include <cstring>

namespace mingce {
namespace {

constexpr std::size_t aligned(std::size_t size) { return (size + 3) & ~std::size_t{3}; }

std::string id_in_notes(const std::uint8_t* at, std::size_t size) {
  const auto* end = at + size;
  while (at + sizeof(ElfW(Nhdr)) <= end) {
    ElfW(Nhdr) note;
    std::memcpy(&note, at, sizeof note);
    const auto* name = at + sizeof note;
    const auto* id = name + aligned(note.n_namesz);
    const auto* next = id + aligned(note.n_descsz);
    if (next > end) break;
    if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 && std::memcmp(name, "GNU", 4) == 0)
      return to_hex({id, note.n_descsz});
    at = next;
  }
  return {};
}

/// The first object is the program itself.
int look_at_program(dl_phdr_info* object, std::size_t, void* out) {
  for (int i = 0; i < object->dlpi_phnum; ++i) {
    auto& segment = object->dlpi_phdr[i];
    if (segment.p_type != PT_NOTE) continue;
    auto id = id_in_notes(
        reinterpret_cast<const std::uint8_t*>(object->dlpi_addr + segment.p_vaddr), // NOLINT
        segment.p_memsz);
    if (!id.empty()) *static_cast<std::string*>(out) = std::move(id);
  }
  return 1;
}

} // namespace

std::string build_id() {
  static const auto id = [] {
    std::string found;
    dl_iterate_phdr(look_at_program, &found);
    return found;
  }();
  return id;
}

} // namespace mingce
