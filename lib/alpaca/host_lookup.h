#pragma once

#include <functional>
#include <memory>
#include <string>

#include <boost/asio/ip/tcp.hpp>

namespace ctt::alpaca {

/// The addresses of a host, looked up on a thread that nobody waits for.
///
/// The system's resolver takes half a minute and more where no name server answers, and cannot be
/// stopped. So its thread is left to itself when the lookup is given up: the bar thread, which feeds the
/// watchdog, goes on.
class HostLookup {
 public:
  using Results = boost::asio::ip::tcp::resolver::results_type;
  using Done = std::function<void(boost::system::error_code, Results)>;

  /// `done` is called once from the lookup's thread, and never after this object is gone.
  HostLookup(std::string host, std::string port, Done done);
  ~HostLookup();
  HostLookup(const HostLookup&) = delete;
  HostLookup& operator=(const HostLookup&) = delete;

 private:
  struct Waiting;
  std::shared_ptr<Waiting> waiting_;
};

}  // namespace ctt::alpaca
