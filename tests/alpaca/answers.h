#pragma once

#include "alpaca/http_result.h"

// Results of requests that were never sent.

namespace ctt::alpaca {

inline HttpResult answer(int status) {
  HttpResult result;
  result.status = status;
  return result;
}

inline HttpResult without_answer(Transport transport) {
  HttpResult result;
  result.transport = transport;
  return result;
}

}  // namespace ctt::alpaca
