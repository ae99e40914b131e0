#include "serve/problem.h"

#include "base/json.h"

namespace ctt::serve {

using base::Failure;

std::string_view title_of(unsigned status) {
  switch (status) {
    case 200:
      return "OK";
    case 201:
      return "Created";
    case 202:
      return "Accepted";
    case 204:
      return "No Content";
    case 400:
      return "Bad Request";
    case 401:
      return "Unauthorized";
    case 403:
      return "Forbidden";
    case 404:
      return "Not Found";
    case 405:
      return "Method Not Allowed";
    case 408:
      return "Request Timeout";
    case 409:
      return "Conflict";
    case 413:
      return "Content Too Large";
    case 415:
      return "Unsupported Media Type";
    case 421:
      return "Misdirected Request";
    case 422:
      return "Unprocessable Content";
    case 426:
      return "Upgrade Required";
    case 429:
      return "Too Many Requests";
    case 431:
      return "Request Header Fields Too Large";
    case 500:
      return "Internal Server Error";
    case 501:
      return "Not Implemented";
    case 502:
      return "Bad Gateway";
    case 503:
      return "Service Unavailable";
    default:
      return "Error";
  }
}

RestAnswer problem(unsigned status, const Problem& what) {
  base::JsonWriter json;
  json.object()
      .field("type", "about:blank")
      .field("title", title_of(status))
      .field("status", status)
      .field("detail", what.detail)
      .field("error", what.detail)
      .field("code", what.code)
      .field("fix", what.fix)
      .key("errors")
      .array();
  for (const auto& field : what.errors) {
    json.object().field("path", field.path).field("message", field.message).end();
  }
  json.end();
  if (!what.current.empty()) json.raw_field("current", what.current);
  json.end();
  RestAnswer answer{.status = status, .content_type = "application/problem+json", .body = json.text()};
  if (status == 503 || status == 429) answer.headers.emplace("Retry-After", "1");
  return answer;
}

RestAnswer problem(unsigned status, std::string_view code, std::string_view detail) {
  return problem(status, Problem{.code = std::string(code), .detail = std::string(detail)});
}

unsigned status_of(Failure failure) {
  switch (failure) {
    case Failure::usage:
      return 422;
    case Failure::not_found:
      return 404;
    case Failure::refused:
    case Failure::data_blocked:
      return 409;
    case Failure::busy:
      return 503;
    case Failure::unreachable:
      return 502;
    default:
      return 500;
  }
}

RestAnswer problem(const base::Error& error) {
  return problem(status_of(error.failure()), Problem{.code = std::string(base::code(error.failure())),
                                                     .detail = error.what(),
                                                     .fix = error.fixes()});
}

}  // namespace ctt::serve
