#include "app/operation.hpp"

namespace mingce {

void read_provenance(FieldReader& reader, Operation& operation) {
  if (auto source = reader.text("source", false); !source.empty()) {
    if (auto known = from_word<Source>(source))
      operation.source = *known;
    else
      reader.refuse("source", "应为 observed 或 asserted", "must be observed or asserted");
  }
  if (auto* documents = reader.find("documents")) {
    auto read = read_documents(*documents);
    if (read)
      operation.documents = std::move(*read);
    else
      reader.add(read.error());
  }
}

} // namespace mingce
