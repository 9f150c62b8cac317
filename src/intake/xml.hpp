#pragma once
// XML and HTML by libxml2, without the network, without entities of the document's own, and with
// bounds. What is handed out are nodes; names are compared without their prefix.

#include "base/result.hpp"

#include <libxml/tree.h>

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace mingce {

struct FreeDocument {
  void operator()(xmlDoc* document) const { xmlFreeDoc(document); }
};
using XmlDocument = std::unique_ptr<xmlDoc, FreeDocument>;

/// `unreadable` for what is not well-formed or declares a document type: no part of an Office file
/// has one, and entities are what it would be for.
Result<XmlDocument> parse_xml(std::string_view bytes);

/// Whatever a browser would still show. `utf8` has been decoded already. `unreadable` if nothing
/// can be made of it.
Result<XmlDocument> parse_html(std::string_view utf8);

bool is_element(const xmlNode* node, std::string_view name);
std::string attribute(const xmlNode* node, const char* name);
/// A positive whole number; else, and where there is none, the default.
std::size_t count_attribute(const xmlNode* node, const char* name, std::size_t otherwise);
/// The first child element of that name; null.
const xmlNode* child(const xmlNode* node, std::string_view name);
void each_child(const xmlNode* node, std::string_view name,
                const std::function<void(const xmlNode*)>& each);
std::string_view text_of(const xmlNode* node); ///< of a text node

} // namespace mingce
