#include "http/preferences.hpp"

#include "base/ascii.hpp"

#include <algorithm>
#include <charconv>

namespace mingce {

std::vector<Preference> preferences_of(std::string_view header) {
  constexpr std::string_view blanks = " \t";
  std::vector<Preference> preferences;
  while (!header.empty()) {
    auto range = header.substr(0, header.find(','));
    header.remove_prefix(std::min(range.size() + 1, header.size()));
    Preference preference{lower(std::string(trimmed(range.substr(0, range.find(';')), blanks)))};
    while (range.find(';') != range.npos) {
      range.remove_prefix(range.find(';') + 1);
      auto parameter = trimmed(range.substr(0, range.find(';')), blanks);
      if (parameter.starts_with("q=") || parameter.starts_with("Q="))
        std::from_chars(parameter.data() + 2, parameter.data() + parameter.size(),
                        preference.weight);
    }
    if (!preference.name.empty()) preferences.push_back(std::move(preference));
  }
  return preferences;
}

std::optional<std::size_t> preferred_type(std::string_view accept,
                                          std::span<const std::string_view> types) {
  auto preferences = preferences_of(accept);
  auto weight_of = [&](std::string_view name) {
    auto found = std::ranges::find(preferences, name, &Preference::name);
    return found == preferences.end() ? 0 : found->weight;
  };
  std::optional<std::size_t> best;
  double best_weight = 0, anything = weight_of("*/*");
  for (std::size_t i = 0; i < types.size(); ++i)
    if (auto weight = weight_of(types[i]); weight > best_weight && weight >= anything) {
      best = i;
      best_weight = weight;
    }
  return best;
}

} // namespace mingce
