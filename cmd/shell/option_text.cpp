#include "cmd/shell/option_text.h"

#include <fmt/format.h>

namespace ctt::cmd {

OptionText text_of(const CLI::Option& option) {
  const bool positional = option.get_positional();
  OptionText text{option.get_name(positional, !positional), "", option.get_description()};
  for (auto at = text.names.find('{'); at != std::string::npos; at = text.names.find('{')) {
    text.names.erase(at, text.names.find('}', at) - at + 1);
  }
  if (!positional && option.get_type_size() != 0)
    text.type = option.get_type_name().substr(0, option.get_type_name().find(':'));
  if (!option.get_default_str().empty())
    text.description += fmt::format(" (default {})", option.get_default_str());
  if (option.get_required() && !positional) text.description += " (required)";
  return text;
}

}  // namespace ctt::cmd
