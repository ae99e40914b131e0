#include "alpaca/order_stream.h"

#include "base/error.h"
#include "base/log.h"

namespace ctt::alpaca {

namespace {

constexpr std::chrono::milliseconds kNoWait{0};

std::string authentication(const Credentials& credentials) {
  base::JsonWriter json;
  json.object().field("action", "authenticate").key("data").object();
  json.field("key_id", credentials.key_id.reveal()).field("secret_key", credentials.secret_key.reveal());
  return json.end().end().text();
}

}  // namespace

OrderStream::OrderStream(OrderStreamOptions options, Credentials credentials)
    : options_(std::move(options)),
      credentials_(std::move(credentials)),
      reconnect_("order updates (meanwhile the orders are asked for)", options_.reconnect) {}

std::vector<OrderRecord> OrderStream::take() {
  std::vector<OrderRecord> orders;
  if (state_ == State::waiting) {
    if (!reconnect_.due(Steady::now())) return orders;
    connect();
  }
  while (socket_ && take_event(socket_->wait(kNoWait), orders)) {
  }
  watch();
  return orders;
}

void OrderStream::enter(State state) {
  state_ = state;
  since_ = Steady::now();
}

void OrderStream::connect() {
  try {
    socket_ = std::make_unique<StreamSocket>(parse_url(options_.url), options_.socket);
    heard_ = pinged_ = Steady::now();
    enter(State::opening);
  } catch (const base::Error& error) {
    lost(error.what());
  }
}

void OrderStream::close() {
  socket_.reset();
  enter(State::waiting);
}

void OrderStream::lost(const std::string& reason) {
  close();
  reconnect_.lost(Steady::now(), reason);
}

void OrderStream::refused(const std::string& reason) {
  close();
  reconnect_.refused(Steady::now(), reason);
}

// What ought to have come by now.
void OrderStream::watch() {
  if (!socket_) return;
  const auto now = Steady::now();
  if (state_ != State::listening) {
    if (now - since_ > options_.answer_timeout) lost("no answer");
    return;
  }
  reconnect_.watch(now);
  if (now - heard_ > options_.dead_after) return lost("it fell silent");
  if (now - pinged_ < options_.ping_every) return;
  pinged_ = now;
  socket_->ping();
}

// False when there is nothing more to take.
bool OrderStream::take_event(const SocketEvent& event, std::vector<OrderRecord>& orders) {
  using Kind = SocketEvent::Kind;
  if (event.kind == Kind::idle) return false;
  heard_ = Steady::now();
  if (event.kind == Kind::opened) {
    enter(State::authenticating);
    socket_->send(authentication(credentials_));
  } else if (event.kind == Kind::message) {
    take_message(event.text, orders);
  } else if (event.kind == Kind::refused) {
    refused(fmt::format("HTTP {}", event.http_status));
  } else if (event.kind != Kind::alive) {
    lost(event.text);
  }
  return socket_ != nullptr;
}

void OrderStream::take_message(const std::string& text, std::vector<OrderRecord>& orders) {
  try {
    auto message = base::JsonValue::parse(text, "an order update").as_object();
    const auto stream = message.string("stream", "");
    const auto data = message.find("data");  // null is on record
    if (!data) return;
    if (stream == "authorization") return take_authorization(data->as_object());
    if (stream == "listening") {
      enter(State::listening);
      reconnect_.serving(since_);
    } else if (stream == "trade_updates") {
      const auto order = data->as_object().find("order");
      auto record = order ? read_order(*order) : std::nullopt;
      if (!record) return;
      reconnect_.delivered();
      orders.push_back(std::move(*record));
    }
  } catch (const base::Error& error) {
    base::log()->warn("order updates: a message is not understood: {}", error.what());
  }
}

void OrderStream::take_authorization(base::JsonObject data) {
  if (data.string("status", "") != "authorized") return refused("the keys are refused");
  enter(State::asking);
  socket_->send(R"({"action":"listen","data":{"streams":["trade_updates"]}})");
}

}  // namespace ctt::alpaca
