#pragma once
// A set of requests of one register, by their numbers: a bit each, so that what a hundred thousand
// cases have in common is cheap to keep, to change and to copy.

#include <boost/dynamic_bitset.hpp>

#include <cstddef>

namespace mingce {

class CaseSet {
public:
  void insert(std::size_t number) {
    make_room(number + 1);
    bits_.set(number);
  }
  void erase(std::size_t number) {
    if (number < bits_.size()) bits_.reset(number);
  }
  void insert(const CaseSet& others) {
    make_room(others.bits_.size());
    auto of_equal_size = others.bits_;
    of_equal_size.resize(bits_.size());
    bits_ |= of_equal_size;
  }

  bool empty() const { return bits_.none(); }
  std::size_t size() const { return bits_.count(); }
  /// In the order of the log.
  template <class Each>
  void each(const Each& each) const {
    for (auto n = bits_.find_first(); n != bits_.npos; n = bits_.find_next(n)) each(n);
  }

private:
  void make_room(std::size_t size) {
    if (size > bits_.size()) bits_.resize(size);
  }
  boost::dynamic_bitset<> bits_;
};

} // namespace mingce
