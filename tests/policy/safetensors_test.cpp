#include "policy/safetensors.h"

#include "base/error.h"

using namespace ctt::policy;
using ctt::base::Error;

namespace {

// A file made by hand: the header as given, then `data`.
std::string file(const std::string& header, const std::string& data) {
  std::string bytes(8, '\0');
  bytes[0] = static_cast<char>(header.size() & 0xff);
  bytes[1] = static_cast<char>(header.size() >> 8);
  return bytes + header + data;
}

const std::string kOne("\0\0\x80\x3f", 4);  // 1.0F
const std::string kNan("\0\0\xc0\x7f", 4);

}  // namespace

TEST_CASE("tensors and texts come back as they were written") {
  const TensorFile written{{{"format", "x/1"}, {"text", "\"quoted\" \xc3\xa9"}},
                           {{"b", {2, 2}, {1, 2, 3, 4}}, {"a", {1}, {-0.5F}}, {"none", {0}, {}}}};
  CHECK(decode_tensors(encode_tensors(written), "file") == written);
}

TEST_CASE("the header is padded so that the values are aligned") {
  const auto bytes = encode_tensors({{}, {{"w", {1}, {1}}}});
  CHECK((bytes.size() - 4) % 8 == 0);
  CHECK(bytes.substr(bytes.size() - 4) == kOne);
}

TEST_CASE("a hand-written file is read") {
  const auto read =
      decode_tensors(file(R"({"w":{"dtype":"F32","shape":[1,1],"data_offsets":[0,4]}})", kOne), "file");
  CHECK(read.tensors == std::vector<Tensor>{{"w", {1, 1}, {1}}});
}

TEST_CASE("whatever is not exactly such a file is refused by name") {
  const auto refused = [](const std::string& bytes, const char* why) {
    CHECK_THROWS_WITH_AS(decode_tensors(bytes, "f"), doctest::Contains(why), Error);
  };
  refused("", "it has 0 bytes");
  refused("1234567", "it has 7 bytes");
  refused(std::string(8, '\xff'), "does not fit");
  refused(file("{}", kOne), "4 bytes belong to no tensor");
  refused(file("[]", ""), "must be an object");
  refused(file("{", ""), "is not JSON");
  const std::string one = R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})";
  refused(file(one + std::string("\0garbage", 8), kOne), "must not be followed");
  refused(file(one + std::string(8, '\0'), kOne), "must not be followed");
  refused(file("\xEF\xBB\xBF" + one, kOne), "byte order mark");
  refused(file(R"({"w":{"dtype":"F16","shape":[1],"data_offsets":[0,4]}})", kOne), "w is not F32");
  refused(file(R"({"w":{"dtype":"F32","shape":[2],"data_offsets":[0,4]}})", kOne), "do not fill its shape");
  refused(file(R"({"w":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}})", kOne), "negative");
  refused(file(R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[0,8]}})", kOne), "do not fill its shape");
  refused(file(R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})", kOne + kOne),
          "does not begin where");
  refused(file(R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", kOne + kOne),
          "belong to no tensor");
  refused(file(R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]}})", kNan), "not finite");
  refused(file(R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4],"more":1}})", kOne), "unknown key");
  refused(file(R"({"w":{"dtype":"F32","shape":[4611686018427387904,8],"data_offsets":[0,4]}})", kOne),
          "fill");
  refused(file(R"({"w":{"dtype":"F32","shape":[1],"data_offsets":[0,4]},)"
               R"("w":{"dtype":"F32","shape":[1],"data_offsets":[4,8]}})",
               kOne + kOne),
          "stands twice");
  refused(file(R"({"__metadata__":{"a":1}})", ""), "must be a text");
}

TEST_CASE("values that do not fill their shape cannot be written") {
  CHECK_THROWS_AS(encode_tensors({{}, {{"w", {3}, {1, 2}}}}), std::invalid_argument);
}
