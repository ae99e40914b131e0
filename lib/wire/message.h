#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ctt::wire {

/// The version of the protocol: `"v"` of every packet.
inline constexpr int kVersion = 1;

/// A packet is one JSON object of at most this many bytes.
inline constexpr std::size_t kPacketMaxBytes = 64 * 1024;

/// What a client asks: `{"v":1,"id":7,"op":"reload","sha256":"..."}`.
struct Request {
  std::string op;       ///< reload, status, halt, resume, flatten, stop, ping
  std::string sha256;   ///< of reload, required: 64 lower-case hex digits, never a path
  std::string reason;   ///< of halt, resume and flatten, may be empty: for the journal
  std::int64_t id = 1;  ///< comes back in the answer
};

/// What a handler says to a request: yes with fields, or no with a code and a sentence.
struct Answer {
  bool ok = false;
  std::string fields;   ///< of a yes: a JSON object of further keys, or empty
  std::string code;     ///< of a no: `not_found`, `refused`, ...
  std::string message;  ///< of a no: one sentence for the operator

  static Answer yes(std::string fields_json = {});
  static Answer no(std::string code, std::string message);
};

/// The operations there are.
const std::vector<std::string>& operations();

/// The packet of a request. Throws Error(usage) when it is longer than a packet may be.
std::string encode(const Request& request);

/// The packet of the answer to request `id`; without an id (`null`) when the request's could not be
/// read. An answer that does not fit is replaced by a no with the code `too_large`.
std::string encode(const Answer& answer, std::optional<std::int64_t> id);

/// A packet that is no request, with the answer it deserves.
struct BadRequest {
  std::optional<std::int64_t> id;  ///< nothing when it could not be read
  Answer answer;                   ///< bad_json, unknown_version, unknown_op, unknown_key, bad_value
};

/// Reads a request strictly: an unknown version, operation or key, a missing or ill-formed value
/// and a key of another operation are all refused.
std::variant<Request, BadRequest> decode_request(std::string_view packet);

}  // namespace ctt::wire
