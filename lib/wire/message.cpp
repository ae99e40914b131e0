#include "wire/message.h"

#include "base/error.h"
#include "base/json.h"
#include "base/sha256.h"

#include <algorithm>

#include <fmt/format.h>

namespace ctt::wire {

namespace {

using base::Error;
using base::Failure;

BadRequest bad(std::optional<std::int64_t> id, std::string code, std::string message) {
  return {id, Answer::no(std::move(code), std::move(message))};
}

// The keys that an operation takes besides v, id and op.
std::vector<std::string> keys_of(std::string_view op) {
  if (op == "reload") return {"sha256"};
  if (op == "halt" || op == "resume" || op == "flatten") return {"reason"};
  return {};
}

// The id, for the answer to a request that is bad in some other way.
std::optional<std::int64_t> read_id(base::JsonObject& object) {
  try {
    return object.integer("id");
  } catch (const Error&) {
    return std::nullopt;
  }
}

std::optional<BadRequest> unknown_key(const base::JsonObject& object, std::optional<std::int64_t> id,
                                      std::string_view op) {
  std::vector<std::string> known{"v", "id", "op"};
  for (const auto& key : keys_of(op)) known.push_back(key);
  for (const auto& key : object.keys()) {
    if (std::ranges::find(known, key) != known.end()) continue;
    return bad(id, "unknown_key",
               fmt::format("{} takes no key \"{}\"{}", op, key, base::did_you_mean(key, known)));
  }
  return std::nullopt;
}

std::variant<Request, BadRequest> read_request(base::JsonObject object) {
  const auto id = read_id(object);
  const auto version = object.find("v");
  if (!version || !version->is_number() || version->as_number() != kVersion) {
    return bad(id, "unknown_version",
               fmt::format("this end speaks version {} (\"v\":{}), not {}", kVersion, kVersion,
                           version ? version->text().substr(0, 40) : "one without \"v\""));
  }
  if (!id) return bad(id, "bad_value", "\"id\" must be a whole number");
  Request request;
  request.id = *id;
  request.op = object.string("op");
  if (std::ranges::find(operations(), request.op) == operations().end()) {
    return bad(id, "unknown_op",
               fmt::format("no operation is called \"{}\"{}", request.op.substr(0, 40),
                           base::did_you_mean(request.op.substr(0, 40), operations())));
  }
  if (auto refused = unknown_key(object, id, request.op)) return *refused;
  if (request.op == "reload") {
    request.sha256 = object.string("sha256");
    if (!base::is_sha256(request.sha256)) {
      return bad(id, "bad_value",
                 "\"sha256\" must be 64 lower-case hex digits: the name of a model, never a path");
    }
  }
  request.reason = object.string("reason", "");
  return request;
}

}  // namespace

Answer Answer::yes(std::string fields_json) {
  Answer answer;
  answer.ok = true;
  answer.fields = std::move(fields_json);
  return answer;
}

Answer Answer::no(std::string code, std::string message) {
  Answer answer;
  answer.code = std::move(code);
  answer.message = std::move(message);
  return answer;
}

const std::vector<std::string>& operations() {
  static const std::vector<std::string> names{"reload",  "status", "halt", "resume",
                                              "flatten", "stop",   "ping"};
  return names;
}

std::string encode(const Request& request) {
  base::JsonWriter json;
  json.object().field("v", kVersion).field("id", request.id).field("op", request.op);
  if (!request.sha256.empty()) json.field("sha256", request.sha256);
  if (!request.reason.empty()) json.field("reason", request.reason);
  auto packet = json.end().text();
  if (packet.size() > kPacketMaxBytes) {
    throw Error(Failure::usage, fmt::format("a request of {} bytes is too long; a packet holds {}",
                                            packet.size(), kPacketMaxBytes));
  }
  return packet;
}

std::string encode(const Answer& answer, std::optional<std::int64_t> id) {
  base::JsonWriter json;
  json.object().field("v", kVersion).field("id", id).field("ok", answer.ok);
  if (!answer.ok) json.field("code", answer.code).field("message", answer.message);
  auto packet = json.end().text();
  if (answer.ok && answer.fields.size() > 2) {  // more than {}
    packet.back() = ',';
    packet.append(answer.fields, 1);
  }
  if (packet.size() <= kPacketMaxBytes) return packet;
  return encode(Answer::no("too_large", fmt::format("the answer has {} bytes, a packet holds {}",
                                                    packet.size(), kPacketMaxBytes)),
                id);
}

std::variant<Request, BadRequest> decode_request(std::string_view packet) {
  std::optional<std::int64_t> id;
  try {
    const auto value = base::JsonValue::parse(packet, "the request");
    if (!value.is_object()) return bad(id, "bad_json", "a request is one JSON object");
    auto object = value.as_object();
    id = read_id(object);
    return read_request(std::move(object));
  } catch (const Error& error) {
    // Parsing failed before there was an id; a value of the wrong kind comes after it.
    return bad(id, id ? "bad_value" : "bad_json", error.what());
  }
}

}  // namespace ctt::wire
