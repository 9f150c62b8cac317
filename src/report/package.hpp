#pragma once
// A ZIP file of named parts (the package of Office Open XML). Equal parts give equal bytes: all
// entries bear the same fixed date.

#include <string>
#include <vector>

namespace mingce {

struct Part {
  std::string name; ///< `word/document.xml`
  std::string bytes;
};

/// In the order given. Throws std::bad_alloc where there is no memory; nothing else can go wrong.
std::string zip_package(const std::vector<Part>& parts);

} // namespace mingce
