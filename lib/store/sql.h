#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "base/time.h"
#include "store/connection.h"
#include "store/states.h"

// For the .cpp files of this folder only.

namespace ctt::store {

/// One statement: taken from the connection's cache, bound, stepped, and put back.
///
///     Query rows(database, "SELECT id, name FROM hyperparameter_packs WHERE id = ?1", id);
///     while (rows.next()) rows >> pack.id >> pack.name;
///
/// Instants are milliseconds since 1970, Seconds seconds, states their spelling, lists of texts
/// JSON, and not-a-number is null both ways.
class Query {
 public:
  template <class... Values>
  explicit Query(Database& database, std::string sql, const Values&... values)
      : connection_(database.connection()), sql_(std::move(sql)) {
    prepare();
    bind(values...);
  }
  ~Query();
  Query(const Query&) = delete;
  Query& operator=(const Query&) = delete;

  /// Starts over with other values for ?1, ?2, ...
  template <class... Values>
  Query& bind(const Values&... values) {
    rewind();
    int index = 0;
    (put(++index, values), ...);
    return *this;
  }

  /// Starts over for values that come one by one.
  Query& again() {
    rewind();
    return *this;
  }
  template <class Value>
  Query& set(int index, const Value& value) {
    put(index, value);
    return *this;
  }

  /// Steps to the next row; false when there is none.
  bool next();
  /// Runs a statement without rows; returns how many rows it changed.
  int run();

  /// Reads the next column of the row.
  template <class T>
  Query& operator>>(T& value) {
    read(value);
    return *this;
  }
  template <class T>
  T get() {
    T value{};
    read(value);
    return value;
  }

 private:
  void prepare();
  void rewind();

  void put(int index, std::nullptr_t);
  void put(int index, std::int64_t number);
  void put(int index, double number);
  void put(int index, std::string_view text);
  void put(int index, const std::string& text) { put(index, std::string_view(text)); }
  void put(int index, const char* text) { put(index, std::string_view(text)); }
  void put(int index, const std::vector<std::string>& texts);
  void put(int index, base::Instant instant) { put(index, std::int64_t{instant.time_since_epoch().count()}); }
  void put(int index, base::Seconds time) { put(index, std::int64_t{time.time_since_epoch().count()}); }
  template <std::integral Int>
  void put(int index, Int number) {
    put(index, static_cast<std::int64_t>(number));
  }
  template <class State>
  requires std::is_enum_v<State>
  void put(int index, State state) { put(index, name(state)); }
  template <class T>
  void put(int index, const std::optional<T>& maybe) {
    maybe ? put(index, *maybe) : put(index, nullptr);
  }

  bool null();  ///< true, and the column passed over, when it is null
  void read(std::int64_t& number);
  void read(double& number);
  void read(std::string& text);
  void read(std::vector<std::string>& texts);
  void read(bool& truth) { truth = get<std::int64_t>() != 0; }
  void read(int& number) { number = static_cast<int>(get<std::int64_t>()); }
  void read(base::Instant& instant) {
    instant = base::Instant(std::chrono::milliseconds(get<std::int64_t>()));
  }
  void read(base::Seconds& time) { time = base::Seconds(std::chrono::seconds(get<std::int64_t>())); }
  template <class State>
  requires std::is_enum_v<State>
  void read(State& state) { state = parse_state<State>(get<std::string>()); }
  template <class T>
  void read(std::optional<T>& maybe) {
    if (null()) {
      maybe.reset();
    } else {
      maybe = get<T>();
    }
  }

  Database::Connection& connection_;
  std::string sql_;
  std::unique_ptr<SQLite::Statement> statement_;
  int column_ = 0;
};

/// A limit as SQL's LIMIT has it, where -1 is none.
inline std::int64_t at_most(const std::optional<std::size_t>& limit) {
  return limit ? static_cast<std::int64_t>(*limit) : -1;
}

/// Every row of a query, read by `row(query)`.
template <class Row>
auto all(Query& query, Row row) {
  std::vector<decltype(row(query))> rows;
  while (query.next()) rows.push_back(row(query));
  return rows;
}

/// The first row of a query, if there is one.
template <class Row>
auto first(Query& query, Row row) {
  std::optional<decltype(row(query))> found;
  if (query.next()) found = row(query);
  return found;
}

}  // namespace ctt::store
