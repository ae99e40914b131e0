#include "alpaca/host_lookup.h"

#include <mutex>
#include <thread>

#include <boost/asio/io_context.hpp>

namespace ctt::alpaca {

struct HostLookup::Waiting {
  std::mutex mutex;
  Done done;  // empty: nobody waits any more
};

HostLookup::HostLookup(std::string host, std::string port, Done done)
    : waiting_(std::make_shared<Waiting>()) {
  waiting_->done = std::move(done);
  std::thread([waiting = waiting_, host = std::move(host), port = std::move(port)] {
    boost::asio::io_context context;
    boost::asio::ip::tcp::resolver resolver(context);
    boost::system::error_code failed;
    const auto found = resolver.resolve(host, port, failed);
    const std::lock_guard lock(waiting->mutex);
    if (waiting->done) waiting->done(failed, found);
  }).detach();
}

HostLookup::~HostLookup() {
  const std::lock_guard lock(waiting_->mutex);
  waiting_->done = nullptr;
}

}  // namespace ctt::alpaca
