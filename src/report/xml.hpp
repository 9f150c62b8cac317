#pragma once
// XML as the renderers write it. What stands in an element or an attribute is escaped by the
// library; characters that no XML may hold are replaced here.

#include <pugixml.hpp>

#include <string>
#include <string_view>

namespace mingce {

/// Well-formed text of one paragraph: what is no UTF-8, control characters and marks that turn the
/// direction of writing become U+FFFD, an end of line or a tab a space.
std::string printable(std::string_view text);

/// The longest beginning of at most so many bytes that ends with a whole character.
std::string_view leading(std::string_view utf8, std::size_t bytes);

void set(pugi::xml_node node, const char* attribute, const std::string& value);
void set(pugi::xml_node node, const char* attribute, long long value);
/// A child that holds text, whose spaces are kept.
pugi::xml_node add_text(pugi::xml_node parent, const char* name, const std::string& text);
/// A child with one attribute, as OOXML has so many.
pugi::xml_node add(pugi::xml_node parent, const char* name, const char* attribute,
                   const std::string& value);

/// Without white space between elements.
std::string to_string(const pugi::xml_node& node);

} // namespace mingce
