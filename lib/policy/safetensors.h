#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace ctt::policy {

/// A named array of float32, row-major.
struct Tensor {
  std::string name;
  std::vector<std::size_t> shape;
  std::vector<float> values;

  bool operator==(const Tensor&) const = default;
};

/// The content of a safetensors file: tensors in file order and a map of texts.
struct TensorFile {
  std::map<std::string, std::string> metadata;
  std::vector<Tensor> tensors;

  bool operator==(const TensorFile&) const = default;
};

/// The longest header that is read or written.
inline constexpr std::size_t kHeaderSizeMax = std::size_t{16} << 20;

/// The bytes of a safetensors file: eight bytes of header length (little endian), the JSON header,
/// padded with spaces to a multiple of eight, then the tensors without gaps. Equal content gives
/// equal bytes. Throws std::invalid_argument when a tensor's values do not fill its shape.
std::string encode_tensors(const TensorFile& file);

/// Reads such bytes and accepts nothing else: every entry has exactly dtype F32, shape and offsets;
/// the tensors follow each other in header order and fill the file to its last byte; every value is
/// finite. Never reads outside `bytes` and allocates no more than about their size.
/// Throws Error(integrity): `<where> is damaged: <what>`.
TensorFile decode_tensors(std::string_view bytes, const std::string& where);

}  // namespace ctt::policy
