#include "wire/message.h"

#include "base/json.h"

namespace {

using ctt::wire::Answer;
using ctt::wire::BadRequest;
using ctt::wire::decode_request;
using ctt::wire::encode;
using ctt::wire::Request;

const std::string kSha256(64, 'a');

std::string refused_code(const std::string& packet) {
  const auto decoded = decode_request(packet);
  const auto* bad = std::get_if<BadRequest>(&decoded);
  return bad == nullptr ? "accepted" : bad->answer.code;
}

TEST_CASE("a request survives its packet") {
  const Request sent{.op = "reload", .sha256 = kSha256, .reason = "", .id = 7};
  CHECK(encode(sent) == R"({"v":1,"id":7,"op":"reload","sha256":")" + kSha256 + "\"}");
  const auto received = std::get<Request>(decode_request(encode(sent)));
  CHECK(received.op == "reload");
  CHECK(received.sha256 == kSha256);
  CHECK(received.id == 7);
}

TEST_CASE("every operation is understood with the keys that are its own") {
  CHECK(refused_code(R"({"v":1,"id":1,"op":"ping"})") == "accepted");
  CHECK(refused_code(R"({"v":1,"id":1,"op":"status"})") == "accepted");
  CHECK(refused_code(R"({"v":1,"id":1,"op":"stop"})") == "accepted");
  CHECK(refused_code(R"({"v":1,"id":1,"op":"halt","reason":"holiday"})") == "accepted");
  CHECK(refused_code(R"({"v":1,"id":1,"op":"resume"})") == "accepted");
}

TEST_CASE("what is not exactly a request is refused with a code") {
  CHECK(refused_code("") == "bad_json");
  CHECK(refused_code("{") == "bad_json");
  CHECK(refused_code("[1,2]") == "bad_json");
  CHECK(refused_code(R"({"v":1,"id":1,"op":"ping"} x)") == "bad_json");
  CHECK(refused_code(R"({"v":1,"id":1,"id":2,"op":"ping"})") == "bad_json");
  CHECK(refused_code(R"({"id":1,"op":"ping"})") == "unknown_version");
  CHECK(refused_code(R"({"v":2,"id":1,"op":"ping"})") == "unknown_version");
  CHECK(refused_code(R"({"v":"1","id":1,"op":"ping"})") == "unknown_version");
  CHECK(refused_code(R"({"v":1,"id":1,"op":"fly"})") == "unknown_op");
  CHECK(refused_code(R"({"v":1,"id":1})") == "bad_value");
  CHECK(refused_code(R"({"v":1,"op":"ping"})") == "bad_value");
  CHECK(refused_code(R"({"v":1,"id":"x","op":"ping"})") == "bad_value");
  CHECK(refused_code(R"({"v":1,"id":1,"op":["ping"]})") == "bad_value");
  CHECK(refused_code(R"({"v":1,"id":1,"op":"ping","verbose":true})") == "unknown_key");
  CHECK(refused_code(R"({"v":1,"id":1,"op":"status","reason":"why"})") == "unknown_key");
  CHECK(refused_code(R"({"v":1,"id":1,"op":"reload"})") == "bad_value");
  CHECK(refused_code(R"({"v":1,"id":1,"op":"reload","sha256":"../../etc/passwd"})") == "bad_value");
  CHECK(refused_code(R"({"v":1,"id":1,"op":"reload","path":"/tmp/x"})") == "unknown_key");
}

TEST_CASE("a text nested to the packet's end is refused like any other") {
  CHECK(refused_code(std::string(60'000, '[')) == "bad_json");
  CHECK(refused_code(std::string(30'000, '[') + std::string(30'000, ']')) == "bad_json");
}

TEST_CASE("a bad request is answered under its own id where it has one") {
  const auto decoded = decode_request(R"({"v":1,"id":9,"op":"relaod"})");
  const auto& bad = std::get<BadRequest>(decoded);
  CHECK(bad.id == 9);
  CHECK(bad.answer.message.find("reload") != std::string::npos);
}

TEST_CASE("answers carry their fields, a no its code and sentence") {
  CHECK(encode(Answer::yes(R"({"model_version":43})"), 7) ==
        R"({"v":1,"id":7,"ok":true,"model_version":43})");
  CHECK(encode(Answer::yes(), 7) == R"({"v":1,"id":7,"ok":true})");
  CHECK(encode(Answer::no("refused", "another contract"), std::nullopt) ==
        R"({"v":1,"id":null,"ok":false,"code":"refused","message":"another contract"})");
}

TEST_CASE("an answer too long for a packet becomes a no") {
  const auto packet = encode(Answer::yes("{\"x\":\"" + std::string(70'000, 'y') + "\"}"), 7);
  CHECK(packet.size() < 200);
  CHECK(packet.find("too_large") != std::string::npos);
}

TEST_CASE("a request too long for a packet is not sent") {
  CHECK_THROWS(encode(Request{.op = "halt", .sha256 = "", .reason = std::string(70'000, 'y')}));
}

}  // namespace
