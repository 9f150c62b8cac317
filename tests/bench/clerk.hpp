#pragma once
// What one connection of the load generator asks for. A clerk opens a request with an applicant and
// a subject, appends to it what a city's office would until it is answered, and opens the next.
// Every append is legal, carries private fields to be sealed, and has an idempotency key.

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mingce::bench {

enum class Mix {
  append, ///< openings and appends only, 1 to 9
  view,   ///< one request's view
  list,   ///< a page of fifty of the register
  report, ///< the report of this year
  read,   ///< of 100: 88 views, 10 pages, 2 lists of what is due
  mixed,  ///< one append, one of `read`, in turn
};

/// One HTTP request as bytes, and what its answer must be.
struct Call {
  std::string text;
  unsigned status = 200;
  std::string_view etag{}; ///< of an append: the version it must lead to
};

/// What all clerks of a run share.
struct Town {
  std::string host;        ///< for the field of that name
  std::string organ;       ///< registered by the generator
  std::string run;         ///< random: makes the idempotency keys of this run its own
  bool is_minimal = false; ///< asks for minimal answers to appends
  std::string path{};      ///< if given, nothing else is asked for
  int first_day = 0;       ///< days since 1970; a story takes 21 days from one near here
  std::vector<std::string> requests{}; ///< ids that can be read
};

class Clerk {
public:
  Clerk(std::shared_ptr<const Town> town, Mix mix, unsigned number);

  /// The next thing to ask; its text lives until the next call.
  const Call& next();
  /// The id that the answer to an opening gave. Without one the clerk opens another request.
  void opened(std::string_view id) { request_ = id; }
  bool is_opening() const { return opening_; }

private:
  void append();
  void read();
  void get(const std::string& target);
  void post(const std::string& target, const std::string& body);
  const std::string& some_request();

  std::shared_ptr<const Town> town_;
  Mix mix_;
  unsigned number_;
  std::uint64_t calls_ = 0, stories_ = 0, random_;
  unsigned step_ = 0;
  bool opening_ = false;
  std::string request_, etag_;
  Call call_;
};

} // namespace mingce::bench
