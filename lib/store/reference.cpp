#include "store/reference.h"

#include <uuid/uuid.h>

#include <array>

#include "base/error.h"
#include "base/printable.h"

namespace ctt::store {

using base::Error;
using base::Failure;

namespace {

constexpr std::size_t kSlugLengthMax = 40;
constexpr std::size_t kExperimentNameMax = 64;
constexpr std::size_t kQuotedMax = 60;  // bytes of a name that a sentence quotes
constexpr std::size_t kPrefixLengthMin = 6;
constexpr std::size_t kIdDigits = 12;

bool is_word_letter(char c) { return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9'); }

// `9f31c0aa5b0e` of `exp-9f31c0aa5b0e`; a slug has no such part.
std::string_view digits_of(std::string_view id) {
  const auto hyphen = id.rfind('-');
  if (hyphen == std::string_view::npos) return {};
  const auto digits = id.substr(hyphen + 1);
  const bool is_hex = digits.find_first_not_of("0123456789abcdef") == std::string_view::npos;
  return is_hex && digits.size() == kIdDigits ? digits : std::string_view{};
}

bool begins(std::string_view id, std::string_view reference) {
  const auto digits = digits_of(id);
  if (digits.empty()) return reference.size() >= kPrefixLengthMin && id.starts_with(reference);
  const auto head = id.size() - digits.size();
  return (reference.size() >= kPrefixLengthMin && digits.starts_with(reference)) ||
         (reference.size() >= head + kPrefixLengthMin && id.starts_with(reference));
}

template <class Matches>
std::vector<std::string> ids_where(const std::vector<Named>& known, Matches matches) {
  std::vector<std::string> ids;
  for (const auto& entry : known) {
    if (matches(entry)) ids.push_back(entry.id);
  }
  return ids;
}

}  // namespace

std::string new_id(std::string_view prefix) {
  uuid_t bytes;
  uuid_generate_random(bytes);
  std::string id = fmt::format("{}-", prefix);
  // Bytes 6 and 8 carry the version and variant: the last six are all random.
  for (std::size_t i = 10; i < 16; ++i) id += fmt::format("{:02x}", bytes[i]);
  return id;
}

std::string slug(std::string_view name) {
  std::string text;
  for (char c : name) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    if (is_word_letter(c)) {
      text += c;
    } else if (!text.empty() && text.back() != '-') {
      text += '-';
    }
  }
  text = text.substr(0, kSlugLengthMax);
  while (text.ends_with('-')) text.pop_back();
  if (text.empty()) {
    throw Error(Failure::usage, fmt::format("\"{}\" makes no name: use letters, digits and hyphens", name));
  }
  return text;
}

std::string checked_slug(std::string_view noun, std::string_view name) {
  if (is_slug(name)) return std::string(name);
  std::string near;
  try {
    near = fmt::format("; \"{}\" would be one", slug(name));
  } catch (const Error&) {
    near.clear();  // nothing in it makes a name
  }
  throw Error(Failure::usage,
              fmt::format("\"{}\" is no name for a {}, which has 1 to {} lower-case letters, digits and "
                          "hyphens and does not begin with a hyphen{}",
                          base::printable(name, kQuotedMax), noun, kSlugLengthMax, near));
}

std::string checked_experiment_name(std::string_view name) {
  const auto is_letter = [](char c) { return is_word_letter(c) || (c >= 'A' && c <= 'Z'); };
  const bool sound = !name.empty() && name.size() <= kExperimentNameMax && is_letter(name.front()) &&
                     std::ranges::all_of(name, [&](char c) {
                       return is_letter(c) || std::string_view("._-+").find(c) != std::string_view::npos;
                     });
  if (!sound) {
    throw Error(
        Failure::usage,
        fmt::format("\"{}\" is no name for an experiment, which has 1 to {} letters, digits and . _ - + "
                    "and begins with a letter or digit",
                    base::printable(name, kQuotedMax), kExperimentNameMax));
  }
  if (name.starts_with("exp-") && !digits_of(name).empty())
    throw Error(Failure::usage,
                fmt::format("\"{}\" has the form of an experiment's id; take another name", name));
  return std::string(name);
}

bool is_slug(std::string_view text) {
  return !text.empty() && text.size() <= kSlugLengthMax && is_word_letter(text.front()) &&
         std::ranges::all_of(text, [](char c) { return is_word_letter(c) || c == '-'; });
}

std::string resolve(std::string_view noun, std::string_view reference, const std::vector<Named>& known,
                    std::string_view list_command) {
  auto found = ids_where(known, [&](const Named& entry) { return entry.id == reference; });
  if (found.empty()) found = ids_where(known, [&](const Named& entry) { return entry.name == reference; });
  if (found.empty())
    found = ids_where(known, [&](const Named& entry) { return begins(entry.id, reference); });
  if (found.size() == 1) return found.front();
  if (found.size() > 1) {
    throw Error(Failure::usage, fmt::format("\"{}\" is the name of {} {}s ({}); give the id", reference,
                                            found.size(), noun, fmt::join(found, ", ")))
        .fix(std::string(list_command));
  }
  std::vector<std::string> words;
  for (const auto& entry : known) {
    words.push_back(entry.name);
    words.push_back(entry.id);
  }
  throw Error(Failure::not_found,
              fmt::format("no {} is called \"{}\"{}", noun, reference, base::did_you_mean(reference, words)))
      .fix(std::string(list_command));
}

}  // namespace ctt::store
