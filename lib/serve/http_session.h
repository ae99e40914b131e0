#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/beast/core/tcp_stream.hpp>

#include "serve/hub.h"

namespace ctt::serve {

/// One connection: answers its requests one after the other until it is closed, idle for too long, or
/// becomes a WebSocket.
boost::asio::awaitable<void> serve_connection(boost::beast::tcp_stream stream, Hub& hub);

}  // namespace ctt::serve
