#pragma once

#include <functional>
#include <map>
#include <string>
#include <vector>

namespace ctt::serve {

/// One request as the transport hands it on: read whole, its Host, Origin, token, size and media
/// type already judged.
struct RestRequest {
  std::string method;                        ///< `GET`, `POST`, `PUT`, `DELETE`; a HEAD arrives as GET
  std::string path;                          ///< percent-decoded, without the query: `/api/models/42/lineage`
  std::vector<std::string> segments;         ///< of the path, decoded: `api`, `models`, `42`, `lineage`
  std::map<std::string, std::string> query;  ///< decoded; the first of a key given twice
  std::string body;                          ///< at most 64 kB, "" when there is none
  std::string idempotency_key;               ///< the header's value, "" when there is none
};

/// What goes back. The transport adds the headers that every answer carries.
struct RestAnswer {
  unsigned status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::map<std::string, std::string> headers = {};  ///< further ones, e.g. `Allow`, `Retry-After`
};

/// Who answers what the transport itself does not: `/api/...`. Called on the server's one thread, so it
/// has to be short; a busy database is 503. What it throws becomes a 500, or the status that belongs to
/// a base::Error.
using Handler = std::function<RestAnswer(const RestRequest&)>;

}  // namespace ctt::serve
