#include "policy/safetensors.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstring>
#include <limits>
#include <optional>
#include <stdexcept>

#include <fmt/format.h>

#include "base/error.h"
#include "base/json.h"

namespace ctt::policy {

namespace {

static_assert(std::endian::native == std::endian::little, "safetensors are little endian");

constexpr std::size_t kLengthSize = 8;

[[noreturn]] void refuse(const std::string& where, const std::string& what) {
  throw base::Error(base::Failure::integrity, fmt::format("{} is damaged: {}", where, what));
}

// Elements of a shape, or nothing when they would not fit into memory.
std::optional<std::size_t> elements(const std::vector<std::size_t>& shape) {
  std::size_t count = 1;
  for (const std::size_t n : shape) {
    if (n != 0 && count > std::numeric_limits<std::size_t>::max() / sizeof(float) / n) return std::nullopt;
    count *= n;
  }
  return count;
}

std::size_t natural(const base::JsonValue& value, const std::string& where) {
  const auto number = value.as_integer();
  if (number < 0) refuse(where, fmt::format("{} is negative", value.where()));
  return static_cast<std::size_t>(number);
}

// Reads the values of one header entry and moves `end` to where they end.
Tensor read_tensor(const std::string& name, base::JsonObject entry, std::string_view data, std::size_t& end,
                   const std::string& where) {
  Tensor tensor;
  tensor.name = name;
  if (entry.string("dtype") != "F32") refuse(where, fmt::format("{} is not F32", name));
  for (const auto& n : entry.at("shape").as_array()) tensor.shape.push_back(natural(n, where));
  const auto offsets = entry.at("data_offsets").as_array();
  entry.finish();
  const auto count = elements(tensor.shape);
  if (offsets.size() != 2 || natural(offsets[0], where) != end) {
    refuse(where, fmt::format("{} does not begin where the tensor before it ends", name));
  }
  const std::size_t begin = end;
  end = natural(offsets[1], where);
  if (end < begin || end > data.size() || !count || end - begin != *count * sizeof(float)) {
    refuse(where, fmt::format("the bytes of {} do not fill its shape", name));
  }
  tensor.values.resize(*count);
  if (*count > 0) std::memcpy(tensor.values.data(), data.data() + begin, end - begin);
  if (!std::ranges::all_of(tensor.values, [](float v) { return std::isfinite(v); })) {
    refuse(where, fmt::format("{} has values that are not finite", name));
  }
  return tensor;
}

TensorFile read_entries(base::JsonObject header, std::string_view data, const std::string& where) {
  TensorFile file;
  std::size_t end = 0;
  for (const auto& name : header.keys()) {
    auto entry = header.at(name).as_object();
    if (name != "__metadata__") {
      file.tensors.push_back(read_tensor(name, std::move(entry), data, end, where));
      continue;
    }
    for (const auto& key : entry.keys()) file.metadata[key] = entry.string(key);
  }
  if (end != data.size()) refuse(where, fmt::format("{} bytes belong to no tensor", data.size() - end));
  return file;
}

std::string header_of(const TensorFile& file) {
  base::JsonWriter json;
  json.object();
  if (!file.metadata.empty()) {
    json.key("__metadata__").object();
    for (const auto& [key, text] : file.metadata) json.field(key, text);
    json.end();
  }
  std::size_t end = 0;
  for (const auto& tensor : file.tensors) {
    if (elements(tensor.shape) != tensor.values.size()) {
      throw std::invalid_argument(tensor.name + ": the values do not fill the shape");
    }
    const std::size_t begin = end;
    end += tensor.values.size() * sizeof(float);
    json.key(tensor.name).object().field("dtype", "F32").field("shape", tensor.shape);
    json.field("data_offsets", std::vector<std::size_t>{begin, end}).end();
  }
  auto header = json.end().text();
  header.append((kLengthSize - header.size() % kLengthSize) % kLengthSize, ' ');
  return header;
}

}  // namespace

std::string encode_tensors(const TensorFile& file) {
  const auto header = header_of(file);
  if (header.size() > kHeaderSizeMax) throw std::invalid_argument("the safetensors header is too long");
  const std::uint64_t length = header.size();
  std::string bytes(kLengthSize, '\0');
  std::memcpy(bytes.data(), &length, kLengthSize);
  bytes += header;
  for (const auto& tensor : file.tensors) {
    const std::size_t at = bytes.size();
    bytes.resize(at + tensor.values.size() * sizeof(float));
    if (!tensor.values.empty()) std::memcpy(bytes.data() + at, tensor.values.data(), bytes.size() - at);
  }
  return bytes;
}

TensorFile decode_tensors(std::string_view bytes, const std::string& where) {
  if (bytes.size() < kLengthSize) refuse(where, fmt::format("it has {} bytes", bytes.size()));
  std::uint64_t length = 0;
  std::memcpy(&length, bytes.data(), kLengthSize);
  bytes.remove_prefix(kLengthSize);
  if (length > std::min(bytes.size(), kHeaderSizeMax)) {
    refuse(where, fmt::format("its header of {} bytes does not fit", length));
  }
  try {
    auto header = base::JsonValue::parse(bytes.substr(0, length), where).as_object();
    return read_entries(std::move(header), bytes.substr(length), where);
  } catch (const base::Error& error) {
    if (error.failure() == base::Failure::integrity) throw;
    refuse(where, error.what());
  }
}

}  // namespace ctt::policy
