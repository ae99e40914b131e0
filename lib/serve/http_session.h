#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include "serve/client_slots.h"
#include "serve/hub.h"

namespace ctt::serve {

/// One connection: answers its requests one after the other until it is closed, idle for too long, or
/// becomes a WebSocket. `slot` is its place; it is admitted with the first request that carries the token.
boost::asio::awaitable<void> serve_connection(boost::beast::tcp_stream stream, Hub& hub,
                                              ClientSlots::Slot& slot);

}  // namespace ctt::serve
