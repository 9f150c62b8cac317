#pragma once
// What people call the words of the wire: the glossary of rules/vocabulary.hpp read the other way.

#include <string>
#include <string_view>

namespace mingce {

/// 中文名称 of a word of an enumeration of the catalogue or of the views; a word that it does not
/// have is given back.
template <class E>
std::string named(std::string_view word);

/// 中文名称 of a member of the data of an event of that type; a name that is not known is given
/// back.
std::string name_of_member(std::string_view type, std::string_view member);
/// What a text under that member stands for, where the member holds words of an enumeration; else
/// the text as it is.
std::string name_of_word(std::string_view type, std::string_view member, std::string_view text);

} // namespace mingce
